"""One question that cannot be drafted is its own state; what would hit all of them ends the run."""

import asyncio

import pytest

from bidproof.core.errors import ModelUnavailable, WorkspaceError
from bidproof.core.ids import QuestionId
from bidproof.core.records import Draft, DraftState, Question
from bidproof.runtime.drafting import draft_all

QUESTIONS = [Question(id=QuestionId(f"q{n}"), text="Why?") for n in range(6)]


class Failing:
    """Drafts all but the third question."""

    name = "failing"
    program_digest = "digest"

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def draft(self, question: Question) -> Draft:
        if question.id == "q2":
            raise self._error
        return Draft(question_id=question.id, state=DraftState.NOT_FOUND)


def run(error: Exception) -> dict[str, Draft]:
    saved: list[Draft] = []
    asyncio.run(draft_all(QUESTIONS, engine=Failing(error), concurrency=3, save=saved.append))
    return {str(draft.question_id): draft for draft in saved}


@pytest.mark.parametrize(
    ("error", "code"),
    [(RecursionError("too deep"), "internal"), (ModelUnavailable("down", hint="wait"), "model-unavailable")],
    ids=["fault", "model"],
)
def test_a_question_that_cannot_be_drafted_fails_alone(error: Exception, code: str) -> None:
    drafts = run(error)
    assert set(drafts) == {question.id for question in QUESTIONS}
    failed = drafts.pop("q2")
    assert (failed.state, failed.text, failed.engine) == (DraftState.FAILED, "", "failing")
    assert failed.error.startswith(f"error[{code}]: ")
    assert str(error) in failed.error
    assert {draft.state for draft in drafts.values()} == {DraftState.NOT_FOUND}


def test_an_error_of_the_workspace_ends_the_run_as_itself() -> None:
    with pytest.raises(WorkspaceError, match="gone"):
        run(WorkspaceError("gone", hint="look"))
