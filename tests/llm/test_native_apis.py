"""Anthropic's and Google's APIs: the same bytes as their own packages send, and their own replies, read."""

import asyncio
import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anthropic
import pytest
from anthropic.lib._parse._transform import transform_schema
from anthropic.types import Message as AnthropicMessage
from google import genai
from google.genai import types

from bidproof.answering.program_schemas import reply_schemas
from bidproof.core.errors import ModelError, ModelGarbled, ModelRefused
from bidproof.core.settings import ModelSettings
from bidproof.llm import endpoint as endpoint_module
from bidproof.llm import gateway as gateway_module
from bidproof.llm.failures import CONTEXT_OVERFLOW
from bidproof.llm.fake_endpoint import Answer, FakeEndpoint, Received
from bidproof.llm.open import open_model
from bidproof.llm.protocol import ChatRequest, Completion, Message
from bidproof.llm.wires.anthropic import enforced
from bidproof.prompts.program import Program, fitted
from bidproof.prompts.texts import default_texts
from journals import MemoryJournal

KEY = "key-0123456789"
WORD = {"word": "yes"}
SCHEMA: Mapping[str, object] = {
    "type": "object",
    "properties": {
        "word": {"type": "string", "enum": ["yes", "no"]},
        "pages": {"type": "array", "items": {"type": "integer", "minimum": 1}, "maxItems": 3},
    },
    "required": ["word"],
    "additionalProperties": False,
}
TURNS = (
    Message(role="system", content="Be brief."),
    Message(role="user", content="Is grass red?"),
    Message(role="assistant", content="No."),
    Message(role="user", content="Is grass green?"),
)


def claude(**changes: Any) -> dict[str, Any]:
    """A reply in the package's own type, so that it is one that the API can give."""
    usage = {
        "input_tokens": 20,
        "output_tokens": 12,
        "cache_read_input_tokens": 30,
        "cache_creation_input_tokens": 10,
    }
    thinking = {"type": "thinking", "thinking": "hm", "signature": "x"}
    body = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-5",
        "content": [thinking, {"type": "text", "text": json.dumps(WORD)}],
        "stop_reason": "end_turn",
        "usage": usage,
        **changes,
    }
    return AnthropicMessage.model_validate(body, strict=True).model_dump(mode="json", exclude_none=True)


def google(**changes: Any) -> dict[str, Any]:
    """The same for ``generateContent``."""
    parts = [{"text": "hm", "thought": True}, {"text": json.dumps(WORD)}]
    usage = {"promptTokenCount": 60, "candidatesTokenCount": 9, "thoughtsTokenCount": 3}
    body = {
        "candidates": [{"content": {"role": "model", "parts": parts}, "finishReason": "STOP"}],
        "usageMetadata": {**usage, "cachedContentTokenCount": 30},
        "modelVersion": "gemini-3-flash",
        **changes,
    }
    read = types.GenerateContentResponse.model_validate(body)
    return read.model_dump(mode="json", by_alias=True, exclude_none=True)


def ok(body: Mapping[str, Any]) -> Answer:
    return Answer(body=json.dumps(body))


def failing(body: Mapping[str, Any], status: int, **headers: str) -> Answer:
    return Answer(body=json.dumps(body), status=status, headers=headers)


def ask(
    model: str, *script: Answer, then: Answer | None = None, **settings: Any
) -> tuple[Completion | ModelError, list[Received], MemoryJournal]:
    journal = MemoryJournal()
    with FakeEndpoint(script, then=then) as server:
        address = server.base_url + ("beta1/projects/p/locations/l/publishers/google" * model.startswith("v"))
        chosen = ModelSettings(model=model, base_url=address, attempts=2, **settings)
        request = ChatRequest(messages=TURNS, schema=SCHEMA, want_logprobs=True, settings=chosen)

        async def run() -> Completion | ModelError:
            async with open_model(chosen, journal=journal, job_id=1, api_key=KEY) as gateway:
                try:
                    return await gateway.complete(request)
                except ModelError as error:
                    return error

        return asyncio.run(run()), server.received, journal


@pytest.fixture(autouse=True)
def short_delays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway_module, "_FIRST_DELAY_S", 0.001)


def same(ours: Received, theirs: Received, *headers: str) -> None:
    assert ours.path == theirs.path
    assert ours.body == theirs.body
    assert {name: ours.headers[name] for name in headers} == {name: theirs.headers[name] for name in headers}


