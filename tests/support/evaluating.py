"""Parts of the evaluation tests: answerers and metrics that do as they are told."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bidproof.core.errors import ModelUnavailable
from bidproof.core.ids import QuestionId
from bidproof.core.records import Claim, Draft, DraftState
from bidproof.evaluation.protocol import ClaimMatrix, MetricKind, Score, Scoring
from bidproof.evaluation.records import CellState, GoldCase, Outcome


def make_cases(count: int, *, group: str = "") -> tuple[GoldCase, ...]:
    return tuple(
        GoldCase(
            id=f"c{number}",
            question=f"How often is part {number} checked?",
            reference=f"Part {number} is checked every {number + 1} days.",
            group=group and f"{group}{number % 3}",
        )
        for number in range(count)
    )


def make_outcome(case: GoldCase, *, repeat: int = 0, text: str = "") -> Outcome:
    said = text or case.reference
    draft = Draft(
        question_id=QuestionId(case.id), state=DraftState.DRAFTED, text=said, claims=(Claim(text=said),)
    )
    return Outcome(case_id=case.id, repeat=repeat, draft=draft, seconds=0.01)


def failed_outcome(case: GoldCase, *, repeat: int = 0) -> Outcome:
    draft = Draft(question_id=QuestionId(case.id), state=DraftState.FAILED, error="error[model]: it broke")
    return Outcome(case_id=case.id, repeat=repeat, draft=draft)


@dataclass(kw_only=True)
class PlannedAnswerer:
    """Answers with the reference, or fails for the ids it is told to fail on."""

    name: str = "planned"
    program_digest: str = "planned-1"
    failing: set[str] = field(default_factory=set)
    asked: list[tuple[str, int]] = field(default_factory=list)

    async def answer(self, case: GoldCase, *, repeat: int) -> Outcome:
        self.asked.append((case.id, repeat))
        await asyncio.sleep(0)
        if case.id in self.failing:
            return failed_outcome(case, repeat=repeat)
        return make_outcome(case, repeat=repeat)

    async def restore(self, case: GoldCase, draft: Draft, *, repeat: int) -> Outcome:
        return Outcome(case_id=case.id, repeat=repeat, draft=draft)


@dataclass(kw_only=True)
class PlannedMetric:
    """Gives what a function of the case says: a value, or a score; errors pass through."""

    give: Callable[[GoldCase], object]
    name: str = "planned"
    kind: MetricKind = "proportion"
    higher_is_better: bool = True
    is_judged: bool = False

    async def score(self, case: GoldCase, outcome: Outcome, scoring: Scoring) -> Score:
        given = self.give(case)
        if isinstance(given, Score):
            return given
        return Score(state=CellState.SCORED, value=given)  # type: ignore[arg-type]


class NoScoring:
    """Shares nothing: a metric that asks for a matrix meets a judge that is down."""

    async def matrix(self, case: GoldCase, outcome: Outcome) -> ClaimMatrix:
        raise ModelUnavailable("the judge is down", hint="start it")

    def similarity(self, one: str, others: Sequence[str]) -> list[float]:
        raise NotImplementedError


def states(cells: Sequence[object]) -> Mapping[str, int]:
    from collections import Counter

    return Counter(str(cell.state) for cell in cells)  # type: ignore[attr-defined]
