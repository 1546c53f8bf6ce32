"""A prose RFP is answered by a response document and a compliance matrix beside it."""

from dataclasses import replace
from pathlib import Path

import docx
import openpyxl
import pytest

from bidproof.core.errors import WriteFailed
from bidproof.core.ids import QuestionId
from bidproof.core.records import DraftState, Question, QuestionKind, Questionnaire
from bidproof.questionnaires.response.writer import write
from workbook_files import draft_for


def asked(
    name: str, text: str, *, section: tuple[str, ...], page: int, mandatory: bool | None = True
) -> Question:
    return Question(
        id=QuestionId(name), text=text, kind=QuestionKind.REQUIREMENT, buyer_id=name, section_path=section,
        page=page, location=f"page {page}", is_mandatory=mandatory,
    )  # fmt: skip


RFP = Questionnaire(
    path="/somewhere/rfp.pdf",
    content_hash="0",
    format="pdf",
    confidence=0.9,
    questions=(
        asked("3.1", "The vendor shall log.", section=("3 Security", "3.1 Logs"), page=4),
        asked("3.2", "The vendor will train.", section=("3 Security", "3.2 People"), page=5, mandatory=None),
        asked("4.1", "The vendor must pay\x0b.", section=("4 Price",), page=6),
    ),
)
DRAFTS = {
    QuestionId("3.1"): draft_for("3.1", "We log.\nFor a year.", quote="All is logged."),
    QuestionId("3.2"): draft_for("3.2", state=DraftState.NOT_FOUND, reasons=("no passage says so",)),
}


def test_the_response_quotes_each_requirement_under_its_section(tmp_path: Path) -> None:
    report = write(RFP, DRAFTS, out=tmp_path / "answer.pdf", evidence="column")
    assert [item.name for item in report.files] == ["answer.docx", "answer-compliance.xlsx"]
    assert (report.filled, report.left_blank) == (1, 2)
    assert report.skipped == ("3.2: left blank, not found: no passage says so",)
    document = docx.Document(str(tmp_path / "answer.docx"))
    lines = [(item.style.name, item.text) for item in document.paragraphs]
    assert lines == [
        ("Title", "Response to rfp.pdf"),
        ("Heading 1", "3 Security"),
        ("Heading 2", "3.1 Logs"),
        ("Normal", "3.1  “The vendor shall log.”  (page 4, mandatory)"),
        ("Normal", "We log."),
        ("Normal", "For a year."),
        ("Normal", "Evidence: Policy, page 3: “All is logged.”"),
        ("Normal", "Status: supported by evidence; review"),
        ("Heading 2", "3.2 People"),
        ("Normal", "3.2  “The vendor will train.”  (page 5)"),
        ("Normal", ""),
        ("Normal", "Status: not found: no passage says so"),
        ("Heading 1", "4 Price"),
        ("Normal", "4.1  “The vendor must pay.”  (page 6, mandatory)"),
        ("Normal", ""),
        ("Normal", "Status: not answered yet"),
    ]


def test_the_matrix_lists_every_requirement(tmp_path: Path) -> None:
    write(RFP, DRAFTS, out=tmp_path / "answer.docx", evidence="sheet")
    sheet = openpyxl.load_workbook(tmp_path / "answer-compliance.xlsx")["Compliance"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [row[0] for row in rows] == ["3.1", "3.2", "4.1"]
    assert rows[0][3:8] == ["4", "yes", "We log.\nFor a year.", "page 4", "supported by evidence; review"]
    assert rows[0][8] == "Policy, page 3: “All is logged.”"
    assert rows[1][4] is None
    assert rows[1][7] == "not found: no passage says so"


def test_what_is_to_be_sent_holds_no_word_of_ours(tmp_path: Path) -> None:
    for evidence in ("auto", "none"):
        write(RFP, DRAFTS, out=tmp_path / "answer.docx", evidence=evidence)
        lines = [item.text for item in docx.Document(str(tmp_path / "answer.docx")).paragraphs]
        assert lines[:6] == [
            "Response to rfp.pdf",
            "3 Security",
            "3.1 Logs",
            "3.1  “The vendor shall log.”  (page 4, mandatory)",
            "We log.",
            "For a year.",
        ]
        text = "\n".join(lines)
        assert not any(word in text for word in ("Evidence", "Status", "not found", "answer yet", "Policy"))
        sheet = openpyxl.load_workbook(tmp_path / "answer-compliance.xlsx")["Compliance"]
        assert [cell.value for cell in sheet[1]][-2:] == ["Mandatory", "Answer"]


def test_a_failed_draft_says_why_and_shows_no_answer(tmp_path: Path) -> None:
    failed = replace(
        draft_for("3.1", state=DraftState.FAILED), error="error[model-timeout]: too slow\nhint: wait"
    )
    write(RFP, {QuestionId("3.1"): failed}, out=tmp_path / "answer.docx", evidence="column")
    lines = [item.text for item in docx.Document(str(tmp_path / "answer.docx")).paragraphs]
    assert "Status: failed: error[model-timeout]: too slow" in lines


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "answer.docx").mkdir()
    with pytest.raises(WriteFailed, match=r"answer\.docx"):
        write(RFP, DRAFTS, out=tmp_path / "answer.docx")
