"""Yes or no where a place for text wants it."""

import pytest

from bidproof.answering.verdicts import UNDECIDED, VERDICTS, say_undecided, with_verdicts
from bidproof.core.ids import QuestionId
from bidproof.core.records import AnswerSlot, Draft, DraftState, Question, QuestionKind, SlotPurpose
from bidproof.questionnaires.wording import kind_of


def ask(text: str, *purposes: SlotPurpose, row: int = 2, column: str = "C", kind: str = "") -> Question:
    slots = tuple(
        AnswerSlot(purpose=purpose, location=f"'S'!{column}{row}")
        for purpose in purposes or (SlotPurpose.ANSWER,)
    )
    return Question(
        id=QuestionId(f"{column}{row}"), text=text, kind=QuestionKind(kind or kind_of(text)), slots=slots
    )


@pytest.mark.parametrize(
    ("text", "wants"),
    [
        ("Do you encrypt backups?", True),
        ("Is there a recovery plan? If so, describe it.", True),
        ("How are backups encrypted?", False),
        ("Could you please describe your recovery plan?", False),
        ("Is data kept in the EU or in the US?", False),
    ],
)
def test_a_yes_no_question_with_a_place_for_text_wants_one_of_them(text: str, wants: bool) -> None:
    (found,) = with_verdicts([ask(text)])
    assert (found.options == VERDICTS) is wants


def test_a_place_for_a_choice_stays_as_it_is() -> None:
    chosen = ask("Do you encrypt?", SlotPurpose.CHOICE, SlotPurpose.COMMENT)
    assert with_verdicts([chosen]) == (chosen,)


def test_a_question_that_goes_to_a_response_document_wants_one_of_them() -> None:
    nowhere = Question(id=QuestionId("1"), text="Do you encrypt?", kind=QuestionKind.YES_NO)
    apart = Question(id=QuestionId("2"), text="The supplier shall encrypt.", kind=QuestionKind.REQUIREMENT)
    assert [item.options for item in with_verdicts([nowhere, apart])] == [VERDICTS, ()]


def test_a_requirement_follows_the_habit_of_its_column() -> None:
    asked = [ask("Do you encrypt backups?", row=row) for row in (2, 3, 4)]
    stated = ask("The supplier shall encrypt backups.", row=5)
    apart = ask("The supplier shall encrypt backups.", row=5, column="F")
    assert [item.options for item in with_verdicts([*asked, stated, apart])][3:] == [VERDICTS, ()]


def test_what_is_left_open_says_so_first() -> None:
    (question,) = with_verdicts([ask("Do you encrypt backups?")])
    draft = Draft(question_id=question.id, state=DraftState.NEEDS_PERSON, reasons=("no statement",))
    assert say_undecided(draft, question).reasons == (UNDECIDED, "no statement")
    assert say_undecided(draft, ask("How?")).reasons == ("no statement",)
