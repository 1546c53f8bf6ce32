"""A response document is read as what it answers, not as a questionnaire of its own."""

from pathlib import Path

import docx

from bidproof.core.ids import QuestionId
from bidproof.core.records import Question, QuestionKind, Questionnaire
from bidproof.questionnaires.response.writer import write
from bidproof.questionnaires.word.reader import read
from workbook_files import draft_for

ASKED = ("Does the service log every “administrative” access (all of it)?", "The vendor shall keep logs.")


def respond(path: Path, texts: list[str], **how: str) -> Path:
    questions = tuple(
        Question(
            id=QuestionId(f"3.{n}"), text=text, kind=QuestionKind.FREE, buyer_id=f"3.{n}",
            section_path=("3 Logs",), page=4, is_mandatory=True,
        )
        for n, text in enumerate(ASKED, start=1)
    )  # fmt: skip
    questionnaire = Questionnaire(
        path="rfp.pdf", content_hash="", format="pdf", questions=questions, confidence=0.9
    )
    drafts = {
        item.id: draft_for(item.id, text, quote="We log." if text else "")
        for item, text in zip(questions, texts, strict=True)
    }
    write(questionnaire, drafts, out=path, evidence="column" if "proof" in how else "auto")
    return path


def test_questions_and_their_answers_come_back(tmp_path: Path) -> None:
    found = read(respond(tmp_path / "r.docx", ["Yes, we do.\nEvery one.", ""])).questions
    assert [(item.id, item.text, item.section_path, item.page) for item in found] == [
        ("3.1", ASKED[0], ("3 Logs",), 4),
        ("3.2", ASKED[1], ("3 Logs",), 4),
    ]
    assert [slot.current for item in found for slot in item.slots] == ["Yes, we do.\nEvery one.", ""]


def test_how_an_answer_stands_is_no_part_of_it(tmp_path: Path) -> None:
    (first, _) = read(respond(tmp_path / "r.docx", ["We do.", "We keep them."], proof="yes")).questions
    assert "Status" not in first.slots[0].current
    assert first.slots[0].current.startswith("We do.")


def test_another_document_with_such_a_title_is_a_questionnaire(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("Response to our request", 0)
    document.add_paragraph("1. Do you log access?")
    document.add_paragraph("Answer:")
    document.save(str(tmp_path / "q.docx"))
    (found,) = read(tmp_path / "q.docx").questions
    assert found.text == "Do you log access?"
