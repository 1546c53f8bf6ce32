"""``bidproof ablate``: turn each technique of a program the other way, and say what it is worth.

Every program is stored, run by ``bidproof eval``'s own flow and kept as a run: a
killed ablation goes on where it was, and a finished run of the same program on the
same cases and documents is taken as it is.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bidproof.core.errors import UserError
from bidproof.core.files import make_folder, write_text
from bidproof.core.ids import digest
from bidproof.core.jsonable import json_text
from bidproof.core.next_steps import NextStep
from bidproof.evaluation.gold.choosing import ChosenCases, choose_cases, require_gold
from bidproof.evaluation.metrics.registry import all_metrics, choose_metrics
from bidproof.evaluation.records import Run
from bidproof.flows.evaluate import RunWanted, run_program
from bidproof.flows.requests.evaluating import AblateRequest, EvaluateRequest
from bidproof.optimization.technique_effects import (
    Spent,
    TechniqueRow,
    adjust_rows,
    spent_by,
    technique_row,
)
from bidproof.optimization.techniques import Technique, find_techniques
from bidproof.prompts.program import Program
from bidproof.runtime.index_parts import documents_digest
from bidproof.runtime.program_choice import open_store, running_program
from bidproof.runtime.progress import Progress, Step, silent
from bidproof.runtime.session import Session

FOLDER = "ablations"
AUTHOR = "bidproof ablate"
_BESIDE = ("answered", "abstains_rightly", "choice_accuracy")


@dataclass(frozen=True, slots=True, kw_only=True)
class AblateReport:
    """What each technique is worth on a gold set.

    Attributes:
        id: Names the file below the workspace's ``ablations/``.
        gold: The set.
        gold_digest: Its content.
        split: The split that was run; empty for all.
        cases: How many were run.
        documents_digest: State of the documents.
        metric: What was compared.
        margin: Differences within plus and minus this are equivalent.
        base: Digest of the program that each technique was turned in.
        base_run: Its run.
        model: What answered: ``extractive``, or the model's identity.
        base_mean: The base program's mean; None when nothing was scored.
        base_spent: What a question took.
        rows: One a technique, in the order of a draft's life.
        missing: Techniques that are not measured yet; empty when finished.
        started: ISO time, UTC.
        seconds: Of this call; earlier ones that were cut off are not in it.
        file: Where this is kept.
    """

    id: str
    gold: str
    gold_digest: str
    split: str
    cases: int
    documents_digest: str
    metric: str
    margin: float
    base: str
    base_run: str
    model: str
    base_mean: float | None
    base_spent: Spent
    rows: tuple[TechniqueRow, ...]
    missing: tuple[str, ...] = ()
    started: str = ""
    seconds: float = 0.0
    file: Path = field(default_factory=Path)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What is compared on what."""

    request: AblateRequest
    session: Session
    chosen: ChosenCases
    documents: str
    base: Program
    techniques: tuple[Technique, ...]


def ablate(request: AblateRequest, *, session: Session, progress: Progress = silent) -> AblateReport:
    """Measure what each technique is worth, one at a time.

    Raises:
        UserError: The gold set, a technique, the metric or the settings are not usable.
    """
    plan = _plan(request, session)
    began, started = time.monotonic(), datetime.now(UTC).isoformat(timespec="seconds")
    total = 1 + len(plan.techniques)
    base = _run(plan.base, plan, _stage(progress, "base program", 0, total))
    rows: list[TechniqueRow] = []
    report = _report(plan, base, rows, started=started, seconds=time.monotonic() - began)
    for number, technique in enumerate(plan.techniques, start=1):
        other = _run(
            _stored(technique, plan), plan, _stage(progress, f"turning {technique.name}", number, total)
        )
        rows.append(
            technique_row(
                technique.name,
                technique.what,
                is_on=technique.is_on(plan.base),
                base=base,
                other=other,
                metric=request.metric,
                margin=request.margin,
            )
        )
        report = _report(plan, base, rows, started=started, seconds=time.monotonic() - began)
        _keep(report)
    return report


