"""Intervals of means: published figures, what must never happen, and properties."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bidproof.evaluation.statistics.intervals import jeffreys, mean_interval, wilson

SHARES = st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=2, max_size=30)


@pytest.mark.parametrize(
    ("successes", "n", "expected"),
    # Newcombe (1998), Statistics in Medicine 17:857, table I, method 3.
    [
        (81, 263, (0.2553, 0.3662)),
        (15, 148, (0.0624, 0.1605)),
        (0, 20, (0.0, 0.1611)),
        (1, 29, (0.0061, 0.1718)),
    ],
)
def test_wilson_equals_the_published_limits(successes: int, n: int, expected: tuple[float, float]) -> None:
    assert wilson(successes, n) == pytest.approx(expected, abs=5e-5)


def test_jeffreys_limits_are_quantiles_of_the_posterior() -> None:
    from scipy.stats import beta

    assert jeffreys(5, 20) == pytest.approx(beta.ppf([0.025, 0.975], 5.5, 15.5))
    assert jeffreys(0, 20) == pytest.approx((0.0, beta.ppf(0.975, 0.5, 20.5)))
    assert jeffreys(0, 0) == (0.0, 1.0)


def test_fewer_than_two_values_have_no_interval() -> None:
    assert mean_interval([]).value is None
    one = mean_interval([0.4])
    assert (one.value, one.low, one.high) == (0.4, None, None)


def test_independent_amounts_get_students_interval() -> None:
    # Student's (1908) sleep data, ten extra hours: mean 1.58, 95% interval 0.70 to 2.46.
    hours = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4]
    found = mean_interval(hours, kind="amount")
    assert (found.value, found.low, found.high) == pytest.approx((1.58, 0.70, 2.46), abs=0.005)


def test_clusters_that_are_wholly_alike_count_once_each() -> None:
    values = [1.0] * 10 + [0.0] * 10 + [1.0] * 10 + [1.0] * 10
    groups = [f"g{place // 10}" for place in range(40)]
    clustered, alone = (
        mean_interval(values, groups=groups, kind="amount"),
        mean_interval([1, 0, 1, 1], kind="amount"),
    )
    assert (clustered.low, clustered.high) == pytest.approx((alone.low, alone.high))
    assert clustered.clusters == 4


def test_the_cluster_variance_equals_bell_and_mccaffreys_matrix_formula() -> None:
    import numpy as np

    from bidproof.evaluation.statistics.clusters import cluster_codes, clustered_mean

    sizes, generator = [1, 2, 5, 12], np.random.default_rng(5)
    values = generator.normal(size=20)
    codes = cluster_codes([f"g{k}" for k, size in enumerate(sizes) for _ in range(size)], 20)
    expected = 0.0
    for cluster in range(4):
        here = codes == cluster
        size = int(here.sum())
        leverage = np.eye(size) - np.full((size, size), 1 / 20)
        eigenvalues, vectors = np.linalg.eigh(leverage)
        adjust = vectors @ np.diag(eigenvalues**-0.5) @ vectors.T
        expected += float((adjust @ (values[here] - values.mean())).sum()) ** 2 / 400
    assert clustered_mean(values, codes).variance == pytest.approx(expected)


def test_degrees_of_freedom_know_that_one_cluster_dominates() -> None:
    import numpy as np

    from bidproof.evaluation.statistics.clusters import cluster_codes, clustered_mean

    def degrees(sizes: list[int]) -> float:
        groups = [f"g{k}" for k, size in enumerate(sizes) for _ in range(size)]
        values = np.random.default_rng(0).normal(size=len(groups))
        return clustered_mean(values, cluster_codes(groups, len(groups))).degrees

    assert degrees([10] * 10) == pytest.approx(9)
    assert degrees([200] + [5] * 9) < 4
    assert degrees([1] * 30) == pytest.approx(29)


def test_all_right_is_no_certainty() -> None:
    alone = mean_interval([1.0] * 50, kind="binary")
    clustered = mean_interval([1.0] * 50, groups=[str(place // 10) for place in range(50)], kind="binary")
    assert alone.low is not None
    assert clustered.low is not None
    assert alone.low < 1.0
    assert clustered.low < alone.low
    assert alone.high == clustered.high == 1.0


def test_one_group_is_taken_as_independent_cases() -> None:
    values = [1, 0, 1, 1, 0]
    one = mean_interval(values, groups=["a"] * 5, kind="binary")
    assert (one.low, one.high) == (wilson(3, 5)[0], wilson(3, 5)[1])


def test_empty_groups_stand_alone() -> None:
    assert mean_interval([1, 0, 1, 1], groups=[""] * 4, kind="binary").clusters == 4
    assert mean_interval([1, 0, 1, 1], groups=["", "", "a", "a"], kind="binary").clusters == 3


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 1.5])
def test_values_that_would_spoil_a_mean_are_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="cannot"):
        mean_interval([0.5, bad])


@settings(max_examples=30)
@given(SHARES, st.randoms(use_true_random=False), st.integers(1, 5))
def test_order_does_not_matter(values: list[float], random: object, size: int) -> None:
    groups = [str(place // size) for place in range(len(values))]
    order = list(range(len(values)))
    random.shuffle(order)  # type: ignore[attr-defined]
    one = mean_interval(values, groups=groups)
    other = mean_interval([values[place] for place in order], groups=[groups[place] for place in order])
    assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high))


@settings(max_examples=30)
@given(SHARES)
def test_the_interval_holds_its_mean_and_stays_within_0_and_1(values: list[float]) -> None:
    found = mean_interval(values)
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= found.value + 1e-9
    assert found.value - 1e-9 <= found.high <= 1
    assert found.high > found.low


@settings(max_examples=30)
@given(
    st.lists(st.integers(-1000, 1000), min_size=2, max_size=30),
    st.integers(-1000, 1000),
    st.sampled_from([1, 3]),
)
def test_adding_a_constant_shifts_the_interval(values: list[int], constant: int, size: int) -> None:
    groups = [str(place // size) for place in range(len(values))]
    one = mean_interval(values, groups=groups, kind="amount")
    other = mean_interval([value + constant for value in values], groups=groups, kind="amount")
    assert one.low is not None
    assert other.low is not None
    assert math.isclose(other.low, one.low + constant, abs_tol=1e-5)
    assert math.isclose((other.high or 0) - other.low, (one.high or 0) - one.low, abs_tol=1e-5)


@settings(max_examples=30)
@given(SHARES, st.floats(0.5, 0.9))
def test_more_confidence_is_wider(values: list[float], confidence: float) -> None:
    one, other = mean_interval(values, confidence=confidence), mean_interval(values, confidence=0.95)
    assert (one.high or 0) - (one.low or 0) <= (other.high or 0) - (other.low or 0) + 1e-12
