"""A questionnaire that somebody filled in is a gold set; so are approved answers."""

from datetime import date
from pathlib import Path

import pytest

from bidproof.core.errors import UserError
from bidproof.core.ids import DocumentId, PassageId, QuestionId
from bidproof.core.records import AnswerSlot, Citation, Question, Questionnaire, SlotPurpose
from bidproof.evaluation.gold.questionnaire import cited_files, library_gold, questionnaire_gold
from bidproof.evaluation.records import Relevant
from bidproof.questionnaires.read import read_questionnaire
from bidproof.workspace.rows import LibraryEntry


def question(name: str, *, choice: str = "", comment: str = "", mark: str = "") -> Question:
    slots = [
        AnswerSlot(purpose=SlotPurpose.CHOICE, location="C", options=("Yes", "No", "NA"), current=choice),
        AnswerSlot(purpose=SlotPurpose.COMMENT, location="E", current=comment),
    ]
    if mark:
        slots = [
            AnswerSlot(purpose=SlotPurpose.MARK, location="C", option="Yes", current=""),
            AnswerSlot(purpose=SlotPurpose.MARK, location="D", option="No", current=mark),
        ]
    return Question(
        id=QuestionId(name),
        text=f"Is {name} done?",
        section_path=("Audit",),
        options=("Yes", "No", "NA"),
        slots=tuple(slots),
    )


def filled(*questions: Question) -> Questionnaire:
    return Questionnaire(
        path="/x/caiq.xlsx", content_hash="h", format="xlsx", questions=questions, confidence=1.0
    )


def test_choices_comments_and_cited_files_become_a_case() -> None:
    found = questionnaire_gold(
        filled(
            question("A", choice="yes", comment="See compliance/KEYS.md and POLICY.pdf, p. 3."),
            question("B", choice="No", comment="No formal audit yet. See GOVERNANCE.md."),
            question("C", mark="x"),
            question("D"),
            question("E", choice="Maybe"),
        ),
        name="caiq",
    )
    a, b, c = found.gold.cases
    assert (a.choice, a.options, a.is_answerable) == ("Yes", ("Yes", "No", "NA"), True)
    assert a.relevant == (Relevant(path="compliance/KEYS.md"), Relevant(path="POLICY.pdf"))
    assert (b.choice, b.is_answerable) == ("No", None)
    assert (c.choice, c.reference, c.is_answerable) == ("No", "", None)
    assert [item.problem.split(":")[0] for item in found.problems] == ["D", "E"]
    assert a.group == "Audit"


def test_names_that_are_no_stored_document_do_not_become_one() -> None:
    found = questionnaire_gold(
        filled(
            question("A", choice="Yes", comment="Runs in ci.yml."),
            question("B", choice="Yes", comment="K.md"),
        ),
        name="caiq",
        documents=["docs/K.md"],
    )
    a, b = found.gold.cases
    assert (a.relevant, a.is_answerable) == ((), None)
    assert (b.relevant, b.is_answerable) == ((Relevant(path="K.md"),), True)
    assert [change.written for change in found.unknown] == ["ci.yml"]


def test_an_empty_questionnaire_is_refused() -> None:
    with pytest.raises(UserError) as caught:
        questionnaire_gold(filled(question("A")), name="caiq")
    assert caught.value.code == "gold-empty"


@pytest.mark.parametrize(
    ("text", "files"),
    [
        ("see docs/a-b.md.", ("docs/a-b.md",)),
        ("(GOVERNANCE.md), X.PDF; x.pdf", ("GOVERNANCE.md", "X.PDF", "x.pdf")),
        ("https://example.com/a.md and me@host.md", ()),
        ("version 1.2.3, e.g. this, U.S. law, node.js", ()),
    ],
)
def test_file_names_are_found_in_prose(text: str, files: tuple[str, ...]) -> None:
    assert cited_files(text) == files


def entry(number: int, question_text: str, answer: str) -> LibraryEntry:
    citation = Citation(
        passage_id=PassageId("p"),
        document_id=DocumentId("d"),
        path="policy.pdf",
        title="Policy",
        quote="Data is encrypted at rest.",
        start=0,
        end=26,
        pages=(4,),
    )
    return LibraryEntry(
        id=number,
        question=question_text,
        answer=answer,
        choice="Yes",
        approver="Ann",
        approved=date(2025, 1, number),
        citations=(citation,),
    )


def test_approved_answers_become_cases_with_page_and_quote_and_the_latest_wins() -> None:
    found = library_gold([entry(1, "Encrypted?", "Old"), entry(2, "Encrypted?", "New")], name="library")
    (case,) = found.gold.cases
    assert case.reference == "New"
    assert case.relevant == (Relevant(path="policy.pdf", page=4, quote="Data is encrypted at rest."),)
    assert [item.row for item in found.problems] == ["entry 1"]


def test_a_real_completed_questionnaire(data_folder: Path) -> None:
    path = data_folder / "whitepact" / "completed.xlsx"
    if not path.exists():
        pytest.skip(f"no {path}")
    found = questionnaire_gold(read_questionnaire(path), name="w")
    choices = [case.choice for case in found.gold.cases]
    assert (choices.count("Yes"), choices.count("No"), choices.count("NA")) == (107, 122, 32)
    assert not any(case.is_answerable is False for case in found.gold.cases)
    assert all(case.is_answerable is None for case in found.gold.cases if case.choice != "Yes")
