"""Run cases: answer, then score by every metric, many at once, until done or the error budget is spent.

Nothing is dropped: each case, repeat and metric ends as exactly one cell, also
when a call failed, a judge failed, or the run was stopped before it got there.
"""

import asyncio
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from bidproof.core.errors import BidproofError, ModelError, first_of
from bidproof.core.records import DraftState
from bidproof.evaluation.protocol import Answerer, Metric, Score, Scoring
from bidproof.evaluation.records import Cell, CellState, GoldCase, Outcome

Key = tuple[str, int]
"""Case id and repeat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorBudget:
    """How much may fail before a run is stopped.

    A failure is an answer whose call failed, or one that the judge failed on by
    any metric; a metric by code that fails costs its own cells alone. While running,
    the share counts once ``least`` failures are there,
    so that a hiccup at the start stops nothing; at the end it counts alone.

    Attributes:
        share: Failures as a share of the answers done, 0 to 1; above it the run is stopped.
        least: Failures below which a run in progress goes on.
    """

    share: float = 0.1
    least: int = 10

    def is_spent(self, failures: int, done: int, *, is_end: bool = False) -> bool:
        """Whether so many failures among so many answers are too many."""
        return failures > self.share * done and (is_end or failures >= self.least)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStep:
    """A sign of progress: answers done out of all, and what failed, if the last one did."""

    done: int
    total: int
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """What came of running cases.

    Attributes:
        outcomes: In the order of cases and repeats; a stopped run lacks those it did not reach.
        cells: One for each case, repeat and metric, in that order, whatever happened.
        state: ``finished``, or ``stopped`` when the error budget was spent.
        reason: Why it was stopped; empty when it was not.
        failed: Answers whose call failed.
        judge_failed: Answers that the judge failed on.
        resumed: Outcomes taken over instead of answered.
    """

    outcomes: tuple[Outcome, ...]
    cells: tuple[Cell, ...]
    state: Literal["finished", "stopped"]
    reason: str = ""
    failed: int = 0
    judge_failed: int = 0
    resumed: int = 0


_Waiting = asyncio.Queue[tuple[GoldCase, Outcome] | None]


@dataclass(kw_only=True)
class CaseRun:
    """Answers and scores every case, ``repeats`` times.

    Attributes:
        cases: With distinct ids.
        answerer: Asked once for each case and repeat that is not in ``finished``.
        metrics: With distinct names.
        scoring: What the metrics share.
        repeats: Times each case is answered.
        error_budget: How much may fail.
        save: Called with each outcome, in a thread, as soon as it is there, before it is scored.
        progress: Called after each outcome is scored.
        finished: Outcomes of an earlier, interrupted run; a failed one is tried again.
        prepare: Called in a thread before an outcome is scored, to compute ahead of the metrics.
        concurrency: Answers in the making at once; twice as many are scored at once,
            so that the judge, who has limits of its own, never waits for us.
    """

    cases: Sequence[GoldCase]
    answerer: Answerer
    metrics: Sequence[Metric]
    scoring: Scoring
    repeats: int = 1
    error_budget: ErrorBudget = field(default_factory=ErrorBudget)
    save: Callable[[Outcome], None] | None = None
    progress: Callable[[RunStep], None] = lambda step: None
    finished: Mapping[Key, Outcome] = field(default_factory=dict[Key, Outcome])
    prepare: Callable[[GoldCase, Outcome], None] | None = None
    concurrency: int = 8
    outcomes: dict[Key, Outcome] = field(init=False, default_factory=dict[Key, Outcome])
    scores: dict[Key, tuple[Score, ...]] = field(init=False, default_factory=dict[Key, tuple[Score, ...]])
    failed: int = field(init=False, default=0)
    judge_failed: int = field(init=False, default=0)
    resumed: int = field(init=False, default=0)
    reason: str = field(init=False, default="")
    _crashed: set[str] = field(init=False, default_factory=set[str])

    async def run(self) -> RunResult:
        """Run in two stages with a short queue between them: a slow judge holds answering back, and no more.

        Returns:
            Outcomes and cells, whole also when the run was stopped.
        """
        waiting: _Waiting = asyncio.Queue(maxsize=2 * self.concurrency)
        scorers = 2 * self.concurrency
        pending = iter(self._keys)

        async def answer_all() -> None:
            async with asyncio.TaskGroup() as answerers:
                for _ in range(self.concurrency):
                    answerers.create_task(self._answer(pending, waiting))
            for _ in range(scorers):
                await waiting.put(None)

        try:
            async with asyncio.TaskGroup() as stages:
                stages.create_task(answer_all())
                for _ in range(scorers):
                    stages.create_task(self._score_all(waiting))
        except BaseExceptionGroup as group:
            raise first_of(group) from group
        return self._result()

    @property
    def _keys(self) -> list[tuple[GoldCase, int]]:
        return [(case, repeat) for case in self.cases for repeat in range(self.repeats)]

    async def _answer(self, pending: Iterator[tuple[GoldCase, int]], waiting: _Waiting) -> None:
        for case, repeat in pending:
            if self.reason:
                return
            outcome = self.finished.get((case.id, repeat))
            if outcome is None or outcome.draft.state is DraftState.FAILED:
                outcome = await self.answerer.answer(case, repeat=repeat)
                if self.save is not None:
                    # Saving returns when it is durable: the judge's calls go on meanwhile.
                    await asyncio.to_thread(self.save, outcome)
            else:
                self.resumed += 1
            self.outcomes[(case.id, repeat)] = outcome
            if self.prepare is not None and outcome.draft.state is not DraftState.FAILED:
                with suppress(BidproofError):  # the metric that needs it meets the same error, and says so
                    await asyncio.to_thread(self.prepare, case, outcome)
            await waiting.put((case, outcome))

    async def _score_all(self, waiting: _Waiting) -> None:
        while (item := await waiting.get()) is not None:
            if not self.reason:
                await self._score(*item)

    async def _score(self, case: GoldCase, outcome: Outcome) -> None:
        note = ""
        if outcome.draft.state is DraftState.FAILED:
            lost = Score(state=CellState.NOT_RUN, reason=outcome.draft.error or "the answer failed")
            scores = (lost,) * len(self.metrics)
            self.failed += 1
            note = f"failed: {case.id}: {lost.reason}"
        else:
            scores = await self._metric_scores(case, outcome)
            note = self._note_failures(case, scores)
        self.scores[(outcome.case_id, outcome.repeat)] = scores
        self._check_budget(is_end=False)
        self.progress(RunStep(done=len(self.scores), total=len(self.cases) * self.repeats, note=note))

    def _note_failures(self, case: GoldCase, scores: Sequence[Score]) -> str:
        """Count an answer the judge failed on, and name a metric by code the first time that it fails."""
        broken = [
            (metric, score)
            for metric, score in zip(self.metrics, scores, strict=True)
            if score.state is CellState.JUDGE_ERROR
        ]
        by_judge = next((score.reason for metric, score in broken if metric.is_judged), None)
        if by_judge is not None:
            self.judge_failed += 1
            return f"judge failed: {case.id}: {by_judge}"
        fresh = [(metric.name, score) for metric, score in broken if metric.name not in self._crashed]
        self._crashed.update(name for name, _ in fresh)
        return f"its own cells are lost, the run goes on: {fresh[0][1].reason}" if fresh else ""

    async def _metric_scores(self, case: GoldCase, outcome: Outcome) -> tuple[Score, ...]:
        """Judged metrics first: their calls are on the way while the others compute."""
        judged = [item for item in self.metrics if item.is_judged]
        by_code = [item for item in self.metrics if not item.is_judged]
        asked = [asyncio.ensure_future(score_one(item, case, outcome, self.scoring)) for item in judged]
        computed = [await score_one(item, case, outcome, self.scoring) for item in by_code]
        found = dict(zip((item.name for item in judged), await asyncio.gather(*asked), strict=True))
        found |= dict(zip((item.name for item in by_code), computed, strict=True))
        return tuple(found[item.name] for item in self.metrics)

    def _check_budget(self, *, is_end: bool) -> None:
        failures, done = self.failed + self.judge_failed, len(self.scores)
        if not self.reason and self.error_budget.is_spent(failures, done, is_end=is_end):
            self.reason = (
                f"the error budget is spent: {self.failed} answers failed and the judge failed on "
                f"{self.judge_failed}, of {done} done; more than {self.error_budget.share:.0%}"
            )

    def _result(self) -> RunResult:
        self._check_budget(is_end=True)
        cells: list[Cell] = []
        for case, repeat in self._keys:
            scores = self.scores.get((case.id, repeat))
            if scores is None:
                left = Score(state=CellState.NOT_RUN, reason=f"not reached: {self.reason}")
                scores = (left,) * len(self.metrics)
            cells.extend(
                Cell(
                    case_id=case.id,
                    metric=metric.name,
                    state=score.state,
                    value=score.value,
                    repeat=repeat,
                    group=case.group,
                    reason=score.reason,
                )
                for metric, score in zip(self.metrics, scores, strict=True)
            )
        return RunResult(
            outcomes=tuple(
                self.outcomes[(case.id, repeat)]
                for case, repeat in self._keys
                if (case.id, repeat) in self.outcomes
            ),
            cells=tuple(cells),
            state="stopped" if self.reason else "finished",
            reason=self.reason,
            failed=self.failed,
            judge_failed=self.judge_failed,
            resumed=self.resumed,
        )


async def score_one(metric: Metric, case: GoldCase, outcome: Outcome, scoring: Scoring) -> Score:
    """Score one outcome by one metric; whatever goes wrong is a ``judge_error``, never a number."""
    try:
        return _checked(metric, await metric.score(case, outcome, scoring))
    except ModelError as error:
        return Score(state=CellState.JUDGE_ERROR, reason=f"{error.code}: {error.message}")
    except Exception as error:  # noqa: BLE001 - the edge to other people's code: a metric may be anyone's
        return Score(
            state=CellState.JUDGE_ERROR, reason=f"{metric.name} failed: {type(error).__name__}: {error}"
        )


def _checked(metric: Metric, score: Score) -> Score:
    """Refuse a value that is no value of this kind of metric."""
    if score.state is not CellState.SCORED:
        return Score(state=score.state, reason=score.reason) if score.value is not None else score
    value = score.value
    is_sound = value is not None and math.isfinite(value)
    if is_sound and metric.kind == "binary":
        is_sound = value in (0.0, 1.0)
    elif is_sound and metric.kind == "proportion":
        is_sound = value is not None and 0.0 <= value <= 1.0
    if is_sound:
        return score
    return Score(
        state=CellState.JUDGE_ERROR, reason=f"{metric.name} gave {value!r}, which is no {metric.kind}"
    )
