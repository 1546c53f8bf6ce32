"""Draft many questions with an engine, each draft saved as it comes.

A draft that failed is saved as failed and tried again by the next run; a
finished one is never drafted twice in one job.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bidproof.answering.calibrated import CalibratedEngine
from bidproof.answering.cascade import CascadeEngine
from bidproof.answering.failing import drafted
from bidproof.answering.protocol import Engine, PassageSource
from bidproof.core.errors import InvalidSetting, first_of
from bidproof.core.ids import DocumentId, digest
from bidproof.core.next_steps import Action, NextStep
from bidproof.core.records import Draft, Question, ScoredPassage
from bidproof.core.settings import PromptSettings, Settings
from bidproof.llm.providers import asked_of
from bidproof.prompts.labels import PACKAGED
from bidproof.retrieval.protocol import Query
from bidproof.runtime.index_parts import session_embedder
from bidproof.runtime.program_choice import running_program
from bidproof.runtime.progress import Progress, Step, silent
from bidproof.runtime.session import Session

if TYPE_CHECKING:
    from bidproof.llm.gateway import Gateway
    from bidproof.llm.protocol import ChatModel
    from bidproof.routing.store import RouteStore


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


def within(source: PassageSource, documents: tuple[DocumentId, ...] | None) -> PassageSource:
    """The source where it sees these documents only; itself for None."""
    return source if documents is None else ScopedSource(source=source, documents=documents)


def program_key(settings: Settings) -> str:
    """Name the program that the settings call for, before anything is opened.

    A local model counts with its file's size and time, so that other weights at
    the same path are another program.
    """
    if not settings.model.model:
        from bidproof.answering.extractive import extractive_program

        return extractive_program(settings).digest()
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


def _silent(note: str) -> None:
    del note


@asynccontextmanager
async def open_engine(
    session: Session,
    source: PassageSource,
    *,
    job_id: int | None,
    notice: Callable[[str], None] = _silent,
) -> AsyncGenerator[Engine, None]:
    """Open the engine that the settings call for: extractive without a model, else generative.

    Where a route is fitted for it and the large model of ``routing.large_model``, both are
    opened as a cascade; where a calibration is fitted for it alone, drafts state their confidence.

    Args:
        session: Settings, keys and journal.
        source: Where passages come from.
        job_id: The run that pays.
        notice: Is told why a large model that is set is not used, and of outages that are waited out.

    Raises:
        UserError: A model's file, address or key is not usable, or a fitted route is damaged.
    """
    from bidproof.routing.store import RouteStore

    routes = RouteStore(session.workspace.folder)
    async with AsyncExitStack() as stack:
        opened = await open_program_engine(stack, session, source, job_id=job_id, notice=notice)
        small = opened.engine
        if session.settings.routing.large_model:
            cascade = await _open_cascade(
                stack, session, source, routes, opened, job_id=job_id, notice=notice
            )
            if cascade is not None:
                yield cascade
                return
            notice(
                f"the large model {session.settings.routing.large_model!r} is not asked: no route is fitted "
                f"for it and the program {small.program_digest}; bidproof route fit RUN_SMALL RUN_LARGE"
            )
        confidence = routes.confidence(small.program_digest)
        yield small if confidence is None else CalibratedEngine(small, confidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedEngine:
    """An engine, and the gateway that it pays through; None without a model."""

    engine: Engine
    gateway: "Gateway | None" = None


async def open_program_engine(
    stack: AsyncExitStack,
    session: Session,
    source: PassageSource,
    *,
    job_id: int | None,
    run: str = "",
    notice: Callable[[str], None] = _silent,
    wrap: "Callable[[ChatModel], ChatModel] | None" = None,
) -> OpenedEngine:
    """Open the engine of the settings' program by itself, without routing or calibration.

    Args:
        stack: Closes the model.
        session: Settings, key and journal.
        source: Where passages come from.
        job_id: The run that pays.
        run: Of another gateway, whose limit this one shares.
        notice: Is told of outages that are waited out.
        wrap: Put around the model that the engine asks.

    Raises:
        UserError: The model's file, address or key is not usable.
    """
    settings, folder = session.settings, session.workspace.folder
    if not settings.model.model:
        from bidproof.answering.extractive import ExtractiveEngine

        running_program(folder, settings, model_name="")
        engine = ExtractiveEngine(
            source, settings, embedder=session_embedder(session), today=datetime.now(UTC).date()
        )
        return OpenedEngine(engine=engine)
    from bidproof.answering.generative import GenerativeEngine

    opened = session.open_model(settings.model, job_id=job_id, run=run, notice=notice)
    model = await stack.enter_async_context(opened)
    program = running_program(folder, settings, model_name=model.name)
    asked = model if wrap is None else wrap(model)
    return OpenedEngine(
        engine=GenerativeEngine(source, asked, settings, program=program, embedder=session_embedder(session)),
        gateway=model,
    )


async def _open_cascade(
    stack: AsyncExitStack,
    session: Session,
    source: PassageSource,
    routes: "RouteStore",
    first: OpenedEngine,
    *,
    job_id: int | None,
    notice: Callable[[str], None],
) -> Engine | None:
    """Both models as one engine; None where no route is fitted for exactly these two."""
    small = first.engine
    if not any(route.small.program == small.program_digest for route in routes.routes()):
        return None
    dear = replace(
        session,
        settings=large_settings(session.settings),
        keys=replace(session.keys, model=session.keys.large),
    )
    run = "" if first.gateway is None else first.gateway.run
    opened = await open_program_engine(stack, dear, source, job_id=job_id, run=run, notice=notice)
    large = opened.engine
    route = routes.route(small.program_digest, large.program_digest)
    if route is None:
        return None
    limit = session.settings.routing.max_cost_usd_per_question

    def may_go_up(question: Question, draft: Draft) -> str:
        del question
        if limit is None or draft.usage.cost_usd + route.large_usd <= limit:
            return ""
        return (
            f"it may cost {route.large_usd:.4f} USD, and routing.max_cost_usd_per_question allows "
            f"{limit:g} in all"
        )

    return CascadeEngine(small, large, route, may_go_up=may_go_up)


def large_settings(settings: Settings) -> Settings:
    """The settings with the large model in place of the first one.

    Raises:
        InvalidSetting: A limit a question cannot be kept, since the large model has no prices.
    """
    routing = settings.routing
    is_free = routing.large_model.partition(":")[0] in ("local", "fake", "recorded")
    is_priced = bool(routing.large_prompt_price or routing.large_completion_price)
    if routing.max_cost_usd_per_question is not None and not is_priced and not is_free:
        raise InvalidSetting(
            f"a limit of {routing.max_cost_usd_per_question:g} USD a question cannot be kept: "
            f"found no prices of {routing.large_model!r}",
            hint=NextStep(
                "set routing.large_prompt_price and routing.large_completion_price, or write a price table",
                Action.WRITE_PRICES,
            ),
        )
    model = replace(
        asked_of(settings.model, routing.large_model, routing.large_base_url),
        fallback="",
        prompt_price=routing.large_prompt_price,
        completion_price=routing.large_completion_price,
        cached_prompt_price=routing.large_cached_prompt_price,
    )
    prompts = settings.prompts if settings.model.model else PromptSettings()
    if routing.large_program:
        prompts = PromptSettings(program=routing.large_program)
    return replace(settings, model=model, prompts=prompts)


def routing_key(session: Session) -> tuple[str, ...]:
    """Name what decides tiers and routes beside the program; nothing where nothing is fitted."""
    from bidproof.routing.store import RouteStore

    routing = session.settings.routing
    fitted = RouteStore(session.workspace.folder).fingerprint()
    if not fitted and not routing.large_model:
        return ()
    return (fitted, routing.large_model, routing.large_base_url, routing.large_program)


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
    drafts in flight; a question that cannot be drafted is saved as failed.
    """
    waiting = iter(questions)
    done = 0

    async def work() -> None:
        nonlocal done
        for question in waiting:
            draft = await drafted(engine.draft(question), question, engine=engine)
            # In a thread: it reads cited documents and waits for the disk, and other calls go on.
            await asyncio.to_thread(save, draft)
            done += 1
            note = f"failed: {question.buyer_id or question.id}: {draft.error}" if draft.error else ""
            progress(Step(stage="answering", done=done, total=len(questions), note=note))

    try:
        async with asyncio.TaskGroup() as tasks:
            for _ in range(min(concurrency, len(questions))):
                tasks.create_task(work())
    except BaseExceptionGroup as group:
        raise first_of(group) from group
