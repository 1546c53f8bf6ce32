"""``bidproof optimize``: search for a better program, then prove it on cases that no search has seen.

Train and dev splits are searched on; the sealed test split is opened once, for the
winner against the incumbent. What is measured is kept as it comes: killed anywhere,
the same command goes on. Nothing is promoted here: the winner gets the label
``candidate``, and ``bidproof prompts promote`` asks for the proof.
"""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, cast, get_args

from bidproof.core.errors import UserError
from bidproof.core.files import make_folder, write_text
from bidproof.core.ids import digest
from bidproof.core.jsonable import json_text, to_json
from bidproof.core.next_steps import Action, NextStep
from bidproof.evaluation.gold.store import GoldStore
from bidproof.evaluation.metrics.registry import all_metrics
from bidproof.evaluation.records import GoldCase
from bidproof.evaluation.statistics.power import minimum_detectable_difference
from bidproof.flows.optimize.proof import prove_winner
from bidproof.flows.optimize.records import CandidateRow, Found, OptimizeReport, Proven
from bidproof.flows.optimize.work import Place, SearchCases, SearchContext, open_search
from bidproof.flows.requests.programs import Method, OptimizeRequest
from bidproof.optimization.budget import CallBudget, OptimizationStopped
from bidproof.optimization.prompts.plan import calls_per_case, make_plan
from bidproof.optimization.settings.selection import PickedGain, picked_gain
from bidproof.prompts.program import Program, deciding_settings
from bidproof.runtime.index_parts import documents_digest
from bidproof.runtime.jobs import claimed
from bidproof.runtime.program_choice import open_store
from bidproof.runtime.progress import Progress, silent
from bidproof.runtime.session import Session

if TYPE_CHECKING:
    from bidproof.flows.optimize.steps import PromptMethod

FOLDER = "optimization"
REPORT_FILE = "report.json"
CANDIDATE = "candidate"
AUTHOR = "bidproof optimize"
_LEAST_DEV, _LEAST_TEST = 2, 2
_CALLS_A_CASE = 2


def optimize(request: OptimizeRequest, *, session: Session, progress: Progress = silent) -> OptimizeReport:
    """Search, prove, label.

    Raises:
        UserError: The gold set, metric, method or budget is not usable; nothing was spent then.
    """
    check_request(request, session)
    cases = _open_cases(request, session)
    key = _job_key(request, session)
    job = session.workspace.jobs.start(
        kind="optimize", key=key, total=0, detail={"gold": request.gold, "method": request.method}
    )
    with claimed(session.workspace, job.id, progress=progress):
        return _search_and_prove(request, session, cases, progress=progress, key=key, job_id=job.id)


def _search_and_prove(
    request: OptimizeRequest,
    session: Session,
    cases: SearchCases,
    *,
    progress: Progress,
    key: str,
    job_id: int,
) -> OptimizeReport:
    started = time.monotonic()
    folder = session.workspace.folder / FOLDER / key[:16]
    make_folder(folder)
    budget = _budget(request, session, cases, spent_usd=session.workspace.calls.spent_usd(job_id))
    place = Place(job_id=job_id, folder=folder, budget=budget)
    searched = asyncio.run(_run_search(request, session, cases, place, progress))
    proof = _settle(searched, request, session=session, folder=folder, progress=progress)
    session.workspace.jobs.finish(job_id)
    report = OptimizeReport(
        id=folder.name,
        gold=request.gold,
        method=request.method,
        metric=request.metric,
        incumbent=searched.base.digest(),
        winner=searched.found.best.digest(),
        gain=searched.gain,
        proof=proof,
        verdict=_verdict(searched, proof, request),
        candidates=searched.found.rows,
        pareto=searched.found.pareto,
        importance=searched.found.importance,
        ablation=searched.found.ablation,
        reason=searched.found.reason,
        calls=budget.calls,
        spent_usd=session.workspace.calls.spent_usd(job_id),
        seconds=time.monotonic() - started,
        train=len(cases.train),
        dev=len(cases.dev),
        test=len(cases.sealed),
        warnings=(
            *searched.found.notes,
            *_warnings(cases, searched),
            *(proof.warnings if proof else ()),
        ),
        folder=folder,
    )
    write_text(folder / REPORT_FILE, json_text(report))
    return report


def check_request(request: OptimizeRequest, session: Session) -> None:
    """Refuse what cannot be searched, before anything is spent.

    Raises:
        UserError: With the next step in the hint.
    """
    metric = all_metrics().get(request.metric)
    if metric is None:
        raise UserError(
            f"cannot optimise for {request.metric!r}: found no such metric, expected one of "
            f"{', '.join(sorted(all_metrics()))}",
            hint=NextStep("leave the metric out for task_score", options=("metric",)),
            code="optimize-metric",
        )
    if metric.is_judged and not request.judge:
        raise UserError(
            f"cannot optimise for {request.metric!r}: found no judge, expected a model that judges",
            hint=NextStep("name a judge, calibrated before", Action.CALIBRATE_JUDGE, options=("judge",)),
            code="optimize-metric",
        )
    if request.method not in get_args(Method):
        raise UserError(
            f"cannot optimise by {request.method!r}: expected one of {', '.join(get_args(Method))}",
            hint=NextStep("for example settings", options=("method",)),
            code="optimize-method",
        )
    if request.method != "settings" and not session.settings.model.model:
        raise UserError(
            f"cannot optimise by {request.method!r}: found no model, expected one whose prompts can change",
            hint=NextStep("name a model, or search the settings alone", options=("model", "method")),
            code="optimize-method",
        )


