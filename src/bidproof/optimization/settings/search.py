"""Search settings: random start, then by what was learned; weak candidates fall on few cases.

The incumbent is trial 0 and always measured on all cases. Candidates are told apart by
``Measured.worst``, where a lost case counts 0. A limit that is reached anywhere ends the
search with the best so far.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic

from bidproof.core.errors import BudgetSpent, InvalidSetting, UserError
from bidproof.core.next_steps import Action, NextStep
from bidproof.core.records import Usage
from bidproof.core.settings import DocumentSettings
from bidproof.evaluation.records import GoldCase
from bidproof.llm.protocol import add_usage
from bidproof.optimization.budget import OptimizationStopped
from bidproof.optimization.records import Evaluator, Measured
from bidproof.optimization.settings.halving import Halving, nested_subsets
from bidproof.optimization.settings.importance import parameter_importance
from bidproof.optimization.settings.sampling import Sampler
from bidproof.optimization.settings.search_log import SearchLog, measurement_key
from bidproof.optimization.settings.space import SearchSpace, Value, apply_documents
from bidproof.optimization.settings.trials import (
    CostUnit,
    EndReason,
    RungResult,
    SearchReport,
    SearchStep,
    SearchTrial,
    TrialState,
)
from bidproof.prompts.program import Program

_LEAST_RANDOM, _MOST_RANDOM = 4, 10

OpenDocuments = Callable[[DocumentSettings], Evaluator]
"""Splits, embeds and indexes the documents under other settings; what it gives measures over them.
Asked once for each setting. Its evaluators must not share a ledger."""


@dataclass(kw_only=True)
class SettingsSearch:
    """A search for settings that score better than a program's own.

    Attributes:
        base: The incumbent.
        cases: To search on; never those of the sealed test split.
        space: What may change.
        evaluator: Measures programs; over the documents as they are now.
        trials: Candidates, the incumbent included.
        seed: Of everything random. The same seed and results give the same trials.
        has_cost: Make what a case costs (dollars, else tokens, else seconds of the model
            calls) a second objective; the best is still the best by the first.
        storage: File that a killed search goes on from; None keeps nothing.
        progress: Told after each measurement.
        documents: How documents are split now, where the space has settings of them.
        open_documents: Opens them under other settings; needed for such a space.

    Raises:
        UserError: There are no cases, or the space does not fit the program.
        WorkspaceError: ``storage`` cannot be read.
    """

    base: Program
    cases: Sequence[GoldCase]
    space: SearchSpace
    evaluator: Evaluator
    trials: int = 30
    seed: int = 0
    has_cost: bool = False
    storage: Path | None = None
    progress: Callable[[SearchStep], None] = lambda step: None
    documents: DocumentSettings = field(default_factory=DocumentSettings)
    open_documents: OpenDocuments | None = None
    tried: list[SearchTrial] = field(init=False, default_factory=list[SearchTrial])
    opened: dict[DocumentSettings, Evaluator] = field(
        init=False, default_factory=dict[DocumentSettings, Evaluator]
    )
    results: dict[object, int] = field(init=False, default_factory=dict[object, int])
    unit: CostUnit = field(init=False, default="")
    stopped: str = field(init=False, default="")

    subsets: tuple[tuple[GoldCase, ...], ...] = field(init=False)
    log: SearchLog = field(init=False)
    halving: Halving = field(init=False)

    def __post_init__(self) -> None:
        self._check()
        self.trials = max(1, self.trials)
        self.space = self.space.including(self.base, self.documents)
        self.subsets = nested_subsets(self.cases, seed=self.seed)
        self.log = SearchLog(self.storage)
        self.halving = Halving(has_cost=self.has_cost)

    async def run(self) -> SearchReport:
        """Try candidates until there have been enough, none is left or a limit is reached.

        Returns:
            What was tried, and the best. Always a program: the incumbent where nothing beat it.

        Raises:
            UserError: The incumbent itself cannot run.
        """
        began = monotonic()
        sampler = Sampler(
            self.space,
            first=self.space.values_of(self.base, self.documents),
            seed=self.seed,
            random_trials=min(_MOST_RANDOM, max(_LEAST_RANDOM, self.trials // 3)),
            has_cost=self.has_cost,
        )
        ended: EndReason = "trials done"
        while len(self.tried) < self.trials:
            values = sampler.ask()
            if values is None:
                ended = "space exhausted"
                break
            trial = await self._try(values)
            self.tried.append(trial)
            if trial.state == "stopped":
                ended = "stopped"
                break
            standings = tuple(item.standing for item in trial.rungs)
            sampler.tell(standings if trial.state != "failed" else (), is_finished=trial.state == "finished")
        return self._report(ended, seconds=monotonic() - began)

    def _check(self) -> None:
        self.space.check(self.base)
        if not self.cases:
            raise UserError(
                "cannot search settings: found no cases to search on, expected those of train and dev",
                hint=NextStep("see how the set is split", Action.LIST_GOLD),
                code="gold-small",
            )
        if self.space.has_documents and self.open_documents is None:
            raise InvalidSetting(
                "cannot search how documents are split: found no way to open them under other settings",
                hint="leave the documents.* settings out",
            )

    async def _try(self, values: Mapping[str, Value]) -> SearchTrial:
        program = self.space.apply(self.base, values)
        trial = SearchTrial(number=len(self.tried), values=values, program=program.digest(), state="finished")
        for rung in range(len(self.subsets)):
            try:
                measured = await self._measure(program, values, rung)
            except (OptimizationStopped, BudgetSpent) as error:
                self.stopped = error.reason if isinstance(error, OptimizationStopped) else error.message
                return replace(trial, state="stopped", reason=self.stopped)
            except UserError as error:
                if not self.tried:
                    raise
                return replace(trial, state="failed", reason=error.message)
            result = self._result(rung, measured)
            is_last = rung == len(self.subsets) - 1
            goes_on = self.halving.goes_on(trial.number, rung, result.standing)
            twin = self._twin(trial, rung, measured)
            if goes_on and twin is not None and not is_last:
                goes_on, trial = False, replace(trial, reason=f"same results as trial {twin}")
            state: TrialState = "finished" if is_last or goes_on else "pruned"
            trial = replace(
                trial,
                rungs=(*trial.rungs, result),
                measured=measured,
                usage=measured.usage,
                state=state,
            )
            self._tell(trial, result, "" if goes_on and not is_last else state)
            if state == "pruned":
                break
        return trial

    def _twin(self, trial: SearchTrial, rung: int, measured: Measured) -> int | None:
        """An earlier trial with the same result on every case: what differs changes nothing that is seen.

        Where cost counts it may still be cheaper, so it is no twin.
        """
        if self.has_cost:
            return None
        values = tuple((result.state, result.value) for result in measured.results)
        twin = self.results.setdefault((rung, values), trial.number)
        return twin if twin != trial.number else None

    async def _measure(self, program: Program, values: Mapping[str, Value], rung: int) -> Measured:
        documents = apply_documents(self.documents, values)
        cases = self.subsets[rung]
        name = repr(documents) if self.space.has_documents else ""
        key = measurement_key(self.evaluator.metric, program.digest(), name, cases)
        measured = self.log.get(key)
        if measured is None:
            measured = await self._evaluator(documents).measure(program, cases)
            self.log.add(key, measured)
        return measured

    def _evaluator(self, documents: DocumentSettings) -> Evaluator:
        if documents == self.documents or self.open_documents is None:
            return self.evaluator
        if documents not in self.opened:
            self.opened[documents] = self.open_documents(documents)
        return self.opened[documents]

    def _result(self, rung: int, measured: Measured) -> RungResult:
        if self.has_cost and not self.unit:
            self.unit = _unit(measured.usage)
        return RungResult(
            rung=rung,
            cases=len(measured.results),
            n=len(measured.values),
            worst=measured.worst,
            mean=measured.mean,
            cost=_amount(measured.usage, self.unit) / max(1, len(measured.results)),
        )

    def _tell(self, trial: SearchTrial, result: RungResult, state: TrialState | str) -> None:
        finished = [
            item for item in (*self.tried, trial) if item.state == "finished" and self._is_whole(item)
        ]
        values = [item.rungs[-1].worst for item in finished]
        known: TrialState | None = trial.state if state else None
        self.progress(
            SearchStep(
                trial=trial.number,
                trials=self.trials,
                result=result,
                state=known or "",
                best=max(values, default=None),
                incumbent=values[0] if finished and finished[0].number == 0 else None,
                usage=add_usage(*(item.usage for item in (*self.tried, trial))),
            )
        )

    def _is_whole(self, trial: SearchTrial) -> bool:
        return len(trial.rungs) == len(self.subsets)

    def _best(self) -> SearchTrial | None:
        """The best measured on all cases; of equals the cheapest, then the one that changes least."""
        whole = [trial for trial in self.tried if self._is_whole(trial)]
        if not whole or whole[0].number != 0:
            return None
        old = whole[0].values

        def rank(trial: SearchTrial) -> tuple[float, float, int, int]:
            changes = sum(trial.values[name] != value for name, value in old.items())
            return (-trial.rungs[-1].worst, trial.rungs[-1].cost, changes, trial.number)

        return min(whole, key=rank)

    def _report(self, ended: EndReason, *, seconds: float) -> SearchReport:
        best = self._best()
        values: Mapping[str, Value] = best.values if best else dict[str, Value]()
        return SearchReport(
            metric=self.evaluator.metric,
            base=self.base,
            best=self.space.apply(self.base, values),
            best_trial=best.number if best else 0,
            best_documents=apply_documents(self.documents, values) if self.space.has_documents else None,
            space=self.space,
            trials=tuple(self.tried),
            rungs=tuple(map(len, self.subsets)),
            importance=parameter_importance(self.tried, self.space, seed=self.seed),
            ended=ended,
            reason=self._reason(ended),
            cost_unit=self.unit,
            usage=add_usage(*(trial.usage for trial in self.tried)),
            seed=self.seed,
            seconds=seconds,
        )

    def _reason(self, ended: EndReason) -> str:
        done = len(self.tried) - sum(trial.state == "stopped" for trial in self.tried)
        if ended == "stopped":
            return f"{self.stopped}; {done} of {self.trials} trials were done"
        if ended == "space exhausted":
            return f"all {done} combinations of the settings were tried"
        return f"{done} trials were done"


def _unit(usage: Usage) -> CostUnit:
    """What the incumbent's cost can be told in: money where there are prices, else tokens, else time."""
    if usage.cost_usd > 0:
        return "usd"
    return "tokens" if usage.prompt_tokens + usage.completion_tokens > 0 else "seconds"


def _amount(usage: Usage, unit: CostUnit) -> float:
    if unit == "usd":
        return usage.cost_usd
    if unit == "tokens":
        return float(usage.prompt_tokens + usage.completion_tokens)
    return usage.seconds if unit == "seconds" else 0.0
