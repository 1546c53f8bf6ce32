"""A label below boxes to tick is the place for the remark on that answer, in lines and in tables."""

from pathlib import Path

import docx
import pytest
from docx.document import Document

from bidproof.core.records import Question
from bidproof.questionnaires.word.reader import read
from bidproof.questionnaires.word.writer import write
from docx_files import add_checkbox, add_dropdown, add_table, lines_of, save
from workbook_files import draft_for


def asked(document: Document, tmp_path: Path) -> list[Question]:
    return list(read(save(document, tmp_path / "q.docx")).questions)


def answered(tmp_path: Path, *, choice: str = "Yes", text: str = "Every night.") -> list[str]:
    questionnaire = read(tmp_path / "q.docx")
    drafts = {
        item.id: draft_for(item.id, text, choice=choice if item.options else None)
        for item in questionnaire.questions
    }
    write(questionnaire, drafts, out=tmp_path / "out.docx")
    return lines_of(tmp_path / "out.docx")


def comments(question: Question) -> list[tuple[str, str]]:
    return [(slot.location, slot.label) for slot in question.slots if slot.purpose == "comment"]


@pytest.mark.parametrize(
    ("boxes", "label"),
    [
        ("☐ Yes ☐ No", "Comments:"),
        ("[ ] Yes   [ ] No", "If yes, please explain: ________"),
        ("☐ Ja ☐ Nein", "Bemerkungen:"),
        ("☐ Ja ☐ Nein", "Falls ja, bitte erläutern:"),
        ("☐ Oui ☐ Non ☐ S.O.", "Commentaires :"),
        ("☐ Oui ☐ Non", "Si oui, merci de préciser :"),
        ("☐ Sí ☐ No", "Observaciones:"),
        ("☐ Sì ☐ No", "Se sì, specificare:"),
        ("☐ Sim ☐ Não", "Em caso afirmativo, descreva:"),
        ("☐ Ja ☐ Nee", "Toelichting:"),
    ],
)
def test_a_label_below_boxes_takes_the_remark(tmp_path: Path, boxes: str, label: str) -> None:
    document = docx.Document()
    for text in ("1. Are backups made at night?", "2. Are they tested?"):
        for line in (text, boxes, label):
            document.add_paragraph(line)
    first, second = asked(document, tmp_path)
    assert [place for place, _ in comments(first) + comments(second)] == ["paragraph:3", "paragraph:6"]
    lines = answered(tmp_path, choice=first.options[0])
    assert lines[2].startswith(label.rstrip(" _"))
    assert lines[2].endswith(" Every night.")
    again = read(tmp_path / "out.docx").questions[0]
    assert next(slot.current for slot in again.slots if slot.purpose == "comment") == "Every night."


def test_a_label_without_a_colon_takes_the_empty_line_or_box_below_it(tmp_path: Path) -> None:
    document = docx.Document()
    for line in ("1. Are backups made at night? ☐ Yes ☐ No", "Comments", ""):
        document.add_paragraph(line)
    document.add_paragraph("2. Are they tested?")
    document.add_paragraph("☐ Yes")
    document.add_paragraph("☐ No")
    document.add_paragraph("If no, please give details:")
    add_table(document, [[""]])
    first, second = asked(document, tmp_path)
    assert comments(first) == [("paragraph:3", "Comments")]
    assert comments(second) == [("table:1/row:1/cell:1", "If no, please give details")]


def test_a_dropdown_with_a_label_below_it(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("1. Are backups made at night?")
    add_dropdown(document.add_paragraph(), ["Yes", "No"])
    document.add_paragraph("Details:")
    (found,) = asked(document, tmp_path)
    assert comments(found) == [("paragraph:3", "Details")]


def test_labels_that_follow_no_choice_stay_what_they_were(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Describe your backups.")
    document.add_paragraph("Answer: ")
    document.add_paragraph("Notes:")
    document.add_paragraph("☐ I agree to the terms.")
    document.add_paragraph("Comments:")
    assert [comments(item) for item in asked(document, tmp_path)] == [[]]


def test_a_row_below_boxes_takes_the_remark(tmp_path: Path) -> None:
    document = docx.Document()
    table = add_table(
        document,
        [
            ["1.1", "Are backups made at night?", "☐ Yes ☐ No"],
            ["", "Comments", ""],
            ["1.2", "Are they tested?", "☐ Yes ☐ No"],
            ["", "Comments", ""],
            ["1.3", "Who tests them?", ""],
        ],
    )
    table.cell(1, 0).merge(table.cell(0, 0))
    first, second, third = asked(document, tmp_path)
    assert comments(first) == [("table:1/row:2/cell:3", "Comments")]
    assert comments(second) == [("table:1/row:4/cell:3", "Comments")]
    assert comments(third) == []


@pytest.mark.parametrize("titles", [["No.", "Question", "Response"], []])
def test_a_merged_row_below_boxes_takes_the_remark_and_heads_no_section(
    tmp_path: Path, titles: list[str]
) -> None:
    document = docx.Document()
    rows = [["1.1", "Are backups made at night?", ""], ["Comments:", "", ""]] * 3
    table = add_table(document, [titles, *rows] if titles else rows)
    for at in range(bool(titles), len(table.rows), 2):
        for label in ("Yes", "No"):
            add_checkbox(table.cell(at, 2).paragraphs[0], label)
        table.cell(at + 1, 0).merge(table.cell(at + 1, 2))
    found = asked(document, tmp_path)
    assert [len(comments(item)) for item in found] == [1, 1, 1]
    assert {item.section_path for item in found} == {()}
    lines = answered(tmp_path)
    assert [line.rstrip() for line in lines if line.startswith("Comments")] == ["Comments: Every night."] * 3


def test_a_field_of_a_form_keeps_its_own_remark(tmp_path: Path) -> None:
    document = docx.Document()
    add_table(document, [["Name", ""], ["Address", ""], ["Comments", ""]])
    assert [item.text for item in asked(document, tmp_path)] == ["Name", "Address", "Comments"]
