"""Whether stated confidence comes true."""

import pytest

from bidproof.evaluation.statistics.calibration import brier, expected_calibration_error, reliability_bins


def test_brier_worked_by_hand() -> None:
    # Brier (1950): 0.7 of rain and it rained, 0.3 and it rained.
    assert brier([0.7, 0.3], [True, True]) == pytest.approx((0.09 + 0.49) / 2)
    assert brier([], []) is None


def test_bins_hold_every_case_once_and_say_how_sure_they_are() -> None:
    confidences = [0.05, 0.15, 0.95, 0.95, 1.0]
    bins = reliability_bins(confidences, [False, False, True, True, False])
    assert [(item.start, item.n) for item in bins] == [(0.0, 1), (0.1, 1), (0.9, 3)]
    last = bins[-1]
    assert last.accuracy == pytest.approx(2 / 3)
    assert last.low < last.accuracy < last.high


def test_bins_of_equal_mass_keep_ties_together() -> None:
    bins = reliability_bins([0.5] * 6 + [0.9] * 2, [True] * 8, bins=4, spacing="mass")
    assert [item.n for item in bins] == [6, 2]


def test_expected_calibration_error_worked_by_hand() -> None:
    # Ten at 0.8 of which six are right: 0.2 off; ten at 0.6 of which six are right: right on.
    confidences = [0.8] * 10 + [0.6] * 10
    outcomes = ([True] * 6 + [False] * 4) * 2
    assert expected_calibration_error(confidences, outcomes) == pytest.approx(0.1)
    assert expected_calibration_error([], []) is None
