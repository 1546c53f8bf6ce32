"""Means of clustered values and how far to trust them when clusters are few and unequal."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusteredMean:
    """The mean of clustered values with a bias-reduced standard error.

    Attributes:
        mean: Mean over values, so that large clusters weigh more.
        variance: Of the mean, CR2.
        degrees: Of freedom, for Student's t.
        n: Values.
        clusters: Distinct clusters; ``n`` when each value stands alone.
        sums: Sum of values per cluster, shape [clusters].
        sizes: Values per cluster, shape [clusters].
    """

    mean: float
    variance: float
    degrees: float
    n: int
    clusters: int
    sums: Floats
    sizes: Floats


def cluster_codes(groups: Sequence[str] | None, n: int) -> NDArray[np.intp]:
    """Number the clusters from 0, one number a value.

    An empty group stands alone. Where all values are of one group they are taken as
    independent, for nothing can be said about other groups: the mean is then of that group.

    Raises:
        ValueError: There are not as many groups as values.
    """
    if groups is None:
        return np.arange(n)
    if len(groups) != n:
        raise ValueError(f"cannot cluster {n} values by {len(groups)} groups: expected one each")
    if len(set(groups)) == 1:
        return np.arange(n)
    numbers: dict[str, int] = {}
    return np.array(
        [
            numbers.setdefault(f"group {group}" if group else f"alone {place}", len(numbers))
            for place, group in enumerate(groups)
        ],
        dtype=np.intp,
    )


def clustered_mean(values: Floats, codes: NDArray[np.intp]) -> ClusteredMean:
    """Estimate a mean, its variance (CR2) and degrees of freedom.

    Bell and McCaffrey (2002): each cluster's residual is inflated by its leverage, which
    takes out the bias of the usual sandwich when clusters are few or unequal. Degrees of
    freedom after Imbens and Kolesár (2016), under a working correlation within clusters
    estimated by analysis of variance. Ten equal clusters give 9; one huge cluster among
    small ones gives about 1, as it should.

    Args:
        values: At least two.
        codes: Cluster of each, from :func:`cluster_codes`; at least two clusters.
    """
    clusters = int(codes.max()) + 1
    sizes = np.bincount(codes, minlength=clusters).astype(np.float64)
    sums = np.bincount(codes, weights=values, minlength=clusters).astype(np.float64)
    n = len(values)
    mean = float(values.mean())
    leverage = sizes / n
    variance = float((((sums - sizes * mean) ** 2) / (1 - leverage)).sum()) / n**2
    # Rounding leaves some 1e-34 where all values are equal.
    if variance <= 1e-24 * max(1.0, mean * mean):
        variance = 0.0
    correlation = within_correlation(values, codes, sums, sizes)
    return ClusteredMean(
        mean=mean,
        variance=variance,
        degrees=_degrees(sizes, correlation),
        n=n,
        clusters=clusters,
        sums=sums,
        sizes=sizes,
    )


def within_correlation(values: Floats, codes: NDArray[np.intp], sums: Floats, sizes: Floats) -> float:
    """Estimate how alike values of one cluster are (intraclass correlation, by ANOVA), 0 to 1."""
    n, clusters = len(values), len(sizes)
    if n == clusters:
        return 0.0
    means = sums / sizes
    within = float(((values - means[codes]) ** 2).sum()) / (n - clusters)
    between = float((sizes * (means - values.mean()) ** 2).sum()) / (clusters - 1)
    typical = (n - float((sizes**2).sum()) / n) / (clusters - 1)
    total = between + (typical - 1) * within
    return min(1.0, max(0.0, (between - within) / total)) if total > 0 else 0.0


def _degrees(sizes: Floats, correlation: float) -> float:
    """Satterthwaite degrees of freedom of the CR2 variance, in time linear in the clusters.

    With working covariance V the variance is a quadratic form whose matrix has the entries
    M[g, h] = a[g] a[h] (w[g] 1(g = h) - w[g] l[h] - l[g] w[h] + l[g] l[h] W); the degrees are
    tr(M)^2 / tr(M M).
    """
    leverage = sizes / sizes.sum()
    weight = (1 - correlation) * sizes + correlation * sizes**2
    total = float(weight.sum())
    inflate = 1 / (1 - leverage)
    own = -2 * weight * leverage + total * leverage**2
    trace = float((inflate * (weight + own)).sum())
    p = float((inflate * weight**2).sum())
    q = float((inflate * leverage**2).sum())
    r = float((inflate * weight * leverage).sum())
    squares = 2 * p * q + total**2 * q**2 + 2 * r**2 - 4 * total * r * q
    squares += float((inflate**2 * (weight**2 + 2 * weight * own)).sum())
    return trace**2 / squares
