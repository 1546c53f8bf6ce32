"""What real servers do differently, and what the client makes of it."""

import asyncio
import json
from collections.abc import Callable, Mapping

import pytest

from bidproof.core.errors import ModelError, ModelRefused
from bidproof.core.settings import ModelSettings
from bidproof.llm import gateway as gateway_module
from bidproof.llm.fake_endpoint import Answer, FakeEndpoint, Received, refused, said
from bidproof.llm.gateway import Gateway
from bidproof.llm.open import open_model
from bidproof.llm.protocol import ChatRequest, Completion, Message

KEY = "sk-test-0123456789"
WORD = {"word": "yes"}
TEXT = json.dumps(WORD)
SCHEMA: Mapping[str, object] = {
    "type": "object",
    "properties": {"word": {"type": "string"}},
    "required": ["word"],
    "additionalProperties": False,
}
ASK = ChatRequest(
    messages=(Message(role="system", content="Be brief."), Message(role="user", content="hello")),
    schema=SCHEMA,
    want_logprobs=True,
)


@pytest.fixture(autouse=True)
def short_delays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway_module, "_FIRST_DELAY_S", 0.001)


def send(
    then: Answer | Callable[[Received], Answer], *script: Answer, calls: int = 1, query: str = ""
) -> tuple[list[Completion | ModelError], list[Received], Gateway]:
    with FakeEndpoint(script, then=then) as server:
        settings = ModelSettings(model="m", base_url=f"{server.base_url}{query}")

        async def one(gateway: Gateway, number: int) -> Completion | ModelError:
            try:
                return await gateway.complete(
                    ChatRequest(
                        messages=(*ASK.messages, Message(role="user", content=str(number))),
                        schema=SCHEMA,
                        want_logprobs=True,
                        settings=settings,
                    )
                )
            except ModelError as error:
                return error

        async def run() -> tuple[list[Completion | ModelError], Gateway]:
            async with open_model(settings, journal=None, job_id=None, api_key=KEY) as gateway:
                return list(await asyncio.gather(*(one(gateway, n) for n in range(calls)))), gateway

        replies, gateway = asyncio.run(run())
        return replies, server.received, gateway


@pytest.mark.parametrize(
    "text",
    [
        f"<think>\nPassage {{1}} says so.\n</think>\n\n{TEXT}",
        f"Passage 1 says so.\n</think>\n\n{TEXT}",
        f"Here is the JSON you asked for:\n\n```json\n{TEXT}\n```\nAnything else?",
        f"```\n{TEXT}\n```",
    ],
    ids=["think", "end-of-thought", "prose", "fence"],
)
def test_an_object_is_found_among_thoughts_and_prose(text: str) -> None:
    (reply,), received, _ = send(said(text))
    assert isinstance(reply, Completion)
    assert json.loads(reply.text) == WORD
    assert len(received) == 1


def test_a_model_that_only_thought_gets_more_room_once_and_is_remembered() -> None:
    def reply(received: Received) -> Answer:
        return said(WORD) if received.body["max_tokens"] >= 2_000 else said("", finish="length")

    replies, received, gateway = send(reply, calls=5)
    assert all(isinstance(item, Completion) for item in replies)
    assert gateway.spent.calls == len(received) <= 10
    assert received[-1].body["max_tokens"] == 4 * ModelSettings().max_output_tokens
    (error,), received, _ = send(said("", finish="length"))
    assert isinstance(error, ModelError)
    assert "model.max_output_tokens" in error.hint
    assert len(received) == 2


def test_an_error_with_status_200_counts_by_its_code() -> None:
    busy = Answer(body='{"error": {"message": "Provider returned error", "code": 429}}')
    (reply,), received, _ = send(said(WORD), busy)
    assert isinstance(reply, Completion)
    assert len(received) == 2
    (error,), received, _ = send(Answer(body='{"error": {"message": "No auth credentials", "code": 401}}'))
    assert isinstance(error, ModelRefused)
    assert "No auth credentials" in error.message
    assert len(received) == 1


def test_a_query_in_the_address_stays_behind_the_path_and_the_key_goes_azures_way() -> None:
    (reply,), (received,), _ = send(said(WORD), query="?api-version=2026-01-01")
    assert isinstance(reply, Completion)
    assert received.path == "/v1/chat/completions?api-version=2026-01-01"
    assert received.headers["api-key"] == KEY
    assert "authorization" not in received.headers


def test_without_a_response_format_the_schema_is_asked_for_in_words() -> None:
    def reply(received: Received) -> Answer:
        if "response_format" in received.body:
            return refused(400, "This response_format type is unavailable now")
        return said(WORD if "JSON Schema" in received.body["messages"][0]["content"] else "what?")

    (answer,), received, _ = send(reply)
    assert isinstance(answer, Completion)
    assert len(received) == 2


@pytest.mark.parametrize(
    "body",
    [
        {"error": "'logprobs' field is not allowed"},
        [{"error": {"code": 400, "message": 'Unknown name "logprobs"', "status": "INVALID_ARGUMENT"}}],
    ],
    ids=["text", "list"],
)
def test_what_one_call_learns_of_an_endpoint_all_know(body: object) -> None:
    def reply(received: Received) -> Answer:
        return Answer(body=json.dumps(body), status=400) if "logprobs" in received.body else said(WORD)

    replies, received, _ = send(reply, calls=8)
    assert all(isinstance(item, Completion) for item in replies)
    assert len(received) == 9
