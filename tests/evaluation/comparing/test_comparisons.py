"""Two runs held against each other: verdicts, refusals, and nobody wins by leaving out what is hard."""

import math
from dataclasses import replace

import pytest

from bidproof.core.errors import UserError
from bidproof.evaluation.comparing.comparisons import ComparisonRules, compare_runs
from bidproof.evaluation.records import Cell, CellState, Estimate, MetricSummary
from comparing import make_run

GONE = CellState.ABSTAINED
BAD, GOOD = [1.0] * 20 + [0.0] * 40, [1.0] * 50 + [0.0] * 10


def only_row(a: object, b: object, **options: object):
    rows = compare_runs(a, b, rules=ComparisonRules(**options)).rows  # type: ignore[arg-type]
    assert len(rows) == 1
    return rows[0]


def test_better_and_worse_are_proven_and_flips_are_named() -> None:
    row = only_row(make_run({"is_right": BAD}), make_run({"is_right": GOOD}))
    assert (row.verdict, row.test.method, row.kind) == ("better", "exact-mcnemar", "binary")
    assert row.test.effect == pytest.approx(0.5)
    assert [flip.case_id for flip in row.flipped] == [f"q{place}" for place in range(20, 50)]
    assert row.flipped[0].question == "Question 20?"
    assert only_row(make_run({"is_right": GOOD}), make_run({"is_right": BAD})).verdict == "worse"


def test_a_small_difference_is_not_proven_and_says_what_could_be_seen() -> None:
    row = only_row(make_run({"x": [1, 0] * 15}), make_run({"x": [1, 0] * 14 + [1, 1]}))
    assert row.verdict == "not proven"
    assert (row.test.minimum_detectable or 0) > 0.05


def test_equivalent_needs_the_interval_within_the_margin() -> None:
    values = [0.5 + place % 7 / 100 for place in range(200)]
    near = [value + (0.01 if place % 2 else -0.01) for place, value in enumerate(values)]
    assert only_row(make_run({"x": values}), make_run({"x": near})).verdict == "equivalent"
    assert only_row(make_run({"x": values}), make_run({"x": near}), margin=0.001).verdict == "not proven"
    assert (
        only_row(make_run({"x": [1.0, 0.0] * 10}), make_run({"x": [1.0, 0.0] * 10})).verdict == "not proven"
    )


def test_amounts_take_a_relative_margin_and_lower_seconds_are_better() -> None:
    slow, fast = [10 + place % 5 / 10 for place in range(30)], [8 + place % 5 / 10 for place in range(30)]
    row = only_row(make_run({"latency_s": slow}), make_run({"latency_s": fast}))
    assert (row.verdict, row.kind, row.higher_is_better) == ("better", "amount", False)
    assert row.margin == pytest.approx(0.05 * sum(slow) / 30)
    assert (row.low_bound, row.flipped) == (None, ())
    same = [value + (0.001 if place % 2 else -0.001) for place, value in enumerate(slow)]
    assert only_row(make_run({"latency_s": slow}), make_run({"latency_s": same})).verdict == "equivalent"


def test_leaving_out_hard_cases_does_not_win() -> None:
    """B drops the 30 cases that it would have wrong and gains on a few others."""
    a = [1.0] * 30 + [0.0] * 12 + [1.0] * 18
    b = [GONE] * 30 + [1.0] * 12 + [1.0] * 18
    row = only_row(make_run({"x": a}), make_run({"x": b}))
    assert row.test.effect is not None
    assert row.test.effect > 0.3
    assert row.adjusted_p is not None
    assert row.adjusted_p < 0.01
    assert row.verdict == "not proven"
    assert (row.coverage_a, row.coverage_b, row.only_a) == (1.0, 0.5, 30)
    assert row.low_bound == pytest.approx((-30 + 12) / 60)
    assert "if the 30 that it left out count as its worst" in row.notes[0]
    mirrored = only_row(make_run({"x": b}), make_run({"x": a}))
    assert (mirrored.verdict, mirrored.only_b) == ("not proven", 30)


