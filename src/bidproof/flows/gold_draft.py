"""Propose gold cases from the workspace's own documents."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from bidproof.core.errors import UserError, WorkspaceError
from bidproof.core.ids import digest
from bidproof.core.next_steps import Action, NextStep
from bidproof.core.records import Document, Passage
from bidproof.documents.passages import split_document
from bidproof.evaluation.gold.draft_model import PassageProposals, propose_from_passage, usable_passages
from bidproof.evaluation.gold.proposals import Proposal, proposed_case, take_evenly
from bidproof.evaluation.gold.store import GoldStore, check_name
from bidproof.evaluation.gold.templates import template_proposals
from bidproof.evaluation.gold.unanswerable import unanswerable_cases
from bidproof.evaluation.records import GoldCase, GoldSet
from bidproof.flows.requests.gold import DraftRequest
from bidproof.llm.protocol import ChatModel
from bidproof.runtime.citations import document_loader
from bidproof.runtime.progress import Progress, Step, silent
from bidproof.runtime.session import Session
from bidproof.workspace.question_text import normalize_question

TEMPLATES = "templates"
_PER_PASSAGE = 2
_SPARE_PASSAGES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftReport:
    """What was proposed.

    Attributes:
        name: The set they were added to, unverified.
        engine: The model's name, or ``templates``.
        cases: The proposals.
        kinds: How many of each kind.
        documents: Documents they come from.
        calls: Model calls made.
        failed: Calls that failed.
        errors: Their distinct errors.
        refused: Proposals that failed a check, by reason.
        spent_usd: What the calls cost.
    """

    name: str
    engine: str
    cases: tuple[GoldCase, ...]
    kinds: Mapping[str, int]
    documents: int
    calls: int = 0
    failed: int = 0
    errors: tuple[str, ...] = ()
    refused: Mapping[str, int] = field(default_factory=dict[str, int])
    spent_usd: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drafted:
    proposals: tuple[tuple[Document, Proposal], ...]
    outcomes: tuple[PassageProposals, ...] = ()


class _Library:
    """Documents by path, the last few dozen kept in memory."""

    def __init__(self, session: Session) -> None:
        self._rows, self._load = session.workspace.documents.known(), document_loader(session.workspace)
        self.paths = tuple(self._rows)

    def load(self, path: str) -> Document:
        return self._load(self._rows[path].id)

    def texts(self) -> Iterator[str]:
        return (self.load(path).text for path in self.paths)


def draft_set(request: DraftRequest, *, session: Session, progress: Progress = silent) -> DraftReport:
    """Propose cases, spread evenly over the documents, and add them to a set, unverified.

    With a model in the settings it writes them, and a call that fails is counted
    and shown; without one they are made by templates.

    Raises:
        WorkspaceError: The workspace holds no documents (``no-documents``).
        UserError: Nothing in the documents can be asked about (``gold-empty``).
    """
    check_name(request.name)
    library = _Library(session)
    if not library.paths:
        raise WorkspaceError(
            "cannot draft cases: found no documents, expected some",
            hint=NextStep("bring documents in first", Action.INGEST),
            code="no-documents",
        )
    store = GoldStore(session.workspace.folder)
    old = store.load(request.name) if request.name in store.names() else GoldSet(name=request.name, cases=())
    absent = round(request.count * request.unanswerable)
    wanted = request.count - absent
    known = [case.question for case in old.cases]
    if session.settings.model.model:
        drafted = _by_model(request, wanted, session=session, library=library, known=known, progress=progress)
        engine = session.settings.model.model
    else:
        drafted = _by_templates(request, wanted, library=library, known=known, progress=progress)
        engine = TEMPLATES
    cases = [proposed_case(item, document=document, made_by=engine) for document, item in drafted.proposals]
    if absent:
        sources = [item for _, item in drafted.proposals] or [
            item for path in library.paths[:20] for item in template_proposals(library.load(path))
        ]
        cases += unanswerable_cases(
            sources, texts=library.texts(), documents=len(library.paths), count=absent, seed=request.seed
        )
    return _save(old, cases, drafted, store=store, engine=engine)


def _save(
    old: GoldSet, cases: Iterable[GoldCase], drafted: _Drafted, *, store: GoldStore, engine: str
) -> DraftReport:
    taken = {case.id for case in old.cases}
    fresh = [case for case in {case.id: case for case in cases}.values() if case.id not in taken]
    failed = [item.error for item in drafted.outcomes if item.error]
    if not fresh and not failed:
        raise UserError(
            f"cannot draft cases for {old.name!r}: found nothing new to ask about in the documents",
            hint=NextStep(
                "add documents with prose or tables, or try another seed or a model",
                options=("seed", "model"),
            ),
            code="gold-empty",
        )
    if fresh:
        with store.changing():
            now = store.load(old.name) if old.name in store.names() else old
            taken = {case.id for case in now.cases}
            store.save(replace(now, cases=(*now.cases, *(case for case in fresh if case.id not in taken))))
    return DraftReport(
        name=old.name,
        engine=engine,
        cases=tuple(fresh),
        kinds=Counter(case.tags[1].removeprefix("made from: ") for case in fresh),
        documents=len({item.path for case in fresh for item in case.relevant}),
        calls=len(drafted.outcomes),
        failed=len(failed),
        errors=tuple(dict.fromkeys(failed)),
        refused=Counter(reason for item in drafted.outcomes for reason in item.refused),
        spent_usd=sum(item.cost_usd for item in drafted.outcomes),
    )


def _by_templates(
    request: DraftRequest, wanted: int, *, library: _Library, known: list[str], progress: Progress
) -> _Drafted:
    def proposals_of(path: str) -> Iterator[Proposal]:
        return template_proposals(library.load(path), seed=request.seed)

    found: list[tuple[Document, Proposal]] = []
    taken = take_evenly(
        library.paths, proposals_of=proposals_of, count=wanted, known=known, seed=request.seed
    )
    for path, proposal in taken:
        found.append((library.load(path), proposal))
        progress(Step(stage="drafting cases", done=len(found), total=wanted))
    return _Drafted(proposals=tuple(found))


def _by_model(
    request: DraftRequest,
    wanted: int,
    *,
    session: Session,
    library: _Library,
    known: list[str],
    progress: Progress,
) -> _Drafted:
    chosen = _passages(request, wanted, session=session, library=library)
    model_name = session.settings.model.model
    key = digest("gold draft", request.name, model_name, str(request.seed), str(request.count))
    job = session.workspace.jobs.start(kind="gold-draft", key=key, total=len(chosen), detail={})

    async def run() -> list[tuple[Document, PassageProposals]]:
        async with session.open_model(session.settings.model, job_id=job.id) as model:
            return await _ask_until(chosen, wanted, model=model, session=session, progress=progress)

    answered = asyncio.run(run())
    session.workspace.jobs.finish(job.id)
    seen = {normalize_question(question) for question in known}
    kept: list[tuple[Document, Proposal]] = []
    # First proposals of all passages before second ones, so that no document weighs more.
    for place in range(_PER_PASSAGE):
        for document, outcome in answered:
            for proposal in outcome.proposals[place : place + 1]:
                if normalize_question(proposal.question) not in seen and len(kept) < wanted:
                    seen.add(normalize_question(proposal.question))
                    kept.append((document, proposal))
    return _Drafted(proposals=tuple(kept), outcomes=tuple(outcome for _, outcome in answered))


async def _ask_until(
    chosen: list[tuple[Document, Passage]],
    wanted: int,
    *,
    model: ChatModel,
    session: Session,
    progress: Progress,
) -> list[tuple[Document, PassageProposals]]:
    """Ask about one passage after the other, several at once, until enough proposals stand."""
    settings = session.settings.model
    answered: list[tuple[Document, PassageProposals]] = []
    found = 0
    width = max(1, settings.concurrency)
    for start in range(0, len(chosen), width):
        if found >= wanted:
            break
        batch = chosen[start : start + width]
        asked = (
            propose_from_passage(passage, model=model, settings=settings, count=_PER_PASSAGE)
            for _, passage in batch
        )
        for (document, _), outcome in zip(batch, await asyncio.gather(*asked), strict=True):
            answered.append((document, outcome))
            found += len(outcome.proposals)
        progress(Step(stage="drafting cases", done=min(found, wanted), total=wanted))
    return answered


def _passages(
    request: DraftRequest, wanted: int, *, session: Session, library: _Library
) -> list[tuple[Document, Passage]]:
    """Passages to ask about, one document after the other, more than are likely needed."""
    chance = random.Random(request.seed)  # noqa: S311 - a reproducible order, no secret
    order = list(library.paths)
    chance.shuffle(order)
    most = max(wanted * _SPARE_PASSAGES, 1)
    queues: list[tuple[Document, list[Passage]]] = []
    for path in order[:most]:
        document = library.load(path)
        passages = usable_passages(split_document(document, settings=session.settings.documents))
        chance.shuffle(passages)
        if passages:
            queues.append((document, passages))
    chosen: list[tuple[Document, Passage]] = []
    while queues and len(chosen) < most:
        for document, passages in queues:
            chosen.append((document, passages.pop()))
        queues = [(document, passages) for document, passages in queues if passages]
    return chosen[:most]
