"""The cells of two runs by one metric, case by case."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bidproof.evaluation.protocol import Metric, MetricKind
from bidproof.evaluation.records import Cell, CellState, GoldCase, MetricSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedCells:
    """What two runs have for each case by one metric, repeats averaged.

    ``universe`` are the cases that at least one run could be scored on, in gold order: a
    case that neither could be scored on says nothing about either. ``a`` and ``b`` hold the
    values there are.
    """

    metric: str
    kind: MetricKind
    higher_is_better: bool
    universe: tuple[str, ...]
    a: Mapping[str, float]
    b: Mapping[str, float]

    @property
    def common(self) -> tuple[str, ...]:
        """Cases with a value in both."""
        return tuple(case for case in self.universe if case in self.a and case in self.b)

    @property
    def only_a(self) -> tuple[str, ...]:
        """Cases with a value in A alone."""
        return tuple(case for case in self.universe if case in self.a and case not in self.b)

    @property
    def only_b(self) -> tuple[str, ...]:
        """Cases with a value in B alone."""
        return tuple(case for case in self.universe if case in self.b and case not in self.a)

    @property
    def is_any_different(self) -> bool:
        """Whether any case has another value in B than in A."""
        return any(self.a[case] != self.b[case] for case in self.common)

    def bounds(self) -> tuple[float, float]:
        """The least and greatest effect that any values of the missing cells could give."""
        low = [self.b.get(case, 0.0) - self.a.get(case, 1.0) for case in self.universe]
        high = [self.b.get(case, 1.0) - self.a.get(case, 0.0) for case in self.universe]
        return sum(low) / len(low), sum(high) / len(high)

    def effect_if_dropped_are_worst(self) -> tuple[float, float]:
        """The effect where a case that one side left out counts as that side's worst.

        Returns:
            First over the common cases and those that B left out, then over the common ones and
            those that A left out.
        """
        worst = 0.0 if self.higher_is_better else 1.0
        shared = [self.b[case] - self.a[case] for case in self.common]
        by_b = shared + [worst - self.a[case] for case in self.only_a]
        by_a = shared + [self.b[case] - worst for case in self.only_b]
        return _mean(by_b), _mean(by_a)


def pair_cells(
    name: str,
    cases: Sequence[GoldCase],
    a: Iterable[Cell],
    b: Iterable[Cell],
    *,
    metric: Metric | None = None,
    summaries: Sequence[MetricSummary] = (),
) -> PairedCells:
    """Put the cells of one metric side by side.

    The kind and direction come from ``metric`` where one is registered by that name; for
    a metric of another program's, the direction from the runs' summaries and the kind from
    the values: all 0 or 1, all within 0 to 1, or any number.
    """
    values_a, states_a = _values(a)
    values_b, states_b = _values(b)
    both = {*values_a.values(), *values_b.values()}
    direction = next((item.higher_is_better for item in summaries if item.metric == name), True)
    kind: MetricKind = metric.kind if metric else "amount"
    if kind == "binary" or metric is None:
        if both <= {0.0, 1.0}:
            kind = "binary"
        elif all(0.0 <= value <= 1.0 for value in both):
            kind = "proportion"
    missing = {CellState.UNSCORABLE}
    return PairedCells(
        metric=name,
        kind=kind,
        higher_is_better=metric.higher_is_better if metric else direction,
        universe=tuple(
            case.id
            for case in cases
            if states_a.get(case.id, missing) != missing or states_b.get(case.id, missing) != missing
        ),
        a=values_a,
        b=values_b,
    )


def _values(cells: Iterable[Cell]) -> tuple[dict[str, float], dict[str, set[CellState]]]:
    values: dict[str, list[float]] = defaultdict(list)
    states: dict[str, set[CellState]] = defaultdict(set)
    for cell in cells:
        states[cell.case_id].add(cell.state)
        if cell.value is not None:
            values[cell.case_id].append(cell.value)
    return {case: _mean(own) for case, own in values.items()}, states


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
