"""bidproof eval on the command line, and the example of its page."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bidproof.evaluation.metrics import registry
from command_line import run
from judging import write_backup

REPOSITORY = Path(__file__).resolve().parents[2]
GOLD = """id,question,answer,documents,answerable
1,How often are databases backed up?,Every 6 hours.,backup.md,yes
2,Who is the chief executive?,,,no
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_backup(tmp_path)
    (tmp_path / "gold.csv").write_text(GOLD)
    return tmp_path


def test_run_list_show_label_and_report(here: Path) -> None:
    code, out, _ = run("eval", "gold.csv", "--docs", "docs", "--label", "first")
    assert code == 0
    assert "95% interval" in out
    rows = [[cell.strip() for cell in line.split("│")] for line in out.splitlines()[1:6]]
    assert rows[:4] == [
        ["answered", "1 of 2 questions; 1 refused"],
        ["right", "1 of 1 answers, by reference_recall"],
        ["wrong", "0 of 1 answers"],
        ["honestly refused", "1 of 1 questions that the documents do not answer"],
    ]
    assert rows[4][1].startswith("no model was called; ")
    assert re.search(r"answered\s+│ 0\.500", out)
    assert "answers: 1 drafted, 1 not found" in out
    code, out, _ = run("eval", "list", "--json")
    (info,) = json.loads(out)
    assert info["label"] == "first"
    assert run("eval", "label", "first", "base")[0] == 0
    code, out, _ = run("eval", "show", "base", "--json", "--cells")
    shown: dict[str, Any] = json.loads(out)
    assert {cell["state"] for cell in shown["cells"]} <= {"scored", "abstained", "unscorable"}
    assert shown["info"]["id"] == info["id"]
    assert (shown["overview"]["right"], shown["overview"]["refused_rightly"]) == (1, 1)
    code, out, _ = run("eval", "report", "-o", "mine.html")
    assert code == 0
    assert "every 6 hours" in (here / "mine.html").read_text("utf-8")


def test_json_is_one_document_and_run_may_be_said(here: Path) -> None:
    arguments = ("gold.csv", "--docs", "docs", "--metrics", "answered", "--no-report", "--json")
    assert run("ingest", "docs").code == 0
    code, out, err = run("eval", "run", *arguments)
    assert code == 0
    assert json.loads(out)["summaries"][0]["metric"] == "answered"
    assert err == ""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("nothing",), "gold-unknown"),
        (("show", "nothing"), "no-workspace"),
        (("gold.csv", "--metrics", "faithfulness"), "metric"),
        (("gold.csv", "--split", "sideways"), "usage"),
        (("gold.csv", "--answers", "nothing.jsonl"), "bad-recording"),
        (("gold.csv", "--repeats", "0"), "invalid-setting"),
        (("gold.csv", "--with", "ragas"), "invalid-setting"),
    ],
)
def test_what_is_wrong_is_said_in_two_lines(here: Path, arguments: tuple[str, ...], code: str) -> None:
    assert run("eval", *arguments, "--workspace", "ws").refusal == code


def test_a_broken_metric_of_ones_own_is_said_once_and_ends_with_0(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.all_metrics()
    monkeypatch.setattr(registry, "_registered", dict(registry._registered))
    (here / "mine.py").write_text(
        "from bidproof.evaluation.metrics.registry import metric\n"
        "@metric(name='breaks_here', needs=())\n"
        "def breaks_here(case, outcome, scoring):\n"
        "    return 1 / 0\n"
    )
    metrics = ("--metrics-file", "mine.py", "--metrics", "answered,breaks_here")
    code, out, _ = run("eval", "gold.csv", "--docs", "docs", "--no-report", *metrics)
    assert code == 0
    (said,) = [line for line in out.splitlines() if "ZeroDivisionError" in line]
    assert said == (
        "breaks_here: failed on 2 of 2; first: breaks_here failed: ZeroDivisionError: division by zero"
    )


def test_a_spent_error_budget_ends_with_1(here: Path) -> None:
    (here / "theirs.jsonl").write_text('{"id": "1", "answer": "Every 6 hours."}\n')
    status, out, err = run("eval", "gold.csv", "--answers", "theirs.jsonl", "--no-report")
    assert status == 1
    assert "STOPPED" in out
    assert "error budget" in err


def test_the_example_of_the_page_runs(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (REPOSITORY / "docs" / "evaluation.md").read_text("utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    exec(compile(example, "docs/evaluation.md", "exec"), {})
    assert "answered" in capsys.readouterr().out
