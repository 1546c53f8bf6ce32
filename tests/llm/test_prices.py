"""The user's price table, and the limits that are kept with it."""

import asyncio
import re
from pathlib import Path

import pytest

from bidproof.core.errors import BudgetSpent, InvalidSetting
from bidproof.core.settings import ModelSettings
from bidproof.llm.budget import cost_usd, fallback_priced, tighter_budget
from bidproof.llm.completions import read_completion
from bidproof.llm.fake import FakeModel
from bidproof.llm.fake_endpoint import said
from bidproof.llm.gateway import Gateway
from bidproof.llm.prices import TEMPLATE, Price, PriceTable, read_prices


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
    assert read_completion(body, model="m", seconds=0.0).cached_tokens == 0
    reported = body.replace('"usage": {', '"usage": {"prompt_tokens_details": {"cached_tokens": 64}, ')
    assert reported != body
    assert read_completion(reported, model="m", seconds=0.0).cached_tokens == 64


def test_the_tighter_of_two_limits_is_kept_and_named() -> None:
    async def spend(run: float | None, workspace: float | None, *, spent: float, paid: float) -> str:
        budget = tighter_budget(run, workspace, spent_usd=spent, paid_usd=paid)
        try:
            await budget.hold(0.5)
        except BudgetSpent as error:
            return error.hint
        return "held"

    assert asyncio.run(spend(None, None, spent=0, paid=9)) == "held"
    assert asyncio.run(spend(1.0, 10.0, spent=0.4, paid=2.0)) == "held"
    assert "model.max_cost_usd" in asyncio.run(spend(1.0, 10.0, spent=0.6, paid=2.0))
    assert "model.max_workspace_usd" in asyncio.run(spend(1.0, 10.0, spent=0.0, paid=9.8))
    assert "model.max_workspace_usd" in asyncio.run(spend(None, 3.0, spent=0.0, paid=3.0))


def test_two_models_of_one_run_pay_from_one_limit() -> None:
    async def budgets() -> tuple[object, object]:
        first = Gateway(FakeModel([], name="small"), settings=ModelSettings(max_cost_usd=1.0))
        second = Gateway(FakeModel([], name="large"), settings=ModelSettings(max_cost_usd=1.0), purse=first)
        return await second.open_budget(), await first.open_budget()

    one, other = asyncio.run(budgets())
    assert one is other
