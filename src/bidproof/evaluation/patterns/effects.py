"""How much worse or better a slice does than all other cases, with interval and p-value."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# scipy types its distributions loosely.

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any, cast

from bidproof.evaluation.statistics.clusters import ClusteredMean, cluster_codes, clustered_mean
from bidproof.evaluation.statistics.intervals import wilson

LEAST_CASES = 5
"""With fewer cases or clusters on a side nothing is tested."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """A slice against the rest.

    Attributes:
        mean: Of the slice.
        rest_mean: Of all other cases.
        effect: Their difference, slice minus rest.
        low: Lower end of its 95% interval; None where it is not tested.
        high: Upper end.
        p_value: Two-sided; None where it is not tested.
        method: ``fisher-newcombe``, ``cluster-welch`` or ``too few``.
    """

    mean: float
    rest_mean: float
    effect: float
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Values of some cases with their groups; an empty group stands alone."""

    values: Sequence[float]
    groups: Sequence[str]


def slice_effect(inside: Sample, outside: Sample, *, confidence: float = 0.95) -> Effect:
    """Compare a slice with the other cases.

    Independent yes-or-no values: Fisher's exact test, and Newcombe's interval
    for the difference of two proportions (1998, method 10). Everything else:
    Welch's t with bias-reduced cluster-robust variances of both means (CR2) and
    their own degrees of freedom. A group with cases on both sides counts as two,
    which makes the test cautious. The variance of a yes-or-no mean is kept at
    that of independent cases at least, so that a side whose values are all alike
    does not look certain.

    Returns:
        The effect; without interval and p-value where a side has fewer than
        five cases or clusters.
    """
    mean, rest = _mean(inside.values), _mean(outside.values)
    if min(_clusters(inside), _clusters(outside)) < LEAST_CASES:
        return Effect(mean=mean, rest_mean=rest, effect=mean - rest, method="too few")
    is_binary = {*inside.values, *outside.values} <= {0.0, 1.0}
    is_independent = _clusters(inside) == len(inside.values) and _clusters(outside) == len(outside.values)
    if is_binary and is_independent:
        return _fisher(inside.values, outside.values, confidence=confidence)
    return _welch(inside, outside, is_binary=is_binary, confidence=confidence)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else float("nan")


def _clusters(sample: Sample) -> int:
    if not sample.values:
        return 0
    return int(cluster_codes(list(sample.groups), len(sample.values)).max()) + 1


def _fisher(inside: Sequence[float], outside: Sequence[float], *, confidence: float) -> Effect:
    import numpy as np
    from scipy.stats import fisher_exact

    hits, rest_hits = round(sum(inside)), round(sum(outside))
    table = [[hits, len(inside) - hits], [rest_hits, len(outside) - rest_hits]]
    one, other = hits / len(inside), rest_hits / len(outside)
    low, high = wilson(hits, len(inside), confidence)
    rest_low, rest_high = wilson(rest_hits, len(outside), confidence)
    effect = one - other
    return Effect(
        mean=one,
        rest_mean=other,
        effect=effect,
        low=effect - sqrt((one - low) ** 2 + (rest_high - other) ** 2),
        high=effect + sqrt((high - one) ** 2 + (other - rest_low) ** 2),
        p_value=float(cast("Any", fisher_exact(np.array(table))).pvalue),
        method="fisher-newcombe",
    )


def _welch(inside: Sample, outside: Sample, *, is_binary: bool, confidence: float) -> Effect:
    from scipy.stats import t as student

    one, other = _clustered(inside), _clustered(outside)
    variance, rest_variance = _variance(one, is_binary=is_binary), _variance(other, is_binary=is_binary)
    effect = one.mean - other.mean
    total = variance + rest_variance
    if total <= 0:
        # All values equal on both sides, and no bound on what they could have been.
        return Effect(
            mean=one.mean,
            rest_mean=other.mean,
            effect=effect,
            p_value=1.0 if effect == 0 else None,
            method="cluster-welch",
        )
    degrees = total**2 / (variance**2 / max(one.degrees, 1.0) + rest_variance**2 / max(other.degrees, 1.0))
    reach = float(student.ppf((1 + confidence) / 2, degrees)) * sqrt(total)
    return Effect(
        mean=one.mean,
        rest_mean=other.mean,
        effect=effect,
        low=effect - reach,
        high=effect + reach,
        p_value=float(2 * student.sf(abs(effect) / sqrt(total), degrees)),
        method="cluster-welch",
    )


def _clustered(sample: Sample) -> ClusteredMean:
    import numpy as np

    values = np.asarray(sample.values, dtype=np.float64)
    return clustered_mean(values, cluster_codes(list(sample.groups), len(values)))


def _variance(found: ClusteredMean, *, is_binary: bool) -> float:
    """The variance of a mean, no less than independent yes-or-no cases would have."""
    share = (found.mean * found.n + 1) / (found.n + 2)
    if is_binary:
        return max(found.variance, share * (1 - share) / found.n)
    if found.variance == 0 and 0 <= found.mean <= 1:
        return share * (1 - share) / found.clusters
    return found.variance
