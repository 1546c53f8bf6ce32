"""Confidence intervals of a mean: shares, proportions, amounts; clustered or not."""

from collections.abc import Sequence
from math import inf, isfinite, sqrt

from bidproof.evaluation.protocol import MetricKind
from bidproof.evaluation.records import Estimate


def mean_interval(
    values: Sequence[float],
    *,
    groups: Sequence[str] | None = None,
    kind: MetricKind = "proportion",
    confidence: float = 0.95,
) -> Estimate:
    """Estimate a mean with its interval.

    Independent binary values get Wilson's interval. Everything else gets a bias-reduced
    cluster-robust variance with Student's t (see ``clusters.py``); for binary values and
    proportions that variance enters as the effective number of cases into Wilson's formula
    (after Korn and Graubard 1998), so that the interval stays within 0 to 1, is skewed near
    the ends and does not collapse when all values are equal: it is then as wide as one case
    a cluster would make it.

    Args:
        values: One a case, repeats averaged first. Finite.
        groups: Group of each case; empty stands alone. One single group for all is taken as
            independent cases, and the interval speaks of that group only.
        kind: ``binary`` and ``proportion`` lie within 0 to 1; ``amount`` is any number.
        confidence: Nominal coverage.

    Returns:
        No interval for fewer than two values, no value for none.

    Raises:
        ValueError: A value is not finite, or lies outside what ``kind`` allows.
    """
    numbers = checked(values, kind)
    n = len(numbers)
    if n < 2:
        value = numbers[0] if n else None
        return Estimate(value=value, n=n, clusters=n, confidence=confidence, method="none")
    import numpy as np

    from bidproof.evaluation.statistics.clusters import cluster_codes, clustered_mean

    array = np.asarray(numbers, dtype=np.float64)
    found = clustered_mean(array, cluster_codes(groups, n))
    is_clustered = found.clusters < n
    if kind == "binary" and not is_clustered:
        low, high = wilson(round(sum(numbers)), n, confidence)
        method = "wilson"
    elif kind == "amount":
        half = t_quantile(found.degrees, confidence) * sqrt(found.variance)
        low, high, method = found.mean - half, found.mean + half, "t"
    else:
        spread = found.mean * (1 - found.mean)
        effective = spread / found.variance if found.variance > 0 else float(found.clusters)
        low, high = score_interval(found.mean, effective, t_quantile(found.degrees, confidence))
        method = "wilson-t"
    return Estimate(
        value=found.mean,
        low=low,
        high=high,
        n=n,
        clusters=found.clusters,
        confidence=confidence,
        method=f"cluster-{method}" if is_clustered else method,
    )


def checked(values: Sequence[float], kind: MetricKind) -> list[float]:
    """Take numbers as floats, refusing what would spoil a mean silently.

    Raises:
        ValueError: A value is not finite, or lies outside what ``kind`` allows.
    """
    numbers = [float(value) for value in values]
    for number in numbers:
        if not isfinite(number):
            raise ValueError(f"cannot average {number!r}: expected a finite number")
        if kind == "binary" and number not in (0.0, 1.0):
            raise ValueError(f"cannot take {number!r} as binary: expected 0 or 1")
        if kind == "proportion" and not -1e-9 <= number <= 1 + 1e-9:
            raise ValueError(f"cannot take {number!r} as a proportion: expected 0 to 1")
    return [min(1.0, max(0.0, number)) for number in numbers] if kind == "proportion" else numbers


def wilson(successes: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's (1927) score interval of a share; from 0 to 1 where nothing was tried."""
    if n == 0:
        return 0.0, 1.0
    return score_interval(successes / n, float(n), z_quantile(confidence))


def jeffreys(successes: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Jeffreys' interval, one-sided at the ends (Brown, Cai and DasGupta 2001); 0 to 1 for no case."""
    if n == 0:
        return 0.0, 1.0
    from scipy.special import betaincinv

    tail, misses = (1 - confidence) / 2, n - successes
    low = float(betaincinv(successes + 0.5, misses + 0.5, tail)) if successes else 0.0
    high = float(betaincinv(successes + 0.5, misses + 0.5, 1 - tail)) if misses else 1.0
    return low, high


def score_interval(rate: float, effective: float, quantile: float) -> tuple[float, float]:
    """Wilson's formula for any effective number of cases and quantile, within 0 to 1."""
    extra = quantile * quantile / effective
    middle = (rate + extra / 2) / (1 + extra)
    half = quantile * sqrt(max(0.0, rate * (1 - rate) / effective + extra / (4 * effective))) / (1 + extra)
    # The limits meet the ends exactly there; rounding would leave 1e-17.
    low = 0.0 if rate <= 0 else max(0.0, middle - half)
    high = 1.0 if rate >= 1 else min(1.0, middle + half)
    return low, high


def z_quantile(confidence: float) -> float:
    """Two-sided quantile of the normal distribution, 1.96 for 0.95."""
    from scipy.special import ndtri

    return float(ndtri((1 + confidence) / 2))


def t_quantile(degrees: float, confidence: float) -> float:
    """Two-sided quantile of Student's t; fractional degrees of freedom allowed."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, (1 + confidence) / 2)) if degrees > 0 else inf
