"""What a stored run says of routing: each answer with its signals, whether it was right, and its cost."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from bidproof.answering.signals import RAW, REFUSED_BELOW, checks_passed, signal_vector
from bidproof.core.errors import UserError
from bidproof.core.next_steps import Action, NextStep
from bidproof.core.records import DraftState
from bidproof.evaluation.metrics import run_metrics
from bidproof.evaluation.records import Cell, CellState, GoldCase, Outcome, Run

RIGHTNESS = (*run_metrics.RIGHTNESS, "task_score")
"""Metrics that say whether an answer was right, the most telling first; each case has its own."""
BY_CODE = frozenset({"task_score", "reference_recall", "reference_overlap", "reference_overlap_recall"})
BY_CODE_STAMP = "agreement with the reference by code"


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteCase:
    """One case as one program did it.

    Attributes:
        case_id: The case.
        group: For splitting; empty stands alone.
        is_answer: Whether an answer was given; nothing below but the cost counts otherwise.
        is_right: Whether it is right; False for an answer to what the documents do not hold.
        is_answerable: Whether the documents hold the answer; None when unknown.
        has_passed: Whether the checks by code passed, without which it is never ready.
        signals: What a calibration may use.
        cost_usd: Of drafting it.
        seconds: The same in time.
    """

    case_id: str
    group: str
    is_answer: bool
    is_right: bool = False
    is_answerable: bool | None = None
    has_passed: bool = False
    signals: Mapping[str, float] = field(default_factory=dict[str, float])
    cost_usd: float = 0.0
    seconds: float = 0.0

    @property
    def raw(self) -> float:
        """The engine's own score."""
        return self.signals.get(RAW, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteCases:
    """The cases of a run that can be used, and why others cannot.

    Attributes:
        cases: In the run's order.
        metric: What was held to be right.
        stamp: What that is worth; empty where people gave the labels.
        left_out: Reason to number of cases.
        refused_below: Raw score below which answers were refused when they were drafted.
    """

    cases: tuple[RouteCase, ...]
    metric: str
    stamp: str
    left_out: Mapping[str, int] = field(default_factory=dict[str, int])
    refused_below: float = 0.0

    @property
    def answers(self) -> tuple[RouteCase, ...]:
        """Those that were answered."""
        return tuple(case for case in self.cases if case.is_answer)


def route_cases(run: Run, *, metric: str = "", least: float = run_metrics.LEAST_RIGHT) -> RouteCases:
    """Read a run as routing needs it; of repeats the first counts.

    An answer that a judge failed on, whose call failed or whose case cannot be scored is left out
    and counted. An answer that leaves the choice open where one is asked for is wrong.

    Args:
        run: As stored.
        metric: What says whether an answer is right; empty for the first of :data:`RIGHTNESS`
            that each case lends itself to.
        least: An answer is right from this value on.

    Raises:
        UserError: The run has no such metric (``route-metric``).
    """
    known = {case.id: case for case in run.cases}
    outcomes = [item for item in run.outcomes if item.repeat == 0 and item.case_id in known]
    first = [cell for cell in run.cells if cell.repeat == 0]
    deciding = run_metrics.deciding_cells(first, metrics=(metric,) if metric else RIGHTNESS)
    cells = {cell.case_id: cell for cell in deciding}
    if not cells:
        raise UserError(
            f"cannot tell which answers of the run {run.info.id!r} are right: found no cells of "
            f"{metric or ' or '.join(RIGHTNESS)}",
            hint=NextStep(
                "name a metric the run has, or evaluate with that one", Action.EVALUATE, options=("metric",)
            ),
            code="route-metric",
        )
    found: list[RouteCase] = []
    left_out = Counter[str]()
    for outcome in outcomes:
        case = known[outcome.case_id]
        verdict = _is_right(case, outcome, cells.get(case.id), least)
        if isinstance(verdict, str):
            left_out[verdict] += 1
        else:
            found.append(_case(case, outcome, is_right=verdict))
    return RouteCases(
        cases=tuple(found),
        metric=metric or run_metrics.names_of(deciding),
        stamp=_stamp(run, {cell.metric for cell in deciding if cell.value is not None}),
        left_out=dict(left_out),
        refused_below=max((item.draft.signals.get(REFUSED_BELOW, 0.0) for item in outcomes), default=0.0),
    )


def _case(case: GoldCase, outcome: Outcome, *, is_right: bool) -> RouteCase:
    draft = outcome.draft
    is_answer = draft.state.is_answer
    return RouteCase(
        case_id=case.id,
        group=case.group,
        is_answer=is_answer,
        is_right=is_right and is_answer,
        is_answerable=case.is_answerable,
        has_passed=is_answer and checks_passed(draft),
        signals=signal_vector(draft) if is_answer else {},
        cost_usd=draft.usage.cost_usd,
        seconds=outcome.seconds,
    )


def _is_right(case: GoldCase, outcome: Outcome, cell: Cell | None, least: float) -> bool | str:
    """Whether an answer is right, or why that cannot be said; False where there is no answer."""
    if outcome.draft.state is DraftState.FAILED:
        return "the call failed"
    if not outcome.draft.state.is_answer:
        return False
    if case.is_answerable is False:
        return False
    if cell is None or cell.state is CellState.UNSCORABLE:
        return "the case cannot be scored"
    if cell.state is CellState.JUDGE_ERROR:
        return "the judge failed"
    if cell.state is CellState.NOT_RUN:
        return "not scored"
    return cell.value is not None and cell.value >= least


def _stamp(run: Run, names: Collection[str]) -> str:
    judged = [item.stamp for item in run.summaries if item.metric in names and item.stamp]
    return next(iter(judged), "" if BY_CODE.isdisjoint(names) else BY_CODE_STAMP)
