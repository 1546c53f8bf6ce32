"""Metrics by name: one decorated function each, ours and the user's.

    from bidproof.evaluation.metrics.registry import metric

    @metric(name="mentions_product", kind="binary")
    def mentions_product(case, outcome, scoring):
        return "Bidproof" in outcome.draft.text

A package offers metrics to every run through the entry-point group
``bidproof.metrics``: each entry is a decorated function, or any object with the
shape of ``protocol.Metric``.
"""

import importlib
import importlib.util
import inspect
import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from typing import Literal, cast

from bidproof.core.errors import BidproofError, InvalidSetting
from bidproof.core.records import DraftState
from bidproof.evaluation.protocol import Metric, MetricKind, Score, Scoring
from bidproof.evaluation.records import CellState, GoldCase, Outcome

GROUP = "bidproof.metrics"

Need = Literal["answer", "reference", "choice", "relevant", "answerable", "passages"]
"""What a metric cannot do without. ``answer``: a given one, so an abstention is not scored;
``passages``: a context that the draft was made from; the others: a field of the case."""

Result = Score | float | bool | None
Function = Callable[[GoldCase, Outcome, Scoring], Result | Awaitable[Result]]

_OWN = (
    "judged",
    "overlap",
    "reference",
    "citations",
    "fidelity",
    "choices",
    "retrieval",
    "abstention",
    "task_score",
    "amounts",
)
_LACKS = {
    "reference": "the case has no reference answer",
    "choice": "the case has no right choice",
    "relevant": "the case names nothing relevant in the documents",
    "answerable": "the case does not say whether it can be answered",
}
_registered: dict[str, Metric] = {}


@dataclass(eq=False, kw_only=True)
class FunctionMetric:
    """A metric made of a function; also callable as the function was."""

    function: Function = field(repr=False)
    name: str
    kind: MetricKind = "proportion"
    higher_is_better: bool = True
    is_judged: bool = False
    needs: Sequence[Need] = ("answer",)

    def __post_init__(self) -> None:
        self.__doc__ = self.function.__doc__

    def __call__(self, case: GoldCase, outcome: Outcome, scoring: Scoring) -> Result | Awaitable[Result]:
        """Call the function itself, without the checks of :meth:`score`."""
        return self.function(case, outcome, scoring)

    async def score(self, case: GoldCase, outcome: Outcome, scoring: Scoring) -> Score:
        """Score one outcome, or say why it has no value.

        Raises:
            ModelError: The judge failed.
            ValueError: The function gave a value that its kind does not allow.
        """
        if outcome.draft.state is DraftState.FAILED:
            return Score(
                state=CellState.NOT_RUN, reason=_first_line(outcome.draft.error) or "drafting failed"
            )
        missing = self._missing(case, outcome)
        if missing is not None:
            return missing
        result = self.function(case, outcome, scoring)
        if inspect.isawaitable(result):
            result = await result
        return self._scored(cast("Result", result))

    def _missing(self, case: GoldCase, outcome: Outcome) -> Score | None:
        """Why the outcome cannot be scored; what the case lacks comes first, for it never changes."""
        lacks = {
            "reference": not case.reference.strip(),
            "choice": not case.choice.strip(),
            "relevant": not case.relevant,
            "answerable": case.is_answerable is None,
        }
        for need, is_lacking in lacks.items():
            if need in self.needs and is_lacking:
                return Score(state=CellState.UNSCORABLE, reason=_LACKS[need])
        if "answer" in self.needs and not outcome.draft.state.is_answer:
            return Score(state=CellState.ABSTAINED, reason=f"the draft is {outcome.draft.state.value!r}")
        if "passages" in self.needs and not outcome.context:
            return Score(state=CellState.UNSCORABLE, reason="no passages are recorded for this draft")
        return None

    def _scored(self, result: Result) -> Score:
        if isinstance(result, Score):
            return result
        if result is None:
            return Score(state=CellState.UNSCORABLE, reason="the metric gave no value")
        value = float(result)
        if not math.isfinite(value):
            return Score(state=CellState.UNSCORABLE, reason=f"the metric gave {value}")
        if self.kind != "amount" and not 0.0 <= value <= 1.0:
            raise ValueError(f"metric {self.name!r} gave {value}: expected 0 to 1 for kind {self.kind!r}")
        if self.kind == "binary" and value not in (0.0, 1.0):
            raise ValueError(f"metric {self.name!r} gave {value}: expected 0 or 1 for kind 'binary'")
        return Score(state=CellState.SCORED, value=value)


