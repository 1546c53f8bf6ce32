"""Reading a run for routing: what is right, what is wrong, what cannot be said and is counted."""

from dataclasses import replace

import pytest

from bidproof.core.errors import UserError
from bidproof.core.records import DraftState
from bidproof.evaluation.records import Cell, CellState, MetricSummary, Run
from bidproof.evaluation.statistics.intervals import mean_interval
from bidproof.routing.cases import route_cases
from routing import stored_run

RUN = stored_run(program="p", seed=1, count=20)


def with_cell(run: Run, case_id: str, state: CellState, value: float | None = None) -> Run:
    cells = tuple(
        replace(cell, state=state, value=value) if cell.case_id == case_id else cell for cell in run.cells
    )
    return replace(run, cells=cells)


def test_answers_carry_signals_and_silence_is_no_answer() -> None:
    found = route_cases(RUN)
    assert (found.metric, len(found.cases), len(found.answers)) == ("task_score", 20, 18)
    first = next(case for case in found.cases if case.case_id == "q1")
    assert first.has_passed
    assert first.signals["sufficiency"] == first.raw
    silent = next(case for case in found.cases if case.case_id == "q10")
    assert (silent.is_answer, silent.is_right, silent.signals) == (False, False, {})


def test_what_cannot_be_scored_is_left_out_and_counted() -> None:
    run = with_cell(RUN, "q1", CellState.JUDGE_ERROR)
    run = with_cell(run, "q2", CellState.UNSCORABLE)
    failed = tuple(
        replace(item, draft=replace(item.draft, state=DraftState.FAILED)) if item.case_id == "q3" else item
        for item in run.outcomes
    )
    found = route_cases(replace(run, outcomes=failed))
    assert found.left_out == {"the judge failed": 1, "the case cannot be scored": 1, "the call failed": 1}
    assert len(found.cases) == 17


def test_an_answer_to_what_is_not_there_is_wrong_whatever_it_scored() -> None:
    run = with_cell(RUN, "q1", CellState.SCORED, 1.0)
    hopeless = tuple(replace(case, is_answerable=False) if case.id == "q1" else case for case in run.cases)
    found = {case.case_id: case for case in route_cases(replace(run, cases=hopeless)).cases}
    assert not found["q1"].is_right


def test_the_most_telling_metric_is_used_and_its_stamp_kept() -> None:
    judged = tuple(replace(cell, metric="answer_recall") for cell in RUN.cells)
    stamp = MetricSummary(
        metric="answer_recall",
        estimate=mean_interval([0.5, 0.6]),
        counts={},
        coverage=1.0,
        worst=None,
        best=None,
        stamp="uncalibrated",
    )
    both = replace(RUN, cells=(*RUN.cells, *judged), summaries=(stamp,))
    assert (route_cases(both).metric, route_cases(both).stamp) == ("answer_recall", "uncalibrated")
    choice = Cell(case_id="q1", metric="choice_accuracy", state=CellState.SCORED, value=1.0)
    mixed = route_cases(replace(both, cells=(*both.cells, choice)))
    assert mixed.metric == "choice_accuracy or answer_recall"
    assert route_cases(both, metric="task_score").stamp == "agreement with the reference by code"


def test_a_run_that_says_nothing_of_rightness_is_refused() -> None:
    with pytest.raises(UserError) as caught:
        route_cases(replace(RUN, cells=()))
    assert caught.value.code == "route-metric"
