"""The one way out to a model: journal, budget, retries, circuit breaker, fallback."""

import asyncio
import logging
import random
import time
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from typing import Protocol

from bidproof.core.errors import ModelError, ModelRefused
from bidproof.core.records import Usage
from bidproof.core.settings import ModelSettings
from bidproof.llm.adaptations import THINKS, adaptations_of, today
from bidproof.llm.adaptive import AdaptiveLimit, Slot
from bidproof.llm.breaker import SHORT_WAIT_S, CircuitBreaker
from bidproof.llm.budget import (
    NoJournal,
    can_be,
    cost_limits,
    cost_usd,
    fallback_priced,
    worst_case_usd,
)
from bidproof.llm.claims import Claims, call_key
from bidproof.llm.failures import CIRCUIT_OPEN, may_fall_back, notes_of, with_notes
from bidproof.llm.protocol import NO_USAGE, ChatRequest, Completion, Journal, add_usage
from bidproof.llm.reply_schema import bare_json, checked_text

_log = logging.getLogger(__name__)
_THINKING_ROOM = 4
_WITHOUT_PATIENCE = 5  # failures in a row after which calls are given up at once
_FIRST_DELAY_S = 0.5
_MAX_DELAY_S = 20.0
_BOTH_DOWN_S = 0.5


