"""Tables under column titles: criteria, conformance and remarks, in the words of many buyers."""

from pathlib import Path

import docx
import pytest

from bidproof.core.records import Draft, DraftState, QuestionKind, Support
from bidproof.questionnaires.word.reader import read
from bidproof.questionnaires.word.writer import write
from docx_files import add_dropdown, add_table, lines_of, save

TERMS = ("Supports", "Partially Supports", "Does Not Support", "Not Applicable")
CRITERIA = ("Non-text Content", "Use of Color", "Keyboard", "Focus Order")


def make_bold(table: "docx.table.Table", row: int = 0) -> None:
    for cell in table.rows[row].cells:
        for run in cell.paragraphs[0].runs:
            run.bold = True


def conformance_report(path: Path, *, levels: tuple[str, ...] = ("", "", "", "")) -> Path:
    document = docx.Document()
    document.add_heading("Terms", 2)
    document.add_paragraph("The terms used in the Conformance Level information are defined as follows:")
    for term in TERMS:
        document.add_paragraph(f"{term}: what the product does about the criterion.")
    rows = [
        [f"1.{number}.1 {name} (Level A)\nAlso applies to:\n501 (Web)(Software)", level, ""]
        for number, (name, level) in enumerate(zip(CRITERIA, levels, strict=True), start=1)
    ]
    make_bold(add_table(document, [["Criteria", "Conformance Level", "Remarks and Explanations"], *rows]))
    return save(document, path)


@pytest.mark.parametrize("levels", [("", "", "", ""), ("Supports", "Not Applicable", "Supports", "")])
def test_a_conformance_report_asks_for_a_level_and_remarks_in_each_row(
    tmp_path: Path, levels: tuple[str, ...]
) -> None:
    found = read(conformance_report(tmp_path / "acr.docx", levels=levels)).questions
    assert [(item.buyer_id, item.text) for item in found] == [
        (f"1.{number}.1", f"{name} (Level A)") for number, name in enumerate(CRITERIA, start=1)
    ]
    assert all(item.options == TERMS and item.kind is QuestionKind.CHOICE for item in found)
    assert [[(slot.purpose.value, slot.location) for slot in item.slots] for item in found] == [
        [("choice", f"table:1/row:{row}/cell:2"), ("comment", f"table:1/row:{row}/cell:3")]
        for row in range(2, 6)
    ]
    assert [item.slots[0].current for item in found] == list(levels)
    assert found[0].guidance == "Also applies to: 501 (Web)(Software)"


def test_lines_with_a_label_each_are_blank_and_keep_their_labels(tmp_path: Path) -> None:
    document = docx.Document()
    rows = [
        [f"1.{number} {name}", "Web:\nSoftware:", "Web:\nSoftware:"] for number, name in enumerate(CRITERIA)
    ]
    add_table(document, [["Criteria", "Conformance Level", "Remarks"], *rows])
    asked = read(save(document, tmp_path / "acr.docx"))
    assert not any(item.is_answered for item in asked.questions)
    first = asked.questions[0]
    draft = Draft(
        question_id=first.id,
        state=DraftState.DRAFTED,
        text="Images carry a text.",
        choice="Supports",
        support=Support.SUPPORTED,
    )
    out = tmp_path / "out.docx"
    write(asked, {first.id: draft}, out=out, evidence="none")
    shown = [line for text in lines_of(out) for line in text.split("\n")]
    at = shown.index("1.0 Non-text Content")
    assert shown[at + 1 : at + 6] == [
        "Web: Supports",
        "Software: Supports",
        "Web:",
        "Software:",
        "Images carry a text.",
    ]


@pytest.mark.parametrize(
    ("header", "options"),
    [
        (["Nr.", "Anforderung", "Erfüllt (ja/nein/teilweise)", "Bemerkungen"], ("ja", "nein", "teilweise")),
        (["N.º", "Requisito", "Cumple (Sí/No)", "Observaciones"], ("Sí", "No")),
        (["N°", "Critère", "Niveau de conformité", "Remarques"], ()),
    ],
)
def test_a_list_in_another_language_has_its_own_options(
    tmp_path: Path, header: list[str], options: tuple[str, ...]
) -> None:
    document = docx.Document()
    add_table(document, [header, ["1", "Daten, données, datos", "", ""], ["2", "SAML", "", ""]])
    found = read(save(document, tmp_path / "q.docx")).questions
    assert [[slot.purpose.value for slot in item.slots] for item in found] == [["choice", "comment"]] * 2
    assert found[0].options == options


