"""``bidproof compare`` and ``bidproof eval gate`` as a user meets them."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from bidproof.evaluation.records import CellState
from bidproof.evaluation.running.run_store import RunStore
from command_line import run
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


def test_compare_says_what_is_proven(workspace: Path) -> None:
    code, shown, _ = run("compare", "bad", "production", "--workspace", workspace)
    assert code == 0
    assert "better" in shown
    assert "+0.500" in shown
    assert "30 cases rose, 0 fell" in shown
    assert "q20: 0 to 1  Question 20?" in shown


def test_compare_as_json(workspace: Path) -> None:
    found = run("compare", "good", "bad", "--metrics", "is_right", "--json", "--workspace", workspace).json
    assert found["rows"][0]["verdict"] == "worse"
    assert found["rows"][0]["test"]["method"] == "exact-mcnemar"
    assert len(found["rows"][0]["flipped"]) == 30


def test_a_run_may_be_any_folder(workspace: Path, tmp_path: Path) -> None:
    shutil.copytree(workspace / "runs" / "good", tmp_path / "fetched")
    code, shown, _ = run("compare", tmp_path / "fetched", "bad", "--workspace", workspace)
    assert code == 0
    assert "worse" in shown


def test_an_unknown_run_is_named(workspace: Path) -> None:
    assert "cannot find the run 'nosuch'" in run("compare", "good", "nosuch", "--workspace", workspace).err


def test_the_gate_closes_with_3_and_says_why(workspace: Path) -> None:
    for run_name, why in (
        ("bad", "failed: is_right is worse: 0.833 to 0.333"),
        ("shy", "failed: is_right lost coverage: 100.0% to 83.3%"),
    ):
        code, shown, _ = run("eval", "gate", run_name, "--baseline", "production", "--workspace", workspace)
        assert code == 3
        assert why in shown


def test_the_gate_opens_with_0(workspace: Path) -> None:
    at = ("--workspace", workspace)
    code, shown, _ = run("eval", "gate", "production", "--baseline", "bad", *at)
    assert code == 0
    assert "passed: no regression is proven on 60 cases" in shown
    ended = run("eval", "gate", "shy", "--baseline", "good", "--coverage-drop", "0.2", "--json", *at)
    assert ended.code == 0
    assert ended.json["passed"] is True


def test_the_gate_as_a_summary_for_a_pull_request(workspace: Path) -> None:
    arguments = ("bad", "--baseline", "production", "--primary", "is_right", "--markdown")
    code, shown, _ = run("eval", "gate", *arguments, "--workspace", workspace)
    assert code == 3
    lines = shown.splitlines()
    assert lines[0] == "### Bidproof gate: failed"
    assert "`bad` held against `production` on 60 cases; p: is_right (primary) alone" in lines[2]
    assert any(line.startswith("- **failed:** is_right is worse: 0.833 to 0.333") for line in lines)
    table = [line for line in lines if line.startswith("|")]
    assert [line.count("|") for line in table] == [12, 12, 12]


def write_live(path: Path, rows: Sequence[str]) -> Path:
    path.write_text("\n".join(("arm,outcome,unit", *rows)) + "\n", encoding="utf-8")
    return path


def test_a_live_experiment(tmp_path: Path) -> None:
    rows = [
        f"{'new' if place % 2 else 'old'},{int(place % 4 == 1 or place % 20 == 0)},u{place}"
        for place in range(400)
    ]
    file = write_live(tmp_path / "live.csv", [*rows, "new,1,u1"])
    shown = run("compare", "--live", file, "--weights", "old=0.5,new=0.5").out
    assert "old: 200 observations (200.0 planned), mean 0.1000" in shown
    assert "1 rows left out" in shown
    assert "new minus old: +0.4000" in shown
    assert "a difference is proven" in shown
    assert run("compare", "--live", file, "--json").json["first"] == "new"


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
    assert run("compare", "--live", write_live(tmp_path / "live.csv", rows)).refusal == code


def test_two_runs_or_an_experiment(tmp_path: Path) -> None:
    file = write_live(tmp_path / "live.csv", ["a,1,"])
    for words in (["only-one"], ["one", "two", "--live", file], ["--live", file, "--weights", "a:1"]):
        assert run("compare", *words).refusal == "usage"
