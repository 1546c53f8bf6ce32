"""Measuring programs: each case once, results kept, failures a state of their own."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bidproof.core.records import Draft, DraftState, Question, ScoredPassage
from bidproof.core.settings import RetrievalSettings
from bidproof.evaluation.metrics.registry import all_metrics
from bidproof.evaluation.records import CellState, GoldCase
from bidproof.optimization.budget import CallBudget, OptimizationStopped
from bidproof.optimization.evaluator import ProgramEvaluator, ResultLedger
from bidproof.optimization.records import Running
from bidproof.prompts.program import Program
from bidproof.retrieval.protocol import Query
from evaluating import make_cases

CASES = make_cases(6)


class Nothing:
    def search(self, query: Query) -> tuple[ScoredPassage, ...]:
        return ()


@dataclass(kw_only=True)
class Echo:
    """Says the reference of the cases that it knows, and fails on others that it is told to."""

    program_digest: str
    known: dict[str, str]
    failing: frozenset[str] = frozenset()
    drafted: list[str] = field(default_factory=list)
    name: str = "echo"

    async def draft(self, question: Question) -> Draft:
        self.drafted.append(str(question.id))
        if question.id in self.failing:
            return Draft(question_id=question.id, state=DraftState.FAILED, error="error[model]: broke")
        said = self.known.get(str(question.id), "")
        state = DraftState.DRAFTED if said else DraftState.NOT_FOUND
        return Draft(question_id=question.id, state=state, text=said)


def program(top_k: int = 3) -> Program:
    return Program(texts={}, engine="echo-1", retrieval=RetrievalSettings(top_k=top_k))


def evaluator(echo: Echo, *, path: Path | None = None, budget: CallBudget | None = None) -> ProgramEvaluator:
    return ProgramEvaluator(
        lambda program: Running(engine=echo, source=Nothing()),
        metric=all_metrics()["task_score"],
        ledger=ResultLedger(path),
        budget=budget,
    )


def echo(*, known: int = 6, failing: tuple[str, ...] = ()) -> Echo:
    return Echo(
        program_digest="echo",
        known={case.id: case.reference for case in CASES[:known]},
        failing=frozenset(failing),
    )


def test_a_case_is_drafted_once_however_often_it_is_asked_for() -> None:
    engine = echo()
    measuring = evaluator(engine)

    async def measure() -> None:
        first = await measuring.measure(program(), CASES[:3])
        second = await measuring.measure(program(), CASES)
        assert [item.case_id for item in first.results] == ["c0", "c1", "c2"]
        assert [item.case_id for item in second.results] == [case.id for case in CASES]
        assert second.mean == second.worst == 1.0

    asyncio.run(measure())
    assert sorted(engine.drafted) == [case.id for case in CASES]


def test_another_program_is_measured_for_itself() -> None:
    engine = echo()
    measuring = evaluator(engine)
    asyncio.run(measuring.measure(program(3), CASES[:2]))
    asyncio.run(measuring.measure(program(5), CASES[:2]))
    assert len(engine.drafted) == 4


def test_a_failed_call_lowers_coverage_and_not_the_mean(tmp_path: Path) -> None:
    engine = echo(failing=("c1",))
    measured = asyncio.run(evaluator(engine, path=tmp_path / "results.jsonl").measure(program(), CASES[:4]))
    assert measured.mean == 1.0
    assert measured.worst == 0.75
    assert measured.coverage == 0.75
    assert measured.results[1].state is CellState.NOT_RUN
    assert "broke" in measured.results[1].reason


def test_a_failed_case_is_tried_again_by_the_next_process(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    asyncio.run(evaluator(echo(failing=("c1",)), path=path).measure(program(), CASES[:3]))
    well = echo()
    measured = asyncio.run(evaluator(well, path=path).measure(program(), CASES[:3]))
    assert well.drafted == ["c1"]
    assert measured.coverage == 1.0


def test_a_line_cut_off_by_a_kill_is_measured_anew(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    asyncio.run(evaluator(echo(), path=path).measure(program(), CASES[:3]))
    path.write_text(path.read_text()[:-20])
    again = echo()
    measured = asyncio.run(evaluator(again, path=path).measure(program(), CASES[:3]))
    assert len(again.drafted) == 1
    assert measured.worst == 1.0
    assert path.read_text().count("\n") == 3


def test_a_wrong_abstention_is_zero_and_a_right_one_is_one() -> None:
    missing = GoldCase(id="m", question="What is the moon made of?", is_answerable=False)
    measured = asyncio.run(evaluator(echo(known=0)).measure(program(), (CASES[0], missing)))
    assert [item.value for item in measured.results] == [0.0, 1.0]


def test_calls_that_an_earlier_process_made_count_against_the_budget(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    asyncio.run(evaluator(echo(), path=path).measure(program(), CASES[:3]))
    text = path.read_text().replace('"calls": 0', '"calls": 2')
    path.write_text(text)
    budget = CallBudget(max_calls=6)
    measuring = evaluator(echo(), path=path, budget=budget)
    asyncio.run(measuring.measure(program(), CASES[:3]))
    assert budget.calls == 6
    with pytest.raises(OptimizationStopped):
        asyncio.run(measuring.measure(program(), CASES))


def test_each_case_that_is_done_is_told_and_known_ones_are_not_counted_again() -> None:
    told: list[tuple[int, int]] = []
    measuring = ProgramEvaluator(
        lambda program: Running(engine=echo(), source=Nothing()),
        metric=all_metrics()["task_score"],
        progress=lambda step: told.append((step.done, step.total)),
    )

    async def measure() -> None:
        await measuring.measure(program(), CASES[:2])
        await measuring.measure(program(), CASES)

    asyncio.run(measure())
    assert told == [(1, 2), (2, 2), (1, 4), (2, 4), (3, 4), (4, 4)]
