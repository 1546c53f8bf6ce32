import asyncio
import logging
from typing import Any

import pytest

from bidproof.core.errors import ModelRefused
from bidproof.core.settings import ModelSettings
from bidproof.llm.endpoint import EndpointModel
from bidproof.llm.fake_endpoint import Answer, FakeEndpoint, Received, refused, said
from bidproof.llm.protocol import ChatRequest, Completion, Message

KEY = "sk-test-0123456789"
SCHEMA = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}


def send(request: ChatRequest, *script: Answer, **settings: Any) -> tuple[Completion, list[Received]]:
    with FakeEndpoint(script or [said("hi")]) as server:

        async def run() -> Completion:
            model = EndpointModel(model="m", base_url=server.base_url, **{"api_key": KEY, **settings})
            try:
                return await model.complete(request, idempotency_key="key-1")
            finally:
                await model.aclose()

        return asyncio.run(run()), server.received


def ask(**changes: Any) -> ChatRequest:
    return ChatRequest(messages=(Message(role="user", content="hello"),), **changes)


def test_sampling_schema_and_keys_reach_the_endpoint() -> None:
    sampling = ModelSettings(temperature=0.4, top_p=0.9, frequency_penalty=0.5, max_output_tokens=77)
    request = ask(settings=sampling, schema=SCHEMA, schema_name="Shape", want_logprobs=True)
    _, (received,) = send(request)
    assert received.path == "/v1/chat/completions"
    assert received.headers["authorization"] == f"Bearer {KEY}"
    assert received.headers["idempotency-key"] == "key-1"
    body = received.body
    assert (body["model"], body["temperature"], body["top_p"]) == ("m", 0.4, 0.9)
    assert (body["frequency_penalty"], body["max_tokens"], body["logprobs"]) == (0.5, 77, True)
    wanted = {"name": "Shape", "strict": True, "schema": SCHEMA}
    assert body["response_format"] == {"type": "json_schema", "json_schema": wanted}
    assert body["messages"] == [{"role": "user", "content": "hello"}]


def test_defaults_that_some_models_refuse_are_not_sent() -> None:
    _, (received,) = send(ask())
    assert {"top_p", "frequency_penalty", "response_format", "logprobs"}.isdisjoint(received.body)


def test_every_refused_field_is_left_out_in_turn_and_stays_out(caplog: pytest.LogCaptureFixture) -> None:
    names = ("temperature", "response_format", "logprobs")
    script = [refused(400, f"Unknown parameter: '{name}'.", param=name) for name in names]
    request = ask(schema=SCHEMA, want_logprobs=True)
    with caplog.at_level(logging.WARNING):
        _, received = send(request, *script, said("{}"))
    assert set(names).isdisjoint(received[-1].body)
    assert "top_logprobs" not in received[-1].body
    assert len(caplog.messages) == 3
    assert KEY not in caplog.text


def test_a_prompt_that_is_too_long_is_not_taken_for_a_refused_field() -> None:
    message = "This model's maximum context length is 4096 tokens; reduce the messages or max_tokens."
    with pytest.raises(ModelRefused, match="maximum context length"):
        send(ask(), refused(400, message))


def test_the_key_is_masked_wherever_the_endpoint_repeats_it() -> None:
    with pytest.raises(ModelRefused) as caught:
        send(ask(), refused(403, f"key {KEY} may not call this model"))
    assert KEY not in f"{caught.value.message} {caught.value.hint}"
    assert "[key]" in caught.value.message


def test_thirty_two_calls_go_out_together() -> None:
    with FakeEndpoint(then=said("hi", latency_s=0.3)) as server:

        async def run() -> None:
            model = EndpointModel(model="m", base_url=server.base_url, connections=32, timeout_s=60)
            await asyncio.gather(*(model.complete(ask()) for _ in range(32)))
            await model.aclose()

        asyncio.run(run())
        assert server.most_at_once > 16
