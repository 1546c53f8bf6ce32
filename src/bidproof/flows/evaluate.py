"""``bidproof eval GOLD``: answer a gold set, score it, store the run, write its report.

Each answer is saved as a draft of a job as soon as it is there, each model call
is in the journal: killed anywhere, the same command goes on, and no finished
call is paid twice. The answer library is left out: it may hold the very answers
that are asked for.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from bidproof.answering.protocol import PassageSource
from bidproof.core.ids import QuestionId, digest
from bidproof.core.jsonable import from_json, to_json
from bidproof.core.records import Draft, DraftState
from bidproof.core.settings import PromptSettings
from bidproof.evaluation.bridges.open import check_bridges, open_bridges
from bidproof.evaluation.gold.choosing import ChosenCases, choose_cases, require_gold
from bidproof.evaluation.metrics.registry import choose_metrics, import_metrics
from bidproof.evaluation.metrics.run_metrics import run_measures
from bidproof.evaluation.protocol import Metric
from bidproof.evaluation.records import MetricSummary, Outcome, Run, RunInfo, Split
from bidproof.evaluation.running.answerers import RecordedAnswerer, ResumableAnswerer
from bidproof.evaluation.running.overview import RunOverview, run_overview
from bidproof.evaluation.running.prefetch import PrefetchedEmbedder
from bidproof.evaluation.running.run_store import RunStore
from bidproof.evaluation.running.runs import CaseRun, ErrorBudget, Key, RunResult, RunStep
from bidproof.evaluation.running.scoring import RunScoring
from bidproof.evaluation.running.summaries import summarise
from bidproof.flows.ingest import bring_in
from bidproof.flows.requests.evaluating import EvaluateRequest
from bidproof.prompts.program import Program
from bidproof.retrieval.protocol import Query
from bidproof.runtime.drafting import program_key, within
from bidproof.runtime.evaluate_sources import (
    OpenJudge,
    check_repeats,
    open_answerer,
    open_judge,
    shown_settings,
)
from bidproof.runtime.index_parts import documents_digest, session_embedder
from bidproof.runtime.indexing import open_retriever
from bidproof.runtime.jobs import claimed
from bidproof.runtime.program_choice import settings_of
from bidproof.runtime.progress import Progress, Step, silent
from bidproof.runtime.session import Session

RUNS_FOLDER = "runs"
REPORT_NAME = "report.html"
_FACT = "evaluation "


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluateReport:
    """What came of an evaluation.

    ``failed`` and ``judge_failed`` count answers; ``resumed`` those taken over
    from an earlier run of the same answers. ``spent_usd`` is what the job has cost
    so far, the judge included.
    """

    info: RunInfo
    overview: RunOverview
    summaries: tuple[MetricSummary, ...]
    folder: Path
    report_html: Path | None
    cases: int
    outcomes: int
    failed: int
    judge_failed: int
    resumed: int
    reason: str
    spent_usd: float
    seconds: float


def evaluate(request: EvaluateRequest, *, session: Session, progress: Progress = silent) -> EvaluateReport:
    """Run one evaluation and store it.

    Raises:
        UserError: The gold set, documents, settings, metrics or recorded answers are not usable.
    """
    check_repeats(request.repeats, request.limit, request.error_budget)
    for path in request.metric_files:
        import_metrics(path)
    check_bridges(request.bridges, judge=request.judge)
    require_gold(request.gold, workspace=session.workspace)
    metrics = tuple(choose_metrics(request.metrics, is_judge=bool(request.judge)).values())
    began = time.monotonic()
    if request.answers:
        recorded = RecordedAnswerer(request.answers)
        source = _Source(program=recorded.program_digest, recorded=recorded)
    else:
        source = _open_documents(request.docs, session, progress)
    plan = _plan(request, session, source, metrics)
    with claimed(session.workspace, plan.job_id, progress=progress):
        report = _store(plan, *asyncio.run(_run(plan, progress)))
    return replace(report, seconds=time.monotonic() - began)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunWanted:
    """Which finished run would do instead of a new one.

    ``cases`` are ids in order, None for whichever the run has; ``metric`` must have been scored.
    """

    program: Program
    gold_digest: str
    split: Split
    documents: str
    metric: str
    cases: tuple[str, ...] | None = None


def run_program(wanted: RunWanted, request: EvaluateRequest, *, session: Session, progress: Progress) -> Run:
    """A finished run of a program, made as requested where there is none."""
    found = _finished_run(wanted, session, is_judged=bool(request.judge))
    if found is not None:
        return found
    settings = settings_of(wanted.program, session.settings)
    settings = replace(settings, prompts=PromptSettings(program=wanted.program.digest()))
    request = replace(request, error_budget=1.0, has_report=False)
    report = evaluate(request, session=replace(session, settings=settings), progress=progress)
    return run_store(session).load(report.info.id)


def _finished_run(wanted: RunWanted, session: Session, *, is_judged: bool) -> Run | None:
    """The newest finished run that answers the same questions by the same program, none of them failed."""
    store = run_store(session)
    same = (wanted.program.digest(), wanted.gold_digest, wanted.split, wanted.documents, is_judged)
    for info in reversed(store.list()):
        own = (info.program_digest, info.gold_digest, info.split, info.documents_digest, bool(info.judge))
        if own != same or info.state != "finished" or info.repeats != 1 or info.counts.get("failed", 0):
            continue  # failed answers are tried again
        run = store.load(info.id)
        has_metric = any(item.metric == wanted.metric for item in run.summaries)
        if has_metric and wanted.cases in (None, tuple(case.id for case in run.cases)):
            return run
    return None


def run_store(session: Session) -> RunStore:
    """The runs of a workspace."""
    return RunStore(session.workspace.folder / RUNS_FOLDER)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ticket:
    """Which run this is: noted before it starts, so that a killed one goes on under its own id.

    ``series`` counts how often the same cases were answered anew by ``--fresh``.
    """

    key: str
    series: int
    run_id: str
    started: str
    is_open: bool = True
    is_fresh: bool = False

    @property
    def draw(self) -> str:
        """Names the calls of this run among all calls with the same prompt."""
        return f"{self.key}:{self.series}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """Where answers come from: an engine over passages, or a recording of another system's.

    ``program`` and ``documents`` name what answers, and from what; the latter is empty for a recording.
    """

    program: str
    documents: str = ""
    passages: PassageSource | None = None
    recorded: ResumableAnswerer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """Everything that a run is decided by."""

    session: Session
    request: EvaluateRequest
    metrics: tuple[Metric, ...]
    source: _Source
    chosen: ChosenCases
    ticket: _Ticket
    job_id: int


def _open_documents(docs: tuple[Path, ...], session: Session, progress: Progress) -> _Source:
    scope = bring_in(docs, session=session, progress=progress)
    passages = within(open_retriever(session, progress=progress), scope)
    # Weights and index load with the first search: no answer's time should carry that.
    passages.search(Query(text="warm up", top_k=1))
    return _Source(
        program=program_key(session.settings),
        documents=documents_digest(session, scope),
        passages=passages,
    )


def _plan(request: EvaluateRequest, session: Session, source: _Source, metrics: tuple[Metric, ...]) -> _Plan:
    chosen = choose_cases(
        request.gold,
        split=request.split,
        limit=request.limit,
        program_digest=source.program,
        workspace=session.workspace,
    )
    key = digest("eval", chosen.gold.digest(), source.program, source.documents, length=32)
    ticket = _take_ticket(session, key, is_fresh=request.fresh)
    job = session.workspace.jobs.start(
        kind="eval",
        key=digest(ticket.draw, length=32),
        total=len(chosen.cases) * request.repeats,
        detail={"gold": chosen.gold.name, "run": ticket.run_id},
    )
    return _Plan(
        session=session,
        request=request,
        metrics=metrics,
        source=source,
        chosen=chosen,
        ticket=ticket,
        job_id=job.id,
    )


def _take_ticket(session: Session, key: str, *, is_fresh: bool) -> _Ticket:
    """Go on with the run that was cut off, or begin one; over answers that are there unless told not to."""
    facts = session.workspace.facts
    stored = facts.get(f"{_FACT}{key}")
    last = from_json(_Ticket, json.loads(stored)) if stored else None
    if last is not None and last.is_open and (last.is_fresh or not is_fresh):
        return last
    now = datetime.now(UTC)
    series = (last.series if last else 0) + (1 if is_fresh or last is None else 0)
    run_id = f"{now:%Y%m%d-%H%M%S}-{digest(key, str(series), now.isoformat(), length=6)}"
    started = now.isoformat(timespec="seconds")
    ticket = _Ticket(key=key, series=series, run_id=run_id, started=started, is_fresh=is_fresh)
    facts.set(f"{_FACT}{key}", json.dumps(to_json(ticket)))
    return ticket


async def _run(plan: _Plan, progress: Progress) -> tuple[RunResult, Run]:
    """Answer and score the cases; what came of it, and the run to store."""
    session, answerer, passages = plan.session, plan.source.recorded, plan.source.passages
    async with AsyncExitStack() as stack:
        embedder = session_embedder(session)
        if passages is not None:
            answerer = await stack.enter_async_context(
                open_answerer(session, passages, draw=plan.ticket.draw, job_id=plan.job_id)
            )
        if answerer is None:
            raise AssertionError("a plan has a source or a recording")
        judge = await stack.enter_async_context(
            open_judge(plan.request.judge, session=session, job_id=plan.job_id)
        )
        bridges = open_bridges(plan.request.bridges, judge.chat, session.settings.model, embedder)
        metrics = (*plan.metrics, *bridges)
        prefetched = PrefetchedEmbedder(embedder, metrics=[item.name for item in metrics])
        result = await _score(plan, answerer, metrics, judge, prefetched, progress)
        summaries = (
            *summarise(result.cells, metrics=metrics, judge_stamp=judge.stamp),
            *run_measures(plan.chosen.cases, result.outcomes, result.cells),
        )
        return result, Run(
            info=_info(plan, answerer, judge, result),
            cases=plan.chosen.cases,
            outcomes=result.outcomes,
            cells=result.cells,
            summaries=summaries,
        )


async def _score(
    plan: _Plan,
    answerer: ResumableAnswerer,
    metrics: tuple[Metric, ...],
    judge: OpenJudge,
    embedder: PrefetchedEmbedder,
    progress: Progress,
) -> RunResult:
    request, jobs = plan.request, plan.session.workspace.jobs

    def save(outcome: Outcome) -> None:
        name = QuestionId(f"{outcome.case_id}#{outcome.repeat}")
        jobs.save_draft(plan.job_id, replace(outcome.draft, question_id=name))

    def tell(step: RunStep) -> None:
        progress(Step(stage="evaluating", done=step.done, total=step.total, note=step.note))

    finished = {} if plan.source.recorded else await _finished(plan, answerer, jobs.drafts(plan.job_id))
    return await CaseRun(
        cases=plan.chosen.cases,
        answerer=answerer,
        metrics=metrics,
        scoring=RunScoring(judge.maker, embedder),
        prepare=embedder.prepare,
        repeats=request.repeats,
        error_budget=ErrorBudget(share=request.error_budget),
        progress=tell,
        finished=finished,
        concurrency=max(1, plan.session.settings.model.concurrency),
        save=None if plan.source.recorded else save,
    ).run()


async def _finished(
    plan: _Plan, answerer: ResumableAnswerer, drafts: Mapping[QuestionId, Draft]
) -> dict[Key, Outcome]:
    """The outcomes that this run's job already holds, those of the cases at hand."""
    found: dict[Key, Outcome] = {}
    for case in plan.chosen.cases:
        for repeat in range(plan.request.repeats):
            draft = drafts.get(QuestionId(f"{case.id}#{repeat}"))
            if draft is not None and draft.state is not DraftState.FAILED:
                own = replace(draft, question_id=QuestionId(case.id))
                found[(case.id, repeat)] = await answerer.restore(case, own, repeat=repeat)
    return found


