"""Change the text of single Word paragraphs and cells; everything around stays as it was."""

# lxml's stubs leave parts of the tree API untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import copy
import re
from dataclasses import dataclass

from lxml import etree

from bidproof.formats.word.styles import StyleSheet
from bidproof.formats.word.text import piece_text, shown_pieces
from bidproof.formats.word.xml import XML, w
from bidproof.formats.xml import XmlElement, legal_text

_DROPPED_BELOW = (
    "numPr",
    "sectPr",
    "pageBreakBefore",
    "keepNext",
    "outlineLvl",
    "framePr",
    "pPrChange",
    "rPr",
)
_DROPPED_RUN = ("b", "bCs", "u", "vanish", "rPrChange", "ins", "del", "moveFrom", "moveTo")
_PLACEHOLDER_STYLE = "PlaceholderText"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """One element that shows text, with its place in the paragraph's text."""

    element: XmlElement
    start: int
    end: int


def shown_text(paragraph: XmlElement, styles: StyleSheet) -> str:
    """The paragraph's text, one character for each tab or break, as :func:`replace_text` counts it."""
    return "".join(piece_text(item.element) for item in _pieces(paragraph, styles))


def replace_text(paragraph: XmlElement, start: int, end: int, text: str, *, styles: StyleSheet) -> None:
    """Put text in place of characters ``[start, end)`` of what a paragraph shows.

    The new text takes the run properties of the first replaced character, or, when none
    is replaced, of the one before. Text next to the span keeps its runs.
    """
    pieces = _pieces(paragraph, styles)
    touched = [item for item in pieces if item.start < end and item.end > start]
    if not touched:
        _append(paragraph, pieces, text)
        return
    if all(item.element.tag == w("fldChar") for item in touched):
        _set_form_box(touched[0].element, is_ticked="☒" in text)
        return
    touched = [item for item in touched if item.element.tag != w("fldChar")]
    first = touched[0]
    run = first.element.getparent()
    assert run is not None  # noqa: S101 - text elements always stand in a run
    before = piece_text(first.element)[: max(0, start - first.start)]
    after = piece_text(touched[-1].element)[end - touched[-1].start :] if touched[-1].end > end else ""
    last_run = touched[-1].element.getparent()
    if after and last_run is not run and last_run is not None:
        _set_piece(touched[-1].element, after)
        touched, after = touched[:-1], ""
    at = run.index(first.element)
    for item in touched:
        parent = item.element.getparent()
        if parent is not None:
            parent.remove(item.element)
            _drop_empty_run(parent, keep=run)
    for offset, element in enumerate(_text_elements(before + legal_text(text) + after)):
        run.insert(at + offset, element)
    _clean_run(run)


def write_paragraph(paragraph: XmlElement, text: str, *, styles: StyleSheet) -> None:
    """Replace all that a paragraph shows; its properties and the first run's are kept."""
    shown = shown_text(paragraph, styles)
    replace_text(paragraph, 0, len(shown), text, styles=styles)


def write_block(container: XmlElement, text: str, *, styles: StyleSheet) -> XmlElement:
    """Write a text into a cell or block control: one paragraph a line, properties kept.

    Paragraphs that show old text or a prompt give way; the first one is filled.

    Returns:
        The last paragraph written.
    """
    lines = legal_text(text).strip("\n").split("\n") if text.strip() else [""]
    lines = [line for line in lines if line.strip()] or [""]
    paragraphs = [item for item in container.iter(w("p")) if _is_own(item, container)]
    if not paragraphs:
        paragraphs = [etree.SubElement(container, w("p"))]
    target = next((item for item in paragraphs if shown_text(item, styles).strip()), paragraphs[0])
    for item in paragraphs:
        if item is not target and shown_text(item, styles).strip():
            _remove_paragraph(item, styles)
    write_paragraph(target, lines[0], styles=styles)
    last = target
    for line in lines[1:]:
        last = insert_like(last, line)
    return last


