"""Where a run goes wrong: slices that do worse than the rest, and which step lost each answer."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bidproof.core.errors import UserError
from bidproof.core.next_steps import NextStep
from bidproof.core.records import DraftState
from bidproof.evaluation.patterns.blame import Blamed, blame_failure
from bidproof.evaluation.patterns.effects import Effect, Sample, slice_effect
from bidproof.evaluation.patterns.slices import DIMENSIONS, properties
from bidproof.evaluation.records import Cell, CellState, GoldCase, Outcome, Run
from bidproof.evaluation.statistics.multiple import benjamini_hochberg, holm

PREFERRED = (
    "choice_accuracy",
    "answer_recall",
    "reference_recall",
    "abstains_rightly",
    "hit_at_3",
    "answered",
)
"""What is sliced unless the user says otherwise: the surest sign of a right answer that has values."""

LEVEL = 0.05
_LEAST_SHOWN = 2

Verdict = Literal["worse", "better", "perhaps", "not proven", "too few"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Cases that share a property, against all others for which it is known.

    Attributes:
        dimension: The property, e.g. ``negation``.
        value: Its value, e.g. ``yes``.
        n: Cases in the slice.
        rest: Other cases.
        effect: Mean of the slice, difference to the rest, interval, raw p.
        holm_p: Corrected over all tested slices of the run; None where not tested.
        bh_p: The same with a false discovery rate.
        verdict: ``worse`` or ``better`` where Holm's p is under 5%; ``perhaps`` where
            only Benjamini and Hochberg's is; ``too few`` where nothing was tested.
    """

    dimension: str
    value: str
    n: int
    rest: int
    effect: Effect
    holm_p: float | None = None
    bh_p: float | None = None
    verdict: Verdict = "too few"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patterns:
    """What is wrong with a run.

    Attributes:
        run: Its id.
        metric: What was sliced.
        higher_is_better: Its direction.
        n: Cases with a value of it.
        mean: Their mean.
        left_out: Cases without a value, by the state of their cells.
        slices: Tested first, by p-value; then those with too few cases.
        failures: Outcomes below the threshold, wrong silences and wrong answers included.
        of: Outcomes that could be judged a success or a failure.
        below: The threshold of a failure.
    """

    run: str
    metric: str
    higher_is_better: bool
    n: int
    mean: float | None
    left_out: Mapping[str, int]
    slices: tuple[Slice, ...]
    failures: tuple[Blamed, ...]
    of: int
    below: float


def find_patterns(run: Run, *, metric: str = "", below: float = 0.5) -> Patterns:
    """Slice a run by every known property of its cases, and blame each failure.

    Values are averaged over repeats first. An abstention has no value in most
    metrics: it is no part of the slices, and it is a failure where the case is
    answerable.

    Args:
        run: As read back.
        metric: What to slice; empty takes the first of ``PREFERRED`` with values.
        below: A value under it (over it, where lower is better) is a failure.

    Raises:
        UserError: The run has no value of the metric (``no-metric``).
    """
    name, is_better = choose_metric(run, metric)
    values = mean_values(run.cells, name)
    left_out: dict[str, int] = defaultdict(int)
    for cell in run.cells:
        if cell.metric == name and cell.state is not CellState.SCORED:
            left_out[str(cell.state)] += 1
    failures, judged = _failures(run, name, below=below, is_better=is_better)
    return Patterns(
        run=run.info.id,
        metric=name,
        higher_is_better=is_better,
        n=len(values),
        mean=sum(values.values()) / len(values) if values else None,
        left_out=dict(left_out),
        slices=slice_run(run.cases, run.outcomes, values, higher_is_better=is_better),
        failures=failures,
        of=judged,
        below=below,
    )


def choose_metric(run: Run, metric: str) -> tuple[str, bool]:
    """The metric to look at, and whether higher is better.

    Raises:
        UserError: The run has no value of it (``no-metric``).
    """
    with_values = {cell.metric for cell in run.cells if cell.value is not None}
    wanted = [metric] if metric else [name for name in PREFERRED if name in with_values]
    found = next((name for name in wanted if name in with_values), "")
    if not found:
        known = ", ".join(sorted(with_values)) or "none"
        raise UserError(
            f"cannot look for patterns in {metric or ' or '.join(PREFERRED)}: found values of {known}",
            hint=NextStep("name a metric of the run", options=("metric",)),
            code="no-metric",
        )
    direction = {item.metric: item.higher_is_better for item in run.summaries}
    return found, direction.get(found, True)


def mean_values(cells: Sequence[Cell], metric: str) -> dict[str, float]:
    """Each case's value, averaged over its scored repeats."""
    found: dict[str, list[float]] = defaultdict(list)
    for cell in cells:
        if cell.metric == metric and cell.value is not None:
            found[cell.case_id].append(cell.value)
    return {case: sum(values) / len(values) for case, values in found.items()}


