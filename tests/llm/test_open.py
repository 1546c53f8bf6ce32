import asyncio
import json
from pathlib import Path

import pytest

from bidproof.core.addresses import host_of
from bidproof.core.errors import InvalidSetting, ModelUnavailable
from bidproof.core.settings import ModelSettings
from bidproof.llm.fake import FakeModel, UnexpectedCall
from bidproof.llm.fake_endpoint import FakeEndpoint, refused, said
from bidproof.llm.open import open_model
from bidproof.llm.protocol import ChatRequest, Completion, Message
from bidproof.llm.recorded import RecordedModel, Recorder

ASK = ChatRequest(messages=(Message(role="user", content="what is the colour of grass?"),))


def ask(settings: ModelSettings, request: ChatRequest = ASK) -> Completion:
    async def run() -> Completion:
        async with open_model(settings, journal=None, job_id=None, api_key=None) as gateway:
            return await gateway.complete(request)

    return asyncio.run(run())


def test_a_script_file_answers_what_it_knows(tmp_path: Path) -> None:
    path = tmp_path / "script.jsonl"
    path.write_text('{"when": "grass", "reply": {"colour": "green"}}\n{"when": "sky", "error": "down"}\n')
    settings = ModelSettings(model=f"fake:{path}", attempts=1)
    assert json.loads(ask(settings).text) == {"colour": "green"}
    with pytest.raises(ModelUnavailable, match="down"):
        ask(settings, ChatRequest(messages=(Message(role="user", content="the sky"),)))
    with pytest.raises(UnexpectedCall, match="the sea"):
        ask(settings, ChatRequest(messages=(Message(role="user", content="the sea"),)))


def test_a_fallback_at_its_own_address_gets_its_own_key_and_answers_for_a_refused_one() -> None:
    with FakeEndpoint(then=refused(401)) as first, FakeEndpoint(then=said("hi")) as second:
        settings = ModelSettings(
            model="m", base_url=first.base_url, fallback="other", fallback_base_url=second.base_url
        )
        keys = {host_of(first.base_url): "sk-first", host_of(second.base_url): "sk-second"}

        async def run() -> Completion:
            opened = open_model(
                settings, journal=None, job_id=None, api_key=lambda address: keys[host_of(address)]
            )
            async with opened as gateway:
                return await gateway.complete(ASK)

        assert asyncio.run(run()).text == "hi"
        assert [item.headers["authorization"] for item in first.received] == ["Bearer sk-first"]
        assert [item.headers["authorization"] for item in second.received] == ["Bearer sk-second"]
        assert second.received[0].body["model"] == "other"


@pytest.mark.parametrize("content", ["not json", "[]", '{"when": "no reply"}'])
def test_a_script_that_cannot_be_read_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "script.jsonl"
    path.write_text(content)
    with pytest.raises(InvalidSetting, match=r"script\.jsonl"):
        ask(ModelSettings(model=f"fake:{path}"))


def test_what_was_recorded_is_replayed_without_the_model(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    model = FakeModel(["green"])
    asyncio.run(Recorder(model, path=path).complete(ASK))
    assert ask(ModelSettings(model=f"recorded:{path}")).text == "green"
    other = ChatRequest(messages=(Message(role="user", content="and of the sky?"),))
    with pytest.raises(ModelUnavailable, match="holds no reply"):
        ask(ModelSettings(model=f"recorded:{path}"), other)
    with pytest.raises(InvalidSetting, match="cannot read the recording"):
        RecordedModel(tmp_path / "none.jsonl")


def test_a_model_is_recorded_by_its_setting(tmp_path: Path) -> None:
    script, path = tmp_path / "script.jsonl", tmp_path / "calls.jsonl"
    script.write_text('{"reply": "green"}')
    assert ask(ModelSettings(model=f"record:{path}:fake:{script}")).text == "green"
    assert ask(ModelSettings(model=f"recorded:{path}")).text == "green"


def test_a_cost_limit_needs_prices() -> None:
    with pytest.raises(InvalidSetting, match="found no prices"):
        ask(ModelSettings(model="m", base_url="http://127.0.0.1:9/v1", max_cost_usd=1.0))


def test_the_default_endpoint_needs_a_key() -> None:
    with pytest.raises(InvalidSetting, match="BIDPROOF_API_KEY"):
        ask(ModelSettings(model="m"))
    with pytest.raises(InvalidSetting, match="no model is set"):
        ask(ModelSettings())


def test_a_model_file_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting, match="found nothing"):
        ask(ModelSettings(model=f"local:{tmp_path / 'none.gguf'}"))
    path = tmp_path / "page.gguf"
    path.write_text("<html>not a model</html>" * 100)
    with pytest.raises(InvalidSetting, match="expected a GGUF file"):
        ask(ModelSettings(model=f"local:{path}"))