def test_a_lead_that_survives_the_worst_is_a_lead() -> None:
    a, b = [0.0] * 40 + [1.0] * 20, [1.0] * 40 + [1.0] * 18 + [CellState.JUDGE_ERROR] * 2
    row = only_row(make_run({"x": a}), make_run({"x": b}))
    assert row.verdict == "better"
    assert "2 cases have a value in A only" in row.notes[0]


def test_dropping_cases_is_never_equivalent() -> None:
    values = [0.5] * 100
    row = only_row(make_run({"x": values}), make_run({"x": values[:80] + [GONE] * 20}))
    assert row.verdict == "not proven"


def test_cases_that_neither_could_be_scored_on_do_not_count() -> None:
    lacks = [CellState.UNSCORABLE] * 10
    row = only_row(make_run({"x": [*BAD, *lacks]}), make_run({"x": [*GOOD, *lacks]}))
    assert (row.coverage_a, row.coverage_b, row.test.n) == (1.0, 1.0, 60)


def test_groups_are_clusters() -> None:
    groups = [f"file {place // 10}" for place in range(60)]
    row = only_row(make_run({"x": BAD}, groups=groups), make_run({"x": GOOD}, groups=groups))
    assert (row.test.method, row.test.clusters) == ("cluster-sign-flip", 6)
    assert row.verdict == "not proven"


def test_repeats_are_averaged_before_anything_else() -> None:
    a, b = make_run({"x": BAD}), make_run({"x": GOOD})
    twice = replace(b, cells=(*b.cells, *(replace(cell, repeat=1, value=0.0) for cell in b.cells)))
    row = only_row(a, twice)
    assert (row.test.n, row.kind) == (60, "proportion")
    assert row.mean_b == pytest.approx(50 / 60 / 2)


def test_holm_covers_all_metrics_but_those_on_which_nothing_differs() -> None:
    b = [1.0] * 26 + [0.0] * 34
    noise = {f"m{k}": [float(place % 2) for place in range(60)] for k in range(5)}
    alone = only_row(make_run({"x": BAD}), make_run({"x": b}))
    among = compare_runs(make_run({"x": BAD, **noise}), make_run({"x": b, **noise}))
    assert among.rows[0].adjusted_p == pytest.approx(alone.test.p_value)
    other = {f"m{k}": [1.0 - value for value in row] for k, row in enumerate(noise.values())}
    crowded = compare_runs(make_run({"x": BAD, **noise}), make_run({"x": b, **other}))
    assert (crowded.rows[0].adjusted_p or 0) > (alone.test.p_value or 1)


def test_different_gold_is_refused_and_pairs_equal_questions_when_allowed() -> None:
    a, b = make_run({"x": BAD}), make_run({"x": GOOD}, questions="Question {}?", gold="set")
    changed = replace(
        b,
        cases=(replace(b.cases[0], question="Another?"), *b.cases[1:]),
        info=replace(b.info, gold_digest="other"),
    )
    with pytest.raises(UserError, match="found gold set") as refused:
        compare_runs(a, changed)
    assert refused.value.code == "gold-differs"
    assert "equal id and question" in refused.value.hint
    found = compare_runs(a, changed, rules=ComparisonRules(allow_different_gold=True))
    assert (found.cases, found.rows[0].test.n) == (59, 59)
    assert any("gold sets differ" in warning for warning in found.warnings)


def test_nothing_in_common_and_unfinished_runs_are_refused() -> None:
    a, b = make_run({"x": BAD}), make_run({"x": GOOD}, questions="Other {}?")
    with pytest.raises(UserError) as refused:
        compare_runs(a, b, rules=ComparisonRules(allow_different_gold=True))
    assert refused.value.code == "nothing-in-common"
    with pytest.raises(UserError, match="found it running") as unfinished:
        compare_runs(a, make_run({"x": GOOD}, state="running"))
    assert unfinished.value.code == "run-unfinished"
    with pytest.raises(UserError, match="found x in both") as unknown:
        compare_runs(a, a, rules=ComparisonRules(metrics=("nosuch",)))
    assert unknown.value.code == "no-such-metric"


def test_metrics_of_one_run_alone_are_named() -> None:
    found = compare_runs(make_run({"x": BAD, "old": BAD}), make_run({"x": GOOD, "new": GOOD}))
    assert found.skipped == {"old": "only in A", "new": "only in B"}


