"""Run candidate programs for DSPy: its threads ask, the one event loop answers, nothing is run twice."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bidproof.answering.step_calls import StepCall, watching
from bidproof.core.records import DraftState, Support
from bidproof.evaluation.gold.questions import case_options
from bidproof.evaluation.protocol import Metric, Score, Scoring
from bidproof.evaluation.records import CellState, GoldCase, Outcome
from bidproof.evaluation.running.answerers import EngineAnswerer
from bidproof.evaluation.running.runs import score_one
from bidproof.optimization.prompts.trace import StepEntry, step_entries
from bidproof.optimization.records import CaseResult, Evaluator, OpenProgram, Running
from bidproof.prompts.program import Program

Result = TypeVar("Result")


class Halt(BaseException):
    """Leave DSPy at once; it holds on to every ``Exception`` and goes on with a score of 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout:
    """A program on one case.

    Attributes:
        value: The objective; 0 where there is none, since DSPy knows no other state.
        score: How scoring ended.
        outcome: The draft with its ranking; None for a case that was only measured.
        entries: What each step was shown and said.
        is_clean: Whether nothing of the draft failed a check and nothing was left open.
        result: What the evaluator found, for a case that was only measured.
    """

    value: float
    score: Score
    outcome: Outcome | None = None
    entries: tuple[StepEntry, ...] = ()
    is_clean: bool = False
    result: CaseResult | None = None


@dataclass(kw_only=True)
class Candidate:
    """A candidate that was run, with its results on dev cases so far, by case id."""

    program: Program
    results: dict[str, CaseResult] = field(default_factory=dict[str, CaseResult])


class RolloutRunner:
    """Runs programs on train and dev cases, each program on each case once.

    A dev case goes through the evaluator, whose results stand: measuring the
    winner again costs nothing. A train case is drafted with every step call
    looked at, since proposals are made from those.

    Args:
        loop: Where engines run.
        open_program: Makes a program run.
        evaluator: Measures on dev cases.
        metric: The objective, for train cases.
        scoring: What the metric may ask for.
        train: Cases to learn from.
        dev: Cases to choose by.
        told: Told, on the event loop, how many runs of how many programs there have been.
    """

    def __init__(
        self,
        *,
        loop: asyncio.AbstractEventLoop,
        open_program: OpenProgram,
        evaluator: Evaluator,
        metric: Metric,
        scoring: Scoring,
        train: Sequence[GoldCase],
        dev: Sequence[GoldCase],
        told: Callable[[int, int], None],
    ) -> None:
        self.cases: Mapping[str, GoldCase] = {case.id: case for case in (*train, *dev)}
        self.candidates: dict[str, Candidate] = {}
        self.refused: Counter[str] = Counter()
        self.error: BaseException | None = None
        self._dev = frozenset(case.id for case in dev)
        self._loop = loop
        self._open = open_program
        self._evaluator = evaluator
        self._metric = metric
        self._scoring = scoring
        self._opened: dict[str, Running] = {}
        self._futures: dict[tuple[str, str], Future[Rollout]] = {}
        self._pending: set[Future[Any]] = set()
        self._refused_of: set[tuple[str, object]] = set()
        self._lock = threading.Lock()
        self._told = told
        self._runs = 0

    def __deepcopy__(self, memo: dict[int, Any]) -> "RolloutRunner":
        """DSPy copies its modules; all copies run on the same runner."""
        return self

    def run(self, program: Program, case_id: str, *, dropped: Sequence[str] = ()) -> Rollout:
        """Run, or give what is known; called from DSPy's threads, never on the event loop.

        Args:
            program: A candidate.
            case_id: The case.
            dropped: Why parts of the candidate were left out; counted once a program.

        Raises:
            Halt: The budget is spent, the job is cancelled, or something broke: see ``error``.
        """
        digest = program.digest()
        with self._lock:
            if self.error is not None:
                raise Halt
            future = self._futures.get((digest, case_id))
            if future is None:
                future = self.submit(self._try(program, digest, self.cases[case_id]))
                self._futures[(digest, case_id)] = future
            if digest not in self.candidates:
                self.candidates[digest] = Candidate(program=program)
                self.refused.update(dropped)
            candidate = self.candidates[digest]
        rollout = self.wait(future)
        if rollout.result is not None:
            candidate.results[case_id] = rollout.result
        return rollout

    def refuse(self, reason: str, *, of: object = None) -> None:
        """Count a candidate, or a part of one, that was not run.

        Args:
            reason: Why.
            of: What it is about: the same is counted once. None counts anew.

        Raises:
            Halt: The search is over.
        """
        with self._lock:
            if self.error is not None:
                raise Halt
            if of is None or (reason, of) not in self._refused_of:
                self.refused[reason] += 1
            self._refused_of.add((reason, of))

    def submit(self, work: Coroutine[Any, Any, Result]) -> "Future[Result]":
        """Begin a coroutine on the event loop.

        Raises:
            Halt: The search is over; nothing was begun.
        """
        if self.error is not None:
            work.close()
            raise Halt
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        self._pending.add(future)
        future.add_done_callback(self._pending.discard)
        return future

    def wait(self, future: "Future[Result]") -> Result:
        """Wait for what was begun; whatever goes wrong ends the whole search.

        Raises:
            Halt: It did not end well, and neither will anything after it.
        """
        if self.error is not None:
            future.cancel()
            raise Halt
        try:
            return future.result()
        except BaseException as error:
            self.stop(error)
            raise Halt from error

    def stop(self, error: BaseException) -> None:
        """Let nothing more begin, and end what is under way."""
        if self.error is None:
            self.error = error
        for future in list(self._pending):
            future.cancel()

    async def _try(self, program: Program, digest: str, case: GoldCase) -> Rollout:
        self._runs += 1
        self._told(self._runs, len(self.candidates))
        if case.id in self._dev:
            (result,) = (await self._evaluator.measure(program, (case,))).results
            score = Score(state=result.state, value=result.value, reason=result.reason)
            return Rollout(value=result.value or 0.0, score=score, result=result)
        return await self._look(program, digest, case)

    async def _look(self, program: Program, digest: str, case: GoldCase) -> Rollout:
        running = self._opened.get(digest)
        if running is None:
            running = self._opened[digest] = self._open(program)
        calls: list[StepCall] = []
        with watching(calls.append):
            outcome = await EngineAnswerer(running.engine, running.source).answer(case, repeat=0)
        draft = outcome.draft
        if draft.state is DraftState.FAILED:
            score = Score(state=CellState.NOT_RUN, reason=draft.error)
        else:
            score = await score_one(self._metric, case, outcome, self._scoring)
        return Rollout(
            value=score.value or 0.0,
            score=score,
            outcome=outcome,
            entries=step_entries(calls, program=program, options=case_options(case)),
            is_clean=_is_clean(case, outcome),
        )


def _is_clean(case: GoldCase, outcome: Outcome) -> bool:
    draft = outcome.draft
    if draft.state is DraftState.NOT_FOUND:
        return case.is_answerable is False
    return draft.state is DraftState.DRAFTED and draft.support is Support.SUPPORTED
