"""Parts of the settings-search tests: an evaluator whose best settings are known."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from bidproof.answering.extractive import extractive_program
from bidproof.core.records import DraftState, Usage
from bidproof.core.settings import Settings
from bidproof.evaluation.records import CellState, GoldCase
from bidproof.optimization.budget import OptimizationStopped
from bidproof.optimization.records import CaseResult, Measured
from bidproof.prompts.program import Program, default_program


def searched_cases(count: int, *, groups: int = 4) -> tuple[GoldCase, ...]:
    return tuple(
        GoldCase(
            id=f"c{number}", question=f"Question {number}?", reference="Yes.", group=f"g{number % groups}"
        )
        for number in range(count)
    )


def extractive_base() -> Program:
    return extractive_program(Settings())


def generative_base() -> Program:
    return default_program(Settings(), model_name="small")


def peak(program: Program) -> float:
    """Best at dense_weight 0.7 and sufficiency 0.4; decompose does not matter at all."""
    away = abs(program.retrieval.dense_weight - 0.7) + 0.5 * abs(program.answering.sufficiency - 0.4)
    return max(0.0, 0.8 - away)


def noise(*names: str) -> float:
    """From -1 to 1, the same for the same names."""
    return int(sha256("\0".join(names).encode()).hexdigest()[:8], 16) / 2**31 - 1


@dataclass(kw_only=True)
class SurfaceEvaluator:
    """Scores each case by a surface over the settings, a case's own hardness and a little noise.

    Attributes:
        surface: Value of a program.
        spread: Size of the noise.
        stop_after: Measurements after which the budget is spent; None for never.
        losing: Whether a program's call fails on a case.
        cost: Dollars a case.
        asked: Programs with the ids of the cases, as asked.
    """

    surface: Callable[[Program], float] = peak
    spread: float = 0.02
    stop_after: int | None = None
    losing: Callable[[Program, GoldCase], bool] = lambda program, case: False
    cost: Callable[[Program], float] = lambda program: 0.0
    metric: str = "surface"
    asked: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    async def measure(self, program: Program, cases: Sequence[GoldCase]) -> Measured:
        if self.stop_after is not None and len(self.asked) >= self.stop_after:
            raise OptimizationStopped("the budget of 7 model calls is spent")
        digest = program.digest()
        self.asked.append((digest, tuple(case.id for case in cases)))
        return Measured(
            program=digest, metric=self.metric, results=tuple(self._result(program, case) for case in cases)
        )

    def _result(self, program: Program, case: GoldCase) -> CaseResult:
        done = CaseResult(
            case_id=case.id,
            state=CellState.SCORED,
            value=None,
            draft=DraftState.DRAFTED,
            usage=Usage(calls=1, cost_usd=self.cost(program)),
        )
        if self.losing(program, case):
            return replace(done, state=CellState.NOT_RUN, draft=DraftState.FAILED)
        hardness = 0.1 * noise(case.id)
        value = self.surface(program) + hardness + self.spread * noise(case.id, program.digest())
        return replace(done, value=min(1.0, max(0.0, value)))