def slice_run(
    cases: Sequence[GoldCase],
    outcomes: Sequence[Outcome],
    values: Mapping[str, float],
    *,
    higher_is_better: bool = True,
    properties_of: Mapping[str, Sequence[tuple[str, str]]] | None = None,
) -> tuple[Slice, ...]:
    """Compare every slice with the rest and correct the p-values over all of them.

    Of a property with two values only the rarer one is a slice: the other says
    the same. The cases of one group are compared with all others as independent.

    Args:
        cases: The run's cases.
        outcomes: Its outcomes, for what rests on the ranking.
        values: A value a case; cases without one are in no slice.
        higher_is_better: Direction of the values.
        properties_of: Each case's properties, where they are known already.
    """
    found_properties = properties_of or case_properties(cases, outcomes)
    known: dict[str, dict[str, set[str]]] = {name: defaultdict(set) for name in DIMENSIONS}
    for case in cases:
        if case.id in values:
            for dimension, value in found_properties[case.id]:
                known[dimension][value].add(case.id)
    groups = {case.id: case.group for case in cases}
    found: list[Slice] = []
    for dimension, members in known.items():
        everyone = set[str]().union(*members.values()) if dimension != "tag" else set(values)
        for value in _values(members, everyone, is_open=dimension == "tag"):
            is_grouped = dimension != "group"
            found.append(_slice(dimension, value, members[value], everyone, values, groups, is_grouped))
    return _corrected(found, higher_is_better=higher_is_better)


def case_properties(
    cases: Sequence[GoldCase], outcomes: Sequence[Outcome]
) -> dict[str, list[tuple[str, str]]]:
    """Every case's properties, by its id."""
    first = {item.case_id: item for item in reversed(outcomes)}
    return {case.id: properties(case, first.get(case.id)) for case in cases}


def _values(members: Mapping[str, set[str]], everyone: set[str], *, is_open: bool) -> list[str]:
    """Values worth a slice: held by two cases or more, and not by all."""
    usable = [
        value for value, held in members.items() if len(held) >= _LEAST_SHOWN and len(held) < len(everyone)
    ]
    if len(members) == 2 and not is_open:
        rarer = min(members, key=lambda value: (len(members[value]), value))
        return [rarer] if rarer in usable else []
    distinct: dict[frozenset[str], str] = {}
    for value in usable:
        # Two tags on the very same cases, or on all the other cases, are one comparison.
        held = frozenset(members[value])
        if held not in distinct and frozenset(everyone - held) not in distinct:
            distinct[held] = value
    return list(distinct.values())


def _slice(
    dimension: str,
    value: str,
    inside: set[str],
    everyone: set[str],
    values: Mapping[str, float],
    groups: Mapping[str, str],
    is_grouped: bool,
) -> Slice:
    def sample(ids: set[str]) -> Sample:
        ordered = sorted(ids)
        names = [groups[case] if is_grouped else "" for case in ordered]
        return Sample(values=[values[case] for case in ordered], groups=names)

    outside = everyone - inside
    return Slice(
        dimension=dimension,
        value=value,
        n=len(inside),
        rest=len(outside),
        effect=slice_effect(sample(inside), sample(outside)),
    )


def _corrected(found: Sequence[Slice], *, higher_is_better: bool) -> tuple[Slice, ...]:
    tested = [item for item in found if item.effect.p_value is not None]
    raw = [item.effect.p_value or 0.0 for item in tested]
    judged = [
        replace(
            item,
            holm_p=strict,
            bh_p=loose,
            verdict=_verdict(item.effect.effect, strict, loose, higher_is_better=higher_is_better),
        )
        for item, strict, loose in zip(tested, holm(raw), benjamini_hochberg(raw), strict=True)
    ]
    judged.sort(key=lambda item: (item.effect.p_value or 0.0, -abs(item.effect.effect)))
    return (*judged, *(item for item in found if item.effect.p_value is None))


def _verdict(effect: float, strict: float, loose: float, *, higher_is_better: bool) -> Verdict:
    if strict < LEVEL:
        return "better" if (effect > 0) == higher_is_better else "worse"
    return "perhaps" if loose < LEVEL else "not proven"


def _failures(run: Run, metric: str, *, below: float, is_better: bool) -> tuple[tuple[Blamed, ...], int]:
    cells = {(cell.case_id, cell.repeat): cell for cell in run.cells if cell.metric == metric}
    cases = {case.id: case for case in run.cases}
    failed: list[Blamed] = []
    judged = 0
    for outcome in run.outcomes:
        case = cases[outcome.case_id]
        is_failure = _is_failure(
            case, outcome, cells.get((outcome.case_id, outcome.repeat)), below=below, is_better=is_better
        )
        if is_failure is None:
            continue
        judged += 1
        if is_failure:
            failed.append(blame_failure(case, outcome))
    return tuple(failed), judged


def _is_failure(
    case: GoldCase, outcome: Outcome, cell: Cell | None, *, below: float, is_better: bool
) -> bool | None:
    """Whether an outcome is a failure; None where nothing tells."""
    if outcome.draft.state is DraftState.FAILED:
        return True
    is_silent = not outcome.draft.state.is_answer
    if case.is_answerable is not None and is_silent == case.is_answerable:
        return True
    if cell is None or cell.value is None:
        return False if case.is_answerable is False and is_silent else None
    return cell.value < below if is_better else cell.value > below
