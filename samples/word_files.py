"""Sources as Word files: a title block, built-in heading styles, bullets and grid tables."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import docx
from docx.shared import Pt, RGBColor
from freeze import freeze
from markup import Piece, Source

_NUMBERED = re.compile(r"^(\d+\.\d+) (.+)$")


def write_docx(source: Source, path: Path, *, answer_lines: bool = False) -> None:
    """Write a source as DOCX; two builds give the same bytes.

    Args:
        source: What to write.
        path: The file to make.
        answer_lines: Put a line "Answer:" after each paragraph that starts with a number.
    """
    facts, document = source.facts, docx.Document()
    document.styles["Normal"].font.name = "Calibri"
    document.styles["Normal"].font.size = Pt(11)
    document.core_properties.title = facts["title"]
    document.core_properties.author = facts["owner"]
    document.core_properties.subject = facts["reference"]
    document.add_paragraph(facts["title"], style="Title")
    about = document.add_paragraph()
    run = about.add_run(f"{facts['reference']}, version {facts['version']}, {facts['written']}\n")
    run.add_text(f"Owner: {facts['owner']}")
    run.font.color.rgb = RGBColor(0x5C, 0x67, 0x73)
    document.sections[0].footer.paragraphs[0].text = f"{facts['reference']}: {facts['classification']}"
    for piece in source.pieces:
        _add(document, piece, answer_lines=answer_lines)
    document.save(str(path))
    freeze(path, written=date.fromisoformat(facts["written"]))


def _add(document: Any, piece: Piece, *, answer_lines: bool) -> None:
    if piece.kind == "heading":
        document.add_heading(piece.text, level=piece.level)
    elif piece.kind == "bullet":
        document.add_paragraph(piece.text, style="List Bullet")
    elif piece.kind == "table":
        _add_table(document, piece.rows)
    elif answer_lines and (match := _NUMBERED.match(piece.text)):
        document.add_paragraph(f"{match[1]}\t{match[2]}")
        document.add_paragraph().add_run("Answer:").italic = True
    else:
        document.add_paragraph(piece.text)


def _add_table(document: Any, rows: tuple[tuple[str, ...], ...]) -> None:
    table = document.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    for cell in table.rows[0].cells:
        for run in cell.paragraphs[0].runs:
            run.bold = True
    document.add_paragraph()
