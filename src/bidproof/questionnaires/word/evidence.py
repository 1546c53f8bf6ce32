"""Add a table of evidence at the end of a Word file that has no place for it: small, each quote once."""

# lxml's stubs leave parts of the tree API untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from collections.abc import Mapping, Sequence

from lxml import etree

from bidproof.formats.word.edit import new_run
from bidproof.formats.word.xml import w
from bidproof.formats.xml import XmlElement
from bidproof.questionnaires.protocol import EvidenceRow

EVIDENCE_HEADERS = ("Questions", "Source", "Quote")
"""The header row of the added table, by which a later reading knows it."""

_WIDTHS = (1600, 2400, 5600)
_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")
_HALF_POINTS = "16"
_MAX_QUOTE_CHARS = 400
_MAX_NAME_CHARS = 60


def append_evidence_table(body: XmlElement, rows: Sequence[EvidenceRow]) -> None:
    """Append the title "Evidence" and a table, before the body's final section properties.

    The answers stand in the file already: a row holds a quote, its source and the
    questions that it answers.
    """
    quoted = _by_quote(rows)
    if not quoted:
        return
    last = body.find(w("sectPr"))
    parts = [_paragraph("Evidence", is_bold=True), _table(quoted), _paragraph("", is_bold=False)]
    for part in parts:
        if last is None:
            body.append(part)
        else:
            last.addprevious(part)


def _by_quote(rows: Sequence[EvidenceRow]) -> Mapping[tuple[str, str], list[str]]:
    """The names of the questions that each quote of a source answers."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        if row.quote:
            source = f"{row.document}, page {row.page}" if row.page else row.document
            found.setdefault((source, _short(row.quote, _MAX_QUOTE_CHARS)), []).append(_name(row))
    return found


def _name(row: EvidenceRow) -> str:
    """The number that the buyer printed, else how the question begins."""
    is_printed = any(character.isdigit() for character in row.question_id) and ":" not in row.question_id
    return row.question_id if is_printed else _short(row.question, _MAX_NAME_CHARS)


def _short(text: str, most: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[:most].rpartition(' ')[0]} …"


def _table(quoted: Mapping[tuple[str, str], list[str]]) -> XmlElement:
    table = etree.Element(w("tbl"))
    properties = etree.SubElement(table, w("tblPr"))
    _sized(etree.SubElement(properties, w("tblW")), "5000", unit="pct")
    borders = etree.SubElement(properties, w("tblBorders"))
    for side in _SIDES:
        border = etree.SubElement(borders, w(side))
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "auto")):
            border.set(w(name), value)
    grid = etree.SubElement(table, w("tblGrid"))
    for width in _WIDTHS:
        etree.SubElement(grid, w("gridCol")).set(w("w"), str(width))
    table.append(_row(EVIDENCE_HEADERS, is_header=True))
    for (source, quote), names in quoted.items():
        table.append(_row((", ".join(dict.fromkeys(names)), source, f"“{quote}”"), is_header=False))
    return table


def _row(texts: Sequence[str], *, is_header: bool) -> XmlElement:
    row = etree.Element(w("tr"))
    if is_header:
        etree.SubElement(etree.SubElement(row, w("trPr")), w("tblHeader"))
    for text, width in zip(texts, _WIDTHS, strict=True):
        cell = etree.SubElement(row, w("tc"))
        _sized(etree.SubElement(etree.SubElement(cell, w("tcPr")), w("tcW")), str(width), unit="dxa")
        cell.append(_paragraph(text, is_bold=is_header))
    return row


def _paragraph(text: str, *, is_bold: bool) -> XmlElement:
    paragraph = etree.Element(w("p"))
    spacing = etree.SubElement(etree.SubElement(paragraph, w("pPr")), w("spacing"))
    for name in ("before", "after"):
        spacing.set(w(name), "0")
    properties = etree.Element(w("rPr"))
    if is_bold:
        etree.SubElement(properties, w("b"))
    etree.SubElement(properties, w("sz")).set(w("val"), _HALF_POINTS)
    if text:
        paragraph.append(new_run(properties, text))
    return paragraph


def _sized(element: XmlElement, width: str, *, unit: str) -> None:
    element.set(w("w"), width)
    element.set(w("type"), unit)
