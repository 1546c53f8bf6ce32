"""What a person made of a draft, told from the file that came back."""

from dataclasses import replace

import pytest

from bidproof.core.ids import DocumentId, PassageId, QuestionId
from bidproof.core.records import (
    AnswerSlot,
    Citation,
    Claim,
    Draft,
    DraftState,
    Question,
    QuestionKind,
    SlotPurpose,
)
from bidproof.questionnaires.evidence_text import SOURCES, describe_sources, evidence_lines
from bidproof.questionnaires.read_back import read_back
from bidproof.workspace.rows import ReviewOutcome

TEXT = "Backups are kept for 35 days."
CITATION = Citation(
    passage_id=PassageId("p"),
    document_id=DocumentId("d"),
    path="backup.md",
    title="Backup",
    quote=TEXT,
    start=0,
    end=len(TEXT),
)


def slot(purpose: SlotPurpose, current: str = "", **more: object) -> AnswerSlot:
    return AnswerSlot(purpose=purpose, location=f"{purpose}", current=current, **more)  # type: ignore[arg-type]


def ask(*slots: AnswerSlot, options: tuple[str, ...] = ()) -> Question:
    kind = QuestionKind.YES_NO if options else QuestionKind.FREE
    return Question(id=QuestionId("1"), text="How long?", kind=kind, options=options, slots=slots)


def draft(text: str = TEXT, choice: str | None = None, state: DraftState = DraftState.DRAFTED) -> Draft:
    claims = (Claim(text=TEXT, citations=(CITATION,)),)
    return Draft(question_id=QuestionId("1"), state=state, text=text, choice=choice, claims=claims)


@pytest.mark.parametrize(
    ("current", "outcome", "new"),
    [
        (TEXT, ReviewOutcome.ACCEPTED, TEXT),
        ("  Backups are\nkept for  35 days. ", ReviewOutcome.ACCEPTED, TEXT),
        ("Backups are kept for 40 days.", ReviewOutcome.EDITED, "Backups are kept for 40 days."),
        ("", ReviewOutcome.REJECTED, ""),
        ("TBD", ReviewOutcome.REJECTED, ""),
        ('=HYPERLINK("http://x","y")', ReviewOutcome.EDITED, '=HYPERLINK("http://x","y")'),
    ],
)
def test_a_drafted_answer_is_accepted_edited_or_rejected(
    current: str, outcome: ReviewOutcome, new: str
) -> None:
    found = read_back(ask(slot(SlotPurpose.ANSWER, current)), draft())
    assert (found.outcome, found.old_text, found.new_text) == (outcome, TEXT, new)


def test_sources_below_an_answer_are_no_edit() -> None:
    ours = draft()
    for sources in (f"{SOURCES}\n{describe_sources(ours)}", *evidence_lines(ours)):
        found = read_back(ask(slot(SlotPurpose.ANSWER, f"{TEXT}\n\n{sources}")), ours)
        assert found.outcome is ReviewOutcome.ACCEPTED
        edited = read_back(ask(slot(SlotPurpose.ANSWER, f"Kept for good.\n\n{sources}")), ours)
        assert (edited.outcome, edited.new_text) == (ReviewOutcome.EDITED, "Kept for good.")


def test_an_apostrophe_against_formulas_is_no_edit() -> None:
    found = read_back(ask(slot(SlotPurpose.ANSWER, "'- one\n- two")), draft("- one\n- two"))
    assert found.outcome is ReviewOutcome.ACCEPTED


@pytest.mark.parametrize(
    ("current", "outcome", "choice"),
    [
        ("YES", ReviewOutcome.ACCEPTED, "Yes"),
        ("No", ReviewOutcome.EDITED, "No"),
        ("Partly", ReviewOutcome.EDITED, "Partly"),
        ("", ReviewOutcome.EDITED, ""),
    ],
)
def test_another_choice_is_an_edit(current: str, outcome: ReviewOutcome, choice: str) -> None:
    question = ask(
        slot(SlotPurpose.CHOICE, current, options=("Yes", "No")),
        slot(SlotPurpose.COMMENT, TEXT),
        options=("Yes", "No"),
    )
    found = read_back(question, draft(choice="Yes"))
    assert (found.outcome, found.old_choice, found.new_choice) == (outcome, "Yes", choice)


