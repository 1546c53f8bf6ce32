"""Answers land in their places; the rest of the Word file stays as the buyer sent it."""

import os
import zipfile
from pathlib import Path

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.shared import RGBColor
from hypothesis import given, settings
from hypothesis import strategies as st

from bidproof.core.choices import EvidenceMode
from bidproof.core.errors import WriteFailed
from bidproof.core.records import Draft, DraftState, Question, Questionnaire
from bidproof.questionnaires.protocol import WriteReport
from bidproof.questionnaires.word import writer
from bidproof.questionnaires.word.reader import read
from bidproof.questionnaires.word.writer import write
from docx_files import (
    add_checkbox,
    add_dropdown,
    add_form_box,
    add_table,
    add_text_control,
    body_children,
    lines_of,
    parts,
    save,
    with_part,
)
from workbook_files import draft_for


def answer(
    questionnaire: Questionnaire,
    out: Path,
    *,
    text: str = "We do.",
    choice: str | None = None,
    quote: str = "",
    evidence: EvidenceMode = "none",
    overwrite: bool = False,
) -> WriteReport:
    def draft(question: Question) -> Draft:
        picked = choice if question.options else None
        return draft_for(question.id, text, choice=picked, quote=quote)

    drafts = {question.id: draft(question) for question in questionnaire.questions}
    return write(questionnaire, drafts, out=out, evidence=evidence, overwrite=overwrite)


def simple(path: Path) -> Path:
    document = docx.Document()
    document.add_heading("Form", 1)
    document.add_paragraph("Fill in the table below, then sign.")
    table = add_table(
        document, [["Question", "Response"], ["Do you test backups?", ""], ["Do you log?", "Yes, we do."]]
    )
    run = table.cell(1, 1).paragraphs[0].add_run("[Response]")
    run.font.color.rgb = RGBColor(0x11, 0x22, 0x33)
    run.italic = True
    document.add_paragraph("Thank you.")
    return save(document, path)


def test_an_answer_takes_the_look_of_its_cell_and_nothing_else_changes(tmp_path: Path) -> None:
    path = simple(tmp_path / "q.docx")
    report = answer(read(path), tmp_path / "out.docx", text="We test them.\nEvery month.")
    table = docx.Document(str(tmp_path / "out.docx")).tables[0]
    assert [item.text for item in table.cell(1, 1).paragraphs] == ["We test them.", "Every month."]
    (run,) = [item for item in table.cell(1, 1).paragraphs[0].runs if item.text]
    assert run.italic
    assert str(run.font.color.rgb) == "112233"
    assert table.cell(2, 1).text == "Yes, we do."
    assert (report.filled, report.left_blank) == (1, 0)
    assert report.skipped == ("t1r3: already answered in the file",)
    before, after = parts(path), parts(tmp_path / "out.docx")
    assert list(before) == list(after)
    assert all(before[name] == after[name] for name in before if name != "word/document.xml")
    old, new = body_children(path), body_children(tmp_path / "out.docx")
    assert [at for at, (a, b) in enumerate(zip(old, new, strict=True)) if a != b] == [2]


