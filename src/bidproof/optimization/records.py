"""The nouns of optimisation: what a candidate scored, case by case, and what it cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bidproof.answering.protocol import Engine, PassageSource
from bidproof.core.records import DraftState, Usage
from bidproof.evaluation.records import CellState, GoldCase
from bidproof.llm.protocol import NO_USAGE, add_usage
from bidproof.prompts.program import Program


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """What a program did on one case.

    Attributes:
        case_id: The case.
        state: ``scored``, or why there is no value; a failed call is ``not_run``.
        value: The objective, set exactly when ``scored``.
        draft: How drafting ended.
        usage: What the case cost when its calls were made.
        reason: Why there is no value; empty where there is one.
        seconds: Time that drafting took.
    """

    case_id: str
    state: CellState
    value: float | None
    draft: DraftState
    usage: Usage = NO_USAGE
    reason: str = ""
    seconds: float = 0.0

    @property
    def is_lost(self) -> bool:
        """Whether a call or the judge failed, so that asking again may give a value."""
        return self.state in (CellState.NOT_RUN, CellState.JUDGE_ERROR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A program on some cases, in their order.

    A failed case has no value: it lowers ``coverage``, never the mean. Candidates
    are told apart by ``worst``, so that failing on hard cases wins nothing.
    """

    program: str
    metric: str
    results: tuple[CaseResult, ...]

    @property
    def values(self) -> tuple[float, ...]:
        """Of the scored cases."""
        return tuple(item.value for item in self.results if item.value is not None)

    @property
    def mean(self) -> float | None:
        """Over scored cases; None without any."""
        return sum(self.values) / len(self.values) if self.values else None

    @property
    def worst(self) -> float:
        """The mean with 0 for each case whose call or judge failed; what is unscorable is left out."""
        lost = sum(item.is_lost for item in self.results)
        counted = len(self.values) + lost
        return sum(self.values) / counted if counted else 0.0

    @property
    def coverage(self) -> float:
        """Scored cases as a share of all, 0 to 1."""
        return len(self.values) / len(self.results) if self.results else 0.0

    @property
    def usage(self) -> Usage:
        """Over all cases."""
        return add_usage(*(item.usage for item in self.results))


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A program ready to draft: its engine, and where that engine finds passages."""

    engine: Engine
    source: PassageSource


class OpenProgram(Protocol):
    """Makes a program run; given by the flow, which knows index, embedder and model."""

    def __call__(self, program: Program) -> Running:
        """Open a program; cheap, and safe to call again for the same one.

        Raises:
            UserError: The program cannot run here.
        """
        ...


class Evaluator(Protocol):
    """Measures programs by one objective; a case that a program has done already is not run again."""

    @property
    def metric(self) -> str:
        """Name of the objective."""
        ...

    async def measure(self, program: Program, cases: Sequence[GoldCase]) -> Measured:
        """Run a program over cases.

        Raises:
            OptimizationStopped: Calls, money or time ran out; what was finished is kept.
        """
        ...
