"""Whether a stated confidence comes true."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bidproof.evaluation.statistics.intervals import wilson


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityBin:
    """Cases of similar confidence.

    Attributes:
        start: Least confidence of the bin, 0 to 1.
        end: Greatest confidence of the bin.
        n: Cases in it; empty bins are left out.
        confidence: Their mean confidence.
        accuracy: Share of them that came true.
        low: Lower end of the accuracy's 95% Wilson interval.
        high: Upper end.
    """

    start: float
    end: float
    n: int
    confidence: float
    accuracy: float
    low: float
    high: float


def brier(confidences: Sequence[float], outcomes: Sequence[bool]) -> float | None:
    """Mean squared distance of confidence from what happened (Brier 1950); None without cases.

    0 is perfect, 0.25 is what always saying 0.5 gets.
    """
    pairs = list(zip(confidences, outcomes, strict=True))
    return sum((confidence - outcome) ** 2 for confidence, outcome in pairs) / len(pairs) if pairs else None


def reliability_bins(
    confidences: Sequence[float],
    outcomes: Sequence[bool],
    *,
    bins: int = 10,
    spacing: Literal["width", "mass"] = "width",
) -> tuple[ReliabilityBin, ...]:
    """Group cases by confidence and compare it with their accuracy.

    Args:
        confidences: Probabilities, 0 to 1.
        outcomes: Whether each was right.
        bins: How many at most.
        spacing: ``width``: equally wide; ``mass``: about equally full, ties kept together.
    """
    pairs = sorted(zip(confidences, outcomes, strict=True))
    members: dict[int, list[tuple[float, bool]]] = {}
    first_place: dict[float, int] = {}
    for place, (confidence, outcome) in enumerate(pairs):
        place = first_place.setdefault(confidence, place)
        at = confidence * bins if spacing == "width" else place * bins / len(pairs)
        members.setdefault(min(bins - 1, int(at)), []).append((confidence, bool(outcome)))
    return tuple(_bin(number, cases, bins, spacing) for number, cases in sorted(members.items()))


def _bin(number: int, cases: list[tuple[float, bool]], bins: int, spacing: str) -> ReliabilityBin:
    right, n = sum(outcome for _, outcome in cases), len(cases)
    low, high = wilson(right, n)
    is_wide = spacing == "width"
    return ReliabilityBin(
        start=number / bins if is_wide else cases[0][0],
        end=(number + 1) / bins if is_wide else cases[-1][0],
        n=n,
        confidence=sum(confidence for confidence, _ in cases) / n,
        accuracy=right / n,
        low=low,
        high=high,
    )


def expected_calibration_error(
    confidences: Sequence[float],
    outcomes: Sequence[bool],
    *,
    bins: int = 10,
    spacing: Literal["width", "mass"] = "width",
) -> float | None:
    """Mean gap between confidence and accuracy, weighted by bin (Guo et al. 2017); None without cases.

    Never 0 in a small sample, even for a perfect forecaster; read it beside the bins' intervals.
    """
    found = reliability_bins(confidences, outcomes, bins=bins, spacing=spacing)
    total = sum(item.n for item in found)
    return sum(item.n * abs(item.confidence - item.accuracy) for item in found) / total if total else None
