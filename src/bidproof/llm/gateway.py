"""The one way out to a model: journal, budget, retries, circuit breaker, fallback."""

import asyncio
import functools
import json
import random
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import Protocol, TypeVar

from bidproof.core.errors import ModelError, ModelRefused
from bidproof.core.ids import digest
from bidproof.core.jsonable import from_json, parse_json, to_json
from bidproof.core.records import Usage
from bidproof.core.settings import ModelSettings
from bidproof.llm.adaptive import AdaptiveLimit, Slot
from bidproof.llm.breaker import CircuitBreaker
from bidproof.llm.budget import (
    NoJournal,
    budget_spent,
    cost_limits,
    cost_usd,
    fallback_priced,
    worst_case_usd,
)
from bidproof.llm.failures import may_fall_back, notes_of, with_notes
from bidproof.llm.protocol import ChatRequest, Completion, Journal, add_usage
from bidproof.llm.reply_schema import bare_json, parse_reply
from bidproof.workspace.rows import CallClaim, CallIntent

Result = TypeVar("Result")

MAX_RETRY_AFTER_S = 60.0
_FIRST_DELAY_S = 0.5
_MAX_DELAY_S = 20.0
_FIRST_LOOK_S = 0.01  # for a call that somebody else sends, or for room under a limit
_LAST_LOOK_S = 0.5


class Backend(Protocol):
    """What the gateway drives: one attempt at one call, no retries."""

    @property
    def name(self) -> str:
        """Model and server; part of the journal key."""
        ...

    async def complete(self, request: ChatRequest, *, idempotency_key: str = "") -> Completion:
        """Ask once, or raise a ``ModelError``."""
        ...

    async def aclose(self) -> None:
        """Let go of connections and processes."""
        ...


def call_key(model_name: str, request: ChatRequest) -> str:
    """Name a call by everything that decides its reply, so that it is never paid twice."""
    settings = request.settings
    sampling = (
        settings.temperature,
        settings.top_p,
        settings.frequency_penalty,
        settings.max_output_tokens,
        request.want_logprobs,
        request.repeat,
    )
    prompt = [[item.role, item.content] for item in request.messages]
    return digest(
        "call",
        model_name,
        json.dumps(prompt),
        json.dumps(request.schema, sort_keys=True),
        str(sampling),
        length=40,
    )


