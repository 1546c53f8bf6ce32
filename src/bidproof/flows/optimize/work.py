"""What an optimisation works with: models, documents, the program to beat, and a way to measure others."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bidproof.answering.protocol import PassageSource
from bidproof.core.errors import UserError
from bidproof.core.next_steps import NextStep
from bidproof.core.settings import ModelSettings, RetrievalSettings, Settings
from bidproof.evaluation.metrics.registry import all_metrics
from bidproof.evaluation.protocol import Metric
from bidproof.evaluation.records import GoldCase
from bidproof.evaluation.running.runs import RunStep
from bidproof.flows.optimize.records import CandidateRow, row_of
from bidproof.flows.requests.programs import OptimizeRequest
from bidproof.llm.protocol import ChatModel
from bidproof.llm.providers import asked_of
from bidproof.optimization.budget import BudgetedModel, CallBudget, OptimizationStopped
from bidproof.optimization.evaluator import DraftScoring, ProgramEvaluator, ResultLedger
from bidproof.optimization.records import Running
from bidproof.optimization.settings.stages import CachedEmbedder, CachedSource, SearchCache
from bidproof.prompts.program import Program
from bidproof.runtime.evaluate_sources import OpenJudge, open_judge
from bidproof.runtime.index_parts import IndexParts
from bidproof.runtime.indexing import open_index_parts
from bidproof.runtime.program_choice import running_program, settings_of
from bidproof.runtime.progress import Progress, Step
from bidproof.runtime.session import Session

RESULTS_FILE = "results.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an optimisation keeps what it does: the job that pays, its folder, its limits."""

    job_id: int
    folder: Path
    budget: CallBudget


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchCases:
    """The splits; of the sealed test split the words alone count, to keep them out of prompts."""

    train: tuple[GoldCase, ...]
    dev: tuple[GoldCase, ...]
    sealed: tuple[GoldCase, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchContext:
    """Everything that a search needs; open while it runs.

    ``base`` is the program to beat; ``proposer`` writes new instructions, under settings
    of its own.
    """

    base: Program
    programs: "ProgramOpener"
    evaluator: ProgramEvaluator
    ledger: ResultLedger
    metric: Metric
    scoring: DraftScoring
    proposer: ChatModel | None
    proposer_settings: ModelSettings
    budget: CallBudget
    folder: Path
    progress: Progress
    is_uncalibrated: bool

    async def measure(self, program: Program, cases: Sequence[GoldCase], *, kind: str) -> CandidateRow | None:
        """Measure a program; None when the budget ended first."""
        try:
            return row_of(await self.evaluator.measure(program, cases), kind=kind)
        except OptimizationStopped:
            return None

    def tell(self, stage: str, *, done: int, total: int | None, best: float | None) -> None:
        """Say best so far, spend, and time left."""
        best_so_far = "" if best is None else f"best so far {best:.3f}, "
        self.progress(Step(stage=f"{stage} ({best_so_far}{_spent(self.budget)})", done=done, total=total))


def _spent(budget: CallBudget) -> str:
    """Calls, money and, under a time limit, the minutes left."""
    spent = f"{budget.calls} calls" + (f", ${budget.usd:.2f}" if budget.usd else "")
    if budget.max_seconds is None:
        return spent
    return f"{spent}, {max(0.0, budget.max_seconds - budget.seconds) / 60:.0f} min left"


class ProgramOpener:
    """Makes programs run on one workspace's documents.

    Args:
        parts: Index and embedder of the workspace.
        settings: Of the session; a program decides the rest.
        models: By ``model.model``; empty for programs without a model.
    """

    def __init__(
        self,
        parts: IndexParts,
        settings: Settings,
        models: dict[str, ChatModel],
    ) -> None:
        self._parts = replace(parts, embedder=CachedEmbedder(parts.embedder))
        self._settings, self._models = settings, models
        self._searches = SearchCache()
        self._sources: dict[RetrievalSettings, PassageSource] = {}

    def __call__(self, program: Program) -> Running:
        """Open a program.

        Raises:
            UserError: Its model is none of those that are open.
        """
        source = self._source(program.retrieval)
        settings = settings_of(program, self._settings)
        if program.engine:
            from bidproof.answering.extractive import ExtractiveEngine

            return Running(
                engine=ExtractiveEngine(source, settings, embedder=self._parts.embedder), source=source
            )
        from bidproof.answering.generative import GenerativeEngine

        model = self._models.get(program.model.model)
        if model is None:
            raise UserError(
                f"cannot run a program of the model {program.model.model!r}: found "
                f"{', '.join(self._models) or 'no model'}",
                hint=NextStep("name it among the models", options=("model", "models")),
                code="optimize-model",
            )
        engine = GenerativeEngine(source, model, settings, program=program, embedder=self._parts.embedder)
        return Running(engine=engine, source=source)

    def _source(self, retrieval: RetrievalSettings) -> PassageSource:
        if retrieval not in self._sources:
            found = self._parts.retriever(retrieval)
            self._sources[retrieval] = CachedSource(found, settings=retrieval, cache=self._searches)
        return self._sources[retrieval]

    def named(self, program: Program) -> Program:
        """The program under the identity that its model has where it runs: address, or weights."""
        model = self._models.get(program.model.model)
        return program if program.engine or model is None else replace(program, model_name=model.name)


@asynccontextmanager
async def open_search(
    request: OptimizeRequest,
    *,
    session: Session,
    place: Place,
    progress: Progress,
) -> AsyncGenerator[SearchContext, None]:
    """Open models, judge and documents for a search.

    Raises:
        UserError: A model's file, address or key is not usable, or there are no documents.
    """
    settings = session.settings
    parts = open_index_parts(session, progress=progress)
    async with AsyncExitStack() as stack:
        opener = _Models(session=session, job_id=place.job_id, budget=place.budget, stack=stack)
        models: dict[str, ChatModel] = {}
        for name in dict.fromkeys([settings.model.model, *request.models]):
            if name:
                models[name] = await opener.open(name)
        proposer = models.get(settings.model.model)
        if request.proposer:
            proposer = models.get(request.proposer) or await opener.open(request.proposer)
        judge = await opener.open_judge(request.judge)
        name = models[settings.model.model].name if settings.model.model else ""
        base = running_program(session.workspace.folder, settings, model_name=name)
        metric = all_metrics()[request.metric]
        scoring = DraftScoring(judge.maker, parts.embedder)
        ledger = ResultLedger(place.folder / RESULTS_FILE)
        programs = ProgramOpener(parts, settings, models)

        def tell(step: RunStep) -> None:
            stage = f"measuring a program ({_spent(place.budget)})"
            progress(Step(stage=stage, done=step.done, total=step.total, note=step.note))

        yield SearchContext(
            base=base,
            programs=programs,
            evaluator=ProgramEvaluator(
                programs,
                metric=metric,
                scoring=scoring,
                ledger=ledger,
                budget=place.budget,
                named=programs.named,
                concurrency=max(1, settings.model.concurrency) if models else 1,
                progress=tell,
            ),
            ledger=ledger,
            metric=metric,
            scoring=scoring,
            proposer=proposer,
            proposer_settings=asked_of(settings.model, request.proposer or settings.model.model),
            budget=place.budget,
            folder=place.folder,
            progress=progress,
            is_uncalibrated="uncalibrated" in judge.stamp,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Models:
    """Opens models whose calls are journalled, and counted against the budget."""

    session: Session
    job_id: int
    budget: CallBudget
    stack: AsyncExitStack

    async def open(self, name: str) -> ChatModel:
        settings = replace(asked_of(self.session.settings.model, name), max_cost_usd=None)
        opened = self.session.open_model(settings, job_id=self.job_id)
        return BudgetedModel(await self.stack.enter_async_context(opened), self.budget)

    async def open_judge(self, name: str) -> OpenJudge:
        model = replace(self.session.settings.model, max_cost_usd=None)
        session = replace(self.session, settings=replace(self.session.settings, model=model))
        opened = open_judge(
            name, session=session, job_id=self.job_id, wrap=lambda chat: BudgetedModel(chat, self.budget)
        )
        return await self.stack.enter_async_context(opened)
