"""Forms of a Word file: labels beside, before or above their places."""

from pathlib import Path

import docx
import pytest

from bidproof.core.records import Draft, DraftState, SlotPurpose, Support
from bidproof.questionnaires.word.reader import read
from bidproof.questionnaires.word.writer import write
from docx_files import add_table, lines_of, save

ASKED = ("Do you encrypt data at rest?", "Are backups tested?", "Is there an incident plan?")


@pytest.mark.parametrize("cue", ["", "Response:"])
def test_a_row_below_a_numbered_question_takes_its_answer(tmp_path: Path, cue: str) -> None:
    document = docx.Document()
    rows = [row for number, asked in enumerate(ASKED, start=1) for row in ([f"1.{number}", asked], [cue, ""])]
    add_table(document, rows)
    found = read(save(document, tmp_path / "q.docx")).questions
    assert [(item.buyer_id, item.text) for item in found] == [
        (f"1.{number}", asked) for number, asked in enumerate(ASKED, start=1)
    ]
    place = 2 if cue else 1
    assert [item.slots[0].location for item in found] == [
        f"table:1/row:{row}/cell:{place}" for row in (2, 4, 6)
    ]


def test_labels_below_each_other_are_filled_behind_themselves(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("Bidder", 1)
    for label in ("Company name:", "Address:", "Telephone:"):
        document.add_paragraph(label)
    document.add_paragraph("Notes:")
    document.add_paragraph("This form is for bidders from the region.")
    asked = read(save(document, tmp_path / "q.docx"))
    assert [item.text for item in asked.questions][:3] == ["Company name", "Address", "Telephone"]
    first = asked.questions[0]
    draft = Draft(question_id=first.id, state=DraftState.DRAFTED, text="Acme GmbH", support=Support.SUPPORTED)
    out = tmp_path / "out.docx"
    write(asked, {first.id: draft}, out=out, evidence="none")
    assert "Company name: Acme GmbH" in lines_of(out)


def test_a_line_beside_boxes_takes_the_explanation(tmp_path: Path) -> None:
    document = docx.Document()
    table = add_table(
        document,
        [["No.", "Question", "Answer"], ["1", ASKED[0], "☐ Yes ☐ No"], ["2", ASKED[1], "☐ Yes ☐ No"]],
    )
    for row in table.rows[1:]:
        row.cells[2].add_paragraph("If yes, please explain: ________")
    found = read(save(document, tmp_path / "q.docx")).questions
    assert [[slot.purpose.value for slot in item.slots] for item in found] == [
        ["mark", "mark", "comment"]
    ] * 2


@pytest.mark.parametrize(
    ("beside", "place"), [(("as registered", "", "if you have one"), 2), (("1", "2", "3"), 3)]
)
def test_a_number_or_a_note_may_stand_beside_label_and_value(
    tmp_path: Path, beside: tuple[str, ...], place: int
) -> None:
    labels = ("Company name", "Country", "VAT number")
    rows = [
        [label, "", more] if place == 2 else [more, label, ""]
        for label, more in zip(labels, beside, strict=True)
    ]
    document = docx.Document()
    add_table(document, rows)
    found = read(save(document, tmp_path / "q.docx")).questions
    assert [item.text for item in found] == list(labels)
    assert [item.buyer_id or item.guidance for item in found] == list(beside)
    assert [item.slots[0].location for item in found] == [
        f"table:1/row:{row}/cell:{place}" for row in (1, 2, 3)
    ]


def test_a_label_that_tells_to_select_is_no_prompt(tmp_path: Path) -> None:
    document = docx.Document()
    labels = ["Company name", "Select your hosting option.", "Support hours"]
    add_table(document, [[label, ""] for label in labels])
    found = read(save(document, tmp_path / "q.docx")).questions
    assert [item.text for item in found] == labels


def test_a_short_title_behind_yes_no_and_not_applicable_is_no_option(tmp_path: Path) -> None:
    document = docx.Document()
    add_table(
        document,
        [["Question", "Yes", "No", "N/A", "Zormelkip"]]
        + [[text, "", "", "", ""] for text in ("Do you log access?", "Do you test backups?")],
    )
    found = read(save(document, tmp_path / "q.docx")).questions
    assert [item.options for item in found] == [("Yes", "No", "N/A")] * 2
    assert {item.slots[-1].purpose for item in found} <= {SlotPurpose.COMMENT, SlotPurpose.ANSWER}


def test_among_questions_above_empty_rows_a_request_in_unknown_words_is_one(tmp_path: Path) -> None:
    document = docx.Document()
    asked = [f"Who is responsible for site {number}?" for number in range(5)]
    asked.insert(2, "Presente la arquitectura de su red.")
    add_table(document, [[row] for text in asked for row in (text, "")])
    assert [item.text for item in read(save(document, tmp_path / "q.docx")).questions] == asked
