"""Which part of a draft goes into which slot."""

from dataclasses import replace

from bidproof.core.ids import QuestionId
from bidproof.core.records import (
    LIBRARY_ENGINE,
    AnswerSlot,
    DraftState,
    Question,
    QuestionKind,
    Questionnaire,
    SlotPurpose,
)
from bidproof.questionnaires.fill import fill_slots, plan_fill
from workbook_files import draft_for

CHOICE = AnswerSlot(purpose=SlotPurpose.CHOICE, location="'S'!C2", options=("Yes", "No", "NA"))
ANSWER = AnswerSlot(purpose=SlotPurpose.ANSWER, location="'S'!D2")
COMMENT = AnswerSlot(purpose=SlotPurpose.COMMENT, location="'S'!E2")
EVIDENCE = AnswerSlot(purpose=SlotPurpose.EVIDENCE, location="'S'!F2")
OWNER = AnswerSlot(purpose=SlotPurpose.OWNERSHIP, location="'S'!G2", label="Ownership", options=("Us", "You"))


def question(*slots: AnswerSlot, kind: QuestionKind = QuestionKind.YES_NO, **more: object) -> Question:
    return Question(id=QuestionId("1"), text="Do you?", kind=kind, slots=slots, **more)  # type: ignore[arg-type]


def filled(*slots: AnswerSlot, cite: bool = False, **draft: object) -> dict[str, str]:
    values = fill_slots(question(*slots), draft_for("1", **draft), cite=cite)  # type: ignore[arg-type]
    return {item.location[-2:]: item.value for item in values}


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
    for state in (DraftState.NOT_FOUND, DraftState.NEEDS_PERSON, DraftState.FAILED):
        assert filled(CHOICE, ANSWER, COMMENT, text="Not found.", choice="No", state=state) == {}


def test_choice_left_to_a_person_has_its_evidence_beside_it() -> None:
    state = DraftState.NEEDS_PERSON
    values = filled(CHOICE, COMMENT, cite=True, text="We do.", choice=None, quote="we do", state=state)
    assert values == {"E2": "We do.\n\nSources:\npolicy.pdf, page 3: “we do”"}
    assert filled(ANSWER, COMMENT, cite=True, text="We do.", quote="we do", state=state) == {}


def test_an_approved_text_stands_where_only_its_choice_is_open() -> None:
    draft = replace(draft_for("1", "We do.", state=DraftState.NEEDS_PERSON), engine=LIBRARY_ENGINE)
    for slot in (ANSWER, COMMENT):
        values = fill_slots(question(CHOICE, slot), draft)
        assert [(item.location, item.value) for item in values] == [(slot.location, "We do.")]
    read = Questionnaire(
        path="q.xlsx", content_hash="", format="xlsx", confidence=1, questions=(question(CHOICE, ANSWER),)
    )
    plan = plan_fill(read, {QuestionId("1"): draft}, evidence="sheet", overwrite=False)
    assert (plan.filled, plan.left_blank) == (1, 0)
    assert (plan.evidence[0].answer, plan.evidence[0].status) == ("We do.", "choice left blank, needs person")
    assert plan.skipped == ("1: choice left blank, needs person",)


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
    values = filled(CHOICE, COMMENT, EVIDENCE, cite=True, text="We do.", choice="Yes", quote="we do")
    assert values == {"C2": "Yes", "E2": "We do.", "F2": "Sources:\npolicy.pdf, page 3: “we do”"}


def test_citations_join_the_comment_where_there_is_no_evidence_slot() -> None:
    values = filled(CHOICE, COMMENT, cite=True, text="We do.", choice="Yes", quote="we do")
    assert values["E2"] == "We do.\n\nSources:\npolicy.pdf, page 3: “we do”"


def test_with_an_answer_column_the_comment_holds_the_citations_alone() -> None:
    values = filled(ANSWER, COMMENT, cite=True, text="We do.", quote="we do")
    assert values == {"D2": "We do.", "E2": "Sources:\npolicy.pdf, page 3: “we do”"}


def test_limits_cut_the_text_and_leave_no_room_for_quotes() -> None:
    asked = question(COMMENT, max_words=6)
    draft = draft_for("1", "We rotate keys. They live in a vault.", quote="we rotate keys yearly")
    values = fill_slots(asked, draft, cite=True)
    assert [item.value for item in values] == ["We rotate keys."]


def test_formula_slots_are_left_alone() -> None:
    slot = AnswerSlot(purpose=SlotPurpose.ANSWER, location="'S'!D2", is_writable=False)
    assert filled(slot, text="We do.") == {}


def _plan(*questions: Question, drafts: dict[str, object], evidence: str = "auto", overwrite: bool = False):
    whole = Questionnaire(path="q.xlsx", content_hash="", format="xlsx", questions=questions, confidence=1.0)
    return plan_fill(whole, drafts, evidence=evidence, overwrite=overwrite)  # type: ignore[arg-type]


def test_answered_questions_are_skipped_unless_told() -> None:
    done = AnswerSlot(purpose=SlotPurpose.ANSWER, location="'S'!D2", current="Ours")
    drafts = {"1": draft_for("1", "New.")}
    kept = _plan(question(done), drafts=drafts)
    assert (kept.values, kept.filled, kept.left_blank) == ((), 0, 0)
    assert kept.skipped == ("1: already answered in the file",)
    assert [item.value for item in _plan(question(done), drafts=drafts, overwrite=True).values] == ["New."]


def test_text_already_in_a_slot_of_an_open_question_is_kept() -> None:
    noted = AnswerSlot(purpose=SlotPurpose.COMMENT, location="'S'!E2", current="Ask Ann")
    plan = _plan(question(CHOICE, noted), drafts={"1": draft_for("1", "We do.", choice="Yes")})
    assert [item.value for item in plan.values] == ["Yes"]
    assert plan.skipped == ("1: 'S'!E2 already holds text",)


def test_auto_lists_evidence_apart_only_where_no_column_took_it() -> None:
    draft = {"1": draft_for("1", "We do.", quote="we do")}
    assert _plan(question(ANSWER, COMMENT), drafts=draft).evidence == ()
    (row,) = _plan(question(ANSWER), drafts=draft).evidence
    assert (row.question_id, row.document, row.page, row.quote) == ("1", "policy.pdf", "3", "we do")
    assert _plan(question(ANSWER), drafts=draft, evidence="none").evidence == ()
    assert _plan(question(ANSWER, COMMENT), drafts=draft, evidence="sheet").evidence != ()


def test_blank_questions_say_why_and_show_their_status() -> None:
    draft = draft_for("1", state=DraftState.NOT_FOUND, reasons=("no passage holds it",))
    plan = _plan(question(ANSWER), drafts={"1": draft}, evidence="sheet")
    assert plan.left_blank == 1
    assert plan.skipped == ("1: left blank, not found (no passage holds it)",)
    assert plan.evidence[0].status == "left blank, not found"
    assert plan.evidence[0].answer == ""


def test_ownership_is_left_to_people_and_said_once() -> None:
    asked = [Question(id=QuestionId(str(n)), text="Do you?", slots=(CHOICE, OWNER)) for n in range(3)]
    plan = _plan(*asked, drafts={str(n): draft_for(str(n), choice="Yes") for n in range(3)})
    assert [item.value for item in plan.values] == ["Yes", "Yes", "Yes"]
    assert "Ownership: left for a person to decide (3 questions)" in plan.skipped