def insert_like(paragraph: XmlElement, text: str) -> XmlElement:
    """Add a paragraph after one, with the same paragraph and run properties."""
    added = _new_paragraph(paragraph, drop=("sectPr", "pPrChange", "framePr"))
    added.append(_new_run(_first_run_properties(paragraph), text, drop=("rPrChange", "ins", "del")))
    paragraph.addnext(added)
    return added


def insert_below(question: XmlElement, text: str, *, style: str | None, after: XmlElement) -> XmlElement:
    """Add an answer paragraph below a question, in its style without its numbering.

    Args:
        question: The paragraph whose look is taken over; bold and underline are not.
        text: One line of text.
        style: Style id to use instead of the question's; empty for the document's default.
        after: The paragraph to stand after; the question, or the last one added below it.
    """
    added = _new_paragraph(question, drop=_DROPPED_BELOW)
    properties = added.find(w("pPr"))
    if properties is None:
        properties = etree.Element(w("pPr"))
        added.insert(0, properties)
    if style is not None:
        _set_style(properties, style)
    elif _has_numbering(question):
        _switch_off_numbering(properties)
    added.append(_new_run(_first_run_properties(question), text, drop=_DROPPED_RUN))
    after.addnext(added)
    return added


def clean_properties(properties: XmlElement | None) -> XmlElement | None:
    """A copy of run properties without the look of a prompt."""
    if properties is None:
        return None
    kept = copy.deepcopy(properties)
    style = kept.find(w("rStyle"))
    if style is not None and style.get(w("val")) == _PLACEHOLDER_STYLE:
        kept.remove(style)
    for name in ("vanish", "rPrChange"):
        for item in kept.findall(w(name)):
            kept.remove(item)
    return kept


def new_run(properties: XmlElement | None, text: str) -> XmlElement:
    """A run that shows a text; line feeds become breaks."""
    return _new_run(properties, text, drop=())


def _pieces(paragraph: XmlElement, styles: StyleSheet) -> list[_Piece]:
    pieces: list[_Piece] = []
    at = 0
    for element in shown_pieces(paragraph, styles):
        length = len(piece_text(element))
        pieces.append(_Piece(element=element, start=at, end=at + length))
        at += length
    return pieces


def _set_form_box(field: XmlElement, *, is_ticked: bool) -> None:
    """Tick or clear an old form field's box, which shows its state instead of text."""
    box = field.find(f"{w('ffData')}/{w('checkBox')}")
    if box is None:
        return
    checked = box.find(w("checked"))
    if checked is None:
        checked = etree.SubElement(box, w("checked"))
    checked.set(w("val"), "1" if is_ticked else "0")


def _set_piece(element: XmlElement, text: str) -> None:
    parent = element.getparent()
    if parent is None:
        return
    at = parent.index(element)
    parent.remove(element)
    for offset, item in enumerate(_text_elements(text)):
        parent.insert(at + offset, item)


def _text_elements(text: str) -> list[XmlElement]:
    """``w:t``, ``w:tab`` and ``w:br`` for a text."""
    elements: list[XmlElement] = []
    for part in re.split(r"([\t\n])", text):
        if part == "\t":
            elements.append(etree.Element(w("tab")))
        elif part == "\n":
            elements.append(etree.Element(w("br")))
        elif part:
            item = etree.Element(w("t"))
            item.text = part
            item.set(f"{{{XML}}}space", "preserve")
            elements.append(item)
    return elements


def _append(paragraph: XmlElement, pieces: list[_Piece], text: str) -> None:
    """Add text at the end of a paragraph, in the last shown run's look or the paragraph mark's."""
    run = pieces[-1].element.getparent() if pieces else None
    if run is not None:
        for element in _text_elements(legal_text(text)):
            run.append(element)
        return
    paragraph.append(new_run(clean_properties(_mark_properties(paragraph)), text))