def _plan(request: AblateRequest, session: Session) -> _Plan:
    metric = choose_metrics((request.metric,), is_judge=bool(request.judge))[request.metric]
    if metric.kind == "amount":
        raise UserError(
            f"cannot ablate by {request.metric!r}: found an amount, expected a share; calls, tokens, seconds "
            "and cost stand beside each technique in any case",
            hint=NextStep("leave the metric out for task_score", options=("metric",)),
            code="technique",
        )
    require_gold(request.gold, workspace=session.workspace)
    base = running_program(session.workspace.folder, session.settings, model_name=_model_name(session))
    techniques = find_techniques(request.techniques, base)
    chosen = choose_cases(
        request.gold, split=request.split, limit=request.limit, program_digest="", workspace=session.workspace
    )
    return _Plan(
        request=request,
        session=session,
        chosen=chosen,
        documents=documents_digest(session),
        base=base,
        techniques=techniques,
    )


def _model_name(session: Session) -> str:
    """Identity of the model as it is opened: address, or weights; empty without one."""
    if not session.settings.model.model:
        return ""

    async def ask() -> str:
        async with session.open_model(session.settings.model, job_id=None) as model:
            return model.name

    return asyncio.run(ask())


def _stored(technique: Technique, plan: _Plan) -> Program:
    program = technique.toggled(plan.base)
    turned = "without" if technique.is_on(plan.base) else "with"
    open_store(plan.session.workspace.folder).add(
        program,
        message=f"{plan.base.digest()} {turned} {technique.name}, for an ablation",
        author=AUTHOR,
        parents=(plan.base.digest(),),
    )
    return program


def _run(program: Program, plan: _Plan, progress: Progress) -> Run:
    """A finished run of the program on the plan's cases, made where there is none."""
    wanted = RunWanted(
        program=program,
        gold_digest=plan.chosen.gold.digest(),
        split=plan.chosen.split,
        documents=plan.documents,
        metric=plan.request.metric,
        cases=tuple(case.id for case in plan.chosen.cases),
    )
    request, known = plan.request, all_metrics()
    asked = EvaluateRequest(
        gold=request.gold,
        split=request.split,
        metrics=tuple(dict.fromkeys([request.metric, *(name for name in _BESIDE if name in known)])),
        judge=request.judge,
        limit=request.limit,
    )
    return run_program(wanted, asked, session=plan.session, progress=progress)


def _report(
    plan: _Plan, base: Run, rows: Sequence[TechniqueRow], *, started: str, seconds: float
) -> AblateReport:
    request, chosen = plan.request, plan.chosen
    program = plan.base.digest()
    key = digest(
        "ablation",
        program,
        chosen.gold.digest(),
        chosen.split,
        plan.documents,
        request.metric,
        request.judge,
        str(request.limit),
        ",".join(item.name for item in plan.techniques),
    )
    mean = next((item.estimate.value for item in base.summaries if item.metric == request.metric), None)
    name = f"{program[:8]}-{key[:8]}"
    return AblateReport(
        id=name,
        gold=chosen.gold.name,
        gold_digest=chosen.gold.digest(),
        split=chosen.split,
        cases=len(chosen.cases),
        documents_digest=plan.documents,
        metric=request.metric,
        margin=request.margin,
        base=program,
        base_run=base.info.id,
        model=plan.base.model_name or base.info.answerer,
        base_mean=mean,
        base_spent=spent_by(base),
        rows=adjust_rows(rows, margin=request.margin),
        missing=tuple(item.name for item in plan.techniques[len(rows) :]),
        started=started,
        seconds=seconds,
        file=plan.session.workspace.folder / FOLDER / f"{name}.json",
    )


def _keep(report: AblateReport) -> None:
    make_folder(report.file.parent)
    write_text(report.file, json_text(report))


def _stage(progress: Progress, name: str, number: int, total: int) -> Progress:
    """Progress of one run, under the name of what it is for."""
    stage = f"{name} ({number + 1} of {total})"
    return lambda step: progress(Step(stage=stage, done=step.done, total=step.total, note=step.note))
