"""A brief as a Word file: the deadline first, a table a section, then what to clarify."""

# python-docx ships no complete type information.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import docx
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

from bidproof.core.files import write_whole
from bidproof.formats.xml import legal_text
from bidproof.questionnaires.brief.records import Brief
from bidproof.reports.brief.rows import BriefRow, BriefSection, brief_sections, headline, where

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.table import Table
    from docx.text.paragraph import Paragraph

_WIDTHS = (Cm(3.2), Cm(12.2), Cm(2.6))
_WIDE_PLACE_WIDTHS = (Cm(3.0), Cm(11.4), Cm(3.6))
_MARGIN = Cm(1.5)
_SIZE = 8.5
_GREY = RGBColor(0x55, 0x55, 0x55)


def write_brief(brief: Brief, out: Path) -> Path:
    """Write the brief; the suffix becomes ``.docx``.

    Raises:
        WriteFailed: The file cannot be written.
    """
    path = out.with_suffix(".docx")
    write_whole(path, _brief_bytes(brief))
    return path


def _brief_bytes(brief: Brief) -> bytes:
    document = docx.Document()
    _set_up(document, title="RFP brief: " + ", ".join(file.title or file.name for file in brief.files))
    document.add_heading(legal_text(document.core_properties.title), level=1)
    _line(document, headline(brief), size=11, is_bold=True)
    for file in brief.files:
        pages = f", {file.pages} pages" if file.pages else ""
        binding = f", {file.mandatory} sentences with shall, must or required" if file.mandatory else ""
        _line(document, f"{file.name}{pages}{binding}", size=8)
    if brief.open_points:
        _line(
            document, f"Open points: {len(brief.open_points)}; the questions to send stand at the end", size=8
        )
    widths = _WIDTHS if all(file.pages for file in brief.files) else _WIDE_PLACE_WIDTHS
    for section in brief_sections(brief):
        _section(document, section, widths)
    _open_points(document, brief)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _set_up(document: "WordDocument", *, title: str) -> None:
    document.core_properties.author = ""
    document.core_properties.comments = ""
    document.core_properties.title = legal_text(title)[:255]
    for section in document.sections:
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN
    normal = document.styles["Normal"]
    if isinstance(normal, ParagraphStyle):
        normal.font.name, normal.font.size = "Arial", Pt(_SIZE)
        normal.paragraph_format.space_after = Pt(2)


def _section(document: "WordDocument", section: BriefSection, widths: Sequence[Cm]) -> None:
    heading = document.add_heading(section.title, level=2)
    heading.paragraph_format.space_before = Pt(8)
    heading.paragraph_format.keep_with_next = True
    if section.rows:
        table = document.add_table(rows=0, cols=len(widths))
        table.style = "Table Grid"
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        for row in section.rows:
            _row(table, row, widths)
    if section.left_out:
        _line(document, f"and {section.left_out} more of less weight, in the JSON", size=8)
    if section.not_stated:
        _line(document, f"Not stated: {', '.join(section.not_stated)}", size=8)


def _open_points(document: "WordDocument", brief: Brief) -> None:
    document.add_heading("Open points: questions to send", level=2)
    if not brief.open_points:
        _line(document, "None was found by rule; read the files all the same.")
    for point in brief.open_points:
        paragraph = document.add_paragraph(style="List Number")
        _run(paragraph, point.question)
        places = where(brief, *point.places)
        _run(paragraph, f"  ({point.kind}{f'; {places}' if places else ''})", size=7.5, is_quiet=True)


def _row(table: "Table", row: BriefRow, widths: Sequence[Cm]) -> None:
    """Add a row that stays on one page: what, the value with its quote, where."""
    added = table.add_row()
    what, said, place = (cell.paragraphs[0] for cell in added.cells)
    _run(what, row.what)
    _run(said, row.value, is_bold=True)
    if row.quote:
        gap = "  " if row.value else ""
        _run(said, f"{gap}“{row.quote}”", size=7.5 if row.value else _SIZE, is_quiet=bool(row.value))
    _run(place, row.where, size=7.5)
    for cell, width in zip(added.cells, widths, strict=True):
        cell.width = width
        cell.paragraphs[0].paragraph_format.space_after = Pt(0)
        cell.paragraphs[0].paragraph_format.keep_together = True


def _run(
    paragraph: "Paragraph", text: str, *, size: float = _SIZE, is_bold: bool = False, is_quiet: bool = False
) -> None:
    run = paragraph.add_run(legal_text(text))
    run.bold, run.font.size = is_bold, Pt(size)
    if is_quiet:
        run.font.color.rgb = _GREY


def _line(document: "WordDocument", text: str, *, size: float = _SIZE, is_bold: bool = False) -> None:
    _run(document.add_paragraph(), text, size=size, is_bold=is_bold)
