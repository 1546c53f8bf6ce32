"""Measures of a whole run: refusing, selective accuracy, risk against coverage, latency, cost.

What one cell cannot show. Each comes as a summary like a metric's, so that
reports and comparisons need no second shape.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor

from bidproof.core.records import DraftState
from bidproof.evaluation.metrics.abstention import has_answered
from bidproof.evaluation.records import Cell, CellState, Estimate, GoldCase, MetricSummary, Outcome
from bidproof.evaluation.statistics.intervals import mean_interval, wilson
from bidproof.evaluation.statistics.risk_coverage import risk_coverage

RIGHTNESS = ("choice_accuracy", "answer_recall", "reference_recall")
"""Metrics that say whether an answer was right, the most certain first; each case has its own."""

LEAST_RIGHT = 0.5
"""A value under it is a wrong answer."""

_CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskCurve:
    """Risk against coverage as the least confident answers are left out, for plots.

    ``metric`` names what was held to be right: a value of at least a half.
    """

    metric: str
    coverages: tuple[float, ...]
    risks: tuple[float, ...]
    area: float
    n: int


def run_measures(
    cases: Sequence[GoldCase], outcomes: Sequence[Outcome], cells: Sequence[Cell]
) -> tuple[MetricSummary, ...]:
    """Everything that is measured over the run as a whole.

    Args:
        cases: The cases that were run.
        outcomes: Every outcome, repeats included.
        cells: Every cell; those of the metrics named in ``RIGHTNESS`` are read.

    Returns:
        Summaries in a fixed order; a measure that the run cannot give has no value.
    """
    known = {case.id: case for case in cases}
    ran = [item for item in outcomes if item.draft.state is not DraftState.FAILED]
    return (
        *_refusals(known, ran, failed=len(outcomes) - len(ran)),
        *_selective(cells, ran),
        _quantile("latency_p50_s", [item.seconds for item in ran], 0.5, failed=len(outcomes) - len(ran)),
        _quantile("latency_p95_s", [item.seconds for item in ran], 0.95, failed=len(outcomes) - len(ran)),
        _total("total_cost_usd", [item.draft.usage.cost_usd for item in outcomes]),
        _total("total_prompt_tokens", [float(item.draft.usage.prompt_tokens) for item in outcomes]),
        _total("total_completion_tokens", [float(item.draft.usage.completion_tokens) for item in outcomes]),
        _total("total_model_calls", [float(item.draft.usage.calls) for item in outcomes]),
    )


def risk_curve(outcomes: Sequence[Outcome], cells: Sequence[Cell]) -> RiskCurve | None:
    """How the share of wrong answers falls as the least confident ones are left to people.

    None without calibrated confidences or without a metric that says what was right.
    """
    name, right = rightness(cells)
    pairs = [
        (item.draft.confidence, right[item.case_id, item.repeat] < LEAST_RIGHT)
        for item in outcomes
        if item.draft.confidence is not None and has_answered(item) and (item.case_id, item.repeat) in right
    ]
    if len(pairs) < 2:
        return None
    curve = risk_coverage([confidence for confidence, _ in pairs], [float(wrong) for _, wrong in pairs])
    if curve.area is None:
        return None
    return RiskCurve(metric=name, coverages=curve.coverages, risks=curve.risks, area=curve.area, n=len(pairs))


def _refusals(
    known: Mapping[str, GoldCase], ran: Sequence[Outcome], *, failed: int
) -> tuple[MetricSummary, ...]:
    marked = [(known[item.case_id], item) for item in ran if known[item.case_id].is_answerable is not None]
    refused = [(case, not case.is_answerable) for case, item in marked if not has_answered(item)]
    hopeless = [(case, not has_answered(item)) for case, item in marked if not case.is_answerable]
    total = len(ran) + failed
    return (
        _share("refusal_precision", refused, total=total, failed=failed),
        _share("refusal_recall", hopeless, total=total, failed=failed),
    )


def _selective(cells: Sequence[Cell], ran: Sequence[Outcome]) -> tuple[MetricSummary, ...]:
    judged = deciding_cells(cells)
    name = names_of(judged)
    accuracy = [
        (cell.group or cell.case_id, float(cell.value >= LEAST_RIGHT))
        for cell in judged
        if cell.value is not None
    ]
    estimate = _estimate([value for _, value in accuracy], [group for group, _ in accuracy])
    counts = _counts(judged)
    note = f"of answers given, by {name}" if name else ""
    curve = risk_curve(ran, cells)
    value, n = (None, 0) if curve is None else (curve.area, curve.n)
    area = Estimate(value=value, n=n, clusters=0, method="area under risk against coverage")
    return (
        MetricSummary(
            metric="selective_accuracy",
            estimate=estimate,
            counts=counts,
            coverage=_ratio(counts[CellState.SCORED.value], len(judged)),
            stamp=note,
        ),
        MetricSummary(
            metric="risk_coverage_area",
            estimate=area,
            counts=_state_counts(scored=area.n, unscorable=len(ran) - area.n),
            coverage=_ratio(area.n, len(ran)),
            stamp=note if curve is not None else "no calibrated confidences",
            higher_is_better=False,
        ),
    )


def rightness(cells: Sequence[Cell]) -> tuple[str, dict[tuple[str, int], float]]:
    """What says whether each answer was right, and its values by case and repeat."""
    deciding = [cell for cell in deciding_cells(cells) if cell.value is not None]
    values = {(cell.case_id, cell.repeat): cell.value for cell in deciding if cell.value is not None}
    return names_of(deciding), values


def deciding_cells(cells: Sequence[Cell], *, metrics: Sequence[str] = RIGHTNESS) -> list[Cell]:
    """Of each case and repeat the cell that says whether the answer is right.

    That is the first of ``metrics`` that the case lends itself to: the choice where it has one.
    """
    found: dict[tuple[str, int], Cell] = {}
    for name in metrics:
        for cell in cells:
            own = found.get((cell.case_id, cell.repeat))
            if cell.metric == name and (own is None or own.state is CellState.UNSCORABLE):
                found[cell.case_id, cell.repeat] = cell
    return list(found.values())


def names_of(cells: Sequence[Cell]) -> str:
    """The metrics that give some cells their values, in words."""
    return " or ".join(dict.fromkeys(cell.metric for cell in cells if cell.value is not None))


def _share(name: str, items: Sequence[tuple[GoldCase, bool]], *, total: int, failed: int) -> MetricSummary:
    values = [float(is_so) for _, is_so in items]
    groups = [case.group or case.id for case, _ in items]
    return MetricSummary(
        metric=name,
        estimate=_estimate(values, groups),
        counts=_state_counts(scored=len(values), unscorable=total - failed - len(values), not_run=failed),
        coverage=_ratio(len(values), total),
    )


def _estimate(values: Sequence[float], groups: Sequence[str]) -> Estimate:
    if not values:
        return Estimate(value=None, n=0, clusters=0)
    return mean_interval(values, groups=groups, kind="binary")


def _quantile(name: str, values: Sequence[float], share: float, *, failed: int) -> MetricSummary:
    """A quantile with the order statistics around it: those at the ends of the rank's Wilson interval."""
    ordered, count = sorted(values), len(values)
    low = high = None
    if count >= 2:
        below, above = wilson(round(share * count), count, confidence=_CONFIDENCE)
        low, high = (
            ordered[min(count - 1, floor(below * count))],
            ordered[min(count, ceil(above * count)) - 1],
        )
    value = ordered[min(count, ceil(share * count)) - 1] if count else None
    return MetricSummary(
        metric=name,
        estimate=Estimate(
            value=value, low=low, high=high, n=count, clusters=count, method="order statistics"
        ),
        counts=_state_counts(scored=count, not_run=failed),
        coverage=_ratio(count, count + failed),
        higher_is_better=False,
    )


def _total(name: str, values: Sequence[float]) -> MetricSummary:
    count = len(values)
    return MetricSummary(
        metric=name,
        estimate=Estimate(value=sum(values), n=count, clusters=count, method="sum"),
        counts=_state_counts(scored=count),
        coverage=1.0 if count else 0.0,
        higher_is_better=False,
    )


def _counts(cells: Sequence[Cell]) -> dict[str, int]:
    return {state.value: sum(cell.state is state for cell in cells) for state in CellState}


def _state_counts(*, scored: int, unscorable: int = 0, not_run: int = 0) -> dict[str, int]:
    counts = dict.fromkeys((state.value for state in CellState), 0)
    return {**counts, "scored": scored, "unscorable": unscorable, "not_run": not_run}


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
