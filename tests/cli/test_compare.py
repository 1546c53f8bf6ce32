"""``bidproof compare`` and ``bidproof eval gate`` as a user meets them."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import click
import pytest

from bidproof.cli import compare
from bidproof.cli.eval import gate as eval_gate
from bidproof.core.errors import BidproofError
from bidproof.evaluation.records import CellState
from bidproof.evaluation.running.run_store import RunStore
from comparing import make_run

BAD, GOOD = [1.0] * 20 + [0.0] * 40, [1.0] * 50 + [0.0] * 10


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    store = RunStore(tmp_path / "space" / "runs")
    store.save(make_run({"is_right": BAD}, id="bad"))
    store.save(make_run({"is_right": GOOD}, id="good"))
    store.save(make_run({"is_right": [*GOOD[:50], *[CellState.ABSTAINED] * 10]}, id="shy"))
    store.label("good", "production")
    return tmp_path / "space"


def call(command: click.Command, arguments: Sequence[str | Path]) -> int:
    """The exit code."""
    try:
        code = command.main(args=[str(word) for word in arguments], standalone_mode=False)
    except click.exceptions.Exit as end:
        return end.exit_code
    return code if isinstance(code, int) else 0


def test_compare_says_what_is_proven(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(compare.command, ["bad", "production", "--workspace", workspace]) == 0
    shown = capsys.readouterr().out
    assert "better" in shown
    assert "+0.500" in shown
    assert "30 cases rose, 0 fell" in shown
    assert "q20: 0 to 1  Question 20?" in shown


def test_compare_as_json(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(compare.command, ["good", "bad", "--metrics", "is_right", "--json", "--workspace", workspace])
    found = json.loads(capsys.readouterr().out)
    assert found["rows"][0]["verdict"] == "worse"
    assert found["rows"][0]["test"]["method"] == "exact-mcnemar"
    assert len(found["rows"][0]["flipped"]) == 30


def test_a_run_may_be_any_folder(workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(workspace / "runs" / "good", tmp_path / "fetched")
    assert call(compare.command, [tmp_path / "fetched", "bad", "--workspace", workspace]) == 0
    assert "worse" in capsys.readouterr().out


def test_an_unknown_run_is_named(workspace: Path) -> None:
    with pytest.raises(BidproofError, match="cannot find the run 'nosuch'"):
        call(compare.command, ["good", "nosuch", "--workspace", workspace])


def test_the_gate_closes_with_3_and_says_why(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["bad", "--baseline", "production", "--workspace", workspace]
    assert call(eval_gate.command, arguments) == 3
    assert "failed: is_right is worse: 0.833 to 0.333" in capsys.readouterr().out
    assert call(eval_gate.command, ["shy", "--baseline", "production", "--workspace", workspace]) == 3
    assert "failed: is_right lost coverage: 100.0% to 83.3%" in capsys.readouterr().out


def test_the_gate_opens_with_0(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(eval_gate.command, ["production", "--baseline", "bad", "--workspace", workspace]) == 0
    assert "passed: no regression is proven on 60 cases" in capsys.readouterr().out
    arguments = ["shy", "--baseline", "good", "--coverage-drop", "0.2", "--json", "--workspace", workspace]
    assert call(eval_gate.command, arguments) == 0
    assert json.loads(capsys.readouterr().out)["passed"] is True


def write_live(path: Path, rows: Sequence[str]) -> Path:
    path.write_text("\n".join(("arm,outcome,unit", *rows)) + "\n", encoding="utf-8")
    return path


def test_a_live_experiment(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        f"{'new' if place % 2 else 'old'},{int(place % 4 == 1 or place % 20 == 0)},u{place}"
        for place in range(400)
    ]
    file = write_live(tmp_path / "live.csv", [*rows, "new,1,u1"])
    call(compare.command, ["--live", file, "--weights", "old=0.5,new=0.5"])
    shown = capsys.readouterr().out
    assert "old: 200 observations (200.0 planned), mean 0.1000" in shown
    assert "1 rows left out" in shown
    assert "new minus old: +0.4000" in shown
    assert "a difference is proven" in shown
    call(compare.command, ["--live", file, "--json"])
    assert json.loads(capsys.readouterr().out)["first"] == "new"


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (["old,0,u1", "new,1,u1"], "unit-in-two-arms"),
        (["old,0,", "new,x,"], "live-file"),
        (["old,0,", "new,7,"], "outcome-range"),
        (["old,0,", "new,1,", "third,1,"], "arm-weights"),
        ([",1,"], "live-file"),
    ],
)
def test_experiments_that_prove_nothing_are_refused(tmp_path: Path, rows: list[str], code: str) -> None:
    with pytest.raises(BidproofError) as refused:
        call(compare.command, ["--live", write_live(tmp_path / "live.csv", rows)])
    assert refused.value.code == code


def test_two_runs_or_an_experiment(tmp_path: Path) -> None:
    with pytest.raises(click.UsageError):
        call(compare.command, ["only-one"])
    file = write_live(tmp_path / "live.csv", ["a,1,"])
    with pytest.raises(click.UsageError):
        call(compare.command, ["one", "two", "--live", file])
    with pytest.raises(click.BadParameter):
        call(compare.command, ["--live", file, "--weights", "a:1"])
