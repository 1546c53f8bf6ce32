"""An approved answer as the draft of another form."""

from dataclasses import replace
from datetime import date

import pytest

from bidproof.core.errors import WorkspaceError
from bidproof.core.ids import DocumentId, PassageId, QuestionId
from bidproof.core.records import (
    AnswerSlot,
    Citation,
    Document,
    Draft,
    DraftState,
    Question,
    QuestionKind,
    SlotPurpose,
    Support,
    Tier,
)
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


def drafted(question: Question, past: LibraryEntry, document: Document | None = None) -> Draft:
    load = no_documents if document is None else {document.id: document}.__getitem__
    return library_draft(question, past, load=load, today=date(2026, 6, 1))


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


TEXT = "Keys are rotated. We do encrypt."
POLICY = Document(
    id=DocumentId("d"),
    path="policy.md",
    source="/policy.md",
    content_hash="0",
    media_type="text/markdown",
    title="Policy",
    text=TEXT,
    blocks=(),
)
QUOTE = Citation(
    passage_id=PassageId("p"),
    document_id=POLICY.id,
    path="policy.md",
    title="Policy",
    quote="We do encrypt.",
    start=18,
    end=32,
)


def test_an_answer_whose_evidence_stands_is_supported() -> None:
    draft = drafted(asked(), replace(entry("Yes"), citations=(QUOTE,)), POLICY)
    assert (draft.support, draft.tier) == (Support.SUPPORTED, Tier.REVIEW)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (None, "its evidence 'policy.md' is no longer among the documents"),
        (
            replace(POLICY, text="Keys are rotated. We stopped it."),
            "its evidence 'policy.md' has changed since",
        ),
        (replace(POLICY, expires=date(2026, 5, 1)), "its evidence 'policy.md' expired on 2026-05-01"),
    ],
)
def test_an_answer_whose_evidence_does_not_says_so_and_goes_to_an_expert(
    document: Document | None, said: str
) -> None:
    draft = drafted(asked(), replace(entry("Yes"), citations=(QUOTE,)), document)
    assert (draft.support, draft.tier, draft.text) == (Support.PARTIAL, Tier.EXPERT, "We do.")
    assert said in draft.reasons


def test_an_answer_from_a_form_names_that_form_and_the_evidence_of_then() -> None:
    past = replace(entry("Yes"), source="caiq.xlsx", evidence="SOC 2 report,\npage 4")
    reasons = drafted(asked(CHOICE), past).reasons
    assert reasons[0].endswith("by Ann on 2026-01-01, in caiq.xlsx")
    assert "its evidence then: SOC 2 report, page 4" in reasons
