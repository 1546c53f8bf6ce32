"""Footnotes of a page: a sign in the text for each, the notes themselves taken from where they stand."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bidproof.documents.clean import clean_line
from bidproof.documents.notes import Note, Signs

_REFERENCES = 'sup a[href^="#"], a[role="doc-noteref"][href^="#"], a[epub\\:type="noteref"][href^="#"]'
_MAX_NOTES, _MAX_CHARS = 2_000, 2_000
_BACK = re.compile(r"^[\s\W\d]*[↩↑^⏎]|[\s↩↑^⏎]+$|^\W*\d{1,3}\W+(?=\w)")
_NOTE_BLOCKS = frozenset({"li", "p", "div", "aside", "dd", "section"})


def write_signs(tree: LexborHTMLParser) -> Signs:
    """Put a sign where a raised number links to a note in the page, and take that note out of its place.

    Returns:
        The notes behind the signs.
    """
    signs = Signs()
    references = tree.css(_REFERENCES)[:_MAX_NOTES]
    if not references:
        return signs
    names = {(reference.attributes.get("href") or "")[1:] for reference in references}
    places = {name: node for node in tree.css("[id]") if (name := node.attributes.get("id")) in names}
    found: dict[str, Note] = {}
    for reference in references:
        name = (reference.attributes.get("href") or "")[1:]
        place = places.get(name)
        if place is not None and name not in found and _is_note(place, names) and (words := _words(place)):
            found[name] = Note(label=f"Footnote {len(found) + 1}", text=words)
        if name in found:
            reference.replace_with(signs.add(found[name]))
    for name in found:
        places[name].decompose()
    return signs


def _is_note(place: LexborNode, names: set[str]) -> bool:
    """Whether the target of a reference is a short block by itself, without others in it."""
    return (
        place.tag in _NOTE_BLOCKS
        and len(place.text()) <= _MAX_CHARS
        and place.css_first(_REFERENCES) is None
        and not any(node.attributes.get("id") in names for node in place.css("[id]") if node != place)
    )


def _words(place: LexborNode) -> str:
    """A note's words without its number and the links that lead back to the text."""
    for link in place.css('a[href^="#"]'):
        link.decompose()
    return clean_line(_BACK.sub("", clean_line(place.text(separator=" "))))
