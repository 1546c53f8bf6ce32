import asyncio
import json
from pathlib import Path

import pytest

from bidproof.core.errors import InvalidSetting, ModelUnavailable
from bidproof.core.settings import ModelSettings
from bidproof.llm.fake import FakeModel, UnexpectedCall
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
