"""How well a judge agrees with people, people with each other, and a judge with itself."""

from collections import Counter
from collections.abc import Sequence
from math import hypot, sqrt
from typing import Any, Literal

import numpy as np

from bidproof.evaluation.records import Estimate
from bidproof.evaluation.statistics.clusters import Floats, cluster_codes
from bidproof.evaluation.statistics.intervals import mean_interval, t_quantile, wilson, z_quantile

# statsmodels ships no types.
# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false

Level = Literal["nominal", "ordinal", "interval"]


def auroc(
    scores: Sequence[float],
    labels: Sequence[bool],
    *,
    groups: Sequence[str] | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """Estimate the chance that a good case scores above a bad one, ties counting half.

    Interval: DeLong's variance on the logit scale, clustered after Obuchowski (1997) where
    there are groups; where all good cases score above all bad ones that variance is 0, and
    Newcombe's (2006) score interval is used.

    Returns:
        No value when all labels are the same.
    """
    values, truth = np.asarray(scores, dtype=np.float64), np.asarray(labels, dtype=bool)
    good, bad = int(truth.sum()), int((~truth).sum())
    if not good or not bad:
        return _nothing(len(values), confidence)
    from scipy.stats import rankdata

    ranks = rankdata(values)
    within_good, within_bad = rankdata(values[truth]), rankdata(values[~truth])
    # Placement: the share of the other kind that a case is on the right side of.
    placements = np.empty(len(values))
    placements[truth] = (ranks[truth] - within_good) / bad
    placements[~truth] = 1 - (ranks[~truth] - within_bad) / good
    area = float(placements[truth].mean())
    influence = np.where(truth, (placements - area) / good, (placements - area) / bad)
    codes = cluster_codes(groups, len(values))
    variance, degrees = _sandwich(influence, codes)
    if variance <= 1e-24 or not 0 < area < 1:
        low, high, method = *_newcombe_auroc(area, good, bad, confidence), "newcombe"
    else:
        low, high = _logit_interval(area, sqrt(variance), t_quantile(degrees, confidence))
        method = "delong-logit"
    return _estimate(area, low, high, codes, confidence, method)


def balanced_accuracy(
    verdicts: Sequence[bool],
    labels: Sequence[bool],
    *,
    groups: Sequence[str] | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """Estimate the mean of the share of good cases found and of bad cases found; 0.5 is chance.

    Interval: Wilson's for each share, joined by variance estimates recovery (Zou and Donner
    2008); with groups, the cluster-robust variance on the logit scale.
    """
    said, truth = np.asarray(verdicts, dtype=bool), np.asarray(labels, dtype=bool)
    good, bad = int(truth.sum()), int((~truth).sum())
    if not good or not bad:
        return _nothing(len(truth), confidence)
    found, kept = int((said & truth).sum()), int((~said & ~truth).sum())
    rates = (found / good, kept / bad)
    value = sum(rates) / 2
    codes = cluster_codes(groups, len(truth))
    if int(codes.max()) + 1 < len(truth):
        right = (said == truth).astype(np.float64)
        influence = np.where(truth, (right - rates[0]) / good, (right - rates[1]) / bad) / 2
        variance, degrees = _sandwich(influence, codes)
        if variance > 1e-24 and 0 < value < 1:
            low, high = _logit_interval(value, sqrt(variance), t_quantile(degrees, confidence))
            return _estimate(value, low, high, codes, confidence, "cluster-logit-t")
    first, second = wilson(found, good, confidence), wilson(kept, bad, confidence)
    low = value - hypot(rates[0] - first[0], rates[1] - second[0]) / 2
    high = value + hypot(first[1] - rates[0], second[1] - rates[1]) / 2
    return _estimate(value, max(0.0, low), min(1.0, high), codes, confidence, "wilson-mover")


def cohen_kappa(
    first: Sequence[object],
    second: Sequence[object],
    *,
    weights: Literal["linear", "quadratic"] | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """Estimate agreement of two raters beyond chance (Cohen 1960), with its large-sample interval.

    Args:
        first: Verdict of one rater for each case.
        second: Verdict of the other.
        weights: How far apart ordered categories count; None where they have no order.
        confidence: Nominal coverage.

    Returns:
        No value when both only ever give one and the same verdict: there is no chance
        disagreement to compare with.
    """
    if len(first) != len(second):
        raise ValueError(f"cannot compare {len(first)} verdicts with {len(second)}")
    n = len(first)
    categories = sorted({*first, *second}, key=lambda item: (str(type(item)), item))
    if n == 0 or len(categories) < 2:
        return _nothing(n, confidence)
    from statsmodels.stats.inter_rater import cohens_kappa

    place = {category: number for number, category in enumerate(categories)}
    table = np.zeros((len(categories), len(categories)))
    for one, other in zip(first, second, strict=True):
        table[place[one], place[other]] += 1
    # Where one rater never varies, the library divides zero by zero for a figure that is not used here.
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Any = cohens_kappa(
            table, wt=weights and {"linear": "linear", "quadratic": "quadratic"}[weights]
        )
    value = float(found.kappa)
    half = z_quantile(confidence) * sqrt(max(0.0, float(found.var_kappa)))
    is_sure = n >= 2 and half > 0
    return Estimate(
        value=value,
        low=max(-1.0, value - half) if is_sure else None,
        high=min(1.0, value + half) if is_sure else None,
        n=n,
        clusters=n,
        confidence=confidence,
        method="fleiss-cohen-everitt",
    )


def krippendorff_alpha(
    ratings: Sequence[Sequence[float | str | bool | None]],
    *,
    level: Level = "nominal",
    confidence: float = 0.95,
    seed: int = 0,
    resamples: int = 1000,
) -> Estimate:
    """Estimate how reliable raters are, any number of them, ratings missing at will (Krippendorff 2011).

    Args:
        ratings: One row a case, one column a rater, None where a rater gave none.
        level: What a difference between two ratings means: ``nominal`` takes any values, the
            others numbers.
        confidence: Nominal coverage of the interval, a bootstrap over cases.
        seed: Of the bootstrap.
        resamples: Of the bootstrap.

    Returns:
        ``n`` counts cases that two or more raters rated. No value when fewer than two ratings
        can be paired or none of them varies. 1 is perfect, 0 chance.
    """
    units = [[value for value in row if value is not None] for row in ratings]
    units = [unit for unit in units if len(unit) >= 2]
    n = len(units)
    values = sorted({value for unit in units for value in unit}, key=lambda item: (str(type(item)), item))
    if len(values) < 2:
        return _nothing(n, confidence)
    place = {value: number for number, value in enumerate(values)}
    counts = np.zeros((n, len(values)))
    for row, unit in enumerate(units):
        for value, times in Counter(unit).items():
            counts[row, place[value]] = times
    points = np.arange(len(values), dtype=np.float64)
    if level == "interval":
        points = np.array([float(value) for value in values])
    value = _alpha(counts, points, level)
    generator = np.random.default_rng(seed)
    draws = [
        _alpha(counts[generator.integers(0, n, n)], points, level) for _ in range(resamples if n >= 2 else 0)
    ]
    known = [draw for draw in draws if draw is not None]
    tail = (1 - confidence) / 2
    low, high = (np.quantile(known, [tail, 1 - tail]).tolist()) if len(known) >= 100 else (None, None)
    return Estimate(
        value=value, low=low, high=high, n=n, clusters=n, confidence=confidence, method="bootstrap-of-cases"
    )


def _alpha(counts: Floats, points: Floats, level: Level) -> float | None:
    """1 minus observed over expected disagreement; None where nothing varies."""
    each = counts.sum(axis=1)
    coincidences = (counts / (each - 1)[:, None]).T @ counts
    coincidences -= np.diag((counts / (each - 1)[:, None]).sum(axis=0))
    margins = coincidences.sum(axis=1)
    if level == "nominal":
        distance = 1.0 - np.eye(len(margins))
    elif level == "interval":
        distance = (points[:, None] - points[None, :]) ** 2
    else:
        upto = np.cumsum(margins) - margins / 2
        distance = (upto[:, None] - upto[None, :]) ** 2
    expected = float((np.outer(margins, margins) * distance).sum())
    if expected <= 0:
        return None
    return 1 - (float(margins.sum()) - 1) * float((coincidences * distance).sum()) / expected


def flip_rate(
    repeats: Sequence[Sequence[object | None]],
    *,
    groups: Sequence[str] | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """Estimate how often two repeats of the same case disagree.

    Over all pairs of repeats of a case, so that the number of repeats does not change what is
    estimated. Cases with fewer than two verdicts are left out.

    Args:
        repeats: Verdicts of each case, None where a repeat failed.
        groups: Group of each case.
        confidence: Nominal coverage.
    """
    rates: list[float] = []
    kept: list[str] = []
    for place, row in enumerate(repeats):
        given = [verdict for verdict in row if verdict is not None]
        if len(given) < 2:
            continue
        pairs = len(given) * (len(given) - 1)
        rates.append(1 - sum(times * (times - 1) for times in Counter(given).values()) / pairs)
        kept.append(groups[place] if groups else "")
    kind = "binary" if all(rate in (0.0, 1.0) for rate in rates) else "proportion"
    return mean_interval(rates, groups=kept, kind=kind, confidence=confidence)


def _sandwich(influence: Floats, codes: np.ndarray) -> tuple[float, float]:
    clusters = int(codes.max()) + 1
    sums = np.bincount(codes, weights=influence, minlength=clusters)
    return float((sums**2).sum()) * clusters / (clusters - 1), float(clusters - 1)


def _logit_interval(value: float, error: float, quantile: float) -> tuple[float, float]:
    middle, half = np.log(value / (1 - value)), quantile * error / (value * (1 - value))
    low, high = 1 / (1 + np.exp(-(middle - half))), 1 / (1 + np.exp(-(middle + half)))
    return float(low), float(high)


def _newcombe_auroc(area: float, good: int, bad: int, confidence: float) -> tuple[float, float]:
    """Newcombe's (2006, Statistics in Medicine 25:559) method 5: the variance at the limit itself."""
    quantile, star = z_quantile(confidence), (good + bad) / 2 - 1

    def is_within(limit: float) -> bool:
        spread = limit * (1 - limit) / (good * bad)
        variance = spread * (1 + star * (1 - limit) / (2 - limit) + star * limit / (1 + limit))
        return abs(limit - area) <= quantile * sqrt(max(0.0, variance))

    def solve(inside: float, outside: float) -> float:
        for _ in range(50):
            middle = (inside + outside) / 2
            inside, outside = (middle, outside) if is_within(middle) else (inside, middle)
        return inside

    return solve(area, 0.0), solve(area, 1.0)


def _estimate(
    value: float, low: float, high: float, codes: np.ndarray, confidence: float, method: str
) -> Estimate:
    return Estimate(
        value=value,
        low=low,
        high=high,
        n=len(codes),
        clusters=int(codes.max()) + 1,
        confidence=confidence,
        method=method,
    )


def _nothing(n: int, confidence: float) -> Estimate:
    return Estimate(value=None, n=n, clusters=n, confidence=confidence, method="none")