@dataclass(slots=True, kw_only=True)
class _Tries:
    """What one request has taken so far: attempts by model, and what the failed ones cost.

    ``is_down`` tells whether the last round over the models met outages alone.
    """

    attempts: Counter[str] = field(default_factory=Counter[str])
    is_down: bool = False
    spent: Usage = NO_USAGE


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
        notice: Is told of outages that are waited out.
    """

    def __init__(
        self,
        primary: Backend,
        fallback: Backend | None = None,
        *,
        settings: ModelSettings,
        journal: Journal | None = None,
        job_id: int | None = None,
        run: str = "",
        jitter: Callable[[], float] = random.random,
        notice: Callable[[str], None] = _log.warning,
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
        self._claims = Claims(
            journal or NoJournal(), job_id=job_id, run=self.run, limits=cost_limits(settings)
        )
        self._jitter = jitter
        self._slots = AdaptiveLimit(settings.concurrency)
        self._notice = notice
        self._breakers = {
            model.name: CircuitBreaker(
                model.name,
                threshold=settings.attempts if settings.patience_s else _WITHOUT_PATIENCE,
                notice=notice,
            )
            for model in self._models
        }

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
            ModelUnavailable: No luck after all attempts, or an outage that outlasts the patience.
            ModelTimeout: Our deadline passed on the last attempt.
            ModelGarbled: The reply cannot be used or breaks the schema.
            BudgetSpent: The next call could pass the cost limit; it was not sent.
        """
        tries = _Tries()
        while True:
            try:
                completion = await self._ask_models(request, tries)
                return replace(completion, failed=tries.spent)
            except ModelError as error:
                with_notes(error, replace(notes_of(error), spent=tries.spent))
                if not self._may_wait(tries):
                    raise
            await asyncio.sleep(_BOTH_DOWN_S)

    async def _ask_models(self, request: ChatRequest, tries: "_Tries") -> Completion:
        tries.is_down = True
        for model in self._models:
            try:
                return await self._ask(model, request, tries)
            except ModelError as error:
                tries.is_down &= notes_of(error).is_outage and self._breakers[model.name].is_open
                is_elsewhere = bool(self._settings.fallback_base_url)
                if model is self._models[-1] or not may_fall_back(error, is_elsewhere=is_elsewhere):
                    raise
        raise AssertionError("there is always a primary model")

    def _may_wait(self, tries: "_Tries") -> bool:
        """Whether two models that were down are asked again; one alone is waited for by its breaker."""
        down_s = min(breaker.down_s for breaker in self._breakers.values())
        return len(self._models) > 1 and tries.is_down and down_s < self._settings.patience_s

    async def _ask(self, model: Backend, request: ChatRequest, tries: "_Tries") -> Completion:
        breaker = self._breakers[model.name]
        while True:
            asked = self._with_room(model, request)
            attempt = tries.attempts[model.name] + 1
            try:
                return await self._attempt(model, asked, attempt=attempt)
            except ModelError as error:
                notes = notes_of(error)
                tries.spent = add_usage(tries.spent, notes.spent)
                if notes.needs_room and asked is request:
                    self._make_room(model)
                    continue
                if notes.is_outage and breaker.is_open:
                    # The endpoint's fault, not this call's: it costs no attempt. A call that it
                    # would not let pass has been waited for long enough.
                    if error.code == CIRCUIT_OPEN or self._patience_s(model) < breaker.down_s:
                        raise
                    continue
                tries.attempts[model.name] = attempt
                delay_s = self._delay_s(model, error, attempt)
                if delay_s is None:
                    raise
            await asyncio.sleep(delay_s)

    def _patience_s(self, model: Backend) -> float:
        """How long an outage of a model is waited out: not at all where another one can be asked."""
        if len(self._models) == 1:
            return self._settings.patience_s
        return 0.0 if model is self._models[0] else min(SHORT_WAIT_S, self._settings.patience_s)

    def _with_room(self, model: Backend, request: ChatRequest) -> ChatRequest:
        """The request, with room for thoughts where the model is told to think or has shown that it does."""
        effort = request.settings.reasoning_effort
        if effort == "none" or not (effort or THINKS in adaptations_of(model.name)):
            return request
        most = request.settings.max_output_tokens * _THINKING_ROOM
        return replace(request, settings=replace(request.settings, max_output_tokens=most))

    def _make_room(self, model: Backend) -> None:
        """Let a model that thinks before it answers write more from here on."""
        learnt = adaptations_of(model.name)
        if THINKS not in learnt:
            learnt[THINKS] = today()
            self._notice(
                f"{model.name!r} used up its tokens before it answered: from here on its replies may be "
                f"{_THINKING_ROOM} times as long as model.max_output_tokens"
            )

    def _delay_s(self, model: Backend, error: ModelError, attempt: int) -> float | None:
        """Seconds until the next attempt; None when there must not be one."""
        notes = notes_of(error)
        if not notes.is_retryable or attempt >= self._settings.attempts:
            return None
        asked = notes.retry_after_s
        if asked is not None:
            most = max(SHORT_WAIT_S, self._patience_s(model))
            return None if asked > most else asked + self._jitter() * min(1.0, asked / 4)
        grown = min(_MAX_DELAY_S, _FIRST_DELAY_S * 2 ** (attempt - 1))
        return grown * (0.5 + self._jitter() / 2)

    async def _attempt(self, model: Backend, request: ChatRequest, *, attempt: int) -> Completion:
        breaker, patience_s = self._breakers[model.name], self._patience_s(model)
        held_usd = worst_case_usd(self._priced[model.name], request)
        claimed = await self._claims.claim(model.name, request, attempt=attempt, held_usd=held_usd)
        if isinstance(claimed, Completion):
            self.replayed += 1
            return claimed
        async with AsyncExitStack() as stack:
            try:
                await breaker.ready(patience_s=patience_s)  # without a slot: fewer go on after an outage
                slot = await stack.enter_async_context(self._slots.slot())
                await breaker.admit(patience_s=patience_s)
            except BaseException:
                self._claims.withdraw(claimed)
                raise
            try:
                return await self._paid(model, request, slot, call_id=claimed, attempt=attempt)
            finally:
                breaker.release()

    async def _paid(
        self, model: Backend, request: ChatRequest, slot: Slot, *, call_id: int, attempt: int
    ) -> Completion:
        started = time.perf_counter()
        try:
            completion = await self._checked(model, request, attempt=attempt)
        except ModelError as error:
            spent = self._failed(model, request, error, seconds=time.perf_counter() - started)
            slot.fail(error, is_down=self._breakers[model.name].is_open)
            # It may have been billed, and brought no token count.
            held_usd = worst_case_usd(self._priced[model.name], request) if _is_unknown(error) else 0.0
            await self._claims.fail(call_id, error, spent, held_usd=held_usd)
            raise
        except BaseException:
            self._claims.lose(call_id)
            raise
        slot.succeed()  # the endpoint is free for the next call while this one is written down
        self._breakers[model.name].succeed()
        self.spent = add_usage(self.spent, completion.usage)
        await self._claims.finish(call_id, completion, is_kept=request.is_kept)
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
                written_tokens=completion.written_tokens,
            ),
        )
        if request.schema is not None:
            try:
                text = checked_text(completion.text, request.schema, model=model.name)
            except ModelError as error:
                notes = notes_of(error)
                raise with_notes(
                    error,
                    replace(
                        notes,
                        prompt_tokens=completion.prompt_tokens,
                        completion_tokens=completion.completion_tokens,
                        reply=bare_json(completion.text),
                    ),
                ) from error.__cause__
            completion = replace(completion, text=text)
        return completion

    def _failed(self, model: Backend, request: ChatRequest, error: ModelError, *, seconds: float) -> Usage:
        notes = notes_of(error)
        tokens = (notes.prompt_tokens, notes.completion_tokens)
        if not can_be(request, prompt_tokens=tokens[0], completion_tokens=tokens[1]):
            notes = replace(notes, prompt_tokens=0, completion_tokens=0)
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
        if isinstance(error, ModelRefused) and notes.is_final:
            breaker.refuse_all(error)
        elif notes.is_outage:
            breaker.fail(error)
        else:
            breaker.succeed()
        return spent


def _is_unknown(error: ModelError) -> bool:
    """Whether the endpoint may have billed a call that brought no token count."""
    notes = notes_of(error)
    return notes.maybe_paid and not notes.prompt_tokens
