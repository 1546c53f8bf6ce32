"""A brief as a Word file: the deadline first, a table a section, then what to clarify."""

# python-docx ships no complete type information.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import io
from pathlib import Path
from typing import TYPE_CHECKING

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

from bidproof.core.files import write_whole
from bidproof.formats.xml import legal_text
from bidproof.questionnaires.brief.records import Brief
from bidproof.reports.brief.rows import BriefSection, brief_sections, headline, where

if TYPE_CHECKING:
    from docx.blkcntnr import BlockItemContainer
    from docx.document import Document as WordDocument

_WIDTHS = (Cm(3.6), Cm(11.2), Cm(3.2))
_MARGIN = Cm(1.5)
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
    for section in brief_sections(brief):
        _section(document, section)
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
        normal.font.size = Pt(9)
        normal.paragraph_format.space_after = Pt(2)


def _section(document: "WordDocument", section: BriefSection) -> None:
    heading = document.add_heading(section.title, level=2)
    heading.paragraph_format.space_before = Pt(8)
    heading.paragraph_format.keep_with_next = True
    if section.rows:
        table = document.add_table(rows=0, cols=len(_WIDTHS))
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.LEFT
        table.autofit = False
        for row in section.rows:
            cells = table.add_row().cells
            for cell, width in zip(cells, _WIDTHS, strict=True):
                cell.width = width
            _write(cells[0], row.what)
            _write(cells[1], row.value, is_bold=True)
            if row.quote:
                _write(cells[1], f"“{row.quote}”", size=8, is_quiet=bool(row.value))
            _write(cells[2], row.where, size=8)
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
        paragraph.add_run(legal_text(point.question))
        places = where(brief, *point.places)
        note = paragraph.add_run(legal_text(f"  ({point.kind}{f'; {places}' if places else ''})"))
        note.font.size, note.font.color.rgb = Pt(8), _GREY


def _write(
    cell: "BlockItemContainer", text: str, *, size: float = 9, is_bold: bool = False, is_quiet: bool = False
) -> None:
    """Add a line to a cell; into its empty first paragraph while that is empty."""
    if not text:
        return
    first = cell.paragraphs[0]
    paragraph = cell.add_paragraph() if first.text else first
    paragraph.paragraph_format.space_after = Pt(0)
    run = paragraph.add_run(legal_text(text))
    run.bold, run.font.size = is_bold, Pt(size)
    if is_quiet:
        run.font.color.rgb = _GREY


def _line(document: "WordDocument", text: str, *, size: float = 9, is_bold: bool = False) -> None:
    run = document.add_paragraph().add_run(legal_text(text))
    run.font.size, run.bold = Pt(size), is_bold
