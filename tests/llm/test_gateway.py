import asyncio
from dataclasses import replace

import pytest

from bidproof.core.errors import (
    BudgetSpent,
    ModelError,
    ModelGarbled,
    ModelRefused,
    ModelTimeout,
    ModelUnavailable,
)
from bidproof.core.settings import ModelSettings
from bidproof.llm import gateway as gateway_module
from bidproof.llm.claims import call_key
from bidproof.llm.failures import FailureNotes, notes_of, with_notes
from bidproof.llm.fake import FakeModel, Scripted
from bidproof.llm.gateway import Gateway
from bidproof.llm.protocol import ChatRequest, Completion, Message
from journals import MemoryJournal

ASK = ChatRequest(messages=(Message(role="user", content="hello"),))
SCHEMA = {
    "type": "object",
    "properties": {"word": {"type": "string", "enum": ["yes", "no"]}},
    "required": ["word"],
    "additionalProperties": False,
}


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway_module, "_FIRST_DELAY_S", 0.001)


def complete(gateway: Gateway, *requests: ChatRequest) -> list[Completion | ModelError]:
    async def one(request: ChatRequest) -> Completion | ModelError:
        try:
            return await gateway.complete(request)
        except ModelError as error:
            return error

    async def run() -> list[Completion | ModelError]:
        try:
            return [await one(request) for request in requests]
        finally:
            await gateway.aclose()

    return asyncio.run(run())


def unavailable() -> ModelUnavailable:
    return ModelUnavailable("down", hint="wait")


def test_the_intent_is_in_the_journal_before_the_call_is_sent() -> None:
    journal = MemoryJournal()

    class Looking(FakeModel):
        async def complete(self, request: ChatRequest, *, idempotency_key: str = "") -> Completion:
            assert len(journal.rows) == 1
            assert "response" not in journal.rows[0]
            return await super().complete(request, idempotency_key=idempotency_key)

    request = replace(ASK, question_id="q7")
    complete(Gateway(Looking(["hi"]), settings=ModelSettings(), journal=journal, job_id=3), request)
    row = journal.rows[0]
    assert (row["question_id"], row["attempt"], row["model"], row["job_id"]) == ("q7", 1, "fake", 3)
    assert "hi" in row["response"]


def test_a_cancelled_call_is_lost_and_is_asked_again() -> None:
    journal = MemoryJournal()

    class Hanging(FakeModel):
        async def complete(self, request: ChatRequest, *, idempotency_key: str = "") -> Completion:
            await asyncio.sleep(60)
            raise AssertionError

    async def cancelled() -> None:
        gateway = Gateway(Hanging(), settings=ModelSettings(), journal=journal)
        task = asyncio.create_task(gateway.complete(ASK))
        while not journal.rows:
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await gateway.aclose()

    asyncio.run(cancelled())
    assert [row["state"] for row in journal.rows] == ["lost"]
    (reply,) = complete(Gateway(FakeModel(["hi"]), settings=ModelSettings(), journal=journal), ASK)
    assert isinstance(reply, Completion)
    assert not reply.from_journal


def test_a_billed_reply_that_cannot_be_used_is_written_down_with_its_cost() -> None:
    journal = MemoryJournal()
    settings = ModelSettings(prompt_price=1_000_000.0, attempts=1)
    (error,) = complete(
        Gateway(FakeModel(["not json"]), settings=settings, journal=journal), replace(ASK, schema=SCHEMA)
    )
    assert isinstance(error, ModelGarbled)
    (row,) = journal.rows
    assert row["prompt_tokens"] > 0
    assert row["cost_usd"] == row["prompt_tokens"] * 1.0


def test_a_fallback_is_billed_at_its_own_price() -> None:
    settings = ModelSettings(prompt_price=1_000_000.0, attempts=1, fallback_prompt_price=2_000_000.0)
    second = FakeModel(["hi"], name="second")
    gateway = Gateway(FakeModel([unavailable()]), fallback=second, settings=settings)
    (reply,) = complete(gateway, ASK)
    assert isinstance(reply, Completion)
    assert reply.prompt_tokens > 0
    assert reply.cost_usd == 2.0 * reply.prompt_tokens


