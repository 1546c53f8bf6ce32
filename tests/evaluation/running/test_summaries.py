"""From cells to a mean with its coverage, interval and bounds."""

from dataclasses import replace

import pytest

from bidproof.evaluation.records import Cell, CellState
from bidproof.evaluation.running.summaries import summarise
from evaluating import PlannedMetric

METRIC = PlannedMetric(give=lambda case: 1.0, name="m")


def cell(case: str, value: float | CellState, *, repeat: int = 0, group: str = "") -> Cell:
    if isinstance(value, CellState):
        return Cell(case_id=case, metric="m", state=value, repeat=repeat, group=group)
    return Cell(case_id=case, metric="m", state=CellState.SCORED, value=value, repeat=repeat, group=group)


def test_the_mean_is_over_scored_cells_and_the_bounds_say_what_is_missing() -> None:
    cells = [
        cell("a", 1.0),
        cell("b", 0.5),
        cell("c", CellState.ABSTAINED),
        cell("d", CellState.JUDGE_ERROR),
        cell("e", CellState.UNSCORABLE),
    ]
    (summary,) = summarise(cells, metrics=[METRIC])
    assert summary.estimate.value == 0.75
    assert summary.coverage == 0.4
    assert (summary.worst, summary.best) == (1.5 / 4, 3.5 / 4)
    assert summary.counts == {"scored": 2, "abstained": 1, "unscorable": 1, "judge_error": 1, "not_run": 0}


def test_where_lower_is_better_the_worst_is_the_highest() -> None:
    metric = PlannedMetric(give=lambda case: 1.0, name="m", higher_is_better=False)
    (summary,) = summarise([cell("a", 0.2), cell("b", CellState.NOT_RUN)], metrics=[metric])
    assert (summary.worst, summary.best) == (0.6, 0.1)


def test_an_amount_with_missing_cells_has_no_bounds() -> None:
    metric = PlannedMetric(give=lambda case: 1.0, name="m", kind="amount")
    (whole,) = summarise([cell("a", 3.0), cell("b", 5.0)], metrics=[metric])
    assert (whole.worst, whole.best) == (4.0, 4.0)
    (partial,) = summarise([cell("a", 3.0), cell("b", CellState.NOT_RUN)], metrics=[metric])
    assert (partial.worst, partial.best) == (None, None)


def test_repeats_are_averaged_before_anything_else() -> None:
    cells = [
        cell("a", 1.0),
        cell("a", 0.0, repeat=1),
        cell("b", 1.0),
        cell("b", CellState.JUDGE_ERROR, repeat=1),
    ]
    (summary,) = summarise(cells, metrics=[METRIC])
    assert summary.estimate.n == 2
    assert summary.estimate.value == pytest.approx(0.75)
    assert summary.coverage == 0.75
    assert (summary.worst, summary.best) == (0.5, 0.75)


def test_groups_are_clusters_and_cases_without_one_stand_alone() -> None:
    cells = [cell("a", 1.0, group="g"), cell("b", 0.0, group="g"), cell("c", 1.0), cell("d", 1.0)]
    (summary,) = summarise(cells, metrics=[METRIC])
    assert summary.estimate.clusters == 3


def test_nothing_scored_is_no_number() -> None:
    (summary,) = summarise([cell("a", CellState.JUDGE_ERROR)], metrics=[METRIC])
    assert summary.estimate.value is None
    assert summary.estimate.low is None
    assert (summary.worst, summary.best) == (0.0, 1.0)
    (empty,) = summarise([cell("a", CellState.UNSCORABLE)], metrics=[METRIC])
    assert (empty.worst, empty.best) == (None, None)


def test_one_case_has_no_interval() -> None:
    (summary,) = summarise([cell("a", 1.0)], metrics=[METRIC])
    assert (summary.estimate.value, summary.estimate.low, summary.estimate.high) == (1.0, None, None)


def test_only_judged_metrics_carry_the_judges_stamp() -> None:
    judged = PlannedMetric(give=lambda case: 1.0, name="m", is_judged=True)
    (stamped,) = summarise([cell("a", 1.0)], metrics=[judged], judge_stamp="uncalibrated")
    (plain,) = summarise([cell("a", 1.0)], metrics=[METRIC], judge_stamp="uncalibrated")
    assert (stamped.stamp, plain.stamp) == ("uncalibrated", "")


def test_a_metric_by_code_that_failed_says_so() -> None:
    cells = [replace(cell("a", CellState.JUDGE_ERROR), reason="m failed: KeyError: 'x'"), cell("b", 1.0)]
    (summary,) = summarise(cells, metrics=[METRIC])
    assert summary.stamp == "failed on 1 of 2; first: m failed: KeyError: 'x'"


def test_no_interval_of_a_time_is_negative() -> None:
    seconds = PlannedMetric(give=lambda case: 1.0, name="m", kind="amount")
    cells = [cell(name, value) for name, value in zip("abcd", (0.1, 0.1, 0.2, 9.0), strict=True)]
    (summary,) = summarise(cells, metrics=[seconds])
    assert summary.estimate.low == 0.0
    (signed,) = summarise([*cells, cell("e", -1.0)], metrics=[seconds])
    assert signed.estimate.low is not None
    assert signed.estimate.low < 0
