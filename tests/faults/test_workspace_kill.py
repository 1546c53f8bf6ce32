"""Kill -9 while it writes, fifty times: what was acknowledged is there, nothing is damaged.

A prepared process forks one writer per kill. Four threads of the writer make
journal rows, drafts and documents and print a line for each call that returned.
"""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bidproof.core.ids import DocumentId, QuestionId
from bidproof.workspace.store import Workspace

KILLS = 50
THREADS = 4

WRITER = """
import itertools, os, sys, threading
from pathlib import Path
from bidproof.core.ids import DocumentId, QuestionId
from bidproof.core.records import Document, Draft, DraftState
from bidproof.workspace.rows import CallIntent
from bidproof.workspace.store import Workspace

folder = Path(sys.argv[1])
Workspace.open(folder).close()

def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())

def write(workspace, job_id, name):
    for number in itertools.count():
        key = f"{name}-{number}"
        call = workspace.calls.intend(
            CallIntent(key=key, job_id=job_id, question_id=key, model="m")).call_id
        say("intended", key)
        workspace.calls.finish(
            call, response=key, prompt_tokens=1, completion_tokens=1, cost_usd=1.0, seconds=0.1)
        say("finished", key)
        workspace.jobs.save_draft(
            job_id, Draft(question_id=QuestionId(key), state=DraftState.DRAFTED, text="x" * 5000))
        say("drafted", key)
        document = Document(
            id=DocumentId(key), path=key, source=key, content_hash=key, media_type="", title="",
            text=key * 500, blocks=())
        workspace.documents.save(document, size_bytes=1, modified_ns=1)
        say("saved", key)

def live(name):
    workspace = Workspace.open(folder)
    job = workspace.jobs.start(kind="answer", key=name, total=1, detail={})
    say("job", job.id)
    for thread in range(int(sys.argv[2])):
        threading.Thread(target=write, args=(workspace, job.id, f"{name}-{thread}")).start()
    threading.Event().wait()

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        live(line.strip())
    say("child", child)
    os.waitpid(child, 0)
    say("dead")
"""


@pytest.fixture
def nursery(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path), str(THREADS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process
    process.communicate()


def write_and_kill(
    nursery: "subprocess.Popen[str]", name: str, lines: int, delay_s: float
) -> list[list[str]]:
    """Let one writer live until it has said so much, and a moment longer; returns all it said."""
    assert nursery.stdin is not None
    assert nursery.stdout is not None
    print(name, file=nursery.stdin, flush=True)
    said: list[list[str]] = []
    while len(said) < lines or not {"child", "job"} <= {words[0] for words in said}:
        said.append(nursery.stdout.readline().split())
    time.sleep(delay_s)
    os.kill(next(int(words[1]) for words in said if words[0] == "child"), signal.SIGKILL)
    while said[-1] != ["dead"]:
        said.append(nursery.stdout.readline().split())
    return said


def test_nothing_acknowledged_is_lost(tmp_path: Path, nursery: "subprocess.Popen[str]") -> None:
    moments = random.Random(20260)
    for kill in range(KILLS):
        said = write_and_kill(nursery, f"kill{kill}", moments.randint(2, 40), moments.uniform(0.0, 0.01))
        database = sqlite3.connect(tmp_path / "bidproof.db")
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        database.close()
        check(tmp_path, said)


def check(folder: Path, said: list[list[str]]) -> None:
    """Compare what a writer acknowledged with what is there."""
    job_id = next(int(words[1]) for words in said if words[0] == "job")
    keys = {word: {words[1] for words in said if words[0] == word} for word in ("intended", "finished")}
    with Workspace.open(folder) as workspace:
        ledger = {row.question_id: row for row in workspace.calls.ledger(job_id)}
        drafts = workspace.jobs.drafts(job_id)
        assert keys["intended"] <= set(ledger)
        for key in keys["finished"]:
            assert workspace.calls.finished(key) == key
            assert (ledger[key].calls, ledger[key].open, ledger[key].cost_usd) == (1, 0, 1.0)
        open_calls = [row for row in ledger.values() if row.open]
        assert len(open_calls) <= THREADS
        assert len([row for row in ledger.values() if row.question_id not in keys["finished"]]) <= THREADS
        for words in said:
            if words[0] == "drafted":
                assert drafts[QuestionId(words[1])].text == "x" * 5000
            elif words[0] == "saved":
                assert workspace.documents.load(DocumentId(words[1])).text == words[1] * 500
