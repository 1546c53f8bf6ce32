"""What changes in a whole file, and what is counted of it."""

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
from bidproof.questionnaires.plan import plan_fill
from bidproof.questionnaires.protocol import FillPlan
from workbook_files import draft_for

CHOICE = AnswerSlot(purpose=SlotPurpose.CHOICE, location="'S'!C2", options=("Yes", "No", "NA"))
ANSWER = AnswerSlot(purpose=SlotPurpose.ANSWER, location="'S'!D2")
COMMENT = AnswerSlot(purpose=SlotPurpose.COMMENT, location="'S'!E2")
OWNER = AnswerSlot(purpose=SlotPurpose.OWNERSHIP, location="'S'!G2", label="Ownership", options=("Us", "You"))


def question(*slots: AnswerSlot, name: str = "1", buyer_id: str = "") -> Question:
    return Question(
        id=QuestionId(name), text="Do you?", kind=QuestionKind.YES_NO, slots=slots, buyer_id=buyer_id
    )


def _plan(
    *questions: Question, drafts: dict[str, object], evidence: str = "auto", overwrite: bool = False
) -> FillPlan:
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


def test_citations_stay_out_of_a_form_that_does_not_ask_for_them() -> None:
    draft = {"1": draft_for("1", "We do.", quote="we do")}
    plan = _plan(question(ANSWER, COMMENT), drafts=draft)
    assert [(item.location[-2:], item.value) for item in plan.values] == [("D2", "We do.")]
    assert plan.evidence == ()
    assert _plan(question(ANSWER), drafts=draft, evidence="none").evidence == ()
    (row,) = _plan(question(ANSWER, COMMENT), drafts=draft, evidence="sheet").evidence
    assert (row.question_id, row.document, row.page, row.quote) == ("1", "Policy", "3", "we do")


def test_blank_questions_say_why_and_show_their_status() -> None:
    draft = draft_for("1", state=DraftState.NOT_FOUND, reasons=("no passage holds it",))
    plan = _plan(question(ANSWER), drafts={"1": draft}, evidence="sheet")
    assert plan.left_blank == 1
    assert plan.skipped == ("1: left blank, not found (no passage holds it)",)
    assert plan.evidence[0].status == "left blank, not found"
    assert plan.evidence[0].answer == ""


def test_ownership_is_left_to_people_and_said_once() -> None:
    asked = [
        question(replace(CHOICE, location=f"'S'!C{n}"), replace(OWNER, location=f"'S'!G{n}"), name=str(n))
        for n in range(3)
    ]
    plan = _plan(*asked, drafts={str(n): draft_for(str(n), choice="Yes") for n in range(3)})
    assert [item.value for item in plan.values] == ["Yes", "Yes", "Yes"]
    assert "Ownership: left for a person to decide (3 questions)" in plan.skipped


def test_an_approved_text_counts_in_part_where_only_its_choice_is_open() -> None:
    draft = replace(draft_for("1", "We do.", state=DraftState.NEEDS_PERSON), engine=LIBRARY_ENGINE)
    plan = _plan(question(CHOICE, ANSWER), drafts={"1": draft}, evidence="sheet")
    assert (plan.filled, plan.partly, plan.left_blank) == (0, 1, 0)
    assert (plan.evidence[0].answer, plan.evidence[0].status) == ("We do.", "choice left blank, needs person")
    assert plan.skipped == ("1: choice left blank, needs person",)


def test_every_kind_of_slot_is_counted() -> None:
    drafts = {
        "1": draft_for("1", "We do.", choice="Yes"),
        "2": draft_for("2", "We do.", state=DraftState.NEEDS_PERSON, quote="we do"),
        "3": draft_for("3", state=DraftState.NOT_FOUND),
    }
    asked = [
        question(
            replace(CHOICE, location=f"'S'!C{name}"), replace(COMMENT, location=f"'S'!E{name}"), name=name
        )
        for name in drafts
    ]
    report = _plan(*asked, drafts=drafts).report([])
    assert dict(report.slots) == {"choice": 1, "comment": 2}
    assert (report.filled, report.partly, report.left_blank) == (1, 1, 1)


def test_a_shared_place_takes_every_text_in_order() -> None:
    asked = [question(COMMENT, name=name, buyer_id=name) for name in ("1.1", "1.2", "1.3")]
    drafts = {
        "1.1": draft_for("1.1", "We log."),
        "1.2": draft_for("1.2", state=DraftState.NOT_FOUND),
        "1.3": draft_for("1.3", "We train."),
    }
    plan = _plan(*asked, drafts=drafts)
    assert [item.value for item in plan.values] == ["1.1: We log.\n1.3: We train."]
    assert (plan.filled, plan.left_blank) == (2, 1)
    bare = _plan(*[replace(item, buyer_id="") for item in asked], drafts=drafts)
    assert [item.value for item in bare.values] == ["We log.\nWe train."]


def test_a_shared_choice_is_written_only_where_the_questions_agree() -> None:
    asked = [question(CHOICE, name="1"), question(CHOICE, name="2")]
    agreed = _plan(*asked, drafts={name: draft_for(name, choice="Yes") for name in "12"})
    assert [item.value for item in agreed.values] == ["Yes"]
    apart = _plan(*asked, drafts={"1": draft_for("1", choice="Yes"), "2": draft_for("2", choice="No")})
    assert apart.values == ()
    assert apart.skipped == ("1, 2: 'S'!C2 left blank: they share it and differ",)
