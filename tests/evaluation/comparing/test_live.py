"""Experiments on live traffic: assignment, split, and a test that may be peeked at."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bidproof.core.errors import UserError
from bidproof.evaluation.comparing.live import assign_arm, check_sample_ratio, sequential_difference


def test_assignment_sticks_and_splits_as_planned() -> None:
    weights = {"old": 0.8, "new": 0.2}
    arms = [assign_arm(f"user {number}", experiment="e", weights=weights) for number in range(5000)]
    assert arms == [assign_arm(f"user {number}", experiment="e", weights=weights) for number in range(5000)]
    assert not check_sample_ratio(
        {"old": arms.count("old"), "new": arms.count("new")}, weights=weights
    ).is_mismatch


def test_experiments_split_the_same_units_independently() -> None:
    weights = {"old": 1, "new": 1}
    both = sum(
        assign_arm(str(unit), experiment="one", weights=weights)
        == assign_arm(str(unit), experiment="two", weights=weights)
        for unit in range(4000)
    )
    assert 0.46 < both / 4000 < 0.54


def test_assignment_is_the_same_in_every_version() -> None:
    """Changing how units are hashed would move users of running experiments."""
    weights = {"old": 1, "new": 1}
    arms = [assign_arm(f"unit {number}", experiment="greeting", weights=weights) for number in range(12)]
    assert "".join(arm[0] for arm in arms) == EXPECTED


EXPECTED = "oonnnnnnnooo"


@settings(max_examples=30)
@given(st.text(), st.floats(0.05, 0.9), st.floats(0.0, 0.09))
def test_raising_a_share_moves_units_into_the_arm_and_none_out(unit: str, share: float, more: float) -> None:
    before = assign_arm(unit, experiment="e", weights={"new": share, "old": 1 - share})
    after = assign_arm(unit, experiment="e", weights={"new": share + more, "old": 1 - share - more})
    assert not (before == "new" and after == "old")


@pytest.mark.parametrize("weights", [{"a": 0.0}, {"a": -1.0, "b": 2.0}])
def test_weights_must_be_weights(weights: dict[str, float]) -> None:
    with pytest.raises(UserError) as refused:
        assign_arm("unit", experiment="e", weights=weights)
    assert refused.value.code == "arm-weights"


def test_a_wrong_split_is_found() -> None:
    # Lost one in ten of the second arm: 10,000 and 9,000.
    found = check_sample_ratio({"a": 10_000, "b": 9_000}, weights={"a": 1, "b": 1})
    assert found.is_mismatch
    assert found.expected == {"a": 9500.0, "b": 9500.0}
    # Chi-square by hand: 2 x 500^2 / 9500 = 52.6 on one degree.
    assert found.chi_square_p == pytest.approx(4.0e-13, rel=0.05)
    assert not check_sample_ratio({"a": 5050, "b": 4950}, weights={"a": 1, "b": 1}).is_mismatch


def test_an_arm_without_a_weight_is_refused() -> None:
    with pytest.raises(UserError, match="found the arm 'c'"):
        check_sample_ratio({"a": 1, "c": 2}, weights={"a": 1, "b": 1})


def test_a_real_difference_is_found_and_its_size_is_within() -> None:
    generator = np.random.default_rng(1)
    second = generator.random(6000) < 0.5
    outcomes = (generator.random(6000) < np.where(second, 0.60, 0.50)).astype(float)
    found = sequential_difference(second.tolist(), outcomes.tolist())
    assert found.decided_at is not None
    assert found.decided_at < 6000
    assert found.p_value <= 0.05
    assert found.low is not None
    assert 0 < found.low <= 0.10 <= (found.high or 0)


def test_later_looks_never_take_an_interval_back() -> None:
    generator = np.random.default_rng(2)
    second, outcomes = generator.random(800) < 0.5, generator.random(800)
    widths = [sequential_difference(second[:n].tolist(), outcomes[:n].tolist()) for n in (50, 200, 400, 800)]
    for earlier, later in pairwise(widths):
        assert (later.low or 0) >= (earlier.low or 0)
        assert (later.high or 0) <= (earlier.high or 0)


def test_swapping_the_arms_negates_the_effect() -> None:
    generator = np.random.default_rng(3)
    second, outcomes = generator.random(500) < 0.5, generator.random(500)
    one = sequential_difference(second.tolist(), outcomes.tolist())
    other = sequential_difference((~second).tolist(), outcomes.tolist())
    assert one.effect == pytest.approx(-(other.effect or 0))
    assert (one.low, one.high) == pytest.approx((-(other.high or 0), -(other.low or 0)))
    assert one.p_value == pytest.approx(other.p_value)


def test_the_range_only_scales() -> None:
    generator = np.random.default_rng(4)
    second, outcomes = generator.random(300) < 0.5, generator.random(300)
    one = sequential_difference(second.tolist(), outcomes.tolist())
    ten = sequential_difference(second.tolist(), (outcomes * 10 + 5).tolist(), low=5, high=15)
    assert ten.effect == pytest.approx(10 * (one.effect or 0))
    assert ten.low == pytest.approx(10 * (one.low or 0))


def test_outcomes_outside_the_range_are_refused() -> None:
    with pytest.raises(UserError, match=r"found the outcome 2\.0") as refused:
        sequential_difference([True, False], [0.5, 2.0])
    assert refused.value.code == "outcome-range"
    assert sequential_difference([], []).effect is None