def test_a_message_is_what_anthropics_package_sends_and_its_reply_is_read() -> None:
    reply, (ours,), journal = ask(
        "anthropic:claude-sonnet-5", ok(claude()), reasoning_effort="low", max_output_tokens=100
    )
    with FakeEndpoint(then=ok(claude())) as server:
        client = anthropic.Anthropic(api_key=KEY, base_url=server.base_url.removesuffix("/v1"), max_retries=0)
        with client:
            client.messages.create(
                model="claude-sonnet-5",
                max_tokens=400,  # with room for thoughts
                system=[{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
                messages=[
                    {"role": "user", "content": [{"type": "text", "text": "Is grass red?"}]},
                    {
                        "role": "assistant",
                        "content": [{"type": "text", "text": "No.", "cache_control": {"type": "ephemeral"}}],
                    },
                    {"role": "user", "content": [{"type": "text", "text": "Is grass green?"}]},
                ],
                output_config={
                    "effort": "low",
                    "format": {"type": "json_schema", "schema": transform_schema({**SCHEMA})},
                },
            )
        same(ours, server.received[0], "authorization", "anthropic-version", "content-type")
    assert ours.headers["x-api-key"] == KEY
    assert isinstance(reply, Completion)
    assert json.loads(reply.text) == WORD
    assert (reply.prompt_tokens, reply.completion_tokens) == (60, 12)
    assert (reply.cached_tokens, reply.written_tokens, reply.model) == (30, 10, "claude-sonnet-5")
    assert reply.token_logprobs is None
    assert [row["state"] for row in journal.rows] == ["finished"]


@pytest.mark.parametrize("has_token", [False, True], ids=["gemini", "vertex"])
def test_a_question_is_what_googles_package_sends_and_its_reply_is_read(
    has_token: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    name = "vertex:gemini-3-flash" if has_token else "gemini:gemini-3-flash"
    reply, (ours,), _ = ask(name, ok(google()), reasoning_effort="low", max_output_tokens=100, top_p=0.5)
    with FakeEndpoint(then=ok(google())) as server:
        options = types.HttpOptions(base_url=server.base_url.removesuffix("/v1"))
        client = genai.Client(api_key=KEY, http_options=options)
        client.models.generate_content(
            model="gemini-3-flash",
            contents=[
                types.Content(role="user", parts=[types.Part(text="Is grass red?")]),
                types.Content(role="model", parts=[types.Part(text="No.")]),
                types.Content(role="user", parts=[types.Part(text="Is grass green?")]),
            ],
            config=types.GenerateContentConfig(
                system_instruction="Be brief.",
                temperature=0.0,
                top_p=0.5,
                max_output_tokens=400,
                response_logprobs=True,
                logprobs=5,
                response_mime_type="application/json",
                response_json_schema=dict(SCHEMA),
                thinking_config=types.ThinkingConfig(thinking_level=types.ThinkingLevel.LOW),
            ),
        )
        client.close()
        theirs = server.received[0]
    # The package writes this one field in the other of the two ways that the API takes.
    sent, wanted = ours.body["generationConfig"], theirs.body["generationConfig"]
    thinking = [types.ThinkingConfig.model_validate(item.pop("thinkingConfig")) for item in (sent, wanted)]
    assert thinking[0] == thinking[1]
    assert ours.body == theirs.body
    if has_token:
        assert ours.path == (
            "/v1beta1/projects/p/locations/l/publishers/google/models/gemini-3-flash:generateContent"
        )
        assert ours.headers["authorization"] == f"Bearer {KEY}"
        assert "x-goog-api-key" not in ours.headers
    else:
        assert ours.path == theirs.path
        assert ours.headers["x-goog-api-key"] == theirs.headers["x-goog-api-key"]
        assert "authorization" not in ours.headers
    assert KEY not in ours.path
    assert isinstance(reply, Completion)
    assert json.loads(reply.text) == WORD
    assert (reply.prompt_tokens, reply.completion_tokens, reply.cached_tokens) == (60, 12, 30)
    assert reply.model == "gemini-3-flash"


def test_googles_log_probabilities_are_read() -> None:
    chosen = [{"token": "yes", "logProbability": -0.1}, {"token": "}", "logProbability": -0.2}]
    top = [{"candidates": [{"token": "no", "logProbability": -2.0}]}, {"candidates": []}]
    candidate = {
        **google()["candidates"][0],
        "logprobsResult": {"chosenCandidates": chosen, "topCandidates": top},
    }
    reply, _, _ = ask("gemini:m", ok(google(candidates=[candidate])))
    assert isinstance(reply, Completion)
    assert reply.token_logprobs is not None
    assert [(item.token, item.logprob) for item in reply.token_logprobs] == [("yes", -0.1), ("}", -0.2)]
    assert [item.token for item in reply.token_logprobs[0].alternatives] == ["no"]


def test_a_schema_is_what_anthropics_package_makes_of_it() -> None:
    program = Program(texts=default_texts(), rewrites=True, splits_with_model=True, tool_steps=2)
    for schema in (SCHEMA, *reply_schemas(fitted(program)).values()):
        assert enforced(schema) == transform_schema({**schema})


REFUSED = {"type": "refusal", "category": "cyber", "explanation": "This looks like an attack."}
BLOCKED = {"candidates": None, "promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}
CUT = {"candidates": [{"finishReason": "SAFETY", "finishMessage": "Unsafe."}]}


@pytest.mark.parametrize(
    ("model", "body", "said"),
    [
        (
            "anthropic:m",
            claude(stop_reason="refusal", content=[], stop_details=REFUSED),
            "This looks like an attack.",
        ),
        ("gemini:m", google(**BLOCKED), "PROHIBITED_CONTENT"),
        ("vertex:m", google(**CUT), "SAFETY"),
    ],
    ids=["anthropic", "blocked prompt", "safety"],
)
def test_a_refusal_is_said_and_not_asked_again(model: str, body: Mapping[str, Any], said: str) -> None:
    error, received, _ = ask(model, then=ok(body))
    assert isinstance(error, ModelGarbled)
    assert "refused" in error.message
    assert said in error.message
    assert len(received) == 1


def test_thoughts_that_used_up_the_room_get_more_once() -> None:
    thought = [{"type": "thinking", "thinking": "hm", "signature": "x"}]
    cut = ok(claude(stop_reason="max_tokens", content=thought))
    reply, received, _ = ask("anthropic:thinker", cut, ok(claude()))
    assert isinstance(reply, Completion)
    assert [item.body["max_tokens"] for item in received] == [700, 2800]
    candidate = {"finishReason": "MAX_TOKENS"}
    reply, received, _ = ask("gemini:thinker", ok(google(candidates=[candidate])), ok(google()))
    assert isinstance(reply, Completion)
    assert [item.body["generationConfig"]["maxOutputTokens"] for item in received] == [700, 2800]


def test_an_ended_context_is_an_overflow() -> None:
    body = claude(stop_reason="model_context_window_exceeded", content=[])
    error, received, _ = ask("anthropic:m", then=ok(body))
    assert isinstance(error, ModelRefused)
    assert error.code == CONTEXT_OVERFLOW
    assert len(received) == 1


@pytest.mark.parametrize(
    ("model", "fault"),
    [
        ("anthropic:m", ("invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum", 400)),
        ("anthropic:m", ("request_too_large", "Request exceeds the maximum size", 413)),
        ("gemini:m", ("INVALID_ARGUMENT", "The input token count exceeds the maximum number of tokens", 400)),
    ],
)
def test_a_prompt_that_is_too_long_is_an_overflow(model: str, fault: tuple[str, str, int]) -> None:
    error, received, _ = ask(model, then=(anthropics if model.startswith("a") else googles)(*fault))
    assert isinstance(error, ModelRefused)
    assert error.code == CONTEXT_OVERFLOW
    assert len(received) == 1


def test_an_api_without_log_probabilities_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        ask("anthropic:m", anthropics("overloaded_error", "Overloaded", 529), ok(claude()))
    assert sum("gives no probabilities" in line for line in caplog.messages) == 1


def anthropics(kind: str, message: str, status: int, **headers: str) -> Answer:
    body = {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}
    return failing(body, status, **headers)


def googles(status: str, message: str, code: int, **detail: object) -> Answer:
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", **detail}]
    return failing({"error": {"code": code, "message": message, "status": status, "details": details}}, code)


@pytest.mark.parametrize(
    ("model", "fault", "good"),
    [
        ("anthropic:m", anthropics("overloaded_error", "Overloaded", 529), claude()),
        (
            "anthropic:m",
            anthropics("rate_limit_error", "Slow down", 429, **{"Retry-After": "0.01"}),
            claude(),
        ),
        ("gemini:m", googles("RESOURCE_EXHAUSTED", "Quota", 429, retryDelay="0.01s"), google()),
        ("vertex:m", googles("UNAVAILABLE", "The model is overloaded.", 503), google()),
    ],
)
def test_an_overloaded_endpoint_is_asked_again(model: str, fault: Answer, good: Mapping[str, Any]) -> None:
    reply, received, journal = ask(model, fault, ok(good))
    assert isinstance(reply, Completion)
    assert len(received) == 2
    assert [row["state"] for row in journal.rows] == ["failed", "finished"]


@pytest.mark.parametrize(
    ("model", "fault", "variable"),
    [
        ("anthropic:m", anthropics("authentication_error", "invalid key", 401), "ANTHROPIC_API_KEY"),
        ("anthropic:m", anthropics("invalid_request_error", "Your credit balance is too low", 400), "quota"),
        (
            "gemini:m",
            googles("INVALID_ARGUMENT", "API key not valid.", 400, reason="API_KEY_INVALID"),
            "GEMINI_API_KEY",
        ),
        ("vertex:m", googles("UNAUTHENTICATED", "invalid credentials", 401), "VERTEX_ACCESS_TOKEN"),
    ],
)
def test_a_wrong_key_or_an_empty_account_ends_it(model: str, fault: Answer, variable: str) -> None:
    error, received, _ = ask(model, then=fault)
    assert isinstance(error, ModelRefused)
    assert variable in error.hint
    assert KEY not in error.message
    assert len(received) == 1


def test_a_model_without_structured_output_is_given_a_tool_to_call() -> None:
    refused = anthropics("invalid_request_error", "output_config: Extra inputs are not permitted", 400)
    tool = {"type": "tool_use", "id": "t", "name": "reply", "input": WORD}
    called = ok(claude(stop_reason="tool_use", content=[tool]))
    reply, received, _ = ask("anthropic:old", refused, called)
    assert isinstance(reply, Completion)
    assert json.loads(reply.text) == WORD
    assert "output_config" not in received[1].body
    assert received[1].body["tool_choice"] == {"type": "tool", "name": "reply"}
    assert received[1].body["tools"][0]["input_schema"] == enforced(SCHEMA)


def test_a_model_without_log_probabilities_or_thoughts_is_asked_without() -> None:
    script = [
        googles("INVALID_ARGUMENT", "Logprobs is not enabled for models/m", 400),
        googles("INVALID_ARGUMENT", "Thinking level is not supported for this model.", 400),
    ]
    reply, received, _ = ask("gemini:plain", *script, ok(google()), reasoning_effort="high")
    assert isinstance(reply, Completion)
    config = received[2].body["generationConfig"]
    assert {"responseLogprobs", "logprobs", "thinkingConfig"}.isdisjoint(config)
    assert config["responseJsonSchema"] == SCHEMA


def test_writing_to_the_cache_costs_a_quarter_more_and_reading_what_it_costs() -> None:
    reply, _, _ = ask(
        "anthropic:m",
        ok(claude()),
        prompt_price=4.0,
        cached_prompt_price=0.4,
        completion_price=20.0,
        max_cost_usd=1.0,
    )
    assert isinstance(reply, Completion)
    assert reply.cost_usd == pytest.approx((20 * 4.0 + 10 * 5.0 + 30 * 0.4 + 12 * 20.0) / 1e6)


def test_a_native_reply_is_recorded_and_replayed_like_any_other(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    recorded, (received,), _ = ask(f"record:{path}:anthropic:claude-sonnet-5", ok(claude()))
    assert received.path == "/v1/messages"
    replayed, none, _ = ask(f"recorded:{path}")
    assert none == []
    assert isinstance(recorded, Completion)
    assert isinstance(replayed, Completion)
    assert (replayed.text, replayed.written_tokens) == (recorded.text, recorded.written_tokens)


def test_a_native_reply_is_read_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint_module, "_MAX_BODY", 1 << 10)
    error, received, _ = ask("gemini:m", then=ok(google(modelVersion="m" * 2048)))
    assert isinstance(error, ModelGarbled)
    assert "more than" in error.message
    assert len(received) == 2
