"""Whether two systems differ on the same cases: effect, interval, p-value, what could be seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import copysign, sqrt
from typing import Literal

import numpy as np

from bidproof.evaluation.protocol import MetricKind
from bidproof.evaluation.statistics.clusters import ClusteredMean, cluster_codes, clustered_mean
from bidproof.evaluation.statistics.intervals import checked, t_quantile, z_quantile
from bidproof.evaluation.statistics.power import minimum_detectable_difference

PairedMethod = Literal["exact-mcnemar", "paired-permutation", "cluster-sign-flip", "none"]
FLIPS = 9_999
_EXACT_CLUSTERS = 12
_CHUNK = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedTest:
    """What the difference of two systems is, and whether it is one.

    Attributes:
        effect: Mean of the second minus mean of the first; None without a common case.
        low: Lower end of the effect's interval; None for fewer than two cases.
        high: Upper end.
        p_value: Two-sided; None for fewer than two cases.
        n: Cases of both.
        clusters: Groups among them.
        method: The test.
        minimum_detectable: The least difference that this many cases find with 80% power;
            None where it cannot be said. 1 or more: none.
        confidence: Nominal coverage of the interval.
    """

    effect: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    n: int
    clusters: int
    method: PairedMethod
    minimum_detectable: float | None = None
    confidence: float = 0.95


def compare_paired(
    a: Sequence[float],
    b: Sequence[float],
    *,
    groups: Sequence[str] | None = None,
    kind: MetricKind = "proportion",
    seed: int = 0,
    confidence: float = 0.95,
    flips: int = FLIPS,
) -> PairedTest:
    """Test the difference of two systems on the same cases.

    * Binary, independent cases: exact McNemar test; Tango's (1998) score interval.
    * Other values, independent cases: the signs of the differences are permuted; Student's t interval.
    * Clustered cases: the signs of whole clusters are flipped, with the statistic studentised
      by the cluster-robust variance (the restricted wild cluster bootstrap of Cameron, Gelbach
      and Miller 2008), all flips up to 12 clusters; t interval with the bias-reduced variance
      of ``clusters.py``. Under six clusters no p-value below 0.05 exists.

    Args:
        a: The first system's value for each case.
        b: The second's, in the same order.
        groups: Group of each case; empty stands alone; one single group counts as independent cases.
        kind: Decides the test.
        seed: Of the random flips; the same seed gives the same p-value.
        confidence: Nominal coverage of the interval.
        flips: Random flips, where not all can be tried.

    Raises:
        ValueError: The sequences differ in length, or a value does not fit ``kind``.
    """
    first, second = checked(a, kind), checked(b, kind)
    if len(first) != len(second):
        raise ValueError(f"cannot pair {len(first)} values with {len(second)}")
    n = len(first)
    differences = np.asarray(second, dtype=np.float64) - np.asarray(first, dtype=np.float64)
    if n < 2:
        effect = float(differences[0]) if n else None
        return PairedTest(effect=effect, n=n, clusters=n, method="none", confidence=confidence)
    codes = cluster_codes(groups, n)
    if kind == "binary" and codes.max() + 1 == n:
        return _binary(int((differences > 0).sum()), int((differences < 0).sum()), n, confidence)
    found = clustered_mean(differences, codes)
    low, high = _interval(found, kind, confidence)
    return PairedTest(
        effect=found.mean,
        low=low,
        high=high,
        p_value=_flip_signs(found, seed=seed, flips=flips),
        n=n,
        clusters=found.clusters,
        method="cluster-sign-flip" if found.clusters < n else "paired-permutation",
        minimum_detectable=_detectable(found, differences, kind, confidence),
        confidence=confidence,
    )


def mcnemar_exact(gained: int, lost: int) -> float:
    """Two-sided exact McNemar test: a fair coin over the cases on which the systems differ."""
    from scipy.special import bdtr

    discordant = gained + lost
    return min(1.0, 2 * float(bdtr(min(gained, lost), discordant, 0.5))) if discordant else 1.0


def tango_interval(gained: int, lost: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Score interval of the difference of two paired rates (Tango 1998, Statistics in Medicine 17:891).

    Args:
        gained: Cases that only the second has right.
        lost: Cases that only the first has right.
        n: All cases, one or more.
        confidence: Nominal coverage.
    """
    quantile, effect = z_quantile(confidence), (gained - lost) / n

    def score(difference: float) -> float:
        top = gained - lost - n * difference
        b = -gained - lost + (2 * n - gained + lost) * difference
        c = -lost * difference * (1 - difference)
        rate = (sqrt(max(0.0, b * b - 8 * n * c)) - b) / (4 * n)
        variance = n * (2 * rate + difference * (1 - difference))
        if variance <= 1e-12:
            return 0.0 if abs(top) < 1e-9 else copysign(1e9, top)
        return top / sqrt(variance)

    def solve(start: float, end: float, target: float) -> float:
        for _ in range(50):
            middle = (start + end) / 2
            start, end = (middle, end) if score(middle) > target else (start, middle)
        return (start + end) / 2

    return solve(-1.0, effect, quantile), solve(effect, 1.0, -quantile)