def test_compressed_bytes_of_other_parts_are_copied(tmp_path: Path) -> None:
    path = simple(tmp_path / "q.docx")
    answer(read(path), tmp_path / "out.docx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "out.docx") as new:
        assert new.testzip() is None
        for a, b in zip(old.infolist(), new.infolist(), strict=True):
            if a.filename != "word/document.xml":
                assert (a.CRC, a.compress_size, a.date_time) == (b.CRC, b.compress_size, b.date_time)


def test_existing_answers_are_replaced_only_when_asked(tmp_path: Path) -> None:
    path = simple(tmp_path / "q.docx")
    answer(read(path), tmp_path / "out.docx", text="New.", overwrite=True)
    table = docx.Document(str(tmp_path / "out.docx")).tables[0]
    assert [table.cell(1, 1).text, table.cell(2, 1).text] == ["New.", "New."]


def test_controls_take_a_value_of_their_own(tmp_path: Path) -> None:
    document = docx.Document()
    table = add_table(
        document,
        [
            ["Question", "Compliance", "Comments"],
            ["In the EU?", "", ""],
            ["ISO?", "", ""],
            ["A DPO?", "", ""],
        ],
    )
    add_dropdown(table.cell(1, 1).paragraphs[0], ["Yes", "No"])
    add_checkbox(table.cell(2, 1).paragraphs[0], "Yes")
    add_checkbox(table.cell(2, 1).paragraphs[0], "No")
    table.cell(3, 1).text = "☐ Yes ☐ No"
    add_text_control(table.cell(3, 2).paragraphs[0], bound=True)
    path = save(document, tmp_path / "q.docx")
    answer(read(path), tmp_path / "out.docx", choice="yes")
    document_xml = parts(tmp_path / "out.docx")["word/document.xml"].decode()
    assert document_xml.count('w14:checked w14:val="1"') == 1
    assert document_xml.count('w14:checked w14:val="0"') == 1
    assert 'w:lastValue="yes"' in document_xml
    assert "showingPlcHdr" not in document_xml
    assert "dataBinding" not in document_xml
    again = read(tmp_path / "out.docx").questions
    assert [item.is_answered for item in again] == [True, True, True]
    assert [[slot.current for slot in item.slots] for item in again] == [
        ["Yes", "We do."],
        ["x", "", "We do."],
        ["x", "", "We do."],
    ]


def test_paragraph_places_are_filled(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("1. How do you train staff?", style="List Number")
    document.add_paragraph("Answer: ____")
    document.add_paragraph("2. Do you use subcontractors?   ☐ Yes   ☐ No")
    document.add_paragraph("3. Who is responsible?")
    document.add_paragraph("")
    document.add_paragraph("List your certifications.", style="List Number")
    document.add_paragraph("Name of signatory: ________ (block letters)")
    path = save(document, tmp_path / "q.docx")
    answer(read(path), tmp_path / "out.docx", text="We do.", choice="No")
    assert lines_of(tmp_path / "out.docx") == [
        "1. How do you train staff?",
        "Answer: We do.",
        "2. Do you use subcontractors?   ☐ Yes   ☒ No",
        "3. Who is responsible?",
        "We do.",
        "List your certifications.",
        "We do.",
        "Name of signatory: We do. (block letters)",
    ]
    added = docx.Document(str(tmp_path / "out.docx")).paragraphs[6]
    assert added.style.name == "List Number"
    assert added._p.pPr.numPr.numId.val == 0


def test_boxes_of_old_form_fields_are_ticked_and_stay_fields(tmp_path: Path) -> None:
    document = docx.Document()
    table = add_table(document, [["Question", "Answer"], ["ISO?", ""]])
    add_form_box(table.cell(1, 1).paragraphs[0], "Yes")
    add_form_box(table.cell(1, 1).paragraphs[0], "No")
    path = save(document, tmp_path / "q.docx")
    answer(read(path), tmp_path / "out.docx", choice="No")
    document_xml = parts(tmp_path / "out.docx")["word/document.xml"].decode()
    assert document_xml.count("FORMCHECKBOX") == 2
    assert [slot.current for slot in read(tmp_path / "out.docx").questions[0].slots] == ["", "x"]


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        ("none", ["We do."]),
        ("auto", ["We do."]),
        ("column", ["We do.", "Evidence: Policy, page 3: “All is tested.”"]),
    ],
)
def test_evidence_stands_below_the_answer(
    tmp_path: Path, evidence: EvidenceMode, expected: list[str]
) -> None:
    path = simple(tmp_path / "q.docx")
    answer(read(path), tmp_path / "out.docx", quote="All is  tested.", evidence=evidence)
    result = docx.Document(str(tmp_path / "out.docx"))
    assert [item.text for item in result.tables[0].cell(1, 1).paragraphs] == expected
    assert len(result.tables) == 1


