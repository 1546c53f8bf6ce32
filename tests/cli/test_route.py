"""bidproof route on the command line."""

import json
from pathlib import Path

import pytest

from bidproof.answering.extractive import ExtractiveEngine
from bidproof.core.settings import Settings
from bidproof.evaluation.running.run_store import RunStore
from bidproof.workspace.store import Workspace
from command_line import run
from routing import stored_run

EXTRACTIVE = ExtractiveEngine(None, Settings()).program_digest  # type: ignore[arg-type]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    Workspace.open(tmp_path / "ws").close()
    store = RunStore(tmp_path / "ws" / "runs")
    store.save(stored_run(program=EXTRACTIVE, seed=1, run_id="small"))
    store.save(stored_run(program="other", seed=5, run_id="large"))
    return tmp_path / "ws"


def test_fit_show_and_report_of_one_program(workspace: Path) -> None:
    at = ("--workspace", str(workspace))
    code, out, err = run("route", "show", *at)
    assert (code, err) == (0, "")
    assert "uncalibrated" in out
    code, out, _ = run("route", "fit", "small", "--error", "0.1", *at)
    assert code == 0
    assert "takes 29 accepted answers without any error" in out
    assert "certified: of the answers with a confidence of" in out
    assert "agreement with the reference by code" in out
    code, out, _ = run("route", "show", *at)
    assert f"program {EXTRACTIVE}" in out
    assert "at most 0.1 are wrong" in out
    code, out, _ = run("route", "report", "--plot", str(workspace / "c.svg"), *at)
    assert code == 0
    assert "area under the curve" in out
    assert (workspace / "c.svg").read_text("utf-8").startswith("<?xml")


def test_a_cascade_as_json(workspace: Path) -> None:
    at = ("--workspace", str(workspace), "--json")
    code, out, err = run("route", "fit", "small", "large", "--error", "0.2", *at)
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert [item["name"] for item in found["curves"]["baselines"]][:3] == [
        "cascade",
        "always small",
        "always large",
    ]
    assert found["route"]["small"]["program"] == EXTRACTIVE
    assert any("no costs" in note for note in found["notes"])
    code, out, _ = run("route", "report", *at)
    assert json.loads(out)["view"]["programs"] == [EXTRACTIVE, "other"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("fit", "nothing"), "unknown-run"),
        (("fit", "small", "small"), "route-runs"),
        (("fit", "small", "--metric", "faithfulness"), "route-metric"),
        (("fit", "small", "--error", "2"), "invalid-setting"),
        (("report",), "unknown-route"),
    ],
)
def test_what_is_wrong_is_said_in_two_lines(workspace: Path, arguments: tuple[str, ...], code: str) -> None:
    assert run("route", *arguments, "--workspace", str(workspace)).refusal == code


def test_prices(workspace: Path) -> None:
    at = ("--workspace", str(workspace))
    assert "no prices here" in run("route", "prices", *at)[1]
    assert run("route", "prices", "--init", *at)[0] == 0
    (workspace / "prices.toml").write_text("[m]\nprompt = 1\ncompletion = 2\n")
    code, out, _ = run("route", "prices", "--json", *at)
    assert (code, json.loads(out)["prices"]["m"]["completion"]) == (0, 2.0)
    code, out, _ = run("config", "--json", "--set", "model.model=m", *at)
    assert "prices.toml" in out
