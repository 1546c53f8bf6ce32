"""Look for patterns in a stored run, and measure what order and asker do to its program."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bidproof.answering.protocol import PassageSource
from bidproof.core.errors import InvalidSetting
from bidproof.core.next_steps import NextStep
from bidproof.evaluation.judging.bias_probes import ProbeResult, probe_bias
from bidproof.evaluation.patterns.blame import Blame, Room, count_blame, count_rooms
from bidproof.evaluation.patterns.clusters import Embed, FailureCluster, cluster_failures
from bidproof.evaluation.patterns.find import Patterns, find_patterns
from bidproof.evaluation.patterns.order import MakeAnswerer, OrderBias, measure_order_bias
from bidproof.evaluation.protocol import Answerer
from bidproof.evaluation.records import GoldCase, Run
from bidproof.evaluation.running.answerers import EngineAnswerer, RepeatedModel
from bidproof.flows.evaluate import run_store
from bidproof.flows.requests.evaluating import PatternsRequest
from bidproof.runtime.index_parts import session_embedder
from bidproof.runtime.indexing import open_retriever
from bidproof.runtime.progress import Progress, Step, silent
from bidproof.runtime.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternsReport:
    """Slices and failures of a run; which step failed; failures that are alike; what order and asker do.

    ``questions`` gives the question of each failed case. ``clustered_by`` says
    where the vectors came from. ``is_other_program`` warns that the settings of
    today are not those of the run, so that order and probes measure another program.
    """

    patterns: Patterns
    blame: Mapping[Blame, int]
    rooms: Mapping[Room, int]
    clusters: tuple[FailureCluster, ...]
    clustered_by: str
    order: OrderBias | None = None
    probes: tuple[ProbeResult, ...] = ()
    is_other_program: bool = False
    questions: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    order: OrderBias | None
    probes: tuple[ProbeResult, ...]
    program_digest: str


def patterns(request: PatternsRequest, *, session: Session, progress: Progress = silent) -> PatternsReport:
    """Say where and why a run goes wrong.

    Slices, blame and clusters need the stored run alone. Order and bias probes
    answer again with the program of today's settings and the workspace's documents.

    Raises:
        UserError: No such run (``unknown-run``), or no value of the metric (``no-metric``).
        WorkspaceError: Answering again without documents (``no-documents``).
    """
    run = run_store(session).load(request.run)
    found = find_patterns(run, metric=request.metric, below=request.below)
    known = {case.id: case for case in run.cases}
    failed = [known[name] for name in dict.fromkeys(item.case_id for item in found.failures)]
    embed, source = _embedder(session)
    progress(Step(stage="reading the run", done=1, total=1))
    measured = None
    if request.is_order or request.is_bias:
        measured = asyncio.run(_measure(request, run, session=session, progress=progress))
    return PatternsReport(
        patterns=found,
        blame=count_blame(found.failures),
        rooms=count_rooms(found.failures),
        clusters=cluster_failures(failed, embed=embed, seed=request.seed),
        clustered_by=source,
        order=measured.order if measured else None,
        probes=measured.probes if measured else (),
        is_other_program=bool(measured and measured.program_digest != run.info.program_digest),
        questions={case.id: case.question for case in failed},
    )


def _embedder(session: Session) -> tuple[Embed | None, str]:
    """The workspace's embedder, when it runs here; a hosted one would be paid for a reading aid."""
    settings = session.settings.retrieval
    if settings.embedder != "minilm":
        return None, "tf-idf"
    from bidproof.runtime.warm import open_embedder

    embedder = open_embedder(settings, api_key=None)
    return (lambda texts: embedder.embed_queries(texts)), embedder.name


async def _measure(request: PatternsRequest, run: Run, *, session: Session, progress: Progress) -> _Measured:
    if request.cases < 1 or request.turns < 1:
        raise InvalidSetting(
            "cannot answer again: found no cases or turns, expected at least one",
            hint=NextStep("allow more cases", options=("cases",)),
        )
    retriever = await asyncio.to_thread(open_retriever, session, progress=progress)
    chosen = _sample(run.cases, request.cases, seed=request.seed)
    if not session.settings.model.model:
        from bidproof.answering.extractive import ExtractiveEngine

        def extractive(source: PassageSource) -> Answerer:
            engine = ExtractiveEngine(source, session.settings, embedder=session_embedder(session))
            return EngineAnswerer(engine, source)

        return await _answer_again(request, chosen, retriever, extractive, is_exact=True, progress=progress)
    from bidproof.answering.generative import GenerativeEngine

    async with session.open_model(session.settings.model, job_id=None) as model:
        repeated = RepeatedModel(model, draw=f"patterns {run.info.id} {request.seed}")

        def generative(source: PassageSource) -> Answerer:
            engine = GenerativeEngine(source, repeated, session.settings, embedder=session_embedder(session))
            return EngineAnswerer(engine, source)

        return await _answer_again(request, chosen, retriever, generative, is_exact=False, progress=progress)


async def _answer_again(
    request: PatternsRequest,
    cases: Sequence[GoldCase],
    source: PassageSource,
    make_answerer: MakeAnswerer,
    *,
    is_exact: bool,
    progress: Progress,
) -> _Measured:
    order, probes = None, ()
    if request.is_order:
        progress(Step(stage="answering with passages shuffled", done=0, total=len(cases)))
        order = await measure_order_bias(
            cases, source=source, make_answerer=make_answerer, turns=request.turns, seed=request.seed
        )
    answerer = make_answerer(source)
    if request.is_bias:
        progress(Step(stage="answering with askers swapped", done=0, total=len(cases)))
        probes = await probe_bias(cases, answerer=answerer, is_exact=is_exact, seed=request.seed)
    return _Measured(order=order, probes=probes, program_digest=answerer.program_digest)


def _sample(cases: Sequence[GoldCase], most: int, *, seed: int) -> list[GoldCase]:
    """A seeded choice of cases, in their order."""
    if len(cases) <= most:
        return list(cases)
    places = sorted(random.Random(seed).sample(range(len(cases)), most))  # noqa: S311 - no secret
    return [cases[place] for place in places]
