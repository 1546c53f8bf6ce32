"""Every case, repeat and metric ends as one cell, whatever fails."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bidproof.core.errors import InvalidSetting, ModelUnavailable
from bidproof.evaluation.protocol import Score
from bidproof.evaluation.records import CellState, GoldCase, Outcome
from bidproof.evaluation.running.runs import CaseRun, ErrorBudget, RunResult, RunStep
from evaluating import NoScoring, PlannedAnswerer, PlannedMetric, make_cases, make_outcome, states


def run(cases: tuple[GoldCase, ...], **options: Any) -> RunResult:
    options.setdefault("answerer", PlannedAnswerer())
    options.setdefault("metrics", [PlannedMetric(give=lambda case: 1.0)])
    return asyncio.run(CaseRun(cases=cases, scoring=NoScoring(), **options).run())


def raising(error: Exception) -> PlannedMetric:
    def give(case: GoldCase) -> object:
        raise error

    return PlannedMetric(give=give, name="broken")


def test_every_case_repeat_and_metric_has_one_cell_in_order() -> None:
    metrics = [
        PlannedMetric(give=lambda case: 0.5, name="one"),
        PlannedMetric(give=lambda case: 1, name="two"),
    ]
    result = run(make_cases(7), metrics=metrics, repeats=3)
    assert [(cell.case_id, cell.repeat, cell.metric) for cell in result.cells] == [
        (f"c{number}", repeat, name) for number in range(7) for repeat in range(3) for name in ("one", "two")
    ]
    assert result.state == "finished"
    assert len(result.outcomes) == 21


def test_a_failed_answer_is_not_run_and_the_rest_goes_on() -> None:
    result = run(make_cases(20), answerer=PlannedAnswerer(failing={"c3"}))
    assert states(result.cells) == {"scored": 19, "not_run": 1}
    assert next(cell for cell in result.cells if cell.case_id == "c3").reason == "error[model]: it broke"
    assert (result.failed, result.judge_failed, result.state) == (1, 0, "finished")


@pytest.mark.parametrize(
    "error", [ModelUnavailable("down", hint="wait"), ZeroDivisionError("division by zero")]
)
def test_a_metric_that_fails_is_a_judge_error_with_its_reason(error: Exception) -> None:
    result = run(make_cases(3), metrics=[raising(error)], error_budget=ErrorBudget(share=1.0))
    assert states(result.cells) == {"judge_error": 3}
    assert all(str(error) in cell.reason and cell.value is None for cell in result.cells)


def test_a_crashing_metric_by_code_costs_its_own_cells_and_is_named_once() -> None:
    steps: list[RunStep] = []
    metrics = [raising(ZeroDivisionError("division by zero")), PlannedMetric(give=lambda case: 1.0)]
    result = run(make_cases(40), metrics=metrics, progress=steps.append)
    assert (result.state, result.judge_failed) == ("finished", 0)
    assert states(result.cells) == {"judge_error": 40, "scored": 40}
    assert [step.note for step in steps if step.note] == [
        "its own cells are lost, the run goes on: broken failed: ZeroDivisionError: division by zero"
    ]


def test_a_failing_judge_spends_the_error_budget() -> None:
    broken = replace(raising(ModelUnavailable("down", hint="wait")), is_judged=True)
    result = run(make_cases(40), metrics=[broken], concurrency=1)
    assert result.state == "stopped"


@pytest.mark.parametrize(
    ("kind", "value"),
    [("proportion", float("nan")), ("proportion", 1.2), ("binary", 0.5), ("amount", float("inf"))],
)
def test_a_value_that_cannot_be_is_no_score(kind: Any, value: float) -> None:
    metric = PlannedMetric(give=lambda case: value, kind=kind)
    result = run(make_cases(2), metrics=[metric], error_budget=ErrorBudget(share=1.0))
    assert states(result.cells) == {"judge_error": 2}


def test_abstained_and_unscorable_cells_keep_their_state_and_are_no_failures() -> None:
    def give(case: GoldCase) -> Score:
        state = CellState.ABSTAINED if case.id == "c0" else CellState.UNSCORABLE
        return Score(state=state, reason="as told")

    result = run(make_cases(4), metrics=[PlannedMetric(give=give)])
    assert states(result.cells) == {"abstained": 1, "unscorable": 3}
    assert (result.judge_failed, result.state) == (0, "finished")


def test_the_error_budget_stops_the_run_and_counts_stay_exact() -> None:
    answerer = PlannedAnswerer(failing={f"c{number}" for number in range(0, 200, 2)})
    result = run(make_cases(200), answerer=answerer, concurrency=4)
    assert result.state == "stopped"
    assert "error budget" in result.reason
    assert len(answerer.asked) < 60, "it went on long after the budget was spent"
    assert len(result.outcomes) == len(answerer.asked)
    assert len(result.cells) == 200
    counts = states(result.cells)
    assert counts["scored"] + counts["not_run"] == 200
    assert result.failed >= 10
    assert (
        sum("not reached" in cell.reason for cell in result.cells) == 200 - counts["scored"] - result.failed
    )


def test_few_failures_stop_nothing_on_the_way_but_a_bad_whole_is_stopped() -> None:
    result = run(make_cases(6), answerer=PlannedAnswerer(failing={"c0", "c1"}))
    assert len(result.outcomes) == 6
    assert result.state == "stopped"
    fine = run(make_cases(40), answerer=PlannedAnswerer(failing={"c0", "c1"}))
    assert fine.state == "finished"


def test_a_resumed_run_answers_only_what_is_missing_or_failed() -> None:
    cases = make_cases(10)
    first = run(cases, answerer=PlannedAnswerer(failing={"c9"}), repeats=2)
    known = {(outcome.case_id, outcome.repeat): outcome for outcome in first.outcomes[:12]}
    known |= {(o.case_id, o.repeat): o for o in first.outcomes if o.case_id == "c9"}
    again = PlannedAnswerer()
    saved: list[Outcome] = []
    result = run(cases, answerer=again, repeats=2, finished=known, save=saved.append)
    assert sorted(again.asked) == [(f"c{number}", repeat) for number in (6, 7, 8, 9) for repeat in (0, 1)]
    assert len(saved) == 8
    assert result.resumed == 12
    assert states(result.cells) == {"scored": 20}


def test_an_error_of_the_user_ends_the_run_as_itself() -> None:
    class Refusing(PlannedAnswerer):
        async def answer(self, case: GoldCase, *, repeat: int) -> Outcome:
            raise InvalidSetting("no such thing", hint="set it")

    with pytest.raises(InvalidSetting, match="no such thing"):
        run(make_cases(5), answerer=Refusing())


def test_a_slow_judge_holds_answering_back() -> None:
    """Answers in the making and waiting stay bounded, so that a stop wastes few of them."""
    ahead: list[int] = []
    scored = 0

    class Counting(PlannedAnswerer):
        async def answer(self, case: GoldCase, *, repeat: int) -> Outcome:
            ahead.append(len(self.asked) - scored)
            self.asked.append((case.id, repeat))
            return make_outcome(case)

    class Slow(PlannedMetric):
        async def score(self, case: GoldCase, outcome: Outcome, scoring: Any) -> Score:
            nonlocal scored
            await asyncio.sleep(0.001)
            scored += 1
            return Score(state=CellState.SCORED, value=1.0)

    run(make_cases(100), answerer=Counting(), metrics=[Slow(give=lambda case: 1.0)], concurrency=2)
    assert max(ahead) <= 12


def test_progress_counts_to_the_total() -> None:
    seen: list[RunStep] = []
    run(make_cases(5), repeats=2, progress=seen.append)
    assert [step.done for step in seen] == list(range(1, 11))
    assert {step.total for step in seen} == {10}