def _open_cases(request: OptimizeRequest, session: Session) -> SearchCases:
    store = GoldStore(session.workspace.folder)
    gold = store.load(request.gold)
    if not any(case.split for case in gold.cases):
        raise UserError(
            f"cannot optimise on {request.gold!r}: found {len(gold.cases)} cases without splits, expected "
            "train, dev and test",
            hint=NextStep("split the set first", Action.SPLIT_GOLD, name=request.gold),
            code="gold-split",
        )
    has_train = any(case.split == "train" for case in gold.cases)
    train = store.open_split(request.gold, "train", purpose="optimize") if has_train else ()
    dev = store.open_split(request.gold, "dev", purpose="optimize")
    train, dev = train[: request.limit], dev[: request.limit]
    if request.method == "settings":
        # Nothing is learned from single cases: train cases are as good to choose on as dev cases.
        train, dev = (), (*train, *dev)
    sealed = tuple(case for case in gold.cases if case.split == "test" and case.is_verified)
    if len(dev) < _LEAST_DEV or (request.has_test and len(sealed) < _LEAST_TEST):
        raise UserError(
            f"cannot optimise on {request.gold!r}: found {len(dev)} dev and {len(sealed)} test cases, "
            f"expected {_LEAST_DEV} and {_LEAST_TEST} or more, a hundred to prove a gain",
            hint=NextStep("add cases, then split the set anew", Action.GROW_GOLD, name=request.gold),
            code="gold-small",
        )
    return SearchCases(train=train, dev=dev, sealed=sealed)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Searched:
    """A search that is over: its base and best programs, and how far the lead is luck."""

    base: Program
    found: Found
    gain: PickedGain | None
    is_uncalibrated: bool


async def _run_search(
    request: OptimizeRequest, session: Session, cases: SearchCases, place: Place, progress: Progress
) -> _Searched:
    async with open_search(request, session=session, place=place, progress=progress) as context:
        found = await _search(request, context, cases)
        gain = _gain(found.rows, context, cases.dev, seed=request.seed)
        return _Searched(base=context.base, found=found, gain=gain, is_uncalibrated=context.is_uncalibrated)


def _settle(
    searched: _Searched, request: OptimizeRequest, *, session: Session, folder: Path, progress: Progress
) -> Proven | None:
    """Store and label a winner, and hold it against the incumbent; None where there is none or no test."""
    winner, base = searched.found.best, searched.base
    if winner.digest() == base.digest():
        return None
    store = open_store(session.workspace.folder)
    message = f"best of {len(searched.found.rows)} by {request.method} on {request.gold}"
    store.add(winner, message=message, author=AUTHOR, parents=(base.digest(),))
    store.label(CANDIDATE, winner.digest(), author=AUTHOR, reason=message)
    if not request.has_test:
        return None
    return prove_winner(winner, base, request=request, session=session, folder=folder, progress=progress)


async def _search(request: OptimizeRequest, context: SearchContext, cases: SearchCases) -> Found:
    """Run the method's steps one after the other, each beginning with the best so far."""
    from bidproof.flows.optimize.steps import search_program_settings, search_prompt_texts

    _check_least(request, context, cases)
    rows: dict[str, CandidateRow] = {}
    base = await context.measure(context.base, cases.dev, kind="incumbent")
    if base is None:
        return Found(best=context.base, rows=(), reason=context.budget.reason or "nothing could be measured")
    rows[base.digest] = base
    steps = {"combined": ("settings", "bootstrap", "settings")}.get(request.method, (request.method,))
    best, reason, notes = context.base, "", list[str]()
    last = Found(best=best, rows=(), reason="")
    for number, step in enumerate(steps):
        if context.budget.is_spent:
            reason = context.budget.reason
            break
        context.tell(f"optimising {step}", done=number, total=len(steps), best=base.worst)
        if step == "settings":
            last = await search_program_settings(best, request, context, cases.dev, part=number)
        else:
            last = await search_prompt_texts(best, request, context, cases, method=cast("PromptMethod", step))
        rows |= {row.digest: row for row in last.rows if row.digest not in rows}
        best, reason = last.best, last.reason
        notes += last.notes
    best = await _best(best, context, cases.dev)
    ordered = sorted(rows.values(), key=lambda row: (row.worst is None, -(row.worst or 0.0)))
    return replace(
        last,
        best=best,
        rows=tuple(ordered),
        reason=reason or last.reason,
        notes=tuple(dict.fromkeys(notes)),
    )