def test_marks_are_read_by_the_column_they_stand_in() -> None:
    marks = [
        AnswerSlot(purpose=SlotPurpose.MARK, location=option, option=option, current=current)
        for option, current in (("Yes", ""), ("No", "x"))
    ]
    found = read_back(ask(*marks, options=("Yes", "No")), draft(text="", choice="Yes"))
    assert (found.outcome, found.old_choice, found.new_choice) == (ReviewOutcome.EDITED, "Yes", "No")


def test_a_choice_in_the_answer_is_parted_from_it() -> None:
    question = ask(slot(SlotPurpose.ANSWER, "No. We keep none."), options=("Yes", "No"))
    found = read_back(question, draft(choice="Yes"))
    assert (found.old_choice, found.old_text) == ("Yes", TEXT)
    assert (found.new_choice, found.new_text) == ("No", "We keep none.")


def test_what_was_left_open_is_untouched_or_written() -> None:
    missing = draft(text="", state=DraftState.NOT_FOUND)
    assert read_back(ask(slot(SlotPurpose.ANSWER)), missing).outcome is ReviewOutcome.UNTOUCHED
    found = read_back(ask(slot(SlotPurpose.ANSWER, "By hand.")), missing)
    assert (found.outcome, found.new_text) == (ReviewOutcome.WRITTEN, "By hand.")
    failed = replace(missing, state=DraftState.FAILED, error="error[model]: down")
    assert read_back(ask(slot(SlotPurpose.ANSWER, "By hand.")), failed).outcome is ReviewOutcome.WRITTEN


def test_a_suggestion_is_accepted_where_a_person_took_it_over() -> None:
    def outcome(current: str) -> ReviewOutcome:
        return read_back(ask(slot(SlotPurpose.ANSWER, current)), draft(state=DraftState.SUGGESTED)).outcome

    assert outcome("") is ReviewOutcome.UNTOUCHED
    assert outcome(f" {TEXT}") is ReviewOutcome.ACCEPTED
    assert outcome("Thirty-five days.") is ReviewOutcome.WRITTEN


def test_a_person_decides_the_choice_beside_our_evidence() -> None:
    def found(choice: str, comment: str) -> object:
        question = ask(
            slot(SlotPurpose.CHOICE, choice), slot(SlotPurpose.COMMENT, comment), options=("Yes", "No")
        )
        return read_back(question, draft(state=DraftState.NEEDS_PERSON)).outcome

    assert found("", TEXT) is ReviewOutcome.UNTOUCHED
    assert found("Yes", TEXT) is ReviewOutcome.WRITTEN
    assert found("", "") is ReviewOutcome.REJECTED


def test_what_the_buyer_wrote_there_is_nobodys_answer() -> None:
    before = ask(slot(SlotPurpose.ANSWER), slot(SlotPurpose.COMMENT, "See annex 3."))
    now = ask(slot(SlotPurpose.ANSWER, TEXT), slot(SlotPurpose.COMMENT, "See annex 3."))
    assert read_back(now, draft(), before=before).outcome is ReviewOutcome.ACCEPTED
    assert read_back(now, draft()).outcome is ReviewOutcome.EDITED


@pytest.mark.parametrize(
    ("current", "outcome", "text"),
    [
        (f"1: {TEXT}\n2: We log.", ReviewOutcome.ACCEPTED, TEXT),
        (
            "1: Kept for a year.\nIn two places.\n2: We log.",
            ReviewOutcome.EDITED,
            "Kept for a year.\nIn two places.",
        ),
        (f"{TEXT}\nWe log.", ReviewOutcome.ACCEPTED, TEXT),
    ],
)
def test_in_a_shared_place_only_its_own_lines_are_a_questions_answer(
    current: str, outcome: ReviewOutcome, text: str
) -> None:
    question = replace(ask(slot(SlotPurpose.COMMENT, current)), buyer_id="1")
    found = read_back(question, draft(), shared={str(SlotPurpose.COMMENT)})
    assert (found.outcome, found.new_text) == (outcome, text)
