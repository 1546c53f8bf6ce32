"""Requirement tables of PDFs keep their rows whole, however they are drawn, over lines and pages."""

from pathlib import Path
from typing import Any

import pytest
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from bidproof.core.records import QuestionKind
from bidproof.questionnaires.pdf.reader import read

SHEET = getSampleStyleSheet()
BODY = ParagraphStyle("cell", parent=SHEET["BodyText"], fontSize=9, leading=11)
TEXTS = (
    "The {} shall be kept for at least ten months and given to the buyer on request within two days.",
    "Access to the {} shall be limited to named persons.",
    "The supplier shall document the {}, including all interfaces, limits and known faults, and keep this "
    "documentation current throughout the whole term of the contract.",
)
THINGS = ("audit log", "user list", "export", "index", "backup", "gateway", "report", "store", "queue")
ROWS = [
    (f"R-{number:02d}", TEXTS[number % 3].format(thing), ("Must", "Should")[number % 2])
    for number, thing in enumerate(THINGS, start=1)
]
STYLES: dict[str, list[tuple[Any, ...]]] = {
    "without lines": [],
    "centred": [("VALIGN", (0, 0), (-1, -1), "MIDDLE")],
    "tight": [("TOPPADDING", (0, 0), (-1, -1), 0), ("BOTTOMPADDING", (0, 0), (-1, -1), 0)],
    "lines across": [("LINEBELOW", (0, 0), (-1, -1), 0.5, colors.grey)],
    "shaded": [("ROWBACKGROUNDS", (0, 1), (-1, -1), [colors.white, colors.whitesmoke])],
    "grid": [("GRID", (0, 0), (-1, -1), 0.5, colors.black)],
}


def matrix(path: Path, style: str, *, titles: tuple[str, ...], repeat: int = 1) -> Path:
    """The requirements over two pages: the table starts low on the first."""
    blank = [""] * (len(titles) - 3)
    cells = [[Paragraph(text, BODY) for text in row] for row in [titles, *([*row, *blank] for row in ROWS)]]
    widths = [40, 250, 55, *([100 / len(blank)] * len(blank) if blank else [])]
    table = Table(cells, colWidths=widths, repeatRows=repeat)
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), *STYLES[style]]))
    story = [Paragraph("4 Requirements", SHEET["Heading1"]), Spacer(1, 480), table, Spacer(1, 12)]
    after = Paragraph("5 Pricing", SHEET["Heading1"]), Paragraph("Prices are given in euros.", BODY)
    SimpleDocTemplate(str(path), pagesize=A4).build([*story, *after])
    return path


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("repeat", [1, 0])
def test_each_row_is_one_requirement(tmp_path: Path, style: str, repeat: int) -> None:
    path = matrix(
        tmp_path / "m.pdf", style, titles=("ID", "Requirement", "Priority", "Response"), repeat=repeat
    )
    found = read(path).questions
    assert [(item.buyer_id, item.text) for item in found] == [(name, text) for name, text, _ in ROWS]
    assert [item.is_mandatory for item in found] == [mark == "Must" for *_, mark in ROWS]
    assert {item.section_path for item in found} == {("4 Requirements",)}
    assert {item.page for item in found} == {1, 2}


@pytest.mark.parametrize("style", ["without lines", "grid"])
def test_a_table_without_a_place_to_answer_gives_its_requirements(tmp_path: Path, style: str) -> None:
    path = matrix(tmp_path / "m.pdf", style, titles=("No.", "Requirement description", "Priority"))
    found = read(path).questions
    assert [item.text for item in found] == [text for _, text, _ in ROWS]
    assert {item.kind for item in found} == {QuestionKind.REQUIREMENT}


def test_titles_that_no_list_knows_are_told_by_what_stands_below(tmp_path: Path) -> None:
    path = matrix(tmp_path / "m.pdf", "grid", titles=("#", "Wish of the house", "M/S", "Your stance"))
    found = read(path).questions
    assert [item.text for item in found] == [text for _, text, _ in ROWS]
    assert found[1].is_mandatory is True
