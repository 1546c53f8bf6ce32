"""Every paragraph and cell of a Word file is for something, or is named as left over."""

from pathlib import Path

import docx

from bidproof.questionnaires.word.reader import read
from docx_files import add_table, save


def test_each_part_of_a_form_is_counted_once(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("Security", 1)
    document.add_paragraph("This part is about the hosting.")
    document.add_paragraph("Answers must not exceed 100 words.")
    add_table(
        document,
        [
            ["No.", "Question", "Response", "Score (for office use only)"],
            ["1", "Do you encrypt data at rest?", "", ""],
            ["2", "Are backups tested every year?", "Yes.", ""],
        ],
    )
    found = read(save(document, tmp_path / "q.docx"))
    assert found.cells == {
        "header": 4,
        "id": 2,
        "question": 2,
        "answer slot": 2,
        "section": 1,
        "other": 1,
        "guidance": 1,
    }
    assert found.problems == ()


def test_blank_cells_that_no_question_takes_are_named(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("1. Do you encrypt data at rest?")
    document.add_paragraph("Answer:")
    items = [[item, "1", "", ""] for item in ("Licence", "Support", "Training")]
    add_table(document, [["Item", "Quantity", "Unit price", "Total price"], *items])
    found = read(save(document, tmp_path / "q.docx"))
    assert len(found.questions) == 1
    assert found.problems == ("table 1: 3 rows with blank cells belong to no question",)


def test_boxes_that_no_question_takes_are_named(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("1. Do you encrypt data at rest?")
    document.add_paragraph("Answer:")
    document.add_heading("Declarations", 1)
    document.add_paragraph("☐ We have read the terms.")
    (problem,) = read(save(document, tmp_path / "q.docx")).problems
    assert problem == "1 place to fill belongs to no question (paragraph 4)"


def test_what_binds_above_a_form_says_how_to_fill_it(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("For authors", 1)
    document.add_paragraph("The report must name the product.")
    document.add_heading("Report", 1)
    rows = [[f"1.{number} {name}", "", ""] for number, name in enumerate(("Keyboard", "Focus", "Colour"))]
    add_table(document, [["Criteria", "Conformance Level", "Remarks"], *rows])
    found = read(save(document, tmp_path / "q.docx"))
    assert [item.text for item in found.questions] == ["Keyboard", "Focus", "Colour"]
    assert found.cells["guidance"] == 1
    assert "binding sentences above the first place to fill, read as instructions: 1" in found.problems