def test_evidence_in_a_sheet_is_a_table_at_the_end(tmp_path: Path) -> None:
    path = simple(tmp_path / "q.docx")
    answer(read(path), tmp_path / "out.docx", quote="All is tested.", evidence="sheet")
    result = docx.Document(str(tmp_path / "out.docx"))
    assert result.tables[0].cell(1, 1).text == "We do."
    assert [[cell.text for cell in row.cells][1:] for row in result.tables[1].rows] == [
        ["Source", "Quote"],
        ["Policy, page 3", "“All is tested.”"],
    ]
    assert [item.text for item in read(tmp_path / "out.docx").questions] == [
        item.text for item in read(path).questions
    ]


def test_a_question_with_a_limit_keeps_it(tmp_path: Path) -> None:
    document = docx.Document()
    add_table(document, [["Question", "Response"], ["Describe it. (max 4 words)", ""]])
    path = save(document, tmp_path / "q.docx")
    answer(
        read(path),
        tmp_path / "out.docx",
        text="Short it is. This is too long.",
        quote="Some words.",
        evidence="column",
    )
    result = docx.Document(str(tmp_path / "out.docx"))
    assert result.tables[0].cell(1, 1).text == "Short it is."
    assert len(result.tables) == 1


def test_requirements_in_prose_go_beside_the_filled_form(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("The vendor must answer within a week and must sign.")
    add_table(document, [["Question", "Response"], ["Do you test backups?", ""]])
    path = save(document, tmp_path / "q.docx")
    report = answer(read(path), tmp_path / "out.docx")
    assert [item.name for item in report.files] == ["out.docx", "out-response.docx", "out-compliance.xlsx"]
    assert report.filled == 2
    assert "The vendor must answer" in "\n".join(lines_of(tmp_path / "out-response.docx"))


def test_a_failed_or_missing_draft_leaves_its_place_alone(tmp_path: Path) -> None:
    path = simple(tmp_path / "q.docx")
    questionnaire = read(path)
    name = questionnaire.questions[0].id
    report = write(
        questionnaire,
        {name: draft_for(name, state=DraftState.NOT_FOUND, reasons=("nothing found",))},
        out=tmp_path / "out.docx",
    )
    assert (report.filled, report.left_blank) == (0, 1)
    assert body_children(path) == body_children(tmp_path / "out.docx")


def test_namespaces_and_compatibility_marks_survive(tmp_path: Path) -> None:
    path = simple(tmp_path / "q.docx")
    change = {b'mc:Ignorable="': b'xmlns:foo="urn:example:foo" mc:Ignorable="foo '}
    with_part(path, "word/document.xml", change)
    answer(read(path), tmp_path / "out.docx")
    head = parts(tmp_path / "out.docx")["word/document.xml"][:3000]
    assert b'xmlns:foo="urn:example:foo"' in head
    assert b'mc:Ignorable="foo ' in head
    assert head.startswith(b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>")


def test_a_file_that_changed_since_is_not_written_into(tmp_path: Path) -> None:
    path = simple(tmp_path / "q.docx")
    questionnaire = read(path)
    save(docx.Document(), path)
    with pytest.raises(WriteFailed, match="changed since"):
        answer(questionnaire, tmp_path / "out.docx")
    assert not (tmp_path / "out.docx").exists()


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = simple(tmp_path / "q.docx")
    questionnaire = read(path)
    out = tmp_path / "out.docx"
    out.write_text("before")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WriteFailed, match="No space left"):
        answer(questionnaire, out)
    assert out.read_text() == "before"
    assert sorted(item.name for item in tmp_path.iterdir()) == ["out.docx", "q.docx"]


@settings(max_examples=15, deadline=None)
@given(text=st.text(min_size=1, max_size=80))
def test_any_text_is_written_as_text_and_touches_one_cell(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    folder = tmp_path_factory.mktemp("any")
    path = simple(folder / "q.docx")
    answer(read(path), folder / "out.docx", text=text)
    old, new = body_children(path), body_children(folder / "out.docx")
    assert len(old) == len(new)
    assert [at for at, (a, b) in enumerate(zip(old, new, strict=True)) if a != b] in ([2], [])
    shown = docx.Document(str(folder / "out.docx")).tables[0].cell(1, 1).text
    kept = "".join(letter for letter in text if letter.isalnum())
    assert "".join(letter for letter in shown if letter.isalnum()) in (kept, "Response")


def test_the_real_request_is_answered_in_a_response_and_a_matrix(data_folder: Path, tmp_path: Path) -> None:
    path = data_folder / "tdrs-rfq" / "rfq.docx"
    if not path.exists():
        pytest.skip(f"needs the measuring data: {path} is absent")
    questionnaire = read(path)
    report = answer(questionnaire, tmp_path / "out.docx")
    assert [item.name for item in report.files] == ["out.docx", "out-compliance.xlsx"]
    assert report.filled == len(questionnaire.questions)


def test_boxes_are_counted_without_those_that_a_style_hides(tmp_path: Path) -> None:
    document = docx.Document()
    note = document.styles.add_style("Note", WD_STYLE_TYPE.CHARACTER)
    note.font.hidden = True
    paragraph = document.add_paragraph("1. Do you use subcontractors?   ")
    paragraph.add_run("☐ Score ", style="Note")
    paragraph.add_run("☐ Yes   ☐ No")
    path = save(document, tmp_path / "q.docx")
    answer(read(path), tmp_path / "out.docx", choice="No")
    (written,) = docx.Document(str(tmp_path / "out.docx")).paragraphs
    assert written.text == "1. Do you use subcontractors?   ☐ Score ☐ Yes   ☒ No"


def boxes(path: Path) -> Path:
    document = docx.Document()
    document.add_paragraph("1. Do you test backups?")
    document.add_paragraph("☐ Yes ☐ No")
    paragraph = document.add_paragraph("2. Do you log? ")
    for label in ("Yes", "No"):
        add_checkbox(paragraph, label)
    add_table(document, [["Question", "Yes", "No"], ["Do you patch?", "", "x"], ["Do you scan?", "", ""]])
    return save(document, path)


def test_ticked_boxes_are_read_back(tmp_path: Path) -> None:
    answer(read(boxes(tmp_path / "q.docx")), tmp_path / "out.docx", choice="Yes", overwrite=True)
    again = read(tmp_path / "out.docx").questions
    ticked = [[slot.option for slot in item.slots if slot.current] for item in again]
    assert ticked == [["Yes"]] * 4


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("_tick", lambda *_arguments, **_options: None),
        ("_fill_cell", lambda _edit, cell, _value: cell),
        ("fill_control", lambda *_arguments, **_options: None),
    ],
)
def test_a_box_that_was_not_ticked_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, damage: object
) -> None:
    monkeypatch.setattr(f"bidproof.questionnaires.word.writer.{name}", damage)
    with pytest.raises(WriteFailed, match=r"read back, \d of 8 boxes are not as they were to be ticked"):
        answer(read(boxes(tmp_path / "q.docx")), tmp_path / "out.docx", choice="Yes", overwrite=True)
    assert not (tmp_path / "out.docx").exists()


def test_a_second_box_ticked_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tick = writer._tick

    def both(edit: object, paragraph: object, number: int, *, is_chosen: bool) -> None:
        tick(edit, paragraph, number, is_chosen=is_chosen)
        tick(edit, paragraph, 3 - number, is_chosen=is_chosen)

    monkeypatch.setattr(writer, "_tick", both)
    with pytest.raises(WriteFailed, match="the first for 'paragraph:2/box:2'"):
        answer(read(boxes(tmp_path / "q.docx")), tmp_path / "out.docx", choice="Yes", overwrite=True)