def test_numbers_of_different_judges_are_not_compared() -> None:
    nothing = Estimate(value=None, low=None, high=None, n=0, clusters=0)
    judged = MetricSummary(
        metric="judged", estimate=nothing, counts={}, coverage=0, worst=None, best=None, stamp="uncalibrated"
    )
    a = replace(make_run({"x": BAD, "judged": BAD}, judge="one"), summaries=(judged,))
    b = replace(make_run({"x": GOOD, "judged": GOOD}, judge="other"), summaries=(judged,))
    found = compare_runs(a, b)
    assert [row.metric for row in found.rows] == ["x"]
    assert found.skipped == {"judged": "judged by different judges"}


def test_a_note_on_a_metric_by_code_does_not_make_it_a_judged_one() -> None:
    noted = MetricSummary(
        metric="answered",
        estimate=Estimate(value=None, n=0, clusters=0),
        counts={},
        coverage=0,
        stamp="failed on 1 of 60",
    )
    a = replace(make_run({"answered": BAD}, judge="one"), summaries=(noted,))
    b = make_run({"answered": GOOD}, judge="other")
    assert compare_runs(a, b).skipped == {}


def test_a_metric_without_a_value_in_either_run_is_skipped_and_in_one_run_is_not() -> None:
    gone = [GONE] * 60
    assert compare_runs(make_run({"x": gone}), make_run({"x": gone})).skipped == {
        "x": "neither run has a value"
    }
    row = only_row(make_run({"x": GOOD}), make_run({"x": gone}))
    assert (row.verdict, row.coverage_b, row.test.n) == ("not proven", 0.0, 0)


def test_swapping_the_runs_turns_the_verdict_round() -> None:
    a = make_run({"x": [0.1 * (place % 9) for place in range(40)], "y": BAD[:40]})
    b = make_run({"x": [0.1 * (place % 8) + 0.1 for place in range(40)], "y": GOOD[:40]})
    turned = {"better": "worse", "worse": "better"}
    for one, other in zip(compare_runs(a, b).rows, compare_runs(b, a).rows, strict=True):
        assert one.test.effect == pytest.approx(-(other.test.effect or 0))
        assert one.adjusted_p == pytest.approx(other.adjusted_p)
        assert turned.get(one.verdict, one.verdict) == other.verdict


def test_order_of_cases_does_not_matter() -> None:
    a, b = make_run({"x": BAD}), make_run({"x": GOOD})
    one, other = only_row(a, b), only_row(replace(a, cells=a.cells[::-1]), replace(b, cells=b.cells[::-1]))
    assert one == other


def test_a_cell_of_a_case_that_is_not_in_the_set_is_left_out() -> None:
    a, b = make_run({"x": BAD}), make_run({"x": GOOD})
    stray = Cell(case_id="gone", metric="x", state=CellState.SCORED, value=1.0)
    assert only_row(replace(a, cells=(*a.cells, stray)), b).test.n == 60
    assert math.isclose(only_row(a, b).mean_a or 0, 1 / 3)


def test_the_primary_metric_is_tested_alone_and_holm_is_for_the_others() -> None:
    a, b = [1.0] * 30 + [0.0] * 30, [1.0] * 40 + [0.0] * 20
    names = ("choice_accuracy", "x", "y")
    found = compare_runs(make_run(dict.fromkeys(names, a)), make_run(dict.fromkeys(names, b)))
    assert found.primary == "choice_accuracy"
    alone, *others = found.rows
    assert alone.metric == "choice_accuracy"
    assert alone.adjusted_p == alone.test.p_value
    assert [row.adjusted_p for row in others] == [2 * (row.test.p_value or 0) for row in others]
    declared = compare_runs(
        make_run(dict.fromkeys(names, a)),
        make_run(dict.fromkeys(names, b)),
        rules=ComparisonRules(primary="y", metrics=("x",)),
    )
    assert [row.metric for row in declared.rows] == ["y", "x"]
    with pytest.raises(UserError, match="cannot compare by 'z'"):
        compare_runs(make_run({"x": a}), make_run({"x": b}), rules=ComparisonRules(primary="z"))