def _mark_properties(paragraph: XmlElement) -> XmlElement | None:
    properties = paragraph.find(f"{w('pPr')}/{w('rPr')}")
    if properties is None:
        return None
    kept = copy.deepcopy(properties)
    for name in ("ins", "del", "moveFrom", "moveTo", "rPrChange"):
        for item in kept.findall(w(name)):
            kept.remove(item)
    return kept


def _first_run_properties(paragraph: XmlElement) -> XmlElement | None:
    run = next((item for item in paragraph.iter(w("r")) if item.find(w("t")) is not None), None)
    return _mark_properties(paragraph) if run is None else run.find(w("rPr"))


def _clean_run(run: XmlElement) -> None:
    properties = run.find(w("rPr"))
    cleaned = clean_properties(properties)
    if properties is not None and cleaned is not None:
        run.replace(properties, cleaned)


def _drop_empty_run(run: XmlElement, *, keep: XmlElement) -> None:
    """Remove a run that shows nothing any more, unless it is the one being filled."""
    parent = run.getparent()
    if run is not keep and parent is not None and all(child.tag == w("rPr") for child in run):
        parent.remove(run)


def _remove_paragraph(paragraph: XmlElement, styles: StyleSheet) -> None:
    """Take a paragraph out; one that also holds marks or pictures is only emptied."""
    parent = paragraph.getparent()
    plain = {w("pPr"), w("r"), w("proofErr")}
    is_plain = all(child.tag in plain for child in paragraph) and paragraph.find(f".//{w('sectPr')}") is None
    has_more = any(
        True for item in paragraph.iter() if item.tag in (w("drawing"), w("pict"), w("object"), w("fldChar"))
    )
    if parent is not None and is_plain and not has_more:
        parent.remove(paragraph)
    else:
        write_paragraph(paragraph, "", styles=styles)


def _is_own(paragraph: XmlElement, container: XmlElement) -> bool:
    """Whether a paragraph belongs to a container itself, not to a table or text box inside it."""
    for parent in paragraph.iterancestors():
        if parent is container:
            return True
        if parent.tag in (w("tc"), w("txbxContent")):
            return False
    return False


def _new_paragraph(model: XmlElement, *, drop: tuple[str, ...]) -> XmlElement:
    added = etree.Element(w("p"))
    properties = model.find(w("pPr"))
    if properties is not None:
        kept = copy.deepcopy(properties)
        for name in drop:
            for item in kept.findall(w(name)):
                kept.remove(item)
        added.append(kept)
    return added


def _new_run(properties: XmlElement | None, text: str, *, drop: tuple[str, ...]) -> XmlElement:
    run = etree.Element(w("r"))
    kept = clean_properties(properties)
    if kept is not None:
        for name in drop:
            for item in kept.findall(w(name)):
                kept.remove(item)
        if len(kept):
            run.append(kept)
    for element in _text_elements(legal_text(text)):
        run.append(element)
    return run


def _set_style(properties: XmlElement, style: str) -> None:
    for item in properties.findall(w("pStyle")):
        properties.remove(item)
    if style:
        item = etree.Element(w("pStyle"))
        item.set(w("val"), style)
        properties.insert(0, item)


def _has_numbering(paragraph: XmlElement) -> bool:
    return (
        paragraph.find(f"{w('pPr')}/{w('numPr')}") is not None
        or paragraph.find(f"{w('pPr')}/{w('pStyle')}") is not None
    )


def _switch_off_numbering(properties: XmlElement) -> None:
    """State "no list": a style may number its paragraphs by itself. Order follows the schema."""
    numbering = etree.Element(w("numPr"))
    item = etree.SubElement(numbering, w("numId"))
    item.set(w("val"), "0")
    leading = {
        w("pStyle"),
        w("keepNext"),
        w("keepLines"),
        w("pageBreakBefore"),
        w("framePr"),
        w("widowControl"),
    }
    at = sum(1 for child in properties if child.tag in leading)
    properties.insert(at, numbering)