def test_a_finished_call_is_replayed_without_asking_or_paying() -> None:
    journal = MemoryJournal()
    settings = ModelSettings(prompt_price=100.0, completion_price=100.0)
    model = FakeModel(["hi"])
    first, second = complete(Gateway(model, settings=settings, journal=journal), ASK, ASK)
    assert isinstance(first, Completion)
    assert isinstance(second, Completion)
    assert first.cost_usd > 0
    assert (second.text, second.from_journal, second.cost_usd, second.usage.calls) == ("hi", True, 0.0, 0)
    assert len(model.requests) == 1


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "{",
        "[]",
        '{"text": 5, "model": "m"}',
        '{"text": "\\ud800", "model": "m"}',
        "[" * 3_000 + "]" * 3_000,
    ],
    ids=["empty", "cut", "list", "number", "surrogate", "deep"],
)
def test_a_stored_reply_that_cannot_be_read_is_asked_for_again(stored: str) -> None:
    journal = MemoryJournal()
    model = FakeModel(["first", "second"])
    gateway = Gateway(model, settings=ModelSettings(), journal=journal)
    complete(gateway, ASK)
    journal.rows[0]["response"] = stored
    again, replay = complete(gateway, ASK, ASK)
    assert isinstance(again, Completion)
    assert isinstance(replay, Completion)
    assert (again.text, again.from_journal, replay.text) == ("second", False, "second")


def test_the_same_request_twice_at_once_is_sent_once() -> None:
    class Slow(FakeModel):
        async def complete(self, request: ChatRequest, *, idempotency_key: str = "") -> Completion:
            await asyncio.sleep(0.02)
            return await super().complete(request, idempotency_key=idempotency_key)

    async def run(model: FakeModel) -> list[Completion]:
        journal = MemoryJournal()
        gateways = [Gateway(model, settings=ModelSettings(), journal=journal) for _ in range(2)]
        return await asyncio.gather(*(gateway.complete(ASK) for gateway in gateways * 3))

    model = Slow(["hi"])
    replies = asyncio.run(run(model))
    assert [reply.text for reply in replies] == ["hi"] * 6
    assert sum(reply.from_journal for reply in replies) == 5
    assert len(model.requests) == 1


def test_a_call_that_an_open_circuit_holds_back_leaves_no_trace() -> None:
    journal = MemoryJournal()
    model = FakeModel([Scripted(reply=unavailable(), times=None)])
    gateway = Gateway(model, settings=ModelSettings(attempts=1, patience_s=0), journal=journal)
    requests = [replace(ASK, repeat=number) for number in range(30)]
    errors = complete(gateway, *requests)
    held_back = [error for error in errors if isinstance(error, ModelError) and error.code == "circuit-open"]
    assert held_back
    assert len(model.requests) == sum(row["state"] == "failed" for row in journal.rows)
    assert all(row["state"] in ("failed", "withdrawn") for row in journal.rows)


@pytest.mark.parametrize(
    "other",
    [
        replace(ASK, messages=(Message(role="user", content="hello!"),)),
        replace(ASK, messages=(Message(role="system", content="hello"),)),
        replace(ASK, settings=ModelSettings(temperature=0.5)),
        replace(ASK, settings=ModelSettings(max_output_tokens=9)),
        replace(ASK, schema=SCHEMA),
        replace(ASK, repeat=1),
    ],
    ids=["prompt", "role", "temperature", "length", "schema", "repeat"],
)
def test_whatever_decides_a_reply_decides_its_key(other: ChatRequest) -> None:
    assert call_key("m", other) != call_key("m", ASK)
    assert call_key("other model", ASK) != call_key("m", ASK)


def test_deadlines_and_prices_do_not_decide_a_key() -> None:
    patient = replace(ASK, settings=ModelSettings(timeout_s=1.0, prompt_price=5.0, attempts=9))
    assert call_key("m", patient) == call_key("m", ASK)


def test_failed_attempts_are_counted_with_the_reply_that_came_after_them() -> None:
    gateway = Gateway(FakeModel([unavailable(), unavailable(), "hi"]), settings=ModelSettings())
    (reply,) = complete(gateway, ASK)
    assert isinstance(reply, Completion)
    assert reply.usage.calls == 3
    assert (gateway.spent.calls, gateway.failed_calls) == (3, 2)


def test_attempts_end_where_the_setting_says() -> None:
    model = FakeModel([Scripted(reply=unavailable(), times=None)])
    (error,) = complete(Gateway(model, settings=ModelSettings(attempts=2, patience_s=0)), ASK)
    assert isinstance(error, ModelUnavailable)
    assert notes_of(error).spent.calls == len(model.requests) == 2


