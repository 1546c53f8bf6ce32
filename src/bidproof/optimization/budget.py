"""A hard stop for optimisation: calls, money and time, over everything that one job does."""

from time import monotonic

from bidproof.core.errors import RunStopped
from bidproof.llm.protocol import ChatModel, ChatRequest, Completion


class OptimizationStopped(RunStopped):
    """A limit is reached: no further call is made, and the best found so far stands.

    Not a ``ModelError``: an engine must not take it for a failed answer.

    Args:
        reason: Which limit, in the reader's words.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CallBudget:
    """Counts what a job spends and says when to stop.

    Replies from the journal count as calls too, so that a job which was killed and
    started again stops where it would have stopped.

    Args:
        max_calls: Model calls; None for no limit.
        max_usd: US dollars; None for no limit.
        max_seconds: Wall-clock seconds from now; None for no limit.
        spent_usd: What the job had cost before, from the journal.
    """

    def __init__(
        self,
        *,
        max_calls: int | None = None,
        max_usd: float | None = None,
        max_seconds: float | None = None,
        spent_usd: float = 0.0,
    ) -> None:
        self.max_calls, self.max_usd, self.max_seconds = max_calls, max_usd, max_seconds
        self.calls = 0
        self.usd = spent_usd
        self._started = monotonic()

    @property
    def seconds(self) -> float:
        """Since the budget was opened."""
        return monotonic() - self._started

    @property
    def reason(self) -> str:
        """Which limit is reached; empty while none is."""
        if self.max_calls is not None and self.calls >= self.max_calls:
            return f"the budget of {self.max_calls} model calls is spent"
        if self.max_usd is not None and self.usd >= self.max_usd:
            return f"the budget of {self.max_usd:g} US dollars is spent ({self.usd:.4f})"
        if self.max_seconds is not None and self.seconds >= self.max_seconds:
            return f"{self.max_seconds / 60:g} minutes are over"
        return ""

    @property
    def is_spent(self) -> bool:
        """Whether a limit is reached."""
        return bool(self.reason)

    def check(self) -> None:
        """Let nothing more begin once a limit is reached.

        Raises:
            OptimizationStopped: One is.
        """
        if reason := self.reason:
            raise OptimizationStopped(reason)

    def left_calls(self) -> int | None:
        """Calls that may still be made; None for no limit."""
        return None if self.max_calls is None else max(0, self.max_calls - self.calls)


class BudgetedModel:
    """A chat model whose every call is counted, and refused once the budget is spent.

    A call is counted before it is sent: calls in flight together cannot pass the limit.

    Args:
        model: Asked while there is budget.
        budget: May be shared by several models.
    """

    def __init__(self, model: ChatModel, budget: CallBudget) -> None:
        self._model, self.name = model, model.name
        self._budget = budget

    async def complete(self, request: ChatRequest) -> Completion:
        """Ask once.

        Raises:
            OptimizationStopped: The budget is spent; nothing was sent.
            ModelError: From the model, unchanged.
        """
        self._budget.check()
        self._budget.calls += 1
        completion = await self._model.complete(request)
        self._budget.usd += completion.usage.cost_usd
        return completion