class Gateway:
    """A chat model that survives its endpoint.

    Every call is written to the journal before it is sent and after it is
    answered; a call that finished before is replayed from there for nothing, and
    one that somebody else is sending is waited for instead of being sent again.
    Use :func:`bidproof.llm.open.open_model` to get one.

    Args:
        primary: The model to ask.
        fallback: Asked when the primary fails in a way another model may not.
        settings: Attempts, concurrency, prices and cost limit are read here.
        journal: Where calls are written; None keeps none.
        job_id: The run the calls belong to; None starts the cost limit at zero.
        run: Of another gateway outside of a job: both pay from one cost limit.
        jitter: Random number in [0, 1), for retry delays; replaced in tests.
    """

    def __init__(
        self,
        primary: Backend,
        *,
        settings: ModelSettings,
        fallback: Backend | None = None,
        journal: Journal | None = None,
        job_id: int | None = None,
        run: str = "",
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.spent = Usage()
        self.replayed = 0
        self.failed_calls = 0
        self._models = (primary,) if fallback is None else (primary, fallback)
        self._settings = settings
        self._priced = {primary.name: settings}
        if fallback is not None:
            self._priced.setdefault(fallback.name, fallback_priced(settings))
        self.run = run or uuid.uuid4().hex
        self._journal: Journal = journal or NoJournal()
        self._limits = cost_limits(settings)
        self._job_id = job_id
        self._jitter = jitter
        self._slots = AdaptiveLimit(settings.concurrency)
        self._breakers = {model.name: CircuitBreaker(model.name) for model in self._models}
        self._resume_at = 0.0

    @property
    def name(self) -> str:
        """The primary model's identity."""
        return self._models[0].name

    async def aclose(self) -> None:
        """Close the models."""
        for model in self._models:
            await model.aclose()

    async def complete(self, request: ChatRequest) -> Completion:
        """Get a reply that fits the request's schema, from the journal or a model.

        Raises:
            ModelRefused: The endpoint answered 4xx.
            ModelUnavailable: No luck after all attempts, or the circuit is open.
            ModelTimeout: Our deadline passed on the last attempt.
            ModelGarbled: The reply cannot be used or breaks the schema.
            BudgetSpent: The next call could pass the cost limit; it was not sent.
        """
        spent = Usage()
        for position, model in enumerate(self._models):
            try:
                completion = await self._ask(model, request)
                return replace(completion, failed=add_usage(spent, completion.failed))
            except ModelError as error:
                spent = add_usage(spent, notes_of(error).spent)
                is_last = position == len(self._models) - 1
                if is_last or not may_fall_back(error):
                    raise with_notes(error, replace(notes_of(error), spent=spent)) from error.__cause__
        raise AssertionError("there is always a primary model")

    async def _ask(self, model: Backend, request: ChatRequest) -> Completion:
        failed = Usage()
        for attempt in range(1, self._settings.attempts + 1):
            try:
                completion = await self._attempt(model, request, attempt=attempt)
                return replace(completion, failed=failed)
            except ModelError as error:
                notes = notes_of(error)
                failed = add_usage(failed, notes.spent)
                with_notes(error, replace(notes, spent=failed))
                delay_s = self._delay_s(error, attempt)
                if delay_s is None:
                    raise
            await asyncio.sleep(delay_s)
        raise AssertionError("the last attempt returns or raises")

    def _delay_s(self, error: ModelError, attempt: int) -> float | None:
        """Seconds until the next attempt; None when there must not be one."""
        notes = notes_of(error)
        if not notes.is_retryable or attempt >= self._settings.attempts:
            return None
        asked = notes.retry_after_s
        if asked is not None:
            if asked > MAX_RETRY_AFTER_S:
                return None
            if notes.is_overload:
                self._resume_at = max(self._resume_at, time.monotonic() + asked)
            return asked + self._jitter() * min(1.0, asked / 4)
        grown = min(_MAX_DELAY_S, _FIRST_DELAY_S * 2 ** (attempt - 1))
        return grown * (0.5 + self._jitter() / 2)

    async def _attempt(self, model: Backend, request: ChatRequest, *, attempt: int) -> Completion:
        breaker = self._breakers[model.name]
        async with self._slots.slot() as slot:
            # An endpoint that asked one call to wait means all of them.
            await asyncio.sleep(max(0.0, self._resume_at - time.monotonic()))
            claim = await self._claim(model, request, attempt=attempt)
            if claim.state == "stored" and (stored := _replayed(claim.response)) is not None:
                self.replayed += 1
                return stored
            if claim.state == "stored":  # what stands there is no reply: as if it did not
                claim = await self._claim(model, request, attempt=attempt, is_anew=True)
            try:
                breaker.admit()
            except ModelError:
                await self._write(self._journal.withdraw, claim.call_id)
                raise
            try:
                return await self._paid(model, request, slot, call_id=claim.call_id, attempt=attempt)
            finally:
                breaker.release()

    async def _claim(
        self, model: Backend, request: ChatRequest, *, attempt: int, is_anew: bool = False
    ) -> CallClaim:
        """Get leave to send a call, or its reply; waits while it is in flight elsewhere or money is held."""
        intent = CallIntent(
            key=call_key(model.name, request),
            model=model.name,
            job_id=self._job_id,
            run="" if self._job_id is not None else self.run,
            question_id=request.question_id,
            attempt=attempt,
            held_usd=worst_case_usd(self._priced[model.name], request),
            limits=self._limits,
            is_anew=is_anew,
        )
        pause_s = _FIRST_LOOK_S
        while True:
            queued = self._journal.soon(functools.partial(self._journal.intend, intent))
            try:
                claim = await asyncio.shield(asyncio.wrap_future(queued))
            except asyncio.CancelledError:
                queued.add_done_callback(self._withdraw)
                raise
            if claim.state == "spent":
                raise budget_spent(claim, worst_usd=intent.held_usd)
            if claim.state in ("send", "stored"):
                return claim
            await asyncio.sleep(pause_s)
            pause_s = min(_LAST_LOOK_S, pause_s * 1.5)

    def _withdraw(self, claimed: "Future[CallClaim]") -> None:
        """Take an intent back whose question was cancelled before it was known."""
        if claimed.exception() is None and claimed.result().state == "send":
            self._journal.soon(functools.partial(self._journal.withdraw, claimed.result().call_id))

    async def _paid(
        self, model: Backend, request: ChatRequest, slot: Slot, *, call_id: int, attempt: int
    ) -> Completion:
        started = time.perf_counter()
        try:
            completion = await self._checked(model, request, attempt=attempt)
        except ModelError as error:
            slot.fail(error)
            spent = self._failed(model, error, seconds=time.perf_counter() - started)
            # It may have been billed, and brought no token count.
            held_usd = worst_case_usd(self._priced[model.name], request) if _is_unknown(error) else 0.0
            await self._write(self._fail, call_id, error, spent, held_usd)
            raise
        except BaseException:
            self._journal.soon(functools.partial(self._journal.lose, call_id))
            raise
        slot.succeed()  # the endpoint is free for the next call while this one is written down
        self._breakers[model.name].succeed()
        self.spent = add_usage(self.spent, completion.usage)
        await self._write(self._finish, call_id, completion, request.is_kept)
        return completion

    async def _checked(self, model: Backend, request: ChatRequest, *, attempt: int) -> Completion:
        key = call_key(model.name, request)
        completion = await model.complete(request, idempotency_key=f"{key}-{attempt}")
        completion = replace(
            completion,
            cost_usd=cost_usd(
                self._priced[model.name],
                prompt_tokens=completion.prompt_tokens,
                completion_tokens=completion.completion_tokens,
                cached_tokens=completion.cached_tokens,
            ),
        )
        if request.schema is not None:
            completion = replace(completion, text=bare_json(completion.text))
            try:
                parse_reply(completion.text, request.schema, model=model.name)
            except ModelError as error:
                notes = notes_of(error)
                raise with_notes(
                    error,
                    replace(
                        notes,
                        prompt_tokens=completion.prompt_tokens,
                        completion_tokens=completion.completion_tokens,
                        reply=completion.text,
                    ),
                ) from error.__cause__
        return completion

    def _failed(self, model: Backend, error: ModelError, *, seconds: float) -> Usage:
        notes = notes_of(error)
        spent = Usage(
            calls=1,
            prompt_tokens=notes.prompt_tokens,
            completion_tokens=notes.completion_tokens,
            cost_usd=cost_usd(
                self._priced[model.name],
                prompt_tokens=notes.prompt_tokens,
                completion_tokens=notes.completion_tokens,
            ),
            seconds=seconds,
        )
        self.spent = add_usage(self.spent, spent)
        self.failed_calls += 1
        with_notes(error, replace(notes, spent=spent))
        breaker = self._breakers[model.name]
        if isinstance(error, ModelRefused) and notes.status in (401, 403):
            breaker.refuse_all(error)
        elif isinstance(error, ModelRefused) or notes.is_overload or notes.reply is not None:
            breaker.succeed()
        else:
            breaker.fail()
        return spent

    async def _write(self, function: Callable[..., Result], *values: object) -> Result:
        # Done when it is durable, many in one transaction, while the event loop goes on. A
        # cancelled question leaves the write alone: what was paid is written down.
        queued = self._journal.soon(functools.partial(function, *values))
        return await asyncio.shield(asyncio.wrap_future(queued))

    def _finish(self, call_id: int, completion: Completion, is_kept: bool) -> None:
        self._journal.finish(
            call_id,
            response=json.dumps(to_json(completion)) if is_kept else "",
            prompt_tokens=completion.prompt_tokens,
            completion_tokens=completion.completion_tokens,
            cost_usd=completion.cost_usd,
            seconds=completion.seconds,
        )

    def _fail(self, call_id: int, error: ModelError, spent: Usage, held_usd: float) -> None:
        self._journal.fail(
            call_id,
            code=error.code,
            message=error.message,
            seconds=spent.seconds,
            prompt_tokens=spent.prompt_tokens,
            completion_tokens=spent.completion_tokens,
            cost_usd=spent.cost_usd,
            held_usd=held_usd,
        )


def _replayed(response: str) -> Completion | None:
    """The reply that the journal holds; None where it holds something else."""
    try:
        stored = from_json(Completion, parse_json(response))
        return replace(stored, from_journal=True, cost_usd=0.0, seconds=0.0, failed=Usage())
    except (ValueError, TypeError, AttributeError):
        return None


def _is_unknown(error: ModelError) -> bool:
    """Whether the endpoint may have billed a call that brought no token count."""
    notes = notes_of(error)
    return notes.maybe_paid and not notes.prompt_tokens
