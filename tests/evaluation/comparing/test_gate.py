"""The gate closes on proven regressions and lost coverage, and on nothing else."""

import pytest

from bidproof.evaluation.comparing.comparisons import ComparisonRules
from bidproof.evaluation.comparing.gate import assert_no_regression, check_gate
from bidproof.evaluation.records import CellState
from comparing import make_run

BAD, GOOD = [1.0] * 20 + [0.0] * 40, [1.0] * 50 + [0.0] * 10


def test_a_proven_regression_closes_it() -> None:
    result = check_gate(make_run({"x": BAD}), make_run({"x": GOOD}))
    assert not result.passed
    assert result.reasons[0].startswith("x is worse: 0.833 to 0.333, effect -0.500")


def test_improvements_and_unproven_changes_open_it() -> None:
    assert check_gate(make_run({"x": GOOD}), make_run({"x": BAD})).passed
    slightly = check_gate(make_run({"x": [*GOOD[1:], 0.0]}), make_run({"x": GOOD}))
    assert slightly.passed
    assert any("likely to go unseen with 60 cases" in remark for remark in slightly.remarks)


def test_lost_coverage_closes_it_even_where_the_rest_got_better() -> None:
    run = make_run({"x": [1.0] * 57 + [CellState.NOT_RUN] * 3})
    assert check_gate(run, make_run({"x": GOOD}), coverage_drop=0.05).passed
    result = check_gate(run, make_run({"x": GOOD}), coverage_drop=0.02)
    assert result.reasons == (
        "x lost coverage: 100.0% to 95.0% of cases have a value, allowed is a drop of 2.0%",
    )


def test_seconds_are_gated_only_when_named() -> None:
    values = {"x": GOOD, "latency_s": [1.0 + place / 100 for place in range(60)]}
    slower = {"x": GOOD, "latency_s": [2.0 + place / 100 for place in range(60)]}
    assert check_gate(make_run(slower), make_run(values)).passed
    assert not check_gate(
        make_run(slower), make_run(values), rules=ComparisonRules(metrics=("latency_s",))
    ).passed


def test_nothing_to_gate_by_is_no_pass() -> None:
    lacks = [CellState.UNSCORABLE] * 5
    result = check_gate(make_run({"x": lacks}), make_run({"x": lacks}))
    assert result.reasons == ("no metric could be compared",)


def test_as_an_assertion() -> None:
    assert_no_regression(make_run({"x": GOOD}), make_run({"x": BAD}))
    with pytest.raises(AssertionError, match="x is worse"):
        assert_no_regression(make_run({"x": BAD}), make_run({"x": GOOD}))
