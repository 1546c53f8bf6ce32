"""An approved answer as the draft of another form."""

from datetime import date

import pytest

from bidproof.core.errors import WorkspaceError
from bidproof.core.ids import DocumentId, QuestionId
from bidproof.core.records import AnswerSlot, Document, Draft, DraftState, Question, QuestionKind, SlotPurpose
from bidproof.runtime.library import library_draft
from bidproof.workspace.rows import LibraryEntry

CHOICE = AnswerSlot(purpose=SlotPurpose.CHOICE, location="C2", options=("Y", "N"))


def asked(*slots: AnswerSlot) -> Question:
    return Question(
        id=QuestionId("1"), text="Do you?", kind=QuestionKind.YES_NO, options=("Y", "N"), slots=slots
    )


def entry(choice: str | None) -> LibraryEntry:
    day = date(2026, 1, 1)
    return LibraryEntry(question="Do you?", answer="We do.", choice=choice, approver="Ann", approved=day)


def drafted(question: Question, past: LibraryEntry) -> Draft:
    return library_draft(question, past, load=no_documents, today=date(2026, 6, 1))


def no_documents(key: DocumentId) -> Document:
    raise WorkspaceError(f"no document {key}", hint="", code="unknown-document")


def test_a_choice_is_put_in_the_words_of_the_form() -> None:
    draft = drafted(asked(CHOICE), entry("Yes"))
    assert (draft.state, draft.choice, draft.text) == (DraftState.DRAFTED, "Y", "We do.")


@pytest.mark.parametrize("choice", [None, "", "Partly"])
def test_a_choice_that_the_form_does_not_know_is_left_to_a_person(choice: str | None) -> None:
    draft = drafted(asked(CHOICE), entry(choice))
    assert (draft.state, draft.choice, draft.text) == (DraftState.NEEDS_PERSON, None, "We do.")
    assert draft.reasons[1] == "it names no choice of this form: a person has to choose"


def test_where_the_form_has_no_place_for_a_choice_the_text_is_the_answer() -> None:
    assert drafted(asked(), entry(None)).state is DraftState.DRAFTED