def test_a_refusal_is_sent_once_and_does_not_open_the_circuit() -> None:
    refusal = with_notes(ModelRefused("too long", hint="shorten"), FailureNotes(status=400))
    model = FakeModel([Scripted(reply=refusal, times=8), "hi"])
    replies = complete(Gateway(model, settings=ModelSettings()), *[ASK] * 9)
    assert [isinstance(reply, ModelRefused) for reply in replies] == [True] * 8 + [False]


def test_a_reply_outside_its_schema_is_garbled_with_the_place_and_the_reply() -> None:
    request = replace(ASK, schema=SCHEMA)
    for text, found in (
        ("no json", "is not JSON"),
        ({"word": "maybe"}, "reply.word"),
        ({}, "'word' is missing"),
        ({"word": "yes", "more": 1}, "'more' was not asked for"),
    ):
        (error,) = complete(Gateway(FakeModel([text]), settings=ModelSettings()), request)
        assert isinstance(error, ModelGarbled)
        assert found in error.message
        assert notes_of(error).reply is not None


def test_a_fenced_reply_fits_its_schema() -> None:
    fenced = '```json\n{"word": "yes"}\n```'
    (reply,) = complete(Gateway(FakeModel([fenced]), settings=ModelSettings()), replace(ASK, schema=SCHEMA))
    assert isinstance(reply, Completion)


def test_the_fallback_is_not_asked_when_the_first_model_answers() -> None:
    second = FakeModel(name="second")
    (reply,) = complete(Gateway(FakeModel(["hi"]), fallback=second, settings=ModelSettings()), ASK)
    assert isinstance(reply, Completion)
    assert second.requests == []


@pytest.mark.parametrize(
    "error",
    [
        unavailable(),
        ModelTimeout("late", hint="wait"),
        ModelGarbled("broken", hint="again"),
        with_notes(ModelRefused("no such model", hint="check"), FailureNotes(status=404)),
    ],
    ids=["unavailable", "timeout", "garbled", "not-found"],
)
def test_the_fallback_answers_for_a_model_that_cannot(error: ModelError) -> None:
    first = FakeModel([Scripted(reply=error, times=None)], name="first")
    gateway = Gateway(first, fallback=FakeModel(["hi"], name="second"), settings=ModelSettings(attempts=2))
    (reply,) = complete(gateway, ASK)
    assert isinstance(reply, Completion)
    assert reply.model == "second"
    assert reply.usage.calls == len(first.requests) + 1


def test_the_budget_counts_what_the_run_has_already_spent() -> None:
    settings = ModelSettings(prompt_price=1.0, completion_price=1.0, max_cost_usd=1.0)
    model = FakeModel(["hi", "hi"])
    (error,) = complete(Gateway(model, settings=settings, journal=MemoryJournal(paid=1.0), job_id=1), ASK)
    assert isinstance(error, BudgetSpent)
    assert model.requests == []
    (reply,) = complete(Gateway(model, settings=settings, journal=MemoryJournal(paid=1.0), job_id=None), ASK)
    assert isinstance(reply, Completion)


def test_a_call_that_fits_once_others_settle_waits_for_them() -> None:
    settings = ModelSettings(
        prompt_price=1.0, completion_price=1000.0, max_output_tokens=100, max_cost_usd=0.15, concurrency=4
    )

    async def run() -> list[Completion]:
        gateway = Gateway(FakeModel(respond=lambda request: "hi"), settings=settings)
        try:
            return await asyncio.gather(
                *(gateway.complete(replace(ASK, repeat=n, settings=settings)) for n in range(4))
            )
        finally:
            await gateway.aclose()

    assert len(asyncio.run(run())) == 4


def test_no_more_calls_are_in_flight_than_the_setting_allows() -> None:
    busy = most = 0

    class Slow(FakeModel):
        async def complete(self, request: ChatRequest, *, idempotency_key: str = "") -> Completion:
            nonlocal busy, most
            busy += 1
            most = max(most, busy)
            await asyncio.sleep(0.005)
            busy -= 1
            return Completion(text="hi", model="slow")

    async def run() -> None:
        gateway = Gateway(Slow(), settings=ModelSettings(concurrency=3))
        await asyncio.gather(*(gateway.complete(replace(ASK, repeat=n)) for n in range(12)))
        await gateway.aclose()

    asyncio.run(run())
    assert most == 3
