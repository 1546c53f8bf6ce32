"""A run in a few counts: they add up, and an answer to what the documents do not hold is wrong."""

from bidproof.core.records import DraftState, Usage
from bidproof.evaluation.records import Cell, CellState
from bidproof.evaluation.running.overview import run_overview
from outcomes import case, outcome

CASES = [
    *(case(id=f"yes{n}", is_answerable=True) for n in range(4)),
    *(case(id=f"no{n}", is_answerable=False) for n in range(2)),
    case(id="unknown"),
]
OUTCOMES = [
    outcome("right", case_id="yes0", seconds=1.0, usage=Usage(calls=1, cost_usd=0.25)),
    outcome("wrong", case_id="yes1", seconds=2.0, usage=Usage(calls=2, cost_usd=0.5)),
    outcome("", case_id="yes2", state=DraftState.NEEDS_PERSON, seconds=3.0),
    outcome("", case_id="yes3", state=DraftState.FAILED, seconds=90.0),
    outcome("invented", case_id="no0", seconds=4.0),
    outcome("", case_id="no1", state=DraftState.NOT_FOUND, seconds=5.0),
    outcome("who knows", case_id="unknown", seconds=6.0),
]
CELLS = [
    Cell(case_id="yes0", metric="reference_recall", state=CellState.SCORED, value=0.9),
    Cell(case_id="yes1", metric="reference_recall", state=CellState.SCORED, value=0.9),
    Cell(case_id="yes1", metric="choice_accuracy", state=CellState.SCORED, value=0.0),
    Cell(case_id="yes2", metric="reference_recall", state=CellState.ABSTAINED),
]


def test_every_question_is_counted_once() -> None:
    found = run_overview(CASES, OUTCOMES, CELLS)
    assert (found.asked, found.answered, found.refused, found.failed) == (7, 4, 2, 1)
    assert (found.right, found.wrong, found.undecided) == (1, 2, 1)
    assert found.decided_by == "choice_accuracy or reference_recall"


def test_an_answer_to_what_the_documents_do_not_answer_is_wrong_and_a_refusal_honest() -> None:
    found = run_overview(CASES, OUTCOMES, CELLS)
    assert (found.invented, found.hopeless) == (1, 2)
    assert (found.refused_rightly, found.refused_wrongly) == (1, 1)


def test_cost_is_of_all_and_seconds_of_what_ran() -> None:
    found = run_overview(CASES, OUTCOMES, CELLS)
    assert (found.cost_usd, found.calls, found.median_seconds) == (0.75, 3, 3.5)
    assert run_overview([], [], []).median_seconds is None
