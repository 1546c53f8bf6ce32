"""What every chat model keeps, whoever serves it: endpoint, gateway, script, recording."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from bidproof.core.errors import ModelError
from bidproof.core.settings import ModelSettings
from bidproof.llm.endpoint import EndpointModel
from bidproof.llm.fake import FakeModel, Scripted
from bidproof.llm.fake_endpoint import FakeEndpoint, Received, refused, said
from bidproof.llm.gateway import Backend, Gateway
from bidproof.llm.protocol import ChatModel, ChatRequest, Completion, Message
from bidproof.llm.recorded import RecordedModel, Recorder

SCHEMA = {
    "type": "object",
    "properties": {"colour": {"type": "string"}},
    "required": ["colour"],
    "additionalProperties": False,
}
ASK = ChatRequest(messages=(Message(role="user", content="grass"),), schema=SCHEMA)
UNKNOWN = ChatRequest(messages=(Message(role="user", content="sky"),), schema=SCHEMA)
REPLY = {"colour": "green"}


def _script() -> FakeModel:
    from bidproof.core.errors import ModelUnavailable

    down = ModelUnavailable("nothing is known of it", hint="ask another")
    return FakeModel(
        [Scripted(reply=REPLY, when="grass", times=None), Scripted(reply=down, when="sky", times=None)]
    )


def _endpoint(stack: ExitStack, folder: Path) -> Backend:
    def reply(received: Received) -> Any:
        is_known = "grass" in received.body["messages"][-1]["content"]
        return said(REPLY) if is_known else refused(404, "no such thing")

    server = stack.enter_context(FakeEndpoint(then=reply))
    return EndpointModel(model="m", base_url=server.base_url)


def _recording(stack: ExitStack, folder: Path) -> Backend:
    path = folder / "calls.jsonl"
    asyncio.run(Recorder(_script(), path=path).complete(ASK))
    return RecordedModel(path)


def _fake(stack: ExitStack, folder: Path) -> Backend:
    return _script()


def _recorder(stack: ExitStack, folder: Path) -> Backend:
    return Recorder(_script(), path=folder / "calls.jsonl")


class _Behind:
    """A gateway in front of a backend, closed with it."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    @property
    def name(self) -> str:
        return self._gateway.name

    async def complete(self, request: ChatRequest) -> Completion:
        return await self._gateway.complete(request)

    async def aclose(self) -> None:
        await self._gateway.aclose()


def _gateway(stack: ExitStack, folder: Path) -> Any:
    return _Behind(Gateway(_endpoint(stack, folder), settings=ModelSettings(attempts=1)))


MAKERS: dict[str, Callable[[ExitStack, Path], Any]] = {
    "endpoint": _endpoint,
    "fake": _fake,
    "recorded": _recording,
    "recorder": _recorder,
    "gateway": _gateway,
}


@pytest.fixture(params=sorted(MAKERS))
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Any]]:
    with ExitStack() as stack:
        yield lambda: MAKERS[request.param](stack, tmp_path)


def ask(model: Any, request: ChatRequest) -> Completion:
    async def run() -> Completion:
        try:
            return await model.complete(request)
        finally:
            await model.aclose()

    return asyncio.run(run())


def test_it_has_a_name_and_completes(make: Callable[[], Any]) -> None:
    model = make()
    assert model.name
    completion = ask(model, ASK)
    assert json.loads(completion.text) == REPLY
    assert completion.finish_reason == "stop"
    assert completion.prompt_tokens >= 0
    assert completion.usage.calls == 1
    assert not completion.from_journal


def test_whatever_goes_wrong_is_a_model_error_with_a_next_step(make: Callable[[], Any]) -> None:
    with pytest.raises(ModelError) as caught:
        ask(make(), UNKNOWN)
    assert caught.value.message
    assert caught.value.hint


def test_it_fits_the_protocol(make: Callable[[], Any]) -> None:
    model: ChatModel = make()
    assert callable(model.complete)
    asyncio.run(model.aclose())  # type: ignore[attr-defined]
