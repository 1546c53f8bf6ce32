"""The hard stop of an optimisation."""

import asyncio

import pytest

from bidproof.core.errors import ModelError
from bidproof.core.settings import ModelSettings
from bidproof.llm.fake import FakeModel
from bidproof.llm.protocol import ChatRequest, Message
from bidproof.optimization.budget import BudgetedModel, CallBudget, OptimizationStopped


def request() -> ChatRequest:
    return ChatRequest(messages=(Message(role="user", content="hello"),), settings=ModelSettings())


def test_the_call_after_the_last_one_is_not_made() -> None:
    model = FakeModel(respond=lambda asked: "yes")
    budget = CallBudget(max_calls=2)
    budgeted = BudgetedModel(model, budget)

    async def ask() -> None:
        for _ in range(3):
            await budgeted.complete(request())

    with pytest.raises(OptimizationStopped, match="2 model calls"):
        asyncio.run(ask())
    assert len(model.requests) == 2
    assert budget.is_spent
    assert budget.left_calls() == 0


def test_calls_in_flight_together_cannot_pass_the_limit() -> None:
    model = FakeModel(respond=lambda asked: "yes")
    budgeted = BudgetedModel(model, CallBudget(max_calls=3))

    async def ask() -> list[object]:
        return await asyncio.gather(*(budgeted.complete(request()) for _ in range(8)), return_exceptions=True)

    results = asyncio.run(ask())
    assert len(model.requests) == 3
    assert sum(isinstance(item, OptimizationStopped) for item in results) == 5


def test_money_spent_before_counts() -> None:
    budget = CallBudget(max_usd=1.0, spent_usd=1.0)
    with pytest.raises(OptimizationStopped, match="1 US dollars"):
        budget.check()


def test_time_that_is_over_is_said_in_minutes() -> None:
    budget = CallBudget(max_seconds=0.0)
    assert budget.reason == "0 minutes are over"


def test_without_limits_nothing_stops() -> None:
    budget = CallBudget()
    budget.calls = 10**6
    budget.check()
    assert budget.left_calls() is None


def test_a_stop_is_no_failed_model_call() -> None:
    assert not issubclass(OptimizationStopped, ModelError)
