"""The user's price table, and the limits that are kept with it."""

import asyncio
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from bidproof.core.errors import BudgetSpent, InvalidSetting, ModelError
from bidproof.core.settings import ModelSettings
from bidproof.llm.budget import cost_limits, cost_usd, fallback_priced
from bidproof.llm.fake import FakeModel
from bidproof.llm.fake_endpoint import said
from bidproof.llm.gateway import Gateway
from bidproof.llm.prices import TEMPLATE, Price, PriceTable, read_prices
from bidproof.llm.protocol import ChatRequest, Completion, Message
from bidproof.llm.wires.openai import OpenAIWire
from bidproof.llm.wires.protocol import read_completion
from bidproof.workspace.store import Workspace

ASK = ChatRequest(messages=(Message(role="user", content="hello"),))


def write(folder: Path, text: str) -> Path:
    path = folder / "prices.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_full_name_comes_before_a_pattern_and_a_long_pattern_before_a_short_one(tmp_path: Path) -> None:
    table = read_prices(
        write(
            tmp_path,
            '["*"]\nprompt = 9\ncompletion = 9\n["small-*"]\nprompt = 1\ncompletion = 2\n'
            '["small-x"]\nprompt = 3\ncompletion = 4\ncached_prompt = 0.5\n',
        )
    )
    assert table.price_of("small-x") == Price(prompt=3, completion=4, cached_prompt=0.5)
    assert table.price_of("small-y") == Price(prompt=1, completion=2)
    assert table.price_of("other") == Price(prompt=9, completion=9)
    assert table.price_of("") is None


def test_no_file_is_an_empty_table_and_the_template_is_one_too(tmp_path: Path) -> None:
    assert read_prices(tmp_path / "absent.toml") == PriceTable()
    assert read_prices(write(tmp_path, TEMPLATE)) == PriceTable()
    uncommented = re.sub(r"^# (?=\[|prompt|completion|cached)", "", TEMPLATE, flags=re.MULTILINE)
    filled = read_prices(write(tmp_path, uncommented))
    assert filled.price_of("large-model-2026") == Price(prompt=2.5, completion=10, cached_prompt=1.25)


@pytest.mark.parametrize(
    "text",
    [
        "[a",
        "a = 1",
        "[a]\nprompt = 1",
        "[a]\nprompt = -1\ncompletion = 1",
        "[a]\nprompt = true\ncompletion = 1",
        "[a]\nprompt = inf\ncompletion = 1",
        "[a]\nprompt = 1\ncompletion = 1\noutput = 2",
    ],
)
def test_what_is_no_price_is_refused_by_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(InvalidSetting, match=r"prices\.toml"):
        read_prices(write(tmp_path, text))


def test_cached_tokens_cost_what_the_cache_costs_and_no_more_than_there_are() -> None:
    plain = ModelSettings(prompt_price=2.0, completion_price=10.0)
    cheap = ModelSettings(prompt_price=2.0, completion_price=10.0, cached_prompt_price=0.5)
    tokens = {"prompt_tokens": 1000, "completion_tokens": 100}
    assert cost_usd(plain, **tokens, cached_tokens=800) == pytest.approx(0.003)
    assert cost_usd(cheap, **tokens, cached_tokens=800) == pytest.approx((200 * 2 + 800 * 0.5 + 1000) / 1e6)
    assert cost_usd(cheap, **tokens, cached_tokens=5000) == pytest.approx((1000 * 0.5 + 1000) / 1e6)
    other = ModelSettings(prompt_price=2.0, cached_prompt_price=0.5, fallback_prompt_price=8.0)
    assert fallback_priced(other).cached_prompt_price is None


def test_cached_tokens_are_read_where_the_endpoint_reports_them() -> None:
    body = said("hello").body
    assert read_completion(json.loads(body), wire=OpenAIWire(), model="m", seconds=0.0).cached_tokens == 0
    reported = body.replace('"usage": {', '"usage": {"prompt_tokens_details": {"cached_tokens": 64}, ')
    assert reported != body
    assert (
        read_completion(json.loads(reported), wire=OpenAIWire(), model="m", seconds=0.0).cached_tokens == 64
    )


def test_each_limit_that_is_set_is_named_with_its_setting() -> None:
    settings = ModelSettings(max_cost_usd=1.0, max_workspace_usd=3.0)
    assert [(limit.scope, limit.usd) for limit in cost_limits(settings)] == [("run", 1.0), ("workspace", 3.0)]
    run, workspace = cost_limits(settings)
    assert "model.max_cost_usd" in run.setting
    assert "model.max_workspace_usd" in workspace.setting
    assert cost_limits(ModelSettings()) == ()


def test_two_models_of_one_run_pay_from_one_limit(tmp_path: Path) -> None:
    settings = ModelSettings(
        prompt_price=0.0, completion_price=1_000_000.0, max_output_tokens=3, max_cost_usd=5
    )

    async def run(workspace: Workspace) -> list[Completion | ModelError]:
        models = [FakeModel(["four"] * 2, name=name) for name in ("small", "large")]
        first = Gateway(models[0], settings=settings, journal=workspace.calls)
        second = Gateway(models[1], settings=settings, journal=workspace.calls, run=first.run)
        alone = Gateway(FakeModel(["four"], name="alone"), settings=settings, journal=workspace.calls)
        found: list[Completion | ModelError] = []
        for gateway, repeat in ((first, 0), (second, 0), (first, 1), (second, 1), (alone, 0)):
            try:
                found.append(await gateway.complete(replace(ASK, repeat=repeat, settings=settings)))
            except ModelError as error:
                found.append(error)
        return found

    with Workspace.open(tmp_path) as workspace:
        *paid, refused, alone = asyncio.run(run(workspace))
    assert all(isinstance(reply, Completion) and reply.cost_usd == 1.0 for reply in (*paid, alone))
    assert isinstance(refused, BudgetSpent)
    assert "3.0000 USD are spent" in refused.message
