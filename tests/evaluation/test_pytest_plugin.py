"""The plugin in a real pytest run of a user's tests."""

import subprocess
import sys
from pathlib import Path

from bidproof.evaluation.gold.files import write_gold
from bidproof.evaluation.gold.store import GoldStore
from bidproof.evaluation.records import GoldCase, GoldSet
from bidproof.evaluation.running.run_store import RunStore
from comparing import make_run

BAD, GOOD = [1.0] * 20 + [0.0] * 40, [1.0] * 50 + [0.0] * 10
TESTS = """
import pytest

@pytest.mark.gold("cases.jsonl")
def test_gold_of_a_file(gold):
    assert [case.id for case in gold.cases] == ["d1"]

@pytest.mark.gold("cases.jsonl", split="test")
def test_the_sealed_part_when_asked_for(gold):
    assert [case.id for case in gold.cases] == ["t1"]

def test_gold_of_the_workspace(gold):
    assert gold.name == "security"

def test_better(assert_no_regression):
    assert_no_regression("good", baseline="bad")

def test_worse(assert_no_regression):
    assert_no_regression("bad", baseline="good")
"""


def test_fixtures_in_a_users_suite(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["bidproof.evaluation.pytest_plugin"]\n')
    (tmp_path / "pytest.ini").write_text("[pytest]\nbidproof_gold = security\nbidproof_workspace = space\n")
    (tmp_path / "test_quality.py").write_text(TESTS)
    cases = (GoldCase(id="d1", question="Q?", split="dev"), GoldCase(id="t1", question="R?", split="test"))
    write_gold(GoldSet(name="cases", cases=cases), tmp_path / "cases.jsonl")
    workspace = tmp_path / "space"
    GoldStore(workspace).save(GoldSet(name="security", cases=cases))
    store = RunStore(workspace / "runs")
    store.save(make_run({"x": BAD}, id="bad"))
    store.save(make_run({"x": GOOD}, id="good"))
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--strict-markers", "-p", "no:cacheprovider", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={"PATH": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )
    assert "4 passed" in run.stdout, run.stdout + run.stderr
    assert "1 failed" in run.stdout
    assert "x is worse: 0.833 to 0.333" in run.stdout
    assert GoldStore(workspace).openings("security") == 0