def _binary(gained: int, lost: int, n: int, confidence: float) -> PairedTest:
    low, high = tango_interval(gained, lost, n, confidence)
    return PairedTest(
        effect=(gained - lost) / n,
        low=low,
        high=high,
        p_value=mcnemar_exact(gained, lost),
        n=n,
        clusters=n,
        method="exact-mcnemar",
        minimum_detectable=minimum_detectable_difference(
            n, discordance=_discordance(gained + lost, n), alpha=1 - confidence
        ),
        confidence=confidence,
    )


def _discordance(discordant: int, n: int) -> float:
    """Share of cases that differ, with two more of each kind: seeing none proves little."""
    return (discordant + 2) / (n + 4)


def _interval(found: ClusteredMean, kind: MetricKind, confidence: float) -> tuple[float, float]:
    if found.variance > 0 or kind == "amount":
        half = t_quantile(found.degrees, confidence) * sqrt(found.variance)
        low, high = found.mean - half, found.mean + half
        return (low, high) if kind == "amount" else (max(-1.0, low), min(1.0, high))
    # No case differs, or all by the same: as sure as that many discordant clusters allow.
    low, high = tango_interval(0, 0, found.clusters, confidence)
    return max(-1.0, found.mean + low), min(1.0, found.mean + high)


def _detectable(
    found: ClusteredMean, differences: np.ndarray, kind: MetricKind, confidence: float
) -> float | None:
    if found.variance > 0:
        quantiles = t_quantile(found.degrees, confidence) + t_quantile(found.degrees, 0.6)
        return quantiles * sqrt(found.variance)
    if kind == "amount":
        return None
    rate = _discordance(int((differences != 0).sum()), found.n)
    return minimum_detectable_difference(found.clusters, discordance=min(1.0, rate), alpha=1 - confidence)


def _flip_signs(found: ClusteredMean, *, seed: int, flips: int) -> float:
    """Share of sign flips of whole clusters that look at least as extreme as what was seen."""
    weights = 1 / (1 - found.sizes / found.n)
    terms = (found.sums, found.sums * found.sizes * weights)
    squares = float((found.sums**2 * weights).sum())
    crossed = float((found.sizes**2 * weights).sum())

    def extremes(signs: np.ndarray) -> np.ndarray:
        """Squared studentised effects; without variance as extreme as can be, without effect not at all."""
        effect = signs @ terms[0] / found.n
        variance = squares - 2 * effect * (signs @ terms[1]) + effect**2 * crossed
        top = effect**2
        scale = max(squares, 1e-300)
        ratio = np.divide(top, variance, out=np.full_like(top, np.inf), where=variance > 1e-12 * scale)
        return np.where(top <= 1e-24 * scale, 0.0, ratio)

    seen = float(extremes(np.ones((1, found.clusters)))[0])
    if seen == 0.0:
        return 1.0
    bar = seen * (1 - 1e-9)
    if found.clusters <= _EXACT_CLUSTERS:
        signs = np.array(list(product((-1.0, 1.0), repeat=found.clusters)))
        return float((extremes(signs) >= bar).mean())
    generator, hits, done = np.random.default_rng(seed), 0, 0
    while done < flips:
        rows = min(flips - done, max(1, _CHUNK // found.clusters))
        signs = generator.integers(0, 2, size=(rows, found.clusters), dtype=np.int8) * 2.0 - 1.0
        hits += int((extremes(signs) >= bar).sum())
        done += rows
    return (hits + 1) / (flips + 1)
