"""From cells to one line a metric: mean, interval, coverage, and what the missing cells could change."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bidproof.evaluation.protocol import Metric
from bidproof.evaluation.records import Cell, CellState, Estimate, MetricSummary
from bidproof.evaluation.statistics.intervals import mean_interval


def summarise(
    cells: Iterable[Cell], *, metrics: Sequence[Metric], judge_stamp: str = ""
) -> tuple[MetricSummary, ...]:
    """Summarise a run's cells, one summary a metric, in the order of ``metrics``.

    Repeats of a case are averaged first, so that ``n`` counts cases. Standard
    errors are clustered by group; a case without one stands alone.

    Args:
        cells: All cells of the run, in any state.
        metrics: For kind and direction; a metric without cells is left out.
        judge_stamp: What the judge's calibration says; put on judged metrics alone.
    """
    by_metric: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        by_metric[cell.metric].append(cell)
    return tuple(
        _summary(metric, by_metric[metric.name], judge_stamp) for metric in metrics if by_metric[metric.name]
    )


def _summary(metric: Metric, cells: Sequence[Cell], judge_stamp: str) -> MetricSummary:
    counts = Counter(cell.state for cell in cells)
    scored = _by_case(cells, None)
    groups = {cell.case_id: cell.group for cell in cells}
    # A group's name and a case's id may be equal: the first letter keeps them apart.
    names = [f"g:{groups[case]}" if groups[case] else f"c:{case}" for case in scored]
    # The mean of several repeats of a yes or no is a share.
    has_repeats = any(cell.repeat for cell in cells)
    kind = "proportion" if metric.kind == "binary" and has_repeats else metric.kind
    worst, best = _bounds(metric, cells)
    return MetricSummary(
        metric=metric.name,
        estimate=_bounded(mean_interval(list(scored.values()), groups=names, kind=kind), scored.values()),
        counts={str(state): counts[state] for state in CellState},
        coverage=counts[CellState.SCORED] / len(cells),
        worst=worst,
        best=best,
        stamp=judge_stamp if metric.is_judged else _crash_note(cells),
        higher_is_better=metric.higher_is_better,
    )


def _bounded(estimate: Estimate, values: Iterable[float]) -> Estimate:
    """End the interval at 0 where no value is negative: no mean of seconds or dollars is."""
    if estimate.low is None or estimate.low >= 0 or min(values) < 0:
        return estimate
    return replace(estimate, low=0.0)


def _crash_note(cells: Sequence[Cell]) -> str:
    """On how many answers a metric by code failed, and how the first time; empty where it did not."""
    reasons = [cell.reason for cell in cells if cell.state is CellState.JUDGE_ERROR]
    return f"failed on {len(reasons)} of {len(cells)}; first: {reasons[0]}" if reasons else ""


def _by_case(cells: Sequence[Cell], fill: float | None) -> dict[str, float]:
    """Each case's mean over its repeats; cells without a value count as ``fill``, None leaves them out."""
    values: dict[str, list[float]] = defaultdict(list)
    for cell in cells:
        if cell.state is CellState.UNSCORABLE:
            continue
        value = cell.value if cell.value is not None else fill
        if value is not None:
            values[cell.case_id].append(value)
    return {case: sum(own) / len(own) for case, own in values.items()}


def _bounds(metric: Metric, cells: Sequence[Cell]) -> tuple[float | None, float | None]:
    """The mean had every missing cell the worst value, and the best; None where values have no bounds."""
    is_whole = all(cell.state in (CellState.SCORED, CellState.UNSCORABLE) for cell in cells)
    if metric.kind == "amount" and not is_whole:
        return None, None
    low, high = _mean(_by_case(cells, 0.0)), _mean(_by_case(cells, 1.0))
    return (low, high) if metric.higher_is_better else (high, low)


def _mean(values: dict[str, float]) -> float | None:
    return sum(values.values()) / len(values) if values else None
