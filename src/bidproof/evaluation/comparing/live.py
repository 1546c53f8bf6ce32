"""Experiments on live traffic: who gets which arm, whether the split is right, and when to stop.

Every test here is anytime-valid: it may be looked at after each observation and the
experiment stopped the moment it says something, without more false alarms than stated.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, isfinite, lgamma, log

import numpy as np
from numpy.typing import NDArray

from bidproof.core.errors import UserError
from bidproof.core.next_steps import NextStep
from bidproof.evaluation.statistics.clusters import Floats

_CHUNK = 2_000


def assign_arm(unit: str, *, experiment: str, weights: Mapping[str, float]) -> str:
    """Say which arm a unit (a user, a questionnaire) belongs to, for ever the same one.

    The unit and the experiment's name are hashed (SHA-256), so that no table is kept, any
    process agrees, and two experiments split the same units independently. Changing the
    weights moves only the units between the old and the new border where arms keep their order.

    Args:
        unit: Stable name of what is assigned.
        experiment: Name of the experiment.
        weights: Share of traffic by arm, in a fixed order; any positive scale.

    Raises:
        UserError: No weight is above 0, or one is negative (``arm-weights``).
    """
    shares = arm_shares(weights)
    text = f"{len(experiment)}:{experiment}{unit}".encode()
    point = int.from_bytes(hashlib.sha256(text).digest()[:8], "big") / 2**64
    border = 0.0
    for arm, share in shares.items():
        border += share
        if point < border:
            return arm
    return [arm for arm, share in shares.items() if share > 0][-1]


def arm_shares(weights: Mapping[str, float]) -> dict[str, float]:
    """Weights that sum to 1.

    Raises:
        UserError: No weight is above 0, or one is negative (``arm-weights``).
    """
    total = sum(weights.values())
    if not isfinite(total) or total <= 0 or min(weights.values()) < 0:
        raise UserError(
            f"cannot split traffic by {dict(weights)!r}: expected weights of 0 or more, one of them above 0",
            hint=NextStep("for example old=0.5,new=0.5", options=("weights",)),
            code="arm-weights",
        )
    return {arm: weight / total for arm, weight in weights.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleRatio:
    """Whether traffic was split as planned.

    Attributes:
        counts: Units by arm.
        expected: Units by arm that the weights call for.
        chi_square_p: Of the chi-square test; valid for one look at a time fixed beforehand.
        anytime_p: Valid however often it is looked at (Lindon and Malek 2022).
        is_mismatch: The anytime p-value is under ``level``: find the fault before reading any result.
        level: 0.01 by default.
    """

    counts: Mapping[str, int]
    expected: Mapping[str, float]
    chi_square_p: float
    anytime_p: float
    is_mismatch: bool
    level: float


def check_sample_ratio(
    counts: Mapping[str, int], *, weights: Mapping[str, float], level: float = 0.01
) -> SampleRatio:
    """Check that units fell into the arms as the weights say.

    The anytime p-value is 1 over the Bayes factor of a Dirichlet prior around the planned
    shares against exactly these (Lindon and Malek, NeurIPS 2022): a non-negative martingale
    under the planned split, so that Ville's inequality covers every look.

    Args:
        counts: Units by arm so far.
        weights: Planned weights by arm.
        level: Chance of a false alarm, over all looks.

    Raises:
        UserError: The weights are no weights, or an arm has none (``arm-weights``).
    """
    shares = {arm: share for arm, share in arm_shares(weights).items() if share > 0}
    unknown = [arm for arm in counts if arm not in shares]
    if unknown:
        raise UserError(
            f"cannot check the split: found the arm {unknown[0]!r}, expected one of {', '.join(shares)}",
            hint=NextStep("give every arm its share", options=("weights",)),
            code="arm-weights",
        )
    total = sum(counts.values())
    found = {arm: counts.get(arm, 0) for arm in shares}
    expected = {arm: share * total for arm, share in shares.items()}
    prior = 50.0
    evidence = lgamma(prior) - lgamma(prior + total)
    for arm, share in shares.items():
        evidence += lgamma(prior * share + found[arm]) - lgamma(prior * share) - found[arm] * log(share)
    anytime = exp(min(0.0, -evidence))
    fixed = 1.0
    if total and len(shares) > 1:
        from scipy.special import chdtrc

        statistic = sum((found[arm] - expected[arm]) ** 2 / expected[arm] for arm in shares)
        fixed = float(chdtrc(len(shares) - 1, statistic))
    return SampleRatio(
        counts=found,
        expected=expected,
        chi_square_p=fixed,
        anytime_p=anytime,
        is_mismatch=anytime <= level,
        level=level,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SequentialResult:
    """What is known of the difference of two arms after some observations.

    Attributes:
        effect: Mean of the second arm minus mean of the first; None until both have one.
        low: Lower end of the confidence sequence: all of them together hold with the confidence.
            None where every constant difference is ruled out: the difference changed over time.
        high: Upper end.
        p_value: Anytime-valid, against no difference; the least so far.
        n_first: Observations of the first arm.
        n_second: Observations of the second.
        decided_at: Observation at which the sequence first left 0 out; None while it has not.
        confidence: Of the whole sequence.
        method: The confidence sequence.
    """

    effect: float | None
    low: float | None
    high: float | None
    p_value: float
    n_first: int
    n_second: int
    decided_at: int | None
    confidence: float
    method: str = "betting"


def sequential_difference(
    is_second: Sequence[bool],
    outcomes: Sequence[float],
    *,
    share: float = 0.5,
    low: float = 0.0,
    high: float = 1.0,
    confidence: float = 0.95,
    grid_points: int = 401,
) -> SequentialResult:
    """Estimate the difference of two arms after any number of observations, valid at all of them.

    Each observation becomes an unbiased score of the difference, weighted by its chance of
    being in its arm, with the mean so far taken out (Howard, Ramdas, McAuliffe and Sekhon 2021,
    Annals of Statistics 49:1055, section 4.2). Bets against every possible difference, made
    before each observation, give wealth that under the true one is a martingale (hedged capital of
    Waudby-Smith and Ramdas 2024, JRSS B 86:1, with their predictable plug-in bets); a difference
    is ruled out once its wealth reaches 1 / level.

    It needs no more than bounded outcomes and random assignment with a known share. The arms'
    means may drift together over time; their difference is taken as constant.

    Args:
        is_second: Whether each observation is of the second arm, in order of arrival.
        outcomes: Within ``low`` to ``high``.
        share: Planned chance of the second arm.
        low: Least possible outcome, known beforehand, not read off the outcomes.
        high: Greatest possible outcome.
        confidence: That the true difference lies within all intervals of the sequence.
        grid_points: Odd; how finely differences are tried. The ends of the interval are that exact.

    Raises:
        UserError: An outcome lies outside the range (``outcome-range``), or the share is not
            between 0 and 1 (``arm-weights``).
    """
    second, values = np.asarray(is_second, dtype=bool), np.asarray(outcomes, dtype=np.float64)
    _check_range(values, low=low, high=high, share=share)
    n, width, level = len(values), high - low, 1 - confidence
    grid = np.linspace(-1.0, 1.0, grid_points)
    scores = _scores(second, (values - low) / width, share)
    reach = 1 + 1 / min(share, 1 - share)
    bets = _bets(scores, level=level, reach=reach)
    up, down = np.zeros(len(grid)), np.zeros(len(grid))
    is_open = np.ones(len(grid), dtype=bool)
    zero, best, decided = len(grid) // 2, 0.0, None
    for start in range(0, n, _CHUNK):
        block, bet = scores[start : start + _CHUNK, None], bets[start : start + _CHUNK, None]
        rises = up + np.cumsum(np.log1p(bet * (block - grid)), axis=0)
        falls = down + np.cumsum(np.log1p(-bet * (block - grid)), axis=0)
        wealth = np.logaddexp(rises, falls) - log(2)
        up, down = rises[-1], falls[-1]
        is_open &= (wealth < log(1 / level)).all(axis=0)
        crossed = np.flatnonzero(wealth[:, zero] >= log(1 / level))
        if decided is None and len(crossed):
            decided = start + int(crossed[0]) + 1
        best = max(best, float(wealth[:, zero].max()))
    bottom, top = _ends(grid, is_open)
    first, other = values[~second], values[second]
    has_both = len(first) > 0 and len(other) > 0
    return SequentialResult(
        effect=float(other.mean() - first.mean()) if has_both else None,
        low=None if bottom is None else bottom * width,
        high=None if top is None else top * width,
        p_value=exp(-best),
        n_first=len(first),
        n_second=len(other),
        decided_at=decided,
        confidence=confidence,
    )


def _check_range(values: Floats, *, low: float, high: float, share: float) -> None:
    if not 0 < share < 1:
        raise UserError(
            f"cannot test with a share of {share!r} for the second arm: expected between 0 and 1",
            hint=NextStep("for example old=0.5,new=0.5", options=("weights",)),
            code="arm-weights",
        )
    outside = values[~((values >= low) & (values <= high))]
    if high <= low or len(outside):
        found = f"the outcome {float(outside[0])!r}" if len(outside) else "no room between them"
        raise UserError(
            f"cannot test outcomes from {low:g} to {high:g}: found {found}",
            hint=NextStep(
                "give the least and greatest possible outcome, known beforehand", options=("range",)
            ),
            code="outcome-range",
        )


def _scores(second: NDArray[np.bool_], values: Floats, share: float) -> Floats:
    """Unbiased scores of the difference; the baseline taken out is the mean of what came before."""
    before = (np.cumsum(values) - values + 0.5) / np.arange(1, len(values) + 1)
    rest = values - before
    return np.where(second, rest / share, -rest / (1 - share))


def _bets(scores: Floats, *, level: float, reach: float) -> Floats:
    """Predictable plug-in bets: sized by the spread so far, at most half of what could ruin."""
    count = np.arange(1, len(scores) + 1)
    means = np.cumsum(scores) / count
    spread = (0.25 + np.cumsum((scores - means) ** 2)) / (count + 1)
    previous = np.concatenate(([0.25], spread[:-1]))
    size = np.sqrt(2 * log(2 / level) / (previous * count * np.log(count + 1)))
    return np.minimum(size, 0.5 / reach)


def _ends(grid: Floats, is_open: NDArray[np.bool_]) -> tuple[float, float] | tuple[None, None]:
    """The differences not ruled out, one grid step wider for what lies between the points."""
    kept = grid[is_open]
    step = float(grid[1] - grid[0])
    if not len(kept):
        return None, None
    return max(-1.0, float(kept[0]) - step), min(1.0, float(kept[-1]) + step)
