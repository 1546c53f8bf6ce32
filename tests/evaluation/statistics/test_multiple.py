"""Adjusted p-values."""

import numpy as np
import pytest

from bidproof.evaluation.statistics.multiple import benjamini_hochberg, holm


def test_holm_steps_down() -> None:
    # Worked by hand: times 4, 3, 2, 1 from the smallest, never falling.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))


def test_benjamini_and_hochbergs_own_example() -> None:
    # Benjamini and Hochberg (1995), section 3.2: fifteen p-values; four are found at 5%, by Bonferroni three.
    values = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
        0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000,
    ]  # fmt: skip
    assert sum(value <= 0.05 for value in benjamini_hochberg(values)) == 4
    assert sum(value <= 0.05 for value in holm(values)) == 3


def test_adjusted_values_equal_those_of_statsmodels() -> None:
    from statsmodels.stats.multitest import multipletests

    generator = np.random.default_rng(3)
    for count in (1, 2, 7, 40):
        values = np.round(generator.random(count) ** 3, 3).tolist()
        assert holm(values) == pytest.approx(multipletests(values, method="holm")[1])
        assert benjamini_hochberg(values) == pytest.approx(multipletests(values, method="fdr_bh")[1])


def test_nothing_to_adjust() -> None:
    assert holm([]) == benjamini_hochberg([]) == ()
    assert holm([0.04]) == pytest.approx((0.04,))
