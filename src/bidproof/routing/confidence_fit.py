"""Fit how likely an answer is right from what is known when it is drafted.

Few labelled answers, many ways to fool oneself: the simplest fit wins unless another is
better on groups it has not seen, and what is reported is measured on answers that
took no part in the fit.
"""

# scikit-learn ships no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import log, sqrt
from statistics import fmean, pstdev, stdev
from typing import TYPE_CHECKING, Any

from bidproof.answering.calibrated import Calibration
from bidproof.answering.signals import RAW
from bidproof.evaluation.statistics.calibration import (
    ReliabilityBin,
    brier,
    expected_calibration_error,
    reliability_bins,
)
from bidproof.routing.cases import RouteCase

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_FIT = 12
"""Fewer labelled answers, or all of them alike, give the same confidence to every answer."""
LEAST_ISOTONIC = 100
"""Isotonic steps overfit below about this many."""

_FOLDS = 5
_MARGIN = 0.002
_SHRINKAGE, _STRONG_SHRINKAGE = 1.0, 0.05
_MOST_STEPS = 40

Fit = Callable[[Sequence[RouteCase]], Calibration]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """How true stated probabilities were.

    Attributes:
        brier: Mean squared distance from what happened.
        error: Expected calibration error over ten bins.
        bins: Confidence beside accuracy.
    """

    brier: float | None
    error: float | None
    bins: tuple[ReliabilityBin, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One way to fit, and its Brier score on folds that it did not see."""

    name: str
    brier: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedConfidence:
    """A calibration with why it was chosen.

    Attributes:
        calibration: To be applied.
        chosen: Name of the way it was fitted.
        candidates: What was tried, the simplest first; empty with too few answers to choose.
        chances: Of the answers it was fitted on, in their order, each by a fit that did not see it.
    """

    calibration: Calibration
    chosen: str
    candidates: tuple[Candidate, ...]
    chances: tuple[float, ...]


def fit_confidence(cases: Sequence[RouteCase], *, seed: int = 0) -> FittedConfidence:
    """Fit a calibration, choosing its form by cross-validation over groups.

    Args:
        cases: Answers with labels; those without an answer are left aside.
        seed: Of the folds.
    """
    answers = [case for case in cases if case.is_answer]
    rights = sum(case.is_right for case in answers)
    if len(answers) < LEAST_FIT or not 1 < rights < len(answers) - 1:
        return _same_for_all(answers, ())
    ways = {
        name: fit for name, fit in _WAYS.items() if "isotonic" not in name or len(answers) >= LEAST_ISOTONIC
    }
    chances = {name: out_of_fold(answers, fit, seed=seed) for name, fit in ways.items()}
    losses = {name: _losses(answers, found) for name, found in chances.items()}
    candidates = tuple(Candidate(name=name, brier=fmean(found)) for name, found in losses.items())
    chosen = candidates[0].name
    for name in ways:
        if _is_better(losses[name], losses[chosen]):
            chosen = name
    if chosen == candidates[0].name:
        return _same_for_all(answers, candidates)
    return FittedConfidence(
        calibration=ways[chosen](answers),
        chosen=chosen,
        candidates=candidates,
        chances=tuple(chances[chosen]),
    )


def _is_better(losses: Sequence[float], others: Sequence[float]) -> bool:
    """Whether a fit beats a simpler one by more than chance: one standard error of the paired difference."""
    gains = [other - loss for loss, other in zip(losses, others, strict=True)]
    return fmean(gains) > max(_MARGIN, stdev(gains) / sqrt(len(gains)))


def _same_for_all(answers: Sequence[RouteCase], candidates: tuple[Candidate, ...]) -> FittedConfidence:
    calibration = _constant(answers)
    return FittedConfidence(
        calibration=calibration,
        chosen="constant",
        candidates=candidates,
        chances=(calibration.probability({}),) * len(answers),
    )


def reliability(chances: Sequence[float], rights: Sequence[bool]) -> Reliability:
    """Hold stated probabilities against what happened."""
    return Reliability(
        brier=brier(chances, rights),
        error=expected_calibration_error(chances, rights),
        bins=reliability_bins(chances, rights),
    )


def out_of_fold(answers: Sequence[RouteCase], fit: Fit, *, seed: int = 0) -> list[float]:
    """Probability of each answer by a fit that saw neither it nor its group.

    Where there are fewer groups than folds, answers are held out one by one.
    """
    chances = [0.0] * len(answers)
    for fold in _folds(answers, seed):
        held = set(fold)
        calibration = fit([case for place, case in enumerate(answers) if place not in held])
        for place in fold:
            chances[place] = calibration.probability(answers[place].signals)
    return chances


def _folds(answers: Sequence[RouteCase], seed: int) -> list[list[int]]:
    units: dict[str, list[int]] = {}
    for place, case in enumerate(answers):
        units.setdefault(case.group or f"\0{place}", []).append(place)
    if len(units) < _FOLDS:
        units = {str(place): [place] for place in range(len(answers))}
    order = sorted(units.values())
    random.Random(seed).shuffle(order)  # noqa: S311 - a draw, no secret
    folds: list[list[int]] = [[] for _ in range(_FOLDS)]
    for unit in sorted(order, key=len, reverse=True):
        min(folds, key=len).extend(unit)
    return [fold for fold in folds if fold]


def _losses(answers: Sequence[RouteCase], chances: Sequence[float]) -> list[float]:
    return [(chance - case.is_right) ** 2 for chance, case in zip(chances, answers, strict=True)]


def _constant(answers: Sequence[RouteCase]) -> Calibration:
    """The share of right answers, drawn a little towards one half."""
    share = (sum(case.is_right for case in answers) + 0.5) / (len(answers) + 1)
    return Calibration(kind="constant", constant=log(share / (1 - share)))


def _platt(answers: Sequence[RouteCase]) -> Calibration:
    return _weighted(answers, (RAW,), shrinkage=1.0)


def _logistic(answers: Sequence[RouteCase]) -> Calibration:
    return _weighted(answers, _names(answers), shrinkage=_SHRINKAGE)


def _shrunk(answers: Sequence[RouteCase]) -> Calibration:
    return _weighted(answers, _names(answers), shrinkage=_STRONG_SHRINKAGE)


def _weighted(answers: Sequence[RouteCase], names: tuple[str, ...], *, shrinkage: float) -> Calibration:
    """Logistic regression on standardised signals; a missing one counts as its mean."""
    if len({case.is_right for case in answers}) < 2:
        return _constant(answers)
    from sklearn.linear_model import LogisticRegression

    means, scales = _moments(answers, names)
    model: Any = LogisticRegression(C=shrinkage, solver="newton-cholesky", max_iter=200)
    model.fit(_matrix(answers, names, means, scales), [case.is_right for case in answers])
    return Calibration(
        kind="logistic",
        names=names,
        means=means,
        scales=scales,
        weights=tuple(round(float(weight), 9) for weight in model.coef_[0]),
        constant=round(float(model.intercept_[0]), 9),
    )


def _isotonic(answers: Sequence[RouteCase]) -> Calibration:
    edges, heights = _steps([case.raw for case in answers], answers)
    return Calibration(kind="isotonic", edges=edges, heights=heights)


def _stepped(answers: Sequence[RouteCase]) -> Calibration:
    """Steps over the weighted sum, learned on scores that the sum's own fit did not see."""
    sum_of = _logistic(answers)
    if sum_of.kind == "constant":
        return sum_of
    edges, heights = _steps(out_of_fold(answers, _logistic), answers)
    return replace(sum_of, kind="isotonic", edges=edges, heights=heights)


def _steps(
    scores: Sequence[float], answers: Sequence[RouteCase]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    from sklearn.isotonic import IsotonicRegression

    model: Any = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
    model.fit(list(scores), [float(case.is_right) for case in answers])
    never = 1 / (len(answers) + 2)  # no number of answers makes certain
    heights = [min(1 - never, max(never, float(height))) for height in model.y_thresholds_]
    edges = [float(edge) for edge in model.X_thresholds_]
    kept = _thinned(len(edges))
    return tuple(edges[place] for place in kept), tuple(heights[place] for place in kept)


def _thinned(count: int) -> list[int]:
    if count <= _MOST_STEPS:
        return list(range(count))
    return sorted({round(place * (count - 1) / (_MOST_STEPS - 1)) for place in range(_MOST_STEPS)})


def _names(answers: Sequence[RouteCase]) -> tuple[str, ...]:
    """Signals that vary, in alphabetical order."""
    known = sorted({name for case in answers for name in case.signals})
    return tuple(
        name for name in known if len({case.signals[name] for case in answers if name in case.signals}) > 1
    )


def _moments(
    answers: Sequence[RouteCase], names: tuple[str, ...]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    columns = [[case.signals[name] for case in answers if name in case.signals] for name in names]
    means = tuple(round(fmean(column), 9) if column else 0.0 for column in columns)
    return means, tuple(round(pstdev(column), 9) or 1.0 if column else 1.0 for column in columns)


def _matrix(
    answers: Sequence[RouteCase],
    names: tuple[str, ...],
    means: tuple[float, ...],
    scales: tuple[float, ...],
) -> "NDArray[Any]":
    import numpy as np

    rows = [
        [
            (case.signals.get(name, mean) - mean) / scale
            for name, mean, scale in zip(names, means, scales, strict=True)
        ]
        for case in answers
    ]
    return np.asarray(rows, dtype=np.float64)


_WAYS: dict[str, Fit] = {
    "constant": _constant,
    "raw score, logistic": _platt,
    "signals, strongly shrunk": _shrunk,
    "signals, logistic": _logistic,
    "raw score, isotonic": _isotonic,
    "signals, isotonic": _stepped,
}
