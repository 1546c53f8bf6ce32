"""What stands beside a Word document's text: notes, comments, targets of links, values of old lists.

The parts are put into a copy of the text before it is walked: a link's target as words, a note
or comment as a sign of two private-use characters that stands for it.
"""

# lxml's stubs leave parts of the tree API untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import re
from collections.abc import Iterator, Mapping

from lxml import etree

from bidproof.documents.builder import TextBuilder
from bidproof.documents.clean import clean_line
from bidproof.documents.notes import Note, Signs, link_suffix
from bidproof.formats.word.package import WordPackage
from bidproof.formats.word.styles import StyleSheet
from bidproof.formats.word.text import visible_text
from bidproof.formats.word.xml import number_of, w
from bidproof.formats.xml import XmlElement

_LINK_FIELD = re.compile(r"\bHYPERLINK\s+\"([^\"]+)\"")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_GONE = (w("del"), w("moveFrom"))
_UNREAD = (
    ("image", ".//{*}pic", ".//{*}imagedata"),
    ("chart", ".//{*}graphicData/{*}chart"),
    ("diagram", ".//{*}graphicData/{*}relIds"),
    ("formula", ".//{*}oMath"),
    ("embedded file", ".//{*}OLEObject"),
)


def mark_up(package: WordPackage, root: XmlElement, builder: TextBuilder) -> Signs:
    """Write targets of links and signs for notes and comments into a document's main part.

    Args:
        package: The file.
        root: Its main part, changed in place.
        builder: Is told what is not read.

    Returns:
        The notes and comments behind the signs.
    """
    signs = Signs()
    styles = StyleSheet(package.part("styles.xml"))
    for kind, *paths in _UNREAD:
        found = (item for path in paths for item in root.iterfind(path))
        builder.miss(kind, sum(next(item.iterancestors("{*}Fallback"), None) is None for item in found))
    _clear_prompts(root)
    _write_links(root, _targets(package, package.main.rpartition("/")[2]))
    _write_choices(root)
    for name in ("footnote", "endnote", "comment"):
        items = _items(package, f"{name}s.xml")
        references = [item for item in root.iter(w(f"{name}Reference")) if item.get(w("id"), "") in items]
        for number, reference in enumerate(filter(_is_kept, references), start=1):
            note = _note(items[reference.get(w("id"), "")], styles, number)
            if note.text:
                _write(reference, signs.add(note))
    return signs


def _items(package: WordPackage, part: str) -> Mapping[str, XmlElement]:
    """The notes or comments of a part by id."""
    root = package.part(part)
    if root is None:
        return {}
    _write_links(root, _targets(package, part))
    return {item.get(w("id"), ""): item for item in root}


def _note(item: XmlElement, styles: StyleSheet, number: int) -> Note:
    texts = (visible_text(paragraph, styles).strip() for paragraph in item.iter(w("p")))
    text = clean_line(" ".join(filter(None, texts)))
    if item.tag != w("comment"):
        return Note(label=f"{'Footnote' if item.tag == w('footnote') else 'Endnote'} {number}", text=text)
    author = clean_line(item.get(w("author"), ""))
    return Note(label=f"Comment ({author})" if author else "Comment", text=text, is_apart=True)


def _is_kept(reference: XmlElement) -> bool:
    return next(reference.iterancestors(*_GONE), None) is None


def _write(place: XmlElement, text: str) -> None:
    """Write behind the last words before a place in its paragraph, else at the place."""
    paragraph = next(place.iterancestors(w("p")), None)
    last = None
    for item in () if paragraph is None else paragraph.iter(w("t"), str(place.tag)):
        if item is place:
            break
        if item.tag == w("t") and item.text and _is_kept(item):
            last = item
    if last is not None:
        last.text = f"{last.text}{text}"
        return
    written = etree.Element(w("t"))
    written.text = text
    place.addnext(written)


def _targets(package: WordPackage, part: str) -> dict[str, str]:
    """The outside targets that a part links to, by relationship."""
    relations = package.part(f"_rels/{part}.rels")
    return {
        item.get("Id", ""): item.get("Target", "")
        for item in (() if relations is None else relations)
        if item.get("TargetMode") == "External"
    }


def _write_links(root: XmlElement, targets: Mapping[str, str]) -> None:
    for link in root.iter(w("hyperlink")):
        target = targets.get(link.get(_RELATION, ""), "")
        if target and not _has_target(link.getprevious(), target, targets):
            pieces = [link]
            while _has_target(after := pieces[-1].getnext(), target, targets) and after is not None:
                pieces.append(after)
            _write_target([text for piece in pieces for text in piece.iter(w("t"))], target)
    for field in root.iter(w("fldSimple")):
        if found := _LINK_FIELD.search(field.get(w("instr"), "")):
            _write_target(list(field.iter(w("t"))), found[1])
    for texts, target in _field_links(root):
        _write_target(texts, target)


def _has_target(item: XmlElement | None, target: str, targets: Mapping[str, str]) -> bool:
    """Whether the element beside a link is a piece of the same one: editors cut them where fonts change."""
    return item is not None and item.tag == w("hyperlink") and targets.get(item.get(_RELATION, "")) == target


def _field_links(root: XmlElement) -> Iterator[tuple[list[XmlElement], str]]:
    """The words and the target of each link that is written as a field; fields may stand in fields."""
    open_fields: list[tuple[list[str], list[XmlElement]]] = []
    for item in root.iter(w("fldChar"), w("instrText"), w("t")):
        kind = item.get(w("fldCharType"))
        if kind == "begin":
            open_fields.append(([], []))
        elif kind == "end" and open_fields:
            code, texts = open_fields.pop()
            if found := _LINK_FIELD.search("".join(code)):
                yield texts, found[1]
        elif open_fields and item.tag == w("instrText"):
            open_fields[-1][0].append(item.text or "")
        elif item.tag == w("t"):
            for _, texts in open_fields:
                texts.append(item)


def _write_target(texts: list[XmlElement], target: str) -> None:
    words = [text for text in texts if text.text]
    if words:
        words[-1].text = f"{words[-1].text}{link_suffix(''.join(text.text or '' for text in words), target)}"


def _write_choices(root: XmlElement) -> None:
    """Write what an old form's list shows, which no run holds."""
    for choices in root.iter(w("ddList")):
        entries = [entry.get(w("val"), "") for entry in choices.iterfind(w("listEntry"))]
        chosen = number_of(choices, "result") or 0
        field = next(choices.iterancestors(w("fldChar")), None)
        if field is not None and 0 <= chosen < len(entries):
            written = etree.Element(w("t"))
            written.text = entries[chosen]
            field.addnext(written)


def _clear_prompts(root: XmlElement) -> None:
    """Take out what a content control shows while nobody has filled it in."""
    for prompt in root.iter(w("showingPlcHdr")):
        control = next(prompt.iterancestors(w("sdt")), None)
        for text in () if control is None else control.iter(w("t")):
            text.text = ""
