"""Draft many questions: library first, then an engine, each draft saved as it comes.

A draft that failed is saved as failed and tried again by the next run; a
finished one is never drafted twice in one job.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from bidproof.answering.protocol import Engine, PassageSource
from bidproof.core.ids import DocumentId, digest
from bidproof.core.records import (
    Claim,
    Draft,
    DraftState,
    Question,
    QuestionKind,
    ScoredPassage,
    Support,
    Tier,
)
from bidproof.core.settings import Settings
from bidproof.flows.program_choice import running_program
from bidproof.flows.progress import Progress, Step, silent
from bidproof.flows.session import Session
from bidproof.prompts.labels import PACKAGED
from bidproof.retrieval.protocol import Query
from bidproof.workspace.rows import LibraryEntry

LIBRARY_ENGINE = "library"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopedSource:
    """A passage source that sees some documents only; an empty scope sees none."""

    source: PassageSource
    documents: tuple[DocumentId, ...]

    def search(self, query: Query) -> tuple[ScoredPassage, ...]:
        """Search within the scope."""
        if not self.documents:
            return ()
        filters = replace(query.filters, document_ids=self.documents)
        return self.source.search(replace(query, filters=filters))


def program_key(settings: Settings, source: PassageSource) -> str:
    """Name the program that the settings call for, before anything is opened.

    A local model counts with its file's size and time, so that other weights at
    the same path are another program.
    """
    if not settings.model.model:
        from bidproof.answering.extractive import ExtractiveEngine

        return ExtractiveEngine(source, settings).program_digest
    from bidproof.prompts.program import default_program

    weights = Path(settings.model.model.removeprefix("local:"))
    stamp = ""
    if settings.model.model.startswith("local:") and weights.exists():
        stat = weights.stat()
        stamp = f"{stat.st_size}:{stat.st_mtime_ns}"
    chosen = settings.prompts.program
    return digest(
        default_program(settings).digest(), settings.model.base_url, stamp, *[chosen] * (chosen != PACKAGED)
    )


@asynccontextmanager
async def open_engine(
    session: Session, source: PassageSource, *, job_id: int | None
) -> AsyncGenerator[Engine, None]:
    """Open the engine that the settings call for: extractive without a model, else generative.

    Raises:
        UserError: The model's file, address or key is not usable.
    """
    settings = session.settings
    if not settings.model.model:
        from bidproof.answering.extractive import ExtractiveEngine

        running_program(session.workspace.folder, settings, model_name="")
        yield ExtractiveEngine(source, settings, today=datetime.now(UTC).date())
        return
    from bidproof.answering.generative import GenerativeEngine
    from bidproof.llm.open import open_model

    opened = open_model(
        settings.model, journal=session.workspace.calls, job_id=job_id, api_key=session.api_key
    )
    async with opened as model:
        program = running_program(session.workspace.folder, settings, model_name=model.name)
        yield GenerativeEngine(source, model, settings, program=program)


async def draft_all(
    questions: Sequence[Question],
    *,
    engine: Engine,
    concurrency: int,
    save: Callable[[Draft], None],
    progress: Progress = silent,
) -> None:
    """Draft every question, ``concurrency`` at once, saving each as it ends.

    The order of saving is the order of finishing. Cancelling loses only the
    drafts in flight.
    """
    waiting = iter(questions)
    done = 0

    async def work() -> None:
        nonlocal done
        for question in waiting:
            draft = await engine.draft(question)
            # In a thread: it reads cited documents and waits for the disk, and other calls go on.
            await asyncio.to_thread(save, draft)
            done += 1
            note = f"failed: {question.buyer_id or question.id}: {draft.error}" if draft.error else ""
            progress(Step(stage="answering", done=done, total=len(questions), note=note))

    async with asyncio.TaskGroup() as tasks:
        for _ in range(min(concurrency, len(questions))):
            tasks.create_task(work())


def draft_from_library(question: Question, *, session: Session, today: date) -> Draft | None:
    """Reuse an approved, unexpired answer to the same question, if there is one."""
    entry = session.workspace.library.find_same(question.text, today=today)
    return None if entry is None else _library_draft(question, entry)


def _library_draft(question: Question, entry: LibraryEntry) -> Draft:
    is_choice = question.kind in (QuestionKind.YES_NO, QuestionKind.CHOICE)
    choice = entry.choice if entry.choice in question.options or not question.options else None
    is_open = is_choice and choice is None
    claims: tuple[Claim, ...] = ()
    if entry.citations:
        claims = (Claim(text=entry.answer, citations=entry.citations, support=Support.SUPPORTED),)
    return Draft(
        question_id=question.id,
        state=DraftState.NEEDS_PERSON if is_open else DraftState.DRAFTED,
        text=entry.answer,
        choice=choice or None,
        claims=claims,
        support=Support.SUPPORTED if claims else Support.PARTIAL,
        tier=Tier.REVIEW,
        reasons=(f"approved answer from the library, by {entry.approver} on {entry.approved.isoformat()}",),
        engine=LIBRARY_ENGINE,
    )