def test_open_columns_take_answers_whatever_they_are_called(tmp_path: Path) -> None:
    document = docx.Document()
    wishes = ["Hosting in a European data centre", "Support by telephone", "Import of the old files"]
    rows = [[str(number), wish, "", ""] for number, wish in enumerate(wishes, start=1)]
    make_bold(add_table(document, [["Ref", "Wish of the house", "Your stance", "Further word"], *rows]))
    found = read(save(document, tmp_path / "q.docx")).questions
    assert [item.text for item in found] == wishes
    assert [slot.location for slot in found[2].slots] == ["table:1/row:4/cell:3", "table:1/row:4/cell:4"]


def test_a_dropdown_makes_a_slot_of_a_column_with_an_idle_title(tmp_path: Path) -> None:
    document = docx.Document()
    table = add_table(
        document, [["Criterion", "Status", "Explanation"], ["Logging", "", ""], ["Backup", "", ""]]
    )
    for row in table.rows[1:]:
        add_dropdown(row.cells[1].paragraphs[0], ["Met", "Not met"])
    found = read(save(document, tmp_path / "q.docx")).questions
    assert [(item.text, item.options) for item in found] == [
        ("Logging", ("Met", "Not met")),
        ("Backup", ("Met", "Not met")),
    ]


def test_two_rows_of_titles_are_read_as_one(tmp_path: Path) -> None:
    document = docx.Document()
    table = add_table(
        document,
        [
            ["No.", "Question", "For the supplier", ""],
            ["", "", "Response", "Comments"],
            ["1", "Do you encrypt data at rest?", "", ""],
        ],
    )
    table.cell(0, 2).merge(table.cell(0, 3))
    table.cell(0, 0).merge(table.cell(1, 0))
    table.cell(0, 1).merge(table.cell(1, 1))
    (found,) = read(save(document, tmp_path / "q.docx")).questions
    assert [(slot.purpose.value, slot.label) for slot in found.slots] == [
        ("answer", "Response"),
        ("comment", "Comments"),
    ]


def test_a_table_of_facts_asks_nothing(tmp_path: Path) -> None:
    document = docx.Document()
    for name in ("Tested code", "Styled code"):
        table = add_table(
            document,
            [
                ["Deliverable", name],
                ["Performance standard", "What is delivered is tested as far as can be"],
                ["Quality level", "Nine in ten lines of the code are tested"],
                ["Due date", "At the end of every sprint of the project"],
            ],
        )
        make_bold(table)
    assert not read(save(document, tmp_path / "q.docx")).questions


def test_columns_of_boxes_are_marked_whatever_they_are_called(tmp_path: Path) -> None:
    document = docx.Document()
    rows = [[f"R{number}", name, "☐", "☐", ""] for number, name in enumerate(CRITERIA)]
    add_table(document, [["Req.", "Description", "Wholly", "In part", "Reference"], *rows])
    found = read(save(document, tmp_path / "q.docx")).questions
    assert [item.options for item in found] == [("Wholly", "In part")] * len(CRITERIA)


def test_a_column_for_the_buyer_alone_takes_no_answer(tmp_path: Path) -> None:
    document = docx.Document()
    rows = [[f"K{number}", name, "", ""] for number, name in enumerate(CRITERIA)]
    titles = ["Nr.", "Kriterium", "Ausführungen des Bieters", "Bewertung (nur Auftraggeber)"]
    add_table(document, [titles, *rows])
    found = read(save(document, tmp_path / "q.docx"))
    assert {len(item.slots) for item in found.questions} == {1}
    assert found.problems == ()


def test_cells_that_do_not_stand_under_their_titles_grid_are_told_by_their_order(tmp_path: Path) -> None:
    document = docx.Document()
    labels = "Web:\nSoftware:"
    rows = [[f"1.{number} {name}", "", labels, "", labels] for number, name in enumerate(CRITERIA)]
    table = add_table(document, [["Criteria", "Conformance Level", "", "Remarks", ""], *rows])
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(0, 3).merge(table.cell(0, 4))
    for row in range(1, len(rows) + 1):
        table.cell(row, 0).merge(table.cell(row, 1))
        table.cell(row, 2).merge(table.cell(row, 3))
    found = read(save(document, tmp_path / "acr.docx"))
    assert [item.text for item in found.questions] == list(CRITERIA)
    assert {(slot.purpose.value, slot.location[-1]) for item in found.questions for slot in item.slots} == {
        ("choice", "2"),
        ("comment", "3"),
    }
    assert found.problems == ()
