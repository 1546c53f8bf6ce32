"""How the error rate falls when the least confident answers are held back."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskCoverage:
    """The risk-coverage curve.

    Attributes:
        coverages: Share of cases kept, rising, one point for each distinct confidence.
        risks: Mean error among the kept ones.
        area: Mean risk over all numbers of kept cases (AURC); lower is better. None without cases.
        thresholds: The least confidence that is still kept at each point.
    """

    coverages: tuple[float, ...]
    risks: tuple[float, ...]
    area: float | None
    thresholds: tuple[float, ...] = ()


def risk_coverage(confidences: Sequence[float], errors: Sequence[float]) -> RiskCoverage:
    """Order cases by confidence and say how risky keeping the best share of them is.

    Cases of equal confidence cannot be told apart, so they enter together: the curve has no
    point among them, and the area is its expectation over all orders of the tied cases
    (Geifman, Uziel and El-Yaniv 2019 for the area). No order of the input can change either.

    Args:
        confidences: Higher is more certain.
        errors: 0 for right, 1 for wrong, or anything between.

    Raises:
        ValueError: The two differ in length.
    """
    if len(confidences) != len(errors):
        raise ValueError(f"cannot pair {len(confidences)} confidences with {len(errors)} errors")
    blocks: dict[float, list[float]] = {}
    for confidence, error in sorted(zip(confidences, errors, strict=True), reverse=True):
        blocks.setdefault(confidence, []).append(error)
    total, kept, mistakes, area = len(errors), 0, 0.0, 0.0
    coverages: list[float] = []
    risks: list[float] = []
    for block in blocks.values():
        share = sum(block) / len(block)
        area += sum((mistakes + share * place) / (kept + place) for place in range(1, len(block) + 1))
        kept, mistakes = kept + len(block), mistakes + sum(block)
        coverages.append(kept / total)
        risks.append(mistakes / kept)
    return RiskCoverage(
        coverages=tuple(coverages),
        risks=tuple(risks),
        area=area / total if total else None,
        thresholds=tuple(blocks),
    )
