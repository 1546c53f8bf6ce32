"""Intervals cover what they say and tests raise no more false alarms: a seeded selection of the benchmark.

Coverage must lie within 93 to 97%, false alarms at or under 5.5%, each within two Monte-Carlo
standard errors (0.9 points each at 600 replications). The full table, with more
replications, is printed by ``benchmarks/statistics_coverage.py``.
"""

import math

import pytest

from benchmarks.statistics_coverage import Line, lines
from bidproof.evaluation.statistics.intervals import wilson
from bidproof.evaluation.statistics.paired import mcnemar_exact, tango_interval

SELECTED = (
    "proportion, 30 cases",
    "share 0.7, 10 unequal clusters, correlation 0.1",
    "share 0.9, 10 equal clusters, correlation 0.1",
    "share 0.7, 20 unequal clusters, correlation 0.3",
    "proportion, 10 unequal clusters",
    "paired proportion, 40 cases",
    "paired share, 10 unequal clusters, 0.3 differ, effect 0.15",
    "paired share, 20 unequal clusters, 0.1 differ, effect 0.05",
    "paired proportion, 10 unequal clusters",
    "corrected, 30 labels, rate 0.8, judge 0.9/0.7",
    "corrected, 60 labels, rate 0.9, judge 0.95/0.6",
    "corrected, 100 labels, rate 0.9, judge 0.95/0.6",
    "corrected, 300 labels, rate 0.5, judge 0.6/0.6",
    "corrected score, 60 labels, rate .8",
    "AUROC .856, 30 good, 30 bad",
    "balanced accuracy .8, 50 cases",
    "paired permutation, proportions, 40",
    "cluster sign flip, shares, 10 unequal clusters",
    "cluster sign flip, proportions, 20 unequal clusters",
    "Holm, any of 8 correlated metrics",
    "sequential, rate 0.5, 2,000 looks",
    "sequential, rate 0.1, 2,000 looks",
    "sample ratio, 1,000 looks",
)
BY_NAME = {line.name: line for line in lines()}


@pytest.mark.parametrize("name", SELECTED)
def test_the_level_is_kept(name: str) -> None:
    line: Line = BY_NAME[name]
    rate, error, _ = line.rate(600)
    assert line.is_core
    assert line.is_met(rate, error), f"{line.aim} of {name}: {rate:.1%} (Monte-Carlo error {error:.1%})"


def binomial(n: int, rate: float) -> list[float]:
    return [math.comb(n, k) * rate**k * (1 - rate) ** (n - k) for k in range(n + 1)]


@pytest.mark.parametrize("n", [20, 50, 100, 300])
def test_wilson_covers_on_average_over_rates_computed_exactly(n: int) -> None:
    limits = [wilson(k, n) for k in range(n + 1)]
    coverages: list[float] = []
    for step in range(50, 951, 5):
        rate = step / 1000
        chances = binomial(n, rate)
        coverages.append(
            sum(chance for chance, (low, high) in zip(chances, limits, strict=True) if low <= rate <= high)
        )
    assert 0.945 <= sum(coverages) / len(coverages) <= 0.96
    assert min(coverages) > 0.90


@pytest.mark.parametrize("discordant", [0, 1, 5, 10, 25, 60])
def test_exact_mcnemar_never_exceeds_its_level_computed_exactly(discordant: int) -> None:
    chances = binomial(discordant, 0.5)
    rejected = sum(chance for k, chance in enumerate(chances) if mcnemar_exact(k, discordant - k) <= 0.05)
    assert rejected <= 0.05


@pytest.mark.parametrize(("gain", "loss"), [(0.1, 0.1), (0.2, 0.1), (0.05, 0.02)])
def test_tango_covers_computed_exactly(gain: float, loss: float) -> None:
    n, covered = 60, 0.0
    for gained in range(n + 1):
        first = math.comb(n, gained) * gain**gained
        for lost in range(n + 1 - gained):
            chance = (
                first * math.comb(n - gained, lost) * loss**lost * (1 - gain - loss) ** (n - gained - lost)
            )
            if chance > 1e-9:
                low, high = tango_interval(gained, lost, n)
                covered += chance * (low <= gain - loss <= high)
    assert 0.93 <= covered <= 0.97
