"""Sources as PDF files with a title block, running header and footer, outline and tables."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from markup import Piece, Source
from reportlab.lib import colors
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph, Spacer, Table, TableStyle

_INK = colors.HexColor("#1d2733")
_ACCENT = colors.HexColor("#1f5f6b")
_GREY = colors.HexColor("#5c6773")
_LINE = colors.HexColor("#c9d1d8")
_MARGIN = 25 * mm

_BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=11, leading=17, textColor=_INK, spaceAfter=9)
_BULLET = ParagraphStyle("bullet", parent=_BODY, leftIndent=14, bulletIndent=3, spaceAfter=4)
_TITLE = ParagraphStyle("title", fontName="Helvetica-Bold", fontSize=22, leading=27, textColor=_ACCENT)
_FACT = ParagraphStyle("fact", parent=_BODY, textColor=_GREY, spaceAfter=1, alignment=TA_LEFT)
_CELL = ParagraphStyle("cell", parent=_BODY, fontSize=9.5, leading=13, spaceAfter=0)
_HEAD_CELL = ParagraphStyle("head-cell", parent=_CELL, fontName="Helvetica-Bold", textColor=colors.white)
_HEADINGS = {
    1: ParagraphStyle(
        "h1",
        parent=_BODY,
        fontName="Helvetica-Bold",
        fontSize=14.5,
        leading=19,
        textColor=_ACCENT,
        spaceBefore=18,
        keepWithNext=1,
    ),
    2: ParagraphStyle(
        "h2",
        parent=_BODY,
        fontName="Helvetica-Bold",
        fontSize=11.5,
        leading=15,
        spaceBefore=9,
        spaceAfter=4,
        keepWithNext=1,
    ),
}


class _Pages(BaseDocTemplate):
    """Adds an outline entry for each heading as it is placed."""

    def afterFlowable(self, flowable: Any) -> None:  # noqa: N802 - the name is reportlab's
        level = getattr(flowable, "outline_level", None)
        if level is not None:
            self._placed = getattr(self, "_placed", 0) + 1
            key = f"heading-{self._placed}"
            self.canv.bookmarkPage(key)
            self.canv.addOutlineEntry(flowable.getPlainText(), key, level, closed=False)


def write_pdf(source: Source, path: Path) -> None:
    """Lay a source out on A4; two builds give the same bytes."""
    facts = source.facts
    moment = datetime.fromisoformat(facts["written"]).replace(hour=9, tzinfo=UTC)
    os.environ["SOURCE_DATE_EPOCH"] = str(int(moment.timestamp()))  # what reportlab states as the date
    pages = _Pages(
        str(path),
        pagesize=A4,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=28 * mm,
        bottomMargin=24 * mm,
        title=facts["title"],
        author=facts["owner"],
        subject=facts["reference"],
        invariant=1,
    )
    frame = Frame(pages.leftMargin, pages.bottomMargin, pages.width, pages.height, id="body", leftPadding=0)

    def decorate(canvas: Any, _: Any) -> None:
        width, height = A4
        canvas.saveState()
        canvas.setFont("Helvetica", 8)
        canvas.setFillColor(_GREY)
        canvas.drawString(_MARGIN, height - 15 * mm, f"{facts['reference']}  {facts['title']}")
        canvas.drawRightString(width - _MARGIN, height - 15 * mm, f"Version {facts['version']}")
        canvas.drawString(_MARGIN, 12 * mm, facts["classification"])
        canvas.drawRightString(width - _MARGIN, 12 * mm, f"Page {canvas.getPageNumber()}")
        canvas.setStrokeColor(_LINE)
        canvas.line(_MARGIN, height - 17 * mm, width - _MARGIN, height - 17 * mm)
        canvas.restoreState()

    pages.addPageTemplates([PageTemplate(id="page", frames=[frame], onPage=decorate)])
    story: list[Any] = [
        Paragraph(escape(facts["title"]), _TITLE),
        Spacer(1, 4),
        Paragraph(f"{facts['reference']}, version {facts['version']}, {facts['written']}", _FACT),
        Paragraph(escape(f"Owner: {facts['owner']}"), _FACT),
        Spacer(1, 10),
    ]
    for piece in source.pieces:
        story.extend(_flowables(piece, pages.width))
    pages.build(story)


def _flowables(piece: Piece, width: float) -> list[Any]:
    if piece.kind == "heading":
        heading = Paragraph(escape(piece.text), _HEADINGS[piece.level])
        heading.outline_level = piece.level - 1
        return [heading]
    if piece.kind == "bullet":
        return [Paragraph(escape(piece.text), _BULLET, bulletText="\N{BULLET}")]
    if piece.kind == "table":
        return [_table(piece.rows, width), Spacer(1, 9)]
    return [Paragraph(escape(piece.text), _BODY)]


def _table(rows: tuple[tuple[str, ...], ...], width: float) -> Table:
    widths = _column_widths(rows, width)
    cells = [
        [Paragraph(escape(cell), _CELL if index else _HEAD_CELL) for cell in row]
        for index, row in enumerate(rows)
    ]
    style = TableStyle(
        [
            ("BACKGROUND", (0, 0), (-1, 0), _ACCENT),
            ("GRID", (0, 0), (-1, -1), 0.5, _LINE),
            ("ROWBACKGROUNDS", (0, 1), (-1, -1), [colors.white, colors.HexColor("#f3f6f8")]),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("TOPPADDING", (0, 0), (-1, -1), 4),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
        ]
    )
    return Table(cells, colWidths=widths, repeatRows=1, style=style, hAlign="LEFT")


def _column_widths(rows: tuple[tuple[str, ...], ...], width: float) -> list[float]:
    """Give each column its longest word, then share the rest by the length of its texts."""
    columns = list(zip(*rows, strict=True))
    least = [
        14 + max(stringWidth(word, "Helvetica-Bold", 9.5) for cell in column for word in cell.split() or [""])
        for column in columns
    ]
    wishes = [max(8, *(min(len(cell), 60) for cell in column)) for column in columns]
    spare = max(width - sum(least), 0)
    return [floor + spare * wish / sum(wishes) for floor, wish in zip(least, wishes, strict=True)]
