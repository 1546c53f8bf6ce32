"""Which part of a draft goes into which slot."""

from dataclasses import replace

from bidproof.core.choices import EvidenceMode
from bidproof.core.ids import QuestionId
from bidproof.core.records import (
    LIBRARY_ENGINE,
    AnswerSlot,
    Draft,
    DraftState,
    Question,
    QuestionKind,
    SlotPurpose,
)
from bidproof.questionnaires.fill import fill_slots
from workbook_files import draft_for

CHOICE = AnswerSlot(purpose=SlotPurpose.CHOICE, location="'S'!C2", options=("Yes", "No", "NA"))
ANSWER = AnswerSlot(purpose=SlotPurpose.ANSWER, location="'S'!D2")
COMMENT = AnswerSlot(purpose=SlotPurpose.COMMENT, location="'S'!E2")
EVIDENCE = AnswerSlot(purpose=SlotPurpose.EVIDENCE, location="'S'!F2")
OWNER = AnswerSlot(purpose=SlotPurpose.OWNERSHIP, location="'S'!G2", label="Ownership", options=("Us", "You"))


def question(*slots: AnswerSlot, kind: QuestionKind = QuestionKind.YES_NO, **more: object) -> Question:
    return Question(id=QuestionId("1"), text="Do you?", kind=kind, slots=slots, **more)  # type: ignore[arg-type]


def filled(*slots: AnswerSlot, evidence: EvidenceMode = "none", **draft: object) -> dict[str, str]:
    filling = fill_slots(question(*slots), draft_for("1", **draft), evidence=evidence)  # type: ignore[arg-type]
    return {item.location[-2:]: item.value for item in filling.values}


def with_title(draft: Draft, title: str) -> Draft:
    """The draft with its citations under another title."""
    claims = tuple(
        replace(claim, citations=tuple(replace(item, title=title) for item in claim.citations))
        for claim in draft.claims
    )
    return replace(draft, claims=claims)


def test_choice_and_explanation_go_apart() -> None:
    assert filled(CHOICE, COMMENT, text="We do.", choice="Yes") == {"C2": "Yes", "E2": "We do."}


def test_choice_takes_the_spelling_of_the_list() -> None:
    slot = AnswerSlot(purpose=SlotPurpose.CHOICE, location="'S'!C2", options=("Y", "N", "N/A"))
    assert filled(slot, text="", choice="NA") == {"C2": "N/A"}


def test_no_option_is_invented() -> None:
    assert filled(CHOICE, COMMENT, text="Partly.", choice="Partial") == {"E2": "Partly."}


def test_undecided_choice_stays_blank_but_the_explanation_is_written() -> None:
    assert filled(CHOICE, COMMENT, text="We log it.", choice=None) == {"E2": "We log it."}


def test_nothing_is_written_for_drafts_without_an_answer() -> None:
    for state in (DraftState.SUGGESTED, DraftState.NOT_FOUND, DraftState.NEEDS_PERSON, DraftState.FAILED):
        assert filled(CHOICE, ANSWER, COMMENT, text="Not found.", choice="No", state=state) == {}


def test_choice_left_to_a_person_has_its_evidence_beside_it() -> None:
    state = DraftState.NEEDS_PERSON
    values = filled(
        CHOICE, COMMENT, evidence="column", text="We do.", choice=None, quote="we do", state=state
    )
    assert values == {"E2": "We do.\n\nSources:\nPolicy, page 3: “we do”"}
    assert filled(ANSWER, COMMENT, evidence="column", text="We do.", quote="we do", state=state) == {}


def test_an_approved_text_stands_where_only_its_choice_is_open() -> None:
    draft = replace(draft_for("1", "We do.", state=DraftState.NEEDS_PERSON), engine=LIBRARY_ENGINE)
    for slot in (ANSWER, COMMENT):
        values = fill_slots(question(CHOICE, slot), draft).values
        assert [(item.location, item.value) for item in values] == [(slot.location, "We do.")]


def test_lone_answer_column_opens_with_the_choice_once() -> None:
    assert filled(ANSWER, text="We encrypt.", choice="Yes") == {"D2": "Yes. We encrypt."}
    assert filled(ANSWER, text="Yes, we encrypt.", choice="Yes") == {"D2": "Yes, we encrypt."}
    assert filled(ANSWER, text="Nothing is kept.", choice="No") == {"D2": "No. Nothing is kept."}


def test_marks_choose_one_column_and_clear_the_other() -> None:
    marks = [
        AnswerSlot(purpose=SlotPurpose.MARK, location=f"'S'!{letter}2", option=option, current=current)
        for letter, option, current in (("C", "Yes", ""), ("D", "No", "x"), ("E", "Not Applicable", ""))
    ]
    assert filled(*marks, choice="NA") == {"E2": "x", "D2": ""}


def test_citations_go_to_the_evidence_slot_first() -> None:
    values = filled(CHOICE, COMMENT, EVIDENCE, evidence="column", text="We do.", choice="Yes", quote="we do")
    assert values == {"C2": "Yes", "E2": "We do.", "F2": "Policy, page 3: “we do”"}


def test_citations_join_the_comment_where_there_is_no_evidence_slot() -> None:
    values = filled(CHOICE, COMMENT, evidence="column", text="We do.", choice="Yes", quote="we do")
    assert values["E2"] == "We do.\n\nSources:\nPolicy, page 3: “we do”"


def test_with_an_answer_column_the_comment_holds_the_citations_alone() -> None:
    values = filled(ANSWER, COMMENT, evidence="column", text="We do.", quote="we do")
    assert values == {"D2": "We do.", "E2": "Sources:\nPolicy, page 3: “we do”"}


def test_an_evidence_column_names_title_and_page_alone() -> None:
    values = filled(CHOICE, EVIDENCE, evidence="auto", text="We do.", choice="Yes", quote="we do")
    assert values == {"C2": "Yes", "F2": "Policy, page 3"}
    assert filled(ANSWER, COMMENT, evidence="auto", text="We do.", quote="we do") == {"D2": "We do."}


def test_a_document_without_a_title_is_not_named() -> None:
    draft = with_title(draft_for("1", "We do.", quote="we do"), "")
    filling = fill_slots(question(ANSWER, EVIDENCE), draft, evidence="auto")
    assert [item.value for item in filling.values] == ["We do."]
    assert filling.notes == ("'S'!F2 does not name 'policy.pdf': the document has no title to show",)


def test_a_slot_for_a_word_gets_the_word_and_the_comment_the_text() -> None:
    short = replace(ANSWER, is_short=True)
    assert filled(short, COMMENT, text="Yes. We do it daily.", choice="Yes") == {
        "D2": "Yes",
        "E2": "We do it daily.",
    }
    assert filled(short, COMMENT, text="We do it daily and nightly.") == {"E2": "We do it daily and nightly."}
    assert filled(short, text="We do it daily and nightly.") == {"D2": "We do it daily and nightly."}


def test_limits_cut_the_text_and_leave_no_room_for_quotes() -> None:
    asked = question(COMMENT, max_words=6)
    draft = draft_for("1", "We rotate keys. They live in a vault.", quote="we rotate keys yearly")
    values = fill_slots(asked, draft, evidence="column").values
    assert [item.value for item in values] == ["We rotate keys."]


def test_formula_slots_are_left_alone() -> None:
    slot = AnswerSlot(purpose=SlotPurpose.ANSWER, location="'S'!D2", is_writable=False)
    assert filled(slot, text="We do.") == {}
