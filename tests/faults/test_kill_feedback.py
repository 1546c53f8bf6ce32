"""Killed while it stores what a review teaches: everything of it is there, or nothing."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from bidproof.workspace.rows import FeedbackRow, ReviewOutcome
from bidproof.workspace.store import Workspace

KILLED = 9
CHILD = f"""
import os, sys
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parent)!r})
from test_kill_feedback import rows
from bidproof.workspace.store import Workspace
from bidproof.workspace.library import AnswerLibrary
left = int(sys.argv[2])
add = AnswerLibrary.add
def killing(self, entry):
    global left
    left -= 1
    if left == 0:
        os._exit({KILLED})
    return add(self, entry)
AnswerLibrary.add = killing
with Workspace.open(Path(sys.argv[1])) as workspace:
    workspace.feedback.save(rows(workspace))
"""


def rows(workspace: Workspace) -> list[FeedbackRow]:
    job = workspace.jobs.start(kind="answer", key="k", total=3, detail={})
    return [
        FeedbackRow(
            job_id=job.id,
            question_id=str(number),
            outcome=ReviewOutcome.ACCEPTED,
            questionnaire="q.xlsx",
            source="q.answered.xlsx",
            question=f"Question {number}?",
            approver="ann",
            approved=date(2026, 1, 1),
            new_text=f"Answer {number}.",
        )
        for number in range(3)
    ]


@pytest.mark.parametrize("call", [1, 3])
def test_a_kill_while_storing_leaves_nothing_half_done(tmp_path: Path, call: int) -> None:
    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(tmp_path), str(call)], capture_output=True, text=True, check=False
    )
    assert child.returncode == KILLED, child.stderr
    with Workspace.open(tmp_path) as workspace:
        assert workspace.feedback.all() == ()
        assert workspace.library.all() == ()
        saved = workspace.feedback.save(rows(workspace))
        assert (saved.new, saved.library_added) == (3, 3)
        assert len(workspace.library.all()) == 3
