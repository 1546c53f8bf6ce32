"""Risk against coverage."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bidproof.evaluation.statistics.risk_coverage import risk_coverage

CASES = st.lists(
    st.tuples(st.sampled_from([0.1, 0.5, 0.9]), st.sampled_from([0.0, 1.0])), min_size=1, max_size=12
)


def test_worked_by_hand() -> None:
    found = risk_coverage([0.9, 0.8, 0.7, 0.6], [0, 1, 0, 1])
    assert found.coverages == (0.25, 0.5, 0.75, 1.0)
    assert found.risks == pytest.approx((0, 1 / 2, 1 / 3, 1 / 2))
    assert found.area == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)


def test_ties_enter_together() -> None:
    found = risk_coverage([0.9, 0.5, 0.5], [0, 1, 0])
    assert found.coverages == pytest.approx((1 / 3, 1.0))
    assert found.area == pytest.approx((0 + 0.25 + 1 / 3) / 3)


def test_one_confidence_for_all_is_the_error_rate() -> None:
    assert risk_coverage([1, 1, 1, 1], [0, 1, 1, 0]).area == pytest.approx(0.5)


def test_no_cases() -> None:
    assert risk_coverage([], []).area is None


@settings(max_examples=30)
@given(CASES, st.randoms(use_true_random=False))
def test_order_does_not_matter(cases: list[tuple[float, float]], source: random.Random) -> None:
    shuffled = list(cases)
    source.shuffle(shuffled)
    one = risk_coverage([score for score, _ in cases], [error for _, error in cases])
    other = risk_coverage([score for score, _ in shuffled], [error for _, error in shuffled])
    assert one.area == pytest.approx(other.area)
    assert one.risks == pytest.approx(other.risks)
    assert one.risks[-1] == pytest.approx(sum(error for _, error in cases) / len(cases))
