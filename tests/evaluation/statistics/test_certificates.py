"""Certificates: exact where they can be checked by hand, kept to their promise where they are drawn."""

import random

import pytest
from scipy.stats import binom

from benchmarks.certificate_simulation import TRUTHS, simulate
from bidproof.evaluation.statistics.certificates import (
    Accepted,
    certified_places,
    certify,
    error_p_value,
    items_needed,
    one_a_group,
    plan_thresholds,
    split_items,
    upper_bound,
)


def test_fifty_nine_right_answers_certify_five_percent_and_fifty_eight_do_not() -> None:
    enough = certify([1.0] * 59, [False] * 59, thresholds=(1.0,))
    short = certify([1.0] * 58, [False] * 58, thresholds=(1.0,))
    assert (enough.threshold, enough.accepted, enough.wrong, enough.needed) == (1.0, 59, 0, 59)
    assert enough.upper is not None
    assert enough.upper <= 0.05
    assert (short.threshold, short.accepted, short.upper, short.coverage) == (None, 0, None, 0.0)


def test_the_least_strict_certified_threshold_is_given() -> None:
    scores = [0.9] * 100 + [0.6] * 100 + [0.3] * 100
    wrong = [False] * 200 + [True] * 30 + [False] * 70
    found = certify(scores, wrong, thresholds=(0.9, 0.6, 0.3))
    assert (found.threshold, found.accepted, found.coverage) == (0.6, 200, 200 / 300)


def test_the_sequence_stops_at_its_first_failure_even_where_a_later_one_would_pass() -> None:
    counts = [Accepted(n=20, wrong=0), Accepted(n=200, wrong=0)]
    assert certified_places(counts, error=0.05, confidence=0.95) == ()
    assert certified_places(counts, error=0.05, confidence=0.95, method="bonferroni") == (1,)


def test_bonferroni_asks_more_of_each_threshold() -> None:
    scores, wrong = [1.0] * 70, [False] * 70
    assert certify(scores, wrong, thresholds=(1.0,), method="bonferroni").threshold == 1.0
    several = certify(scores, wrong, thresholds=(1.0, 0.9, 0.8), method="bonferroni")
    assert (several.threshold, several.needed) == (None, 80)


@pytest.mark.parametrize(("n", "wrong", "error"), [(59, 0, 0.05), (200, 7, 0.05), (30, 4, 0.2), (1, 1, 0.1)])
def test_p_value_and_bound_agree_with_the_binomial(n: int, wrong: int, error: float) -> None:
    found = Accepted(n=n, wrong=wrong)
    assert error_p_value(found, error=error) == pytest.approx(binom.cdf(wrong, n, error))
    bound = upper_bound(found)
    assert bound == 1.0 if wrong == n else binom.cdf(wrong, n, bound) == pytest.approx(0.05)
    assert (bound <= error) == (error_p_value(found, error=error) <= 0.05)


def test_nothing_accepted_proves_nothing() -> None:
    assert error_p_value(Accepted(n=0, wrong=0), error=0.5) == 1.0
    assert upper_bound(Accepted(n=0, wrong=0)) == 1.0
    assert certify([], [], thresholds=()).threshold is None


def test_how_many_items_a_certificate_takes() -> None:
    assert items_needed(0.05) == 59
    assert items_needed(0.1) == 29
    assert items_needed(0.05, rate=0.02) == 181
    assert items_needed(0.05, rate=0.05) is None


def test_lengths_and_rates_are_checked() -> None:
    with pytest.raises(ValueError, match="2 scores with 1 labels"):
        certify([1.0, 0.5], [True], thresholds=(0.5,))
    with pytest.raises(ValueError, match="confidence"):
        certify([1.0], [True], thresholds=(0.5,), confidence=1.0)
    with pytest.raises(ValueError, match="error rate"):
        certify([1.0], [True], thresholds=(0.5,), error=0.0)


def test_groups_stay_whole_in_a_split_and_the_same_seed_gives_the_same_one() -> None:
    groups = [f"g{place % 20}" for place in range(200)]
    first, second = split_items(groups, seed=3)
    assert sorted((*first, *second)) == list(range(200))
    assert not {groups[place] for place in first} & {groups[place] for place in second}
    assert 60 <= len(first) <= 100
    assert (first, second) == split_items(groups, seed=3)
    assert (first, second) != split_items(groups, seed=4)


def test_few_groups_are_split_by_item() -> None:
    first, second = split_items(["one questionnaire"] * 50)
    assert (len(first), len(second)) == (20, 30)


def test_planned_thresholds_start_where_a_certificate_is_likely_and_go_down() -> None:
    rng = random.Random(5)
    scores = [rng.random() for _ in range(300)]
    wrong = [rng.random() < (0.0 if score > 0.6 else 0.5) for score in scores]
    planned = plan_thresholds(scores, wrong, items=300)
    assert list(planned) == sorted(planned, reverse=True)
    assert 0.5 < planned[0] < 0.75
    assert planned[-1] == min(scores)
    assert plan_thresholds([], [], items=10) == ()


def test_one_answer_a_group_is_drawn_among_the_accepted() -> None:
    groups, accepted = ["a", "a", "b", "b", "", ""], [True, False, False, False, True, True]
    assert one_a_group(groups, accepted) == (0, 4, 5)


@pytest.mark.parametrize("truth", TRUTHS, ids=lambda truth: truth.name)
def test_promises_are_kept_as_often_as_stated(truth) -> None:  # type: ignore[no-untyped-def]
    rule = "planned" if truth.group_size == 1 else "one a group"
    found = simulate(truth, rule, draws=60)
    assert found.holds, found


def test_a_certificate_that_ignores_what_groups_share_is_caught() -> None:
    alike = next(truth for truth in TRUTHS if truth.group_size > 1)
    assert not simulate(alike, "planned", draws=200).holds
