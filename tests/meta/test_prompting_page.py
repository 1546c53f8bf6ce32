"""The page of techniques names every technique and field, and holds the figures that are kept."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from bidproof.answering.tools import BUILT_IN
from bidproof.optimization.techniques import TECHNIQUES
from bidproof.prompts.program import SWITCHES

REPOSITORY = Path(__file__).resolve().parents[2]
PAGE = (REPOSITORY / "docs" / "prompting.md").read_text("utf-8")

REPORT: dict[str, Any] = {
    "gold": "mine",
    "split": "dev",
    "cases": 40,
    "model": "m at here",
    "metric": "task_score",
    "base": "0123456789abcdef",
    "base_mean": 0.5,
    "file": "/somewhere/private.json",
    "rows": [
        {
            "name": "self-check",
            "is_on": False,
            "mean_without": 0.5,
            "mean_with": 0.52,
            "test": {"effect": 0.02, "low": -0.01, "high": 0.05},
            "adjusted_p": 0.25,
            "verdict": "not proven",
            "answered_without": 0.8,
            "answered_with": 0.7,
            "spent_without": {"calls": 1.0, "tokens": 900.0, "seconds": 20.0, "cost_usd": 0.0},
            "spent_with": {"calls": 1.8, "tokens": 1500.0, "seconds": 31.0, "cost_usd": 0.0},
            "notes": ["2 answers with it failed"],
        }
    ],
}


@pytest.fixture(scope="module")
def script() -> Any:
    path = REPOSITORY / "benchmarks" / "technique_effects.py"
    spec = importlib.util.spec_from_file_location("technique_effects", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", [*(item.name for item in TECHNIQUES), *SWITCHES, *BUILT_IN])
def test_the_page_names_every_technique_switch_and_tool(name: str) -> None:
    assert f"`{name}" in PAGE


def test_the_figures_on_the_page_are_those_that_are_kept(script: Any) -> None:
    assert script.put_into(PAGE, script.render(script.load())) == PAGE


def test_a_report_becomes_a_table_and_replaces_an_older_one(script: Any) -> None:
    kept = script.add([], REPORT)
    assert "file" not in kept[0]
    text = script.render(kept)
    assert "| `self-check` | off | 0.500 | 0.520 | +0.020 [-0.010, +0.050] | 0.25 | not proven |" in text
    assert "80% → 70% | 1.0 → 1.8 | 900 → 1500 | 20.0 → 31.0 |" in text
    assert "- `self-check`: 2 answers with it failed." in text
    assert len(script.add(kept, {**REPORT, "base_mean": 0.6})) == 1
    assert len(script.add(kept, {**REPORT, "gold": "other"})) == 2
    page = script.put_into(
        "a\n<!-- technique-effects: start -->\nformer\n<!-- technique-effects: end -->\nb", text
    )
    assert page.startswith("a\n")
    assert page.endswith("\nb")
    assert "former" not in page
