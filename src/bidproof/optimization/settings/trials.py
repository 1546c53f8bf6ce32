"""The nouns of a settings search: trials, what they reached on each rung, the report."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bidproof.core.records import Usage
from bidproof.core.settings import DocumentSettings
from bidproof.llm.protocol import NO_USAGE
from bidproof.optimization.records import Measured
from bidproof.optimization.settings.halving import Standing, pareto_front
from bidproof.optimization.settings.space import SearchSpace, Value
from bidproof.prompts.program import Program

CostUnit = Literal["", "usd", "tokens", "seconds"]
"""What a case costs is counted in; empty where cost is no objective."""

TrialState = Literal["finished", "pruned", "failed", "stopped"]
"""``finished``: measured on all cases; ``pruned``: fell on a rung; ``failed``: cannot run here;
``stopped``: a limit was reached while it was measured."""

EndReason = Literal["trials done", "space exhausted", "stopped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RungResult:
    """A trial on the cases of one rung.

    Attributes:
        rung: From 0, the smallest.
        cases: Cases of the rung, the same for every trial.
        n: Scored ones among them.
        worst: The objective with lost cases as 0: what trials are told apart by.
        mean: Over scored cases; None without any.
        cost: Of one case, in the report's unit; 0 without one.
    """

    rung: int
    cases: int
    n: int
    worst: float
    mean: float | None
    cost: float = 0.0

    @property
    def standing(self) -> Standing:
        """Objective and cost."""
        return Standing(value=self.worst, cost=self.cost)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchTrial:
    """One candidate: where it stands in the space, and what it reached.

    ``rungs`` holds each rung that was measured whole; ``usage`` and ``measured`` are
    of the last of them. ``reason`` says why it failed or was stopped, or which trial it does the same as.
    """

    number: int
    values: Mapping[str, Value]
    program: str
    state: TrialState
    rungs: tuple[RungResult, ...] = ()
    measured: Measured | None = None
    usage: Usage = NO_USAGE
    reason: str = ""

    @property
    def last(self) -> RungResult | None:
        """The largest rung that it was measured on."""
        return self.rungs[-1] if self.rungs else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchStep:
    """A sign of progress: one trial was measured on one rung.

    Attributes:
        trial: Its number, from 0: the incumbent.
        trials: Trials wanted.
        result: What it reached.
        state: How the trial stands after it; empty while it goes on.
        best: Best objective on all cases so far; None before there is any.
        incumbent: The incumbent's; None before it is measured.
        usage: What the search has cost so far.
    """

    trial: int
    trials: int
    result: RungResult
    state: TrialState | Literal[""]
    best: float | None
    incumbent: float | None
    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterImportance:
    """Share of the objective's variance over the space that one parameter explains, 0 to 1."""

    name: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Importances:
    """Importance of each parameter, most important first, and what it rests on.

    ``trials`` were measured on the same ``cases``; without parameters there were too few of them.
    """

    parameters: tuple[ParameterImportance, ...] = ()
    trials: int = 0
    cases: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchReport:
    """What came of a search.

    Attributes:
        metric: The objective.
        base: The incumbent, trial 0.
        best: The best program measured on all cases; the incumbent where none was better.
        best_trial: Its trial; 0 for the incumbent, also where that was not measured whole.
        best_documents: How documents become passages for it; None where that was not searched.
        space: What was searched, the incumbent among it.
        trials: In the order they were tried.
        rungs: Cases of each rung.
        importance: Of the parameters.
        ended: Why the search ended.
        reason: The same in the reader's words.
        cost_unit: What cost is counted in.
        usage: What all trials cost.
        seed: Of everything random.
        seconds: Wall-clock seconds of this process.
    """

    metric: str
    base: Program
    best: Program
    best_trial: int
    best_documents: DocumentSettings | None
    space: SearchSpace
    trials: tuple[SearchTrial, ...]
    rungs: tuple[int, ...]
    importance: Importances
    ended: EndReason
    reason: str
    cost_unit: CostUnit
    usage: Usage
    seed: int
    seconds: float

    @property
    def changed(self) -> dict[str, tuple[Value, Value]]:
        """What the best program has otherwise than the incumbent: name to old and new value."""
        if not self.trials:
            return {}
        old, new = self.trials[0].values, self.trials[self.best_trial].values
        return {name: (old[name], new[name]) for name in self.space.names if old[name] != new[name]}

    @property
    def pareto(self) -> tuple[SearchTrial, ...]:
        """The finished trials that none beats in one thing without losing in the other, best first."""
        found = {
            trial.number: trial.last.standing
            for trial in self.trials
            if trial.state == "finished" and trial.last is not None
        }
        return tuple(self.trials[number] for number in pareto_front(found))
