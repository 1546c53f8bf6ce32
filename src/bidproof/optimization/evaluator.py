"""Measure programs by one objective, each program on each case once, kept through a kill."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bidproof.core.jsonable import from_json, to_json
from bidproof.core.records import DraftState
from bidproof.evaluation.judging.matrix_offline import OfflineMatrix
from bidproof.evaluation.protocol import ClaimMatrix, MatrixMaker, Metric
from bidproof.evaluation.records import Cell, GoldCase, Outcome
from bidproof.evaluation.running.answerers import EngineAnswerer
from bidproof.evaluation.running.runs import CaseRun, ErrorBudget, RunStep
from bidproof.evaluation.running.scoring import RunScoring, TextEmbedder
from bidproof.llm.protocol import NO_USAGE
from bidproof.optimization.budget import CallBudget
from bidproof.optimization.kept_lines import keep, read_kept
from bidproof.optimization.records import CaseResult, Measured, OpenProgram
from bidproof.prompts.program import Program

# A program that fails on half of its first cases is not worth the rest.
_HOPELESS = ErrorBudget(share=0.5, least=8)


class DraftScoring:
    """What metrics may ask for, for drafts of many programs on the same cases: nothing is kept by case.

    Args:
        matrix_maker: Fills claim matrices: offline, or a judge.
        embedder: For cosine similarity; None for none.
    """

    def __init__(self, matrix_maker: MatrixMaker | None = None, embedder: TextEmbedder | None = None) -> None:
        self._maker: MatrixMaker = matrix_maker or OfflineMatrix()
        self._similar = RunScoring(self._maker, embedder)

    async def matrix(self, case: GoldCase, outcome: Outcome) -> ClaimMatrix:
        """The claim matrix of this very outcome.

        Raises:
            ModelError: The judge failed.
        """
        return await self._maker.make(case, outcome)

    async def offline_matrix(self, case: GoldCase, outcome: Outcome) -> ClaimMatrix:
        """The claim matrix by code alone."""
        return OfflineMatrix().make_now(case, outcome)

    def similarity(self, one: str, others: Sequence[str]) -> list[float]:
        """Cosine similarity of a text with others; empty without an embedder."""
        return self._similar.similarity(one, others)


class ResultLedger:
    """Results by program and case in a file, a line each, appended as soon as they are there.

    A line that a kill cut off is left out and written anew.

    Args:
        path: The file; made with the first result. None keeps results in memory alone.

    Raises:
        WorkspaceError: The file is there and cannot be read.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._known = dict(read_kept(path, _kept_result))

    def known(self, program: str, metric: str) -> dict[str, CaseResult]:
        """A program's results so far, by case id."""
        return {
            case: result for (of, by, case), result in self._known.items() if of == program and by == metric
        }

    def add(self, program: str, metric: str, results: Sequence[CaseResult]) -> None:
        """Write results down; on return they are on the disk."""
        self._known |= {(program, metric, result.case_id): result for result in results}
        keep(self._path, [{"program": program, "metric": metric, **to_json(result)} for result in results])


def _kept_result(entry: dict[str, Any]) -> tuple[tuple[str, str, str], CaseResult]:
    result = from_json(CaseResult, entry)
    return (str(entry["program"]), str(entry["metric"]), result.case_id), result


def _say_nothing(step: RunStep) -> None:
    pass


class ProgramEvaluator:
    """Runs programs over cases and scores each by one metric.

    Args:
        open_program: Makes a program run.
        metric: The objective.
        scoring: What the metric may ask for; must not keep anything by case id.
        ledger: Where results are kept.
        budget: Checked before each program is run; calls of results that are known count.
        named: Gives a program the identity of the model that it is run with.
        concurrency: Answers in the making at once.
        progress: Told of each case that a program has done: a local model may take minutes for one.
    """

    def __init__(
        self,
        open_program: OpenProgram,
        *,
        metric: Metric,
        scoring: DraftScoring | None = None,
        ledger: ResultLedger | None = None,
        budget: CallBudget | None = None,
        named: Callable[[Program], Program] | None = None,
        concurrency: int = 4,
        progress: Callable[[RunStep], None] = _say_nothing,
    ) -> None:
        self._progress = progress
        self._open = open_program
        self._metric, self.metric = metric, metric.name
        self._scoring = scoring or DraftScoring()
        self._ledger = ledger or ResultLedger(None)
        self._budget = budget
        self._named = named or _as_it_is
        self._concurrency = concurrency
        self._counted: set[tuple[str, str]] = set()

    async def measure(self, program: Program, cases: Sequence[GoldCase]) -> Measured:
        """Run a program over the cases that it has not done yet; all results, in the cases' order.

        A case whose call failed is tried again the next time it is asked for.

        Raises:
            OptimizationStopped: The budget is spent; results of whole measurements are kept.
        """
        program = self._named(program)
        digest = program.digest()
        known = self._ledger.known(digest, self.metric)
        self._count(digest, known)
        missing = [case for case in cases if case.id not in known]
        if missing:
            if self._budget is not None:
                self._budget.check()
            fresh = await self._run(program, missing)
            self._counted |= {(digest, item.case_id) for item in fresh}
            kept = [item for item in fresh if not item.is_lost]
            self._ledger.add(digest, self.metric, kept)
            known |= {item.case_id: item for item in fresh}
        return Measured(program=digest, metric=self.metric, results=tuple(known[case.id] for case in cases))

    def _count(self, digest: str, known: Mapping[str, CaseResult]) -> None:
        """Count calls of an earlier process once, so that a job stops where it would have stopped."""
        for case, result in known.items():
            if (digest, case) not in self._counted:
                self._counted.add((digest, case))
                if self._budget is not None:
                    self._budget.calls += result.usage.calls

    async def _run(self, program: Program, cases: Sequence[GoldCase]) -> list[CaseResult]:
        running = self._open(program)
        result = await CaseRun(
            cases=cases,
            answerer=EngineAnswerer(running.engine, running.source),
            metrics=(self._metric,),
            scoring=self._scoring,
            error_budget=_HOPELESS,
            concurrency=self._concurrency,
            progress=self._progress,
        ).run()
        if self._budget is not None and any(cell.state.value == "judge_error" for cell in result.cells):
            self._budget.check()  # a judge that was refused for want of budget is no failed judge
        outcomes = {outcome.case_id: outcome for outcome in result.outcomes}
        return [_result(cell, outcomes.get(cell.case_id)) for cell in result.cells]


def _as_it_is(program: Program) -> Program:
    return program


def _result(cell: Cell, outcome: Outcome | None) -> CaseResult:
    draft = outcome.draft if outcome else None
    return CaseResult(
        case_id=cell.case_id,
        state=cell.state,
        value=cell.value,
        draft=draft.state if draft else DraftState.FAILED,
        usage=draft.usage if draft else NO_USAGE,
        reason=cell.reason,
        seconds=outcome.seconds if outcome else 0.0,
    )
