"""``bidproof feedback``, ``library`` and ``finetune`` from a user's side."""

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bidproof.workspace.rows import FeedbackRow, ReviewOutcome
from bidproof.workspace.store import Workspace
from command_line import Ended, run

FORMULA = '=HYPERLINK("http://evil.example","x")'


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with three reviewed questions."""
    folder = tmp_path_factory.mktemp("reviewed")
    outcomes = (ReviewOutcome.ACCEPTED, ReviewOutcome.EDITED, ReviewOutcome.REJECTED)
    with Workspace.open(folder / ".bidproof") as workspace:
        job = workspace.jobs.start(kind="answer", key="k", total=3, detail={})
        workspace.feedback.save(
            [
                FeedbackRow(
                    job_id=job.id,
                    question_id=f"Q-{number}",
                    outcome=outcome,
                    questionnaire="buyer.xlsx",
                    source="buyer.answered.xlsx",
                    question=f"Question number {number}?",
                    approver="ann",
                    approved=date(2026, 1, number),
                    old_text="As drafted.",
                    new_text=FORMULA if outcome is ReviewOutcome.EDITED else "As drafted.",
                    new_choice="Yes",
                    tier="review",
                    program_digest="abc",
                    engine="extractive",
                )
                for number, outcome in enumerate(outcomes, start=1)
            ]
        )
    return folder


def at(place: Path, *words: object) -> Ended:
    return run(*words, "--workspace", place / ".bidproof")


def as_json(place: Path, *words: object) -> Any:
    return at(place, *words, "--json").json


def test_feedback_is_counted_with_intervals(place: Path) -> None:
    counts = as_json(place, "feedback", "list")
    assert counts["outcomes"] == {"accepted": 1, "edited": 1, "rejected": 1}
    assert (counts["rate"]["accepted"], counts["rate"]["reviewed"]) == (1, 3)
    assert counts["programs"]["abc"]["low"] < 1 / 3 < counts["programs"]["abc"]["high"]
    printed = at(place, "feedback", "list").out
    assert "1 of 3" in printed
    assert "buyer.xlsx" in printed


def test_feedback_is_shown_question_by_question(place: Path) -> None:
    rows = as_json(place, "feedback", "show")
    assert [row["question_id"] for row in rows] == ["Q-1", "Q-2", "Q-3"]
    assert as_json(place, "feedback", "show", "999") == []
    assert "no feedback yet" in at(place, "feedback", "show", "999").out
    assert "Q-2" in at(place, "feedback", "show").out


def test_a_file_without_a_job_is_refused(place: Path) -> None:
    (place / "other.csv").write_text("Id,Question,Answer\nA-1,What is your name?,x\n", "utf-8")
    result = at(place, "feedback", "import", str(place / "other.csv"), "--approver", "ann")
    assert result.refusal == "feedback-job"
    assert at(place, "feedback", "import", str(place / "other.csv")).refusal == "usage"


def test_the_library_is_listed_shown_given_out_and_taken_out(place: Path) -> None:
    entries = as_json(place, "library", "list")
    assert [entry["answer"] for entry in entries] == ["As drafted.", FORMULA]
    assert "2 approved answers" in at(place, "library", "list").out
    number = str(entries[1]["id"])
    shown = at(place, "library", "show", number).out
    assert FORMULA in shown
    assert "approved by ann on 2026-01-02" in shown
    out = place / "library.csv"
    assert as_json(place, "library", "export", "--out", str(out))["entries"] == 2
    with out.open(encoding="utf-8", newline="") as file:
        assert [row["answer"] for row in csv.DictReader(file)] == ["As drafted.", f"'{FORMULA}"]
    lines = place / "library.jsonl"
    at(place, "library", "export", "--out", str(lines))
    assert json.loads(lines.read_text("utf-8").splitlines()[1])["answer"] == FORMULA
    assert at(place, "library", "export", "--out", "x.docx").refusal == "invalid-setting"
    assert at(place, "library", "remove", number, "999").refusal == "library-entry"
    assert len(as_json(place, "library", "list")) == 2
    assert f"removed {number}" in at(place, "library", "remove", number).out
    assert at(place, "library", "show", number).refusal == "library-entry"
    assert len(as_json(place, "library", "list", "--valid")) == 1


def test_training_data_is_checked_and_its_exit_status_says_so(place: Path) -> None:
    good = {
        "messages": [
            {"role": "user", "content": "Which?"},
            {"role": "assistant", "content": '{"answerable": false, "quotes": [], "sentences": []}'},
        ]
    }
    path = place / "lines.jsonl"
    path.write_text(json.dumps(good) + "\n" + "{}\n", "utf-8")
    result = run("finetune", "check", path)
    assert result.code == 1
    assert "line 2: it has no list 'messages'" in result.out
    path.write_text(json.dumps(good) + "\n", "utf-8")
    result = run("finetune", "check", path, "--json")
    assert result.code == 0
    assert result.json["warnings"]


@pytest.mark.parametrize("group", ["feedback", "finetune", "library"])
def test_help_lists_the_commands(group: str) -> None:
    result = run(group, "--help")
    assert result.code == 0
    assert "export" in result.out or "import" in result.out