def _check_least(request: OptimizeRequest, context: SearchContext, cases: SearchCases) -> None:
    """Refuse a search for prompts that could not begin, before the incumbent is measured for it.

    Raises:
        UserError: The calls are not enough, or a split has no cases (``optimize-budget``).
    """
    calls = context.budget.left_calls()
    if calls is None or request.method in ("settings", "combined"):
        return
    measuring = ceil(calls_per_case(context.base) * len(cases.dev))
    plan = make_plan(
        request.method,
        program=context.base,
        train=len(cases.train),
        dev=len(cases.dev),
        failure_rate=1.0,  # the smallest batch: with fewer failures it takes more
        max_calls=max(0, calls - measuring),
    )
    if plan.refusal:
        raise UserError(
            f"cannot optimise with {calls} calls: {plan.refusal} once {measuring} have measured "
            "the incumbent",
            hint=NextStep("allow more calls, or fewer cases", options=("budget_calls", "limit")),
            code="optimize-budget",
        )


async def _best(best: Program, context: SearchContext, dev: Sequence[GoldCase]) -> Program:
    """The incumbent, unless the search's best leads it on the whole dev split."""
    if best.digest() == context.base.digest():
        return best
    try:
        mine = await context.evaluator.measure(best, dev)
        theirs = await context.evaluator.measure(context.base, dev)
    except OptimizationStopped:
        return context.base
    return best if mine.worst > theirs.worst else context.base


def _gain(
    rows: Sequence[CandidateRow], context: SearchContext, dev: Sequence[GoldCase], *, seed: int
) -> PickedGain | None:
    wanted = {case.id for case in dev}
    values: dict[str, dict[str, float]] = {}
    for row in rows:
        known = context.ledger.known(row.digest, context.evaluator.metric)
        own = {case: item.value for case, item in known.items() if item.value is not None and case in wanted}
        if own:
            values[row.digest] = own
    full = max((len(item) for item in values.values()), default=0)
    # A trial that was cut short has seen too few cases to be held against the others.
    whole = {name: item for name, item in values.items() if len(item) >= 0.9 * full}
    return picked_gain(whole, incumbent=context.base.digest(), seed=seed)


def _budget(
    request: OptimizeRequest, session: Session, cases: SearchCases, *, spent_usd: float
) -> CallBudget:
    """What the search may spend: of the calls, those that the test split takes are set aside.

    Raises:
        UserError: Nothing would be left to search with (``optimize-budget``).
    """
    calls = request.budget_calls
    if calls is not None and session.settings.model.model:
        aside = _CALLS_A_CASE * 2 * len(cases.sealed) if request.has_test else 0
        least = aside + 2 * len(cases.dev)
        if calls < least:
            raise UserError(
                f"cannot optimise with {calls} calls: found {len(cases.sealed)} test cases, which take up to "
                f"{aside}, and {len(cases.dev)} dev cases, expected {least} or more",
                hint=NextStep(
                    f"allow {least} calls, or fewer cases, or leave the test out",
                    options=("budget_calls", "limit", "no_test"),
                ),
                code="optimize-budget",
            )
        calls -= aside
    seconds = None if request.minutes is None else request.minutes * 60
    return CallBudget(max_calls=calls, max_usd=request.budget_usd, max_seconds=seconds, spent_usd=spent_usd)


def _warnings(cases: SearchCases, searched: _Searched) -> tuple[str, ...]:
    least = minimum_detectable_difference(max(2, len(cases.sealed)))
    notes: list[str] = []
    if least > 0.15:
        notes.append(
            f"the test split has {len(cases.sealed)} cases: a yes-or-no metric must move by "
            f"about {least:.0%} to be proven on it"
        )
    if searched.is_uncalibrated:
        notes.append("the judge is uncalibrated: its scores may not agree with people")
    return tuple(notes)


def _verdict(searched: _Searched, proof: Proven | None, request: OptimizeRequest) -> str:
    winner = searched.found.best
    if winner.digest() == searched.base.digest():
        return "nothing beats the incumbent on dev: it stays, and the test split was not opened"
    if proof is None:
        return f"{winner.digest()} leads on dev; it was not held against the incumbent on the test split"
    if proof.proof.passed:
        return f"proven on the test split: bidproof prompts promote {CANDIDATE} --proof {proof.file}"
    return f"not proven on the test split: the incumbent stays ({request.metric} {proof.effect})"


def _job_key(request: OptimizeRequest, session: Session) -> str:
    """The same request on the same cases, documents and settings is the same job, resumed."""
    gold = GoldStore(session.workspace.folder).load(request.gold).digest()
    limits = {"budget_calls": None, "budget_usd": None, "minutes": None, "has_test": True}
    asked = to_json(replace(request, **limits))
    settings = session.settings
    model = settings.model
    deciding = {"model": model.model, "base_url": model.base_url, **deciding_settings(model)}
    program = [settings.prompts.program, settings.retrieval, settings.answering]
    return digest(
        "optimize",
        json.dumps(asked, sort_keys=True),
        json.dumps([deciding, *map(to_json, program)], sort_keys=True),
        gold,
        documents_digest(session),
        length=32,
    )
