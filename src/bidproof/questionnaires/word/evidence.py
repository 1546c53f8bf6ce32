"""Add a table of evidence at the end of a Word file that has no place for it."""

# lxml's stubs leave parts of the tree API untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from collections.abc import Sequence

from lxml import etree

from bidproof.formats.word.edit import new_run
from bidproof.formats.word.xml import w
from bidproof.formats.xml import XmlElement
from bidproof.questionnaires.protocol import EvidenceRow

EVIDENCE_HEADERS = ("Question", "Answer", "Document", "Page", "Quote", "Status")
"""The header row of the added table, by which a later reading knows it."""

_WIDTHS = (1200, 2200, 1700, 700, 2600, 1200)
_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")


def append_evidence_table(body: XmlElement, rows: Sequence[EvidenceRow]) -> None:
    """Append the title "Evidence" and a table, before the body's final section properties."""
    last = body.find(w("sectPr"))
    parts = [_paragraph("Evidence", is_bold=True), _table(rows), _paragraph("", is_bold=False)]
    for part in parts:
        if last is None:
            body.append(part)
        else:
            last.addprevious(part)


def _table(rows: Sequence[EvidenceRow]) -> XmlElement:
    table = etree.Element(w("tbl"))
    properties = etree.SubElement(table, w("tblPr"))
    _sized(etree.SubElement(properties, w("tblW")), sum(_WIDTHS))
    borders = etree.SubElement(properties, w("tblBorders"))
    for side in _SIDES:
        border = etree.SubElement(borders, w(side))
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "auto")):
            border.set(w(name), value)
    grid = etree.SubElement(table, w("tblGrid"))
    for width in _WIDTHS:
        etree.SubElement(grid, w("gridCol")).set(w("w"), str(width))
    table.append(_row(EVIDENCE_HEADERS, is_header=True))
    for row in rows:
        name = f"{row.question_id}: {row.question}" if row.question_id not in row.question else row.question
        table.append(_row((name, row.answer, row.document, row.page, row.quote, row.status), is_header=False))
    return table


def _row(texts: Sequence[str], *, is_header: bool) -> XmlElement:
    row = etree.Element(w("tr"))
    if is_header:
        etree.SubElement(etree.SubElement(row, w("trPr")), w("tblHeader"))
    for text, width in zip(texts, _WIDTHS, strict=True):
        cell = etree.SubElement(row, w("tc"))
        _sized(etree.SubElement(etree.SubElement(cell, w("tcPr")), w("tcW")), width)
        cell.append(_paragraph(text, is_bold=is_header))
    return row


def _paragraph(text: str, *, is_bold: bool) -> XmlElement:
    paragraph = etree.Element(w("p"))
    properties = None
    if is_bold:
        properties = etree.Element(w("rPr"))
        etree.SubElement(properties, w("b"))
    if text:
        paragraph.append(new_run(properties, text))
    return paragraph


def _sized(element: XmlElement, width: int) -> None:
    element.set(w("w"), str(width))
    element.set(w("type"), "dxa")