def metric(
    *,
    name: str,
    kind: MetricKind = "proportion",
    higher_is_better: bool = True,
    is_judged: bool = False,
    needs: Sequence[Need] = ("answer",),
) -> Callable[[Function], FunctionMetric]:
    """Make a metric of a function and register it for every later run of this process.

    The function takes case, outcome and scoring, may be ``async``, and gives a
    number, a truth value, a :class:`Score`, or None where it cannot say. It is not
    called for a failed draft, nor where something in ``needs`` is missing.

    Args:
        name: Snake case, unique; a judged name is never given to a metric by code.
        kind: What values it gives; decides interval and test.
        higher_is_better: Direction.
        is_judged: The value rests on the judge, and so on the judge's calibration.
        needs: What it cannot do without; by default only answers given are scored.

    Raises:
        InvalidSetting: Another metric has this name.
    """

    def register(function: Function) -> FunctionMetric:
        made = FunctionMetric(
            function=function,
            name=name,
            kind=kind,
            higher_is_better=higher_is_better,
            is_judged=is_judged,
            needs=needs,
        )
        origin = str(getattr(function, "__module__", "?"))
        if not origin.startswith(f"{__package__}."):
            _load_own()
        _add(_registered, made, origin=origin)
        return made

    return register


def judged_metric(name: str, function: Function, *needs: Need) -> FunctionMetric:
    """A metric that rests on a judge, for this run alone: it is not registered."""
    return FunctionMetric(function=function, name=name, is_judged=True, needs=needs)


def all_metrics() -> dict[str, Metric]:
    """Every metric by name: ours, those of installed packages, then those registered in this process.

    Raises:
        InvalidSetting: An installed package's metric cannot be loaded, or takes a name twice.
    """
    _load_own()
    found: dict[str, Metric] = {}
    for entry in entry_points(group=GROUP):
        try:
            loaded: object = entry.load()
        except (ImportError, AttributeError) as error:
            raise InvalidSetting(
                f"cannot load the metric {entry.name!r} of {entry.value!r}: {error}",
                hint="repair or remove the package that offers it",
                code="metric",
            ) from error
        _add(found, _as_metric(loaded, origin=entry.value), origin=entry.value)
    # A decorated function of a package registers itself when it is loaded.
    for name, item in found.items():
        if _registered.get(name, item) is not item:
            _add(_registered, item, origin="an installed package")
    return {**_registered, **found}


def default_metrics(*, is_judge: bool) -> dict[str, Metric]:
    """The metrics of a run where none are named: all by code, and with a judge the judged ones too."""
    return {name: item for name, item in all_metrics().items() if is_judge or not item.is_judged}


def choose_metrics(names: Sequence[str], *, is_judge: bool) -> dict[str, Metric]:
    """The metrics a user named, in that order; the default ones for no name.

    Raises:
        InvalidSetting: A name is unknown, or needs a judge and the run has none.
    """
    if not names:
        return default_metrics(is_judge=is_judge)
    known = all_metrics()
    for name in names:
        if name not in known:
            raise InvalidSetting(
                f"unknown metric {name!r}: expected one of {', '.join(sorted(known))}",
                hint="docs/metrics.md says what each one measures",
                code="metric",
            )
        if known[name].is_judged and not is_judge:
            raise InvalidSetting(
                f"metric {name!r} needs a judge: found none, expected a judge model",
                hint="name a judge model, or take the metric by code that docs/metrics.md lists beside it",
                code="metric",
            )
    return {name: known[name] for name in names}


def import_metrics(path: Path) -> tuple[str, ...]:
    """Run a Python file of the user's that registers metrics; gives the names it added.

    Raises:
        InvalidSetting: There is no such file, it is no Python, or it registers nothing.
    """
    before = set(_registered)
    spec = importlib.util.spec_from_file_location(f"bidproof_metrics_{path.stem}", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise InvalidSetting(
            f"cannot read metrics from {str(path)!r}: expected a Python file",
            hint="check the path",
            code="metric",
        )
    try:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
    except BidproofError:
        raise
    except Exception as error:  # the edge to the user's own code
        raise InvalidSetting(
            f"cannot read metrics from {str(path)!r}: {type(error).__name__}: {error}",
            hint="correct the file",
            code="metric",
        ) from error
    added = tuple(name for name in _registered if name not in before)
    if not added:
        raise InvalidSetting(
            f"{str(path)!r} registers no metric: expected a function under @metric",
            hint="see docs/metrics.md, Your own metric",
            code="metric",
        )
    return added


def _load_own() -> None:
    for module in _OWN:
        importlib.import_module(f"{__package__}.{module}")


def _add(table: dict[str, Metric], item: Metric, *, origin: str) -> None:
    if item.name in table:
        raise InvalidSetting(
            f"metric {item.name!r} of {origin!r} has a name that is taken: expected a new name",
            hint="rename the metric",
            code="metric",
        )
    table[item.name] = item


def _as_metric(loaded: object, *, origin: str) -> Metric:
    wanted = ("name", "kind", "higher_is_better", "is_judged", "score")
    missing = [name for name in wanted if not hasattr(loaded, name)]
    if missing:
        raise InvalidSetting(
            f"{origin!r} is no metric: it lacks {', '.join(missing)}; expected a function under @metric",
            hint="see docs/metrics.md, Your own metric",
            code="metric",
        )
    return cast("Metric", loaded)


def _first_line(text: str) -> str:
    return text.strip().split("\n")[0]
