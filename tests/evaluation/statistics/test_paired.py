"""Paired tests: worked examples, other programs' answers, and properties."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bidproof.evaluation.statistics.paired import PairedTest, compare_paired, mcnemar_exact, tango_interval

PAIRS = st.lists(
    st.tuples(st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from([0.0, 0.5, 1.0])), min_size=2, max_size=12
)


def test_airway_hyper_responsiveness_before_and_after_transplantation() -> None:
    # Fagerland, Lydersen and Laake (2014), Statistics in Medicine 33:2850: 1 and 7 of 21 children
    # changed. Exact McNemar p = 0.070; Tango's interval for the difference of rates -0.517 to -0.026.
    assert mcnemar_exact(1, 7) == pytest.approx(0.0703, abs=5e-5)
    assert tango_interval(1, 7, 21) == pytest.approx((-0.517, -0.026), abs=5e-4)


def test_exact_mcnemar_equals_statsmodels() -> None:
    from statsmodels.stats.contingency_tables import mcnemar

    for gained, lost in ((0, 0), (3, 9), (10, 10), (1, 30), (17, 5)):
        expected = mcnemar([[5, gained], [lost, 5]], exact=True).pvalue if gained + lost else 1.0
        assert mcnemar_exact(gained, lost) == pytest.approx(expected)


def test_darwins_maize() -> None:
    # Fisher (1935), The Design of Experiments, section 21: heights of 15 pairs of plants, crossed
    # minus self-fertilised, in eighths of an inch; 1,726 of 32,768 sign assignments are as extreme: 0.0527.
    eighths = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]
    test = compare_paired([0.0] * 15, eighths, kind="amount", flips=40_000)
    assert test.effect == pytest.approx(20.93, abs=0.005)
    assert test.p_value == pytest.approx(1726 / 32768, abs=0.004)
    assert test.method == "paired-permutation"


def test_all_flips_are_tried_where_clusters_are_few() -> None:
    # Six clusters that all rose alike: only all up and all down are as extreme.
    a, b, groups = [0.2] * 12, [0.5] * 12, [str(place // 2) for place in range(12)]
    test = compare_paired(a, b, groups=groups)
    assert test.p_value == pytest.approx(2 / 64)
    assert (test.method, test.clusters) == ("cluster-sign-flip", 6)
    assert compare_paired(a[:10], b[:10], groups=groups[:10]).p_value == pytest.approx(2 / 32)


def test_binary_cases_in_groups_are_not_tested_by_mcnemar() -> None:
    a, b = [0.0] * 20 + [1.0] * 20, [1.0] * 20 + [1.0] * 20
    alone = compare_paired(a, b, kind="binary")
    grouped = compare_paired(a, b, groups=[str(place // 10) for place in range(40)], kind="binary")
    assert alone.method == "exact-mcnemar"
    assert (alone.p_value or 1) < 0.001
    assert grouped.method == "cluster-sign-flip"
    assert (grouped.p_value or 0) > 0.05


def test_no_difference_seen_is_no_proof_of_none() -> None:
    for groups in (None, [str(place // 5) for place in range(30)]):
        test = compare_paired([0.5] * 30, [0.5] * 30, groups=groups)
        assert (test.effect, test.p_value) == (0.0, 1.0)
        assert test.low is not None
        assert test.low < 0 < (test.high or 0)


def test_one_case_says_nothing() -> None:
    test = compare_paired([0.0], [1.0], kind="binary")
    assert (test.effect, test.low, test.high, test.p_value) == (1.0, None, None, None)
    assert compare_paired([], []).effect is None


def test_what_can_be_seen_shrinks_with_the_cases() -> None:
    few = compare_paired([0, 1] * 20, [1, 0] * 5 + [0, 1] * 15, kind="binary")
    many = compare_paired([0, 1] * 80, [1, 0] * 20 + [0, 1] * 60, kind="binary")
    assert 0 < (many.minimum_detectable or 0) < (few.minimum_detectable or 0)


def test_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match="cannot pair"):
        compare_paired([0, 1], [1])


def run(pairs: list[tuple[float, float]], *, swap: bool = False, size: int = 1) -> PairedTest:
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    groups = [str(place // size) for place in range(len(pairs))]
    return (
        compare_paired(second, first, groups=groups) if swap else compare_paired(first, second, groups=groups)
    )


@settings(max_examples=30)
@given(PAIRS, st.sampled_from([1, 2, 5]))
def test_swapping_the_systems_negates_the_effect(pairs: list[tuple[float, float]], size: int) -> None:
    one, other = run(pairs, size=size), run(pairs, swap=True, size=size)
    assert one.effect == pytest.approx(-(other.effect or 0))
    assert one.p_value == pytest.approx(other.p_value)
    assert (one.low, one.high) == pytest.approx((-(other.high or 0), -(other.low or 0)))


@settings(max_examples=30)
@given(PAIRS, st.permutations(range(12)))
def test_order_of_cases_does_not_matter(pairs: list[tuple[float, float]], order: list[int]) -> None:
    kept = [place for place in order if place < len(pairs)]
    one, other = run(pairs), run([pairs[place] for place in kept])
    assert one.effect == pytest.approx(other.effect)
    assert one.p_value == pytest.approx(other.p_value)
    assert one.low == pytest.approx(other.low)


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=2, max_size=12),
    st.integers(-50, 50),
)
def test_adding_a_constant_to_one_system_shifts_the_interval(
    pairs: list[tuple[int, int]], constant: int
) -> None:
    a, b = [one for one, _ in pairs], [other for _, other in pairs]
    one = compare_paired(a, b, kind="amount")
    other = compare_paired(a, [value + constant for value in b], kind="amount")
    assert one.low is not None
    assert other.low == pytest.approx(one.low + constant, abs=1e-6)
    assert other.high == pytest.approx((one.high or 0) + constant, abs=1e-6)


@settings(max_examples=30)
@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_tango_holds_the_effect_and_mirrors(gained: int, lost: int, same: int) -> None:
    n = gained + lost + same + 2
    low, high = tango_interval(gained, lost, n)
    assert -1 <= low <= (gained - lost) / n <= high <= 1
    assert (low, high) == pytest.approx(
        tuple(-value for value in reversed(tango_interval(lost, gained, n))), abs=1e-6
    )
