"""A run's cost limit, kept even while many calls are in flight."""

import asyncio
import math
from dataclasses import replace

from bidproof.core.errors import BudgetSpent
from bidproof.core.settings import ModelSettings
from bidproof.llm.protocol import ChatRequest

_MESSAGE_OVERHEAD_TOKENS = 16
_MILLION = 1_000_000


def fallback_priced(settings: ModelSettings) -> ModelSettings:
    """The settings with the fallback model's prices in place of the first one's."""
    prompt, completion = settings.fallback_prompt_price, settings.fallback_completion_price
    return replace(
        settings,
        prompt_price=settings.prompt_price if prompt is None else prompt,
        completion_price=settings.completion_price if completion is None else completion,
    )


def cost_usd(settings: ModelSettings, *, prompt_tokens: int, completion_tokens: int) -> float:
    """Price a call from the token counts that the endpoint reported."""
    priced = prompt_tokens * settings.prompt_price + completion_tokens * settings.completion_price
    return priced / _MILLION


def worst_case_usd(settings: ModelSettings, request: ChatRequest) -> float:
    """Bound the cost of a request before it is sent.

    No common tokenizer makes more than one token of a byte, so the prompt's bytes
    bound its tokens; the reply is bounded by ``max_output_tokens``.
    """
    size = sum(len(item.content.encode()) + _MESSAGE_OVERHEAD_TOKENS for item in request.messages)
    if request.schema is not None:
        size += len(str(request.schema))
    return cost_usd(settings, prompt_tokens=size, completion_tokens=settings.max_output_tokens)


class Budget:
    """Admits a call only while its worst case still fits under the limit.

    Calls in flight hold their worst case; a call that would fit once they settle
    waits for them instead of being refused.

    Args:
        limit_usd: None for no limit.
        spent_usd: What the run has already cost, from the journal.
    """

    def __init__(self, limit_usd: float | None, *, spent_usd: float = 0.0) -> None:
        self.spent_usd = spent_usd
        self._limit_usd = math.inf if limit_usd is None else limit_usd
        self._held_usd = 0.0
        self._changed = asyncio.Condition()

    async def hold(self, worst_usd: float) -> None:
        """Set the worst case of a call aside.

        Raises:
            BudgetSpent: The call could pass the limit; it must not be sent.
        """
        async with self._changed:
            while True:
                if self.spent_usd + worst_usd > self._limit_usd:
                    raise BudgetSpent(
                        f"the cost limit of {self._limit_usd:g} USD is reached: {self.spent_usd:.4f} USD are "
                        f"spent and the next call may cost {worst_usd:.4f} USD; nothing was sent",
                        hint="raise model.max_cost_usd (--max-cost) and run again; finished answers are kept",
                    )
                if self.spent_usd + self._held_usd + worst_usd <= self._limit_usd:
                    self._held_usd += worst_usd
                    return
                await self._changed.wait()

    async def settle(self, worst_usd: float, *, paid_usd: float) -> None:
        """Replace what a call held by what it cost."""
        async with self._changed:
            self._held_usd = max(0.0, self._held_usd - worst_usd)
            self.spent_usd += paid_usd
            self._changed.notify_all()
