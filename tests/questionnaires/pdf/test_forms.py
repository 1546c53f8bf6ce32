"""Forms of a PDF: labels beside empty cells and before lines to write on."""

from pathlib import Path

import pytest
from reportlab.lib import colors
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from bidproof.questionnaires.pdf.forms import gap_labels
from bidproof.questionnaires.pdf.reader import read

GRID = ("GRID", (0, 0), (-1, -1), 0.5, colors.black)
BODY = getSampleStyleSheet()["BodyText"]


def test_labels_beside_empty_cells_are_questions_under_their_part(tmp_path: Path) -> None:
    labels = ["Company name", "Registered address", "Year founded"]
    table = Table([["Part A", ""], *([label, ""] for label in labels)], colWidths=[150, 250])
    table.setStyle(TableStyle([GRID, ("SPAN", (0, 0), (1, 0))]))
    story = [table, Spacer(1, 20), Paragraph("Name: ____________ Date: __________", BODY)]
    SimpleDocTemplate(str(tmp_path / "f.pdf")).build(story)
    found = read(tmp_path / "f.pdf").questions
    assert [item.text for item in found] == [*labels, "Name", "Date"]
    assert {item.section_path for item in found[:3]} == {("Part A",)}


def test_a_table_of_facts_is_no_form(tmp_path: Path) -> None:
    rows = [["Buyer", "Acme County"], ["Contact", "Jane Roe"], ["Closing date", "TBD"]]
    SimpleDocTemplate(str(tmp_path / "f.pdf")).build([Table(rows, style=TableStyle([GRID]))])
    assert read(tmp_path / "f.pdf").questions == ()


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Name: ________", ("Name",)),
        ("Place ______ Date ______", ("Place", "Date")),
        ("The award is given within ____ days.", ()),
        ("The supplier shall deliver by: ______", ()),
        ("Nothing to fill here.", ()),
    ],
)
def test_only_labels_before_gaps_ask(text: str, labels: tuple[str, ...]) -> None:
    assert gap_labels(text) == labels


def test_open_cells_that_belong_to_no_question_are_named(tmp_path: Path) -> None:
    rows = [
        ["Item", "Quantity", "Unit price"],
        *([name, "1", ""] for name in ("Licence", "Support", "Training")),
    ]
    must = Paragraph("Bidders must quote all items.", BODY)
    SimpleDocTemplate(str(tmp_path / "f.pdf")).build(
        [must, Spacer(1, 12), Table(rows, style=TableStyle([GRID]))]
    )
    assert read(tmp_path / "f.pdf").problems == (
        "page 1: a table of 3 rows with blank cells belongs to no question",
    )
