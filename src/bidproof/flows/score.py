"""``bidproof eval score RUN``: score stored answers by further metrics, and ask no model."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bidproof.core.errors import InvalidSetting, UserError
from bidproof.evaluation.judging.matrix_offline import OfflineMatrix
from bidproof.evaluation.metrics.registry import choose_metrics, import_metrics
from bidproof.evaluation.metrics.run_metrics import run_measures
from bidproof.evaluation.protocol import Metric
from bidproof.evaluation.records import GoldCase, MetricSummary, Outcome, Run, RunInfo
from bidproof.evaluation.running.overview import RunOverview, run_overview
from bidproof.evaluation.running.prefetch import PrefetchedEmbedder
from bidproof.evaluation.running.runs import CaseRun, ErrorBudget, Key, RunStep
from bidproof.evaluation.running.scoring import RunScoring
from bidproof.evaluation.running.summaries import summarise
from bidproof.flows.evaluate import REPORT_NAME, run_store
from bidproof.flows.requests.evaluating import ScoreRequest
from bidproof.runtime.index_parts import session_embedder
from bidproof.runtime.progress import Progress, Step, silent
from bidproof.runtime.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreReport:
    """A run after it was scored; ``added`` names the metrics that were computed, in their order."""

    info: RunInfo
    added: tuple[str, ...]
    overview: RunOverview
    summaries: tuple[MetricSummary, ...]
    folder: Path


def score(request: ScoreRequest, *, session: Session, progress: Progress = silent) -> ScoreReport:
    """Score a finished run by metrics by code that it lacks, and extend what is stored of it.

    Raises:
        UserError: There is no such run, it is not finished (``unfinished-run``), it has a
            metric already (``scored-already``), or a metric is unknown or needs a judge.
        WriteFailed: The run changed meanwhile, or cannot be written; it is as before.
    """
    store = run_store(session)
    name = store.find(request.run).id
    for path in request.metric_files:
        import_metrics(path)
    run = store.load(name)
    if run.info.state != "finished":
        raise UserError(
            f"cannot score the run {name!r}: found {len(run.outcomes)} answers to {len(run.cases)} cases, "
            "expected a finished run",
            hint="evaluate again with the same settings to go on with what is missing",
            code="unfinished-run",
        )
    metrics = _wanted(request, run)
    if metrics:

        def tell(step: RunStep) -> None:
            progress(Step(stage="scoring", done=step.done, total=step.total, note=step.note))

        after = asyncio.run(_scored(run, metrics, session, tell))
        folder, run = store.replace_scores(run, after), after
        if (folder / REPORT_NAME).exists():
            from bidproof.reports.runs.page import write_run_report

            write_run_report(run, folder / REPORT_NAME)
    return ScoreReport(
        info=run.info,
        added=tuple(item.name for item in metrics),
        overview=run_overview(run.cases, run.outcomes, run.cells),
        summaries=run.summaries,
        folder=store.place(name),
    )


def _wanted(request: ScoreRequest, run: Run) -> tuple[Metric, ...]:
    """The metrics named, or else every one by code that the run lacks."""
    present = {cell.metric for cell in run.cells}
    chosen = choose_metrics(request.metrics, is_judge=bool(request.metrics))
    judged = [name for name, item in chosen.items() if item.is_judged]
    if judged:
        raise InvalidSetting(
            f"cannot score a stored run by {', '.join(judged)}: found metrics that need a judge, "
            "expected metrics by code",
            hint="take the metric by code that docs/metrics.md lists beside it, or evaluate with a judge",
            code="metric",
        )
    twice = [name for name in chosen if name in present]
    if request.metrics and twice and not request.again:
        raise UserError(
            f"cannot add {', '.join(twice)} to the run {run.info.id!r}: found its scores there already, "
            "expected metrics that the run lacks",
            hint="leave the metric out, or say that it is computed again",
            code="scored-already",
        )
    is_all = bool(request.metrics) or request.again
    return tuple(item for name, item in chosen.items() if is_all or name not in present)


async def _scored(
    run: Run, metrics: Sequence[Metric], session: Session, progress: Callable[[RunStep], None]
) -> Run:
    """The run with these metrics' cells and summaries, and its measures made anew."""
    embedder = PrefetchedEmbedder(session_embedder(session), metrics=[item.name for item in metrics])
    result = await CaseRun(
        cases=run.cases,
        answerer=_StoredAnswers(run),
        metrics=metrics,
        scoring=RunScoring(OfflineMatrix(embedder), embedder),
        prepare=embedder.prepare,
        repeats=run.info.repeats,
        error_budget=ErrorBudget(share=1.0),
        progress=progress,
    ).run()
    names = {item.name for item in metrics}
    kept = tuple(cell for cell in run.cells if cell.metric not in names)
    cells = (*kept, *result.cells)
    scored = {cell.metric for cell in kept}
    summaries = (
        *(item for item in run.summaries if item.metric in scored),
        *summarise(result.cells, metrics=metrics),
        *run_measures(run.cases, run.outcomes, cells),
    )
    return replace(run, cells=cells, summaries=summaries)


class _StoredAnswers:
    """Gives the outcomes of a run as its answerer gave them."""

    def __init__(self, run: Run) -> None:
        self.name, self.program_digest = run.info.answerer, run.info.program_digest
        self._outcomes: Mapping[Key, Outcome] = {(item.case_id, item.repeat): item for item in run.outcomes}

    async def answer(self, case: GoldCase, *, repeat: int) -> Outcome:
        """The stored outcome, one that failed too."""
        return self._outcomes[case.id, repeat]
