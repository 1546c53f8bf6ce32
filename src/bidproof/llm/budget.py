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
        cached_prompt_price=settings.cached_prompt_price if prompt is None else None,
    )


def cost_usd(
    settings: ModelSettings, *, prompt_tokens: int, completion_tokens: int, cached_tokens: int = 0
) -> float:
    """Price a call from the token counts that the endpoint reported; cached ones are among the prompt's."""
    cached = min(prompt_tokens, max(0, cached_tokens)) if settings.cached_prompt_price is not None else 0
    priced = (prompt_tokens - cached) * settings.prompt_price + completion_tokens * settings.completion_price
    return (priced + cached * (settings.cached_prompt_price or 0.0)) / _MILLION


def worst_case_usd(settings: ModelSettings, request: ChatRequest) -> float:
    """Bound the cost of a request before it is sent.

    No common tokenizer makes more than one token of a byte, so the prompt's bytes
    bound its tokens; the reply is bounded by ``max_output_tokens``.
    """
    size = sum(len(item.content.encode()) + _MESSAGE_OVERHEAD_TOKENS for item in request.messages)
    if request.schema is not None:
        size += len(str(request.schema))
    return cost_usd(settings, prompt_tokens=size, completion_tokens=settings.max_output_tokens)


def tighter_budget(
    run_usd: float | None, workspace_usd: float | None, *, spent_usd: float, paid_usd: float
) -> "Budget":
    """The budget of a run or of its workspace, whichever leaves less.

    Args:
        run_usd: Limit of the run; None for none.
        workspace_usd: Limit of everything the workspace pays for; None for none.
        spent_usd: What the run has cost.
        paid_usd: What the workspace has paid for so far.
    """
    left = math.inf if run_usd is None else run_usd - spent_usd
    if workspace_usd is not None and workspace_usd - paid_usd < left:
        return Budget(workspace_usd, spent_usd=paid_usd, setting="model.max_workspace_usd")
    return Budget(run_usd, spent_usd=spent_usd)


class Budget:
    """Admits a call only while its worst case still fits under the limit.

    Calls in flight hold their worst case; a call that would fit once they settle
    waits for them instead of being refused.

    Args:
        limit_usd: None for no limit.
        spent_usd: What the run has already cost, from the journal.
        setting: What the user can raise.
    """

    def __init__(
        self,
        limit_usd: float | None,
        *,
        spent_usd: float = 0.0,
        setting: str = "model.max_cost_usd (--max-cost)",
    ) -> None:
        self.spent_usd = spent_usd
        self._setting = setting
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
                        hint=f"raise {self._setting} and run again; finished answers are kept",
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