def _info(plan: _Plan, answerer: ResumableAnswerer, judge: OpenJudge, result: RunResult) -> RunInfo:
    chosen, ticket, settings = plan.chosen, plan.ticket, plan.session.settings
    model = settings.model.model
    return RunInfo(
        id=ticket.run_id,
        gold=chosen.gold.name,
        gold_digest=chosen.gold.digest(),
        split=chosen.split,
        program_digest=answerer.program_digest,
        answerer=answerer.name if plan.source.recorded or not model else f"{answerer.name}: {model}",
        documents_digest=plan.source.documents,
        judge=judge.digest,
        repeats=plan.request.repeats,
        started=ticket.started,
        ended=datetime.now(UTC).isoformat(timespec="seconds"),
        state=result.state,
        settings={**shown_settings(settings), "eval.judge": plan.request.judge},
        counts=Counter(str(outcome.draft.state) for outcome in result.outcomes),
        label=plan.request.label,
    )


def _store(plan: _Plan, result: RunResult, run: Run) -> EvaluateReport:
    workspace = plan.session.workspace
    folder = run_store(plan.session).save(run)
    html = None
    if plan.request.has_report:
        from bidproof.reports.runs.page import write_run_report

        html = write_run_report(run, folder / REPORT_NAME, reason=result.reason)
    if result.state == "finished":
        workspace.jobs.finish(plan.job_id)
        closed = replace(plan.ticket, is_open=False)
        workspace.facts.set(f"{_FACT}{plan.ticket.key}", json.dumps(to_json(closed)))
    return EvaluateReport(
        info=run.info,
        overview=run_overview(run.cases, run.outcomes, run.cells),
        summaries=run.summaries,
        folder=folder,
        report_html=html,
        cases=len(plan.chosen.cases),
        outcomes=len(result.outcomes),
        failed=result.failed,
        judge_failed=result.judge_failed,
        resumed=result.resumed,
        reason=result.reason,
        spent_usd=workspace.calls.spent_usd(plan.job_id),
        seconds=0.0,
    )
