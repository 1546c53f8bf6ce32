"""What a call costs, before and after, and the limits that it is held against."""

import itertools
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import TypeVar

from bidproof.core.errors import BudgetSpent
from bidproof.core.settings import ModelSettings
from bidproof.llm.protocol import ChatRequest, Completion
from bidproof.workspace.rows import CallClaim, CallIntent, CostLimit

Result = TypeVar("Result")

_MESSAGE_OVERHEAD_TOKENS = 16
_TEMPLATE_TOKENS = 256  # what a server may put around a prompt
_MOST_BYTES = 64  # of a token, over a whole text
_USUAL_BYTES = 3
_MILLION = 1_000_000
_WRITING = 0.25  # what a token costs beside its price where a provider charges for writing to its cache


def fallback_priced(settings: ModelSettings) -> ModelSettings:
    """The settings with the fallback model's prices in place of the first one's."""
    prompt, completion = settings.fallback_prompt_price, settings.fallback_completion_price
    return replace(
        settings,
        prompt_price=settings.prompt_price if prompt is None else prompt,
        completion_price=settings.completion_price if completion is None else completion,
        cached_prompt_price=settings.cached_prompt_price if prompt is None else None,
    )


def cost_usd(
    settings: ModelSettings,
    *,
    prompt_tokens: int,
    completion_tokens: int,
    cached_tokens: int = 0,
    written_tokens: int = 0,
) -> float:
    """Price a call from the token counts that the endpoint reported; cached ones are among the prompt's."""
    written = min(prompt_tokens, max(0, written_tokens)) * _WRITING * settings.prompt_price
    cached = min(prompt_tokens, max(0, cached_tokens)) if settings.cached_prompt_price is not None else 0
    priced = (prompt_tokens - cached) * settings.prompt_price + completion_tokens * settings.completion_price
    return (priced + written + cached * (settings.cached_prompt_price or 0.0)) / _MILLION


def worst_case_usd(settings: ModelSettings, request: ChatRequest) -> float:
    """Bound the cost of a request before it is sent."""
    return cost_usd(
        settings,
        prompt_tokens=most_prompt_tokens(request),
        completion_tokens=request.settings.max_output_tokens,
    )


def most_prompt_tokens(request: ChatRequest) -> int:
    """Bound the tokens of a prompt: no common tokenizer makes more than one token of a byte."""
    size = sum(len(item.content.encode()) + _MESSAGE_OVERHEAD_TOKENS for item in request.messages)
    return size + (0 if request.schema is None else len(str(request.schema)))


def counted(completion: Completion, request: ChatRequest) -> Completion:
    """A reply with token counts that can be believed: as reported, where the bytes can hold them.

    Ours stand in for counts that are missing or impossible, with ``is_estimated``: one token for
    three bytes, which is more than English takes.
    """
    sent, written = most_prompt_tokens(request), len(completion.text.encode())
    most_written = max(request.settings.max_output_tokens, written) + _TEMPLATE_TOKENS
    prompt = _believed(completion.prompt_tokens, size=sent, most=sent + _TEMPLATE_TOKENS)
    reply = _believed(completion.completion_tokens, size=written, most=most_written)
    if (prompt, reply) == (completion.prompt_tokens, completion.completion_tokens):
        return completion
    return replace(
        completion,
        prompt_tokens=prompt,
        completion_tokens=reply,
        cached_tokens=min(completion.cached_tokens, prompt),
        written_tokens=min(completion.written_tokens, prompt),
        is_estimated=True,
    )


def can_be(request: ChatRequest, *, prompt_tokens: int, completion_tokens: int) -> bool:
    """Whether a failed call can have taken that many tokens."""
    most_written = request.settings.max_output_tokens + _TEMPLATE_TOKENS
    return (
        prompt_tokens <= most_prompt_tokens(request) + _TEMPLATE_TOKENS and completion_tokens <= most_written
    )


def _believed(reported: int, *, size: int, most: int) -> int:
    return reported if max(1, size // _MOST_BYTES) <= reported <= most else -(-size // _USUAL_BYTES)


def cost_limits(settings: ModelSettings) -> tuple[CostLimit, ...]:
    """The limits that the settings set, for the journal to keep."""
    run, workspace = settings.max_cost_usd, settings.max_workspace_usd
    limits: list[CostLimit] = []
    if run is not None:
        limits.append(CostLimit(scope="run", usd=run, setting="model.max_cost_usd (--max-cost)"))
    if workspace is not None:
        limits.append(CostLimit(scope="workspace", usd=workspace, setting="model.max_workspace_usd"))
    return tuple(limits)


def budget_spent(claim: CallClaim, *, worst_usd: float) -> BudgetSpent:
    """The error for a call that a limit leaves no room for."""
    assert claim.limit is not None, "a limit refused it"  # noqa: S101
    return BudgetSpent(
        f"the cost limit of {claim.limit.usd:g} USD is reached: {claim.spent_usd:.4f} USD are "
        f"spent and the next call may cost {worst_usd:.4f} USD; nothing was sent",
        hint=f"raise {claim.limit.setting} and run again; finished answers are kept",
    )


class NoJournal:
    """Stands in where calls are not written down: keeps the cost limits of one gateway, nothing else."""

    def __init__(self) -> None:
        self._held: dict[int, float] = {}
        self._spent_usd = 0.0
        self._numbers = itertools.count(1)

    def soon(self, work: Callable[[], Result]) -> "Future[Result]":
        """Do it at once."""
        done: Future[Result] = Future()
        done.set_result(work())
        return done

    def intend(self, intent: CallIntent) -> CallClaim:
        """Let a call pass where the limits leave room; each one is a call of its own."""
        held = sum(self._held.values())
        for limit in intent.limits:
            if self._spent_usd + intent.held_usd > limit.usd:
                return CallClaim(state="spent", spent_usd=self._spent_usd, limit=limit)
            if self._spent_usd + held + intent.held_usd > limit.usd:
                return CallClaim(state="full", spent_usd=self._spent_usd, limit=limit)
        number = next(self._numbers)
        self._held[number] = intent.held_usd
        return CallClaim(state="send", call_id=number)

    def finish(self, call_id: int, *, cost_usd: float, **_: object) -> None:
        """Take what the call cost in place of what it held."""
        self.withdraw(call_id)
        self._spent_usd += cost_usd

    def fail(self, call_id: int, *, cost_usd: float, held_usd: float, **_: object) -> None:
        """Take what the call cost, or may have cost, in place of what it held."""
        self.finish(call_id, cost_usd=cost_usd + held_usd)

    def lose(self, call_id: int) -> None:
        """Take all that the call held as spent."""
        self._spent_usd += self._held.pop(call_id, 0.0)

    def withdraw(self, call_id: int) -> None:
        """Let go of what the call held."""
        self._held.pop(call_id, None)
