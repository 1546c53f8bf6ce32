"""Risk against coverage against cost, beside what no clever routing is needed for.

Many routers do not beat a coin: so a cascade is always shown beside always-small,
always-large, a random mix of both, and an oracle that knows which model is right.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bidproof.evaluation.statistics.risk_coverage import risk_coverage
from bidproof.routing.cascade_fit import (
    ALWAYS,
    Operating,
    PairCase,
    Thresholds,
    always_large,
    always_small,
    operate,
)
from bidproof.routing.fit import FittedRoute
from bidproof.routing.promises import Scored

_POINTS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """One point of a curve.

    Attributes:
        threshold: Least score that is accepted there.
        coverage: Share of all questions that are accepted.
        risk: Share of wrong ones among those.
        cost_usd: Mean cost a question.
        large_share: Share of questions that the large model was asked.
    """

    threshold: float
    coverage: float
    risk: float
    cost_usd: float = 0.0
    large_share: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedOperating:
    """A way of routing by name, with what it does."""

    name: str
    operating: Operating


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingCurves:
    """Everything that a report draws.

    Attributes:
        coverage: Risk as less is accepted, by confidence, most accepted first.
        area: Area under it over the answers (lower is better); None without answers.
        base_risk: Share of wrong ones when all is accepted: what accepting at random keeps at any coverage.
        oracle_area: The area of an order that knows which answers are right.
        cost: The cascade at rising thresholds; empty for one program alone.
        baselines: What to hold it against; empty for one program alone.
        questions: On which all of this was measured.
    """

    coverage: tuple[CurvePoint, ...]
    area: float | None
    base_risk: float
    oracle_area: float | None
    cost: tuple[CurvePoint, ...] = ()
    baselines: tuple[NamedOperating, ...] = ()
    questions: int = 0


def routing_curves(fit: FittedRoute, *, person_usd: float = 0.0) -> RoutingCurves:
    """Make the curves of a fit from its tested cases."""
    scores = [item.score for item in fit.finals]
    errors = [float(item.is_wrong) for item in fit.finals]
    curve, ideal = risk_coverage(scores, errors), risk_coverage([-error for error in errors], errors)
    return RoutingCurves(
        coverage=_thinned(_coverage_points(fit.finals, fit.questions)),
        area=curve.area,
        base_risk=sum(errors) / len(errors) if errors else 0.0,
        oracle_area=ideal.area,
        cost=_cost_points(fit.pairs, fit.thresholds, person_usd),
        baselines=_baselines(fit.pairs, fit.tested, person_usd),
        questions=fit.questions,
    )


def random_mix(pairs: Sequence[PairCase], share: float, *, person_usd: float = 0.0) -> Operating:
    """What a coin does that sends a share of the questions to the large model, the rest to the small one."""
    small, large = always_small(pairs, person_usd=person_usd), always_large(pairs, person_usd=person_usd)
    parts = ((1 - share, small), (share, large))
    return Operating.of(
        1,
        kept=sum(weight * one.coverage for weight, one in parts),
        right=sum(weight * one.coverage * one.quality for weight, one in parts),
        cost=sum(weight * one.cost_usd for weight, one in parts),
        large=share,
    )


def oracle(pairs: Sequence[PairCase], *, person_usd: float = 0.0) -> Operating:
    """What a router does that knows beforehand who is right: the cheapest right one, else a person."""
    kept, large, cost = 0, 0, 0.0
    for pair in pairs:
        if pair.small_right:
            kept, cost = kept + 1, cost + pair.small_cost
        elif pair.large_right:
            kept, large, cost = kept + 1, large + 1, cost + pair.large_cost
        else:
            cost += person_usd
    return Operating.of(len(pairs), kept=kept, right=kept, cost=cost, large=large)


def _coverage_points(finals: Sequence[Scored], questions: int) -> list[CurvePoint]:
    ready = [item for item in finals if item.score >= 0]
    curve = risk_coverage([item.score for item in ready], [float(item.is_wrong) for item in ready])
    share = len(ready) / questions if questions else 0.0
    return [
        CurvePoint(threshold=threshold, coverage=coverage * share, risk=risk)
        for threshold, coverage, risk in zip(curve.thresholds, curve.coverages, curve.risks, strict=True)
    ]


def _cost_points(
    pairs: Sequence[PairCase], thresholds: Thresholds | None, person_usd: float
) -> tuple[CurvePoint, ...]:
    if not pairs or thresholds is None:
        return ()
    places = [0.0, *sorted({pair.small_score for pair in pairs if pair.small_score > 0}), ALWAYS]
    found = [
        operate(pairs, up_below=place, person_below=thresholds.person_below, person_usd=person_usd)
        for place in places
    ]
    return _thinned(
        [
            CurvePoint(
                threshold=place,
                coverage=item.coverage,
                risk=item.risk,
                cost_usd=item.cost_usd,
                large_share=item.large_share,
            )
            for place, item in zip(places, found, strict=True)
        ]
    )


def _baselines(
    pairs: Sequence[PairCase], tested: Operating | None, person_usd: float
) -> tuple[NamedOperating, ...]:
    if not pairs or tested is None:
        return ()
    found = {
        "cascade": tested,
        "always small": always_small(pairs, person_usd=person_usd),
        "always large": always_large(pairs, person_usd=person_usd),
        "random mix": random_mix(pairs, tested.large_share, person_usd=person_usd),
        "oracle": oracle(pairs, person_usd=person_usd),
    }
    return tuple(NamedOperating(name=name, operating=item) for name, item in found.items())


def _thinned(points: Sequence[CurvePoint]) -> tuple[CurvePoint, ...]:
    if len(points) <= _POINTS:
        return tuple(points)
    places = sorted({round(at * (len(points) - 1) / (_POINTS - 1)) for at in range(_POINTS)})
    return tuple(points[place] for place in places)
