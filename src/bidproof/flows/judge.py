"""Judges: calibrate one against people, probe it with minimal edits, show what is known."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bidproof.answering.proof.verifier import Verifier
from bidproof.core.errors import ModelError, UserError
from bidproof.core.ids import digest
from bidproof.core.next_steps import NextStep
from bidproof.core.records import Draft
from bidproof.evaluation.judging.calibration import Calibration, calibrate, judge_labels, outcome_of
from bidproof.evaluation.judging.labels import LabelledAnswer, read_labels
from bidproof.evaluation.judging.panels import JudgePanel, PairDisagreement
from bidproof.evaluation.judging.probes import (
    ProbeRate,
    ProbeResult,
    ProbeSource,
    Verify,
    make_probes,
    probe_rates,
    run_probes,
)
from bidproof.evaluation.judging.store import list_calibrations, save_calibration, stamp_of
from bidproof.evaluation.protocol import Entailment, MatrixMaker
from bidproof.evaluation.records import GoldCase
from bidproof.flows.requests.evaluating import CalibrateRequest, ProbeRequest
from bidproof.runtime.evaluate_sources import open_judge
from bidproof.runtime.index_parts import session_embedder
from bidproof.runtime.progress import Progress, Step, silent
from bidproof.runtime.session import Session

OFFLINE_NAME = "offline verifier"

_RECENT_JOBS = 50
_LEAST_WORDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrateReport:
    """A calibration, where it was stored, what runs will be stamped with, and a panel's disagreement."""

    calibration: Calibration
    path: Path
    stamp: str
    disagreements: tuple[PairDisagreement, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeReport:
    """Every kind of edit, and the probes that went wrong."""

    subject: str
    sources: int
    lines: tuple[ProbeRate, ...]
    missed: tuple[ProbeResult, ...]


def calibrate_judge(
    request: CalibrateRequest, *, session: Session, progress: Progress = silent
) -> CalibrateReport:
    """Let a judge read labelled answers, and store how far it agrees with people.

    Raises:
        UserError: The labels cannot be read, too few are labelled, or the judge cannot be opened.
    """
    if request.repeats < 1:
        raise UserError(
            f"cannot repeat {request.repeats} times: expected 1 or more",
            hint=NextStep("leave the repeats out", options=("repeats",)),
            code="labels",
        )
    labels = read_labels(request.labels, columns=request.columns)
    kinds = {answer.label for answer in labels.answers} - {None}
    if len(kinds) < 2:
        raise UserError(
            f"cannot calibrate on {str(request.labels)!r}: found labels of {len(kinds)} kind(s), expected"
            " supported and unsupported answers",
            hint="label some answers of both kinds; ten of each are a start, a hundred are enough to trust",
            code="labels",
        )

    async def judge() -> CalibrateReport:
        async with _open(request.models, session=session, key=f"calibrate-{labels.digest}") as maker:
            judged = await judge_labels(
                labels,
                maker,
                repeats=request.repeats if maker.is_model else 1,
                has_biases=request.has_biases,
                concurrency=session.settings.model.concurrency,
                progress=lambda done, total: progress(Step(stage="judging", done=done, total=total)),
            )
            calibration = calibrate(
                judged,
                judge=maker.name,
                name=" + ".join(request.models) or OFFLINE_NAME,
                labels=labels,
                judged_on=datetime.now(UTC).date().isoformat(),
            )
            path = save_calibration(session.workspace.folder, calibration)
            panel = maker.disagreements if isinstance(maker, JudgePanel) else ()
            return CalibrateReport(
                calibration=calibration, path=path, stamp=stamp_of(calibration), disagreements=panel
            )

    return asyncio.run(judge())


def show_judges(session: Session) -> tuple[Calibration, ...]:
    """Every judge of the workspace that was calibrated, the latest first."""
    return list_calibrations(session.workspace.folder)


def probe_judge(request: ProbeRequest, *, session: Session, progress: Progress = silent) -> ProbeReport:
    """Change one thing in true claims, and count how often it is noticed.

    Raises:
        UserError: There are no true claims to edit, or the judge cannot be opened.
    """
    sources = _labelled_sources(request) if request.labels else _stored_sources(session)
    if not sources:
        raise UserError(
            "cannot probe: found no supported claims, expected stored answers or labelled ones",
            hint=NextStep("answer a questionnaire first, or name a file of labels", options=("labels",)),
            code="probe",
        )
    probes = make_probes(sources, per_kind=request.per_kind, seed=request.seed)
    done = 0

    def counted(verify: Verify) -> Verify:
        async def ask(claim: str, text: str) -> Entailment | None:
            nonlocal done
            said = await verify(claim, text)
            done += 1
            progress(Step(stage="probing", done=done, total=len(probes)))
            return said

        return ask

    async def run() -> tuple[ProbeResult, ...]:
        if request.is_system:
            return await run_probes(probes, counted(_system_verify(Verifier(session_embedder(session)))))
        async with _open(request.models, session=session, key="probe") as maker:
            return await run_probes(probes, counted(maker_verify(maker)))

    results = asyncio.run(run())
    name = " + ".join(request.models) or OFFLINE_NAME
    return ProbeReport(
        subject="checks of the answering system" if request.is_system else name,
        sources=len(sources),
        lines=probe_rates(results),
        missed=tuple(
            item for item in results if item.verdict is not None and item.verdict != item.probe.is_held
        ),
    )


def maker_verify(maker: MatrixMaker) -> Verify:
    """Ask a matrix maker about one claim and one text; a failure is no verdict."""

    async def verify(claim: str, text: str) -> Entailment | None:
        answer = LabelledAnswer(id="probe", question="", answer=claim, evidence=(text,), ratings=())
        try:
            matrix = await maker.make(GoldCase(id="probe", question=""), outcome_of(answer))
        except ModelError:
            return None
        cells = [cell for row in matrix.answer_by_passage for cell in row]
        if not cells or any(cell.is_held is None for cell in cells):
            return None
        return Entailment(
            is_held=all(cell.is_held for cell in cells),
            score=min(cell.score for cell in cells),
            problems=tuple(problem for cell in cells for problem in cell.problems),
        )

    return verify


def _system_verify(verifier: Verifier) -> Verify:
    """What drafts are checked by says of a claim that cites this text."""

    async def verify(claim: str, text: str) -> Entailment:
        found = verifier.compare(claim, [text])
        return Entailment(is_held=found.is_supported, score=found.score_0_1, problems=found.problems)

    return verify


@asynccontextmanager
async def _open(models: Sequence[str], *, session: Session, key: str) -> AsyncGenerator[MatrixMaker, None]:
    """One judge, a panel of several, or the offline verifier; calls are journalled under one job."""
    async with AsyncExitStack() as stack:
        if not models:
            yield (await stack.enter_async_context(open_judge("", session=session, job_id=0))).maker
            return
        job = session.workspace.jobs.start(
            kind="judge", key=digest(key, *models, length=32), total=0, detail={"judges": list(models)}
        )
        opened = [
            await stack.enter_async_context(open_judge(model, session=session, job_id=job.id))
            for model in models
        ]
        makers = [item.maker for item in opened]
        yield makers[0] if len(makers) == 1 else JudgePanel(makers, names=models)
        session.workspace.jobs.finish(job.id)


def _labelled_sources(request: ProbeRequest) -> list[ProbeSource]:
    assert request.labels is not None  # noqa: S101 - the caller has looked
    labels = read_labels(request.labels, columns=request.columns)
    return [
        ProbeSource(claim=answer.answer, text="\n\n".join(answer.evidence))
        for answer in labels.answers
        if answer.label and answer.evidence and len(answer.answer.split()) >= _LEAST_WORDS
    ]


def _stored_sources(session: Session) -> list[ProbeSource]:
    """Claims of the latest drafts with the quotes they cite, each claim once."""
    found: dict[str, ProbeSource] = {}
    for job in session.workspace.jobs.recent(_RECENT_JOBS):
        for draft in session.workspace.jobs.drafts(job.id).values():
            for source in _draft_sources(draft):
                found.setdefault(source.claim, source)
    return list(found.values())


def _draft_sources(draft: Draft) -> list[ProbeSource]:
    if not draft.state.is_answer:
        return []
    return [
        ProbeSource(claim=claim.text, text="\n\n".join(dict.fromkeys(item.quote for item in claim.citations)))
        for claim in draft.claims
        if claim.citations and not claim.problems and len(claim.text.split()) >= _LEAST_WORDS
    ]
