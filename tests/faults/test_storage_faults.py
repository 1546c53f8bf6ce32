"""Disks that fill up, databases that are locked, copied, broken or half migrated: words, and nothing lost."""

import errno
import os
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from bidproof.core import files
from bidproof.core.errors import BidproofError
from bidproof.core.records import DraftState
from bidproof.flows.answer import answer
from bidproof.flows.requests.answering import AnswerRequest
from bidproof.llm.fake_endpoint import FakeEndpoint, said
from bidproof.runtime.session import SessionRequest, open_session
from bidproof.workspace import database as database_module
from bidproof.workspace.database import Database
from bidproof.workspace.store import Workspace
from command_line import Ended, run
from judging import ANSWER, write_backup
from repeating import REPEATS

QUESTIONS = 6


@pytest.fixture
def place(tmp_path: Path) -> Path:
    write_backup(tmp_path)
    rows = [f"Q{n},How often are the databases of site {n} backed up?," for n in range(QUESTIONS)]
    (tmp_path / "q.csv").write_text("\n".join(["Id,Question,Answer", *rows]) + "\n")
    return tmp_path


def at(place: Path, *words: object) -> Ended:
    ended = run(*words, "--workspace", place / "ws")
    assert "Traceback" not in ended.err
    return ended


def answering(place: Path, endpoint: FakeEndpoint) -> tuple[object, ...]:
    model = ("--model", "m", "--base-url", endpoint.base_url)
    return ("answer", place / "q.csv", "--docs", place / "docs", "-o", place / "out.csv", *model)


@pytest.mark.parametrize("allowed", range(3))
def test_no_space_for_outputs_leaves_none_and_the_next_run_pays_nothing(
    place: Path, allowed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, written = files._write_new, list[Path]()

    def on_a_full_disk(path: Path, content: bytes, *, mode: int | None = None) -> None:
        if path.parent.name == ".out.unfinished":
            written.append(path)
            if len(written) > allowed:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(path, content, mode=mode)

    with FakeEndpoint(then=said(ANSWER)) as endpoint:
        with monkeypatch.context() as patch:
            patch.setattr(files, "_write_new", on_a_full_disk)
            full = at(place, *answering(place, endpoint))
        assert full.refusal == "write-failed"
        assert "No space left" in full.err
        assert [path for path in place.iterdir() if path.name.startswith(("out.", ".out"))] == []
        assert at(place, *answering(place, endpoint)).code == 0
        assert len(endpoint.received) == QUESTIONS
    assert {path.suffix for path in place.glob("out.*")} == {".csv", ".json", ".html"}


LIMITED = """
import os, resource, signal, sys
from bidproof.cli.main import main
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
main(sys.argv[2:])
"""


@pytest.mark.parametrize("size", [4_000, 40_000, 160_000][: max(2, REPEATS)])
def test_a_full_disk_is_told_in_words_and_goes_on_where_it_stopped(place: Path, size: int) -> None:
    words = [str(word) for word in ("ingest", place / "docs", "--workspace", place / "ws")]
    ended = subprocess.run(
        [sys.executable, "-c", LIMITED, str(size), *words], capture_output=True, text=True, check=False
    )
    assert "Traceback" not in ended.stderr
    assert ended.returncode in (0, 2)
    if ended.returncode:
        assert "error[" in ended.stderr
    assert at(place, "ingest", place / "docs").code == 0
    assert at(place, "status", "--check").code == 0
    assert "6 hours" in at(place, "ask", "How often are databases backed up?").out


def test_a_locked_database_is_waited_for_and_then_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "_BUSY_S", 1)
    Workspace.open(place / "ws").close()
    with Workspace.open(place / "ws") as workspace:
        for held_s, code in ((0.2, ""), (None, "workspace-busy")):
            with closing(sqlite3.connect(place / "ws" / "bidproof.db", check_same_thread=False)) as other:
                other.execute("BEGIN IMMEDIATE")
                if held_s is not None:
                    threading.Timer(held_s, other.rollback).start()
                try:
                    workspace.facts.set("a", "b")
                    found = ""
                except BidproofError as error:
                    found = error.code
                assert found == code
        workspace.facts.set("after", "kept")
        assert workspace.facts.get("after") == "kept"


def test_a_reader_that_never_ends_holds_up_no_writer(tmp_path: Path) -> None:
    with Workspace.open(tmp_path) as workspace:
        workspace.facts.set("first", "seen")
        with closing(sqlite3.connect(tmp_path / "bidproof.db")) as reader:
            reader.execute("BEGIN")
            before = reader.execute("SELECT count(*) FROM workspace_fact").fetchone()
            for number in range(300):
                workspace.facts.set(f"n{number}", "x" * 20_000)
            assert reader.execute("SELECT count(*) FROM workspace_fact").fetchone() == before
            pinned = (tmp_path / "bidproof.db-wal").stat().st_size
        assert pinned > 300 * 20_000  # nothing could be moved out of it while the reader was there
        for number in range(300):
            workspace.facts.set(f"m{number}", "x" * 20_000)
        assert (tmp_path / "bidproof.db-wal").stat().st_size <= pinned + (1 << 21)
        assert len(workspace.facts.all()) >= 601


def test_a_copy_made_while_others_write_is_whole(tmp_path: Path) -> None:
    stop = threading.Event()
    with Workspace.open(tmp_path / "ws") as workspace:

        def write(name: int) -> int:
            number = 0
            while not stop.is_set():
                workspace.facts.set(f"{name} {number}", str(number))
                number += 1
            return number

        with ThreadPoolExecutor(4) as pool:
            writers = [pool.submit(write, name) for name in range(4)]
            for turn in range(REPEATS):
                copied = tmp_path / f"copy{turn}"
                copied.mkdir()
                acknowledged = len(workspace.facts.all())
                with (
                    closing(sqlite3.connect(tmp_path / "ws" / "bidproof.db")) as source,
                    closing(sqlite3.connect(copied / "bidproof.db")) as target,
                ):
                    source.backup(target)
                with Workspace.open(copied) as copy:
                    assert copy.database_damage() == ()
                    assert len(copy.facts.all()) >= acknowledged
            stop.set()
            assert sum(writer.result() for writer in writers)


@pytest.mark.parametrize("harm", ["page", "cut", "empty", "noise"])
def test_a_damaged_database_is_refused_in_words_and_left_alone(place: Path, harm: str) -> None:
    assert at(place, "ingest", place / "docs").code == 0
    path, chance = place / "ws" / "bidproof.db", Random(harm)
    whole = path.read_bytes()
    pages = len(whole) // 4096
    for _ in range(REPEATS):
        page = chance.randrange(pages)
        spoilt = {
            "page": whole[: page * 4096] + chance.randbytes(4096) + whole[page * 4096 + 4096 :],
            "cut": whole[: chance.randrange(100, len(whole) - 4096)],
            "empty": b"",
            "noise": chance.randbytes(len(whole)),
        }[harm]
        path.write_bytes(spoilt)
        for words in (
            ("status", "--check"),
            ("ask", "How often are databases backed up?"),
            ("library", "list"),
        ):
            ended = at(place, *words)
            assert ended.code in ((0, 1, 2) if harm == "page" else (1, 2)), ended
            assert ended.code != 2 or ended.refusal in ("workspace-damaged", "workspace"), ended
        assert at(place, "status", "--check").code in (1, 2)
        for extra in place.glob("ws/bidproof.db-*"):
            extra.unlink()
    path.write_bytes(whole)
    assert at(place, "status", "--check").code == 0


MIGRATED = """
import itertools, os, shutil, sys
from pathlib import Path
from django.db.backends.utils import CursorWrapper
from bidproof.workspace.store import Workspace

root, stride = Path(sys.argv[1]), int(sys.argv[2])
Workspace.open(root / "warm").close()
execute = CursorWrapper.execute

def child(work):
    pid = os.fork()
    if pid == 0:
        try:
            work()
        except BaseException as error:
            print(type(error).__name__, error, flush=True)
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

for last in itertools.count(1, stride):
    folder = root / f"at{last}"

    def killed():
        left = last

        def counted(self, *arguments):
            nonlocal left
            left -= 1
            if left == 0:
                os._exit(9)
            return execute(self, *arguments)

        CursorWrapper.execute = counted
        Workspace.open(folder).close()

    def again():
        with Workspace.open(folder) as workspace:
            assert workspace.database_damage() == ()
            workspace.facts.set("a", "b")

    ended = child(killed)
    assert child(again) == 0, f"after a kill at statement {last}"
    shutil.rmtree(folder)
    if ended == 0:
        print("statements", last)
        break
"""


def test_a_migration_killed_at_any_statement_is_taken_up_again(tmp_path: Path) -> None:
    stride = 1 if REPEATS >= 20 else 5
    ended = subprocess.run(
        [sys.executable, "-c", MIGRATED, str(tmp_path), str(stride)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr[-2000:]
    assert int(ended.stdout.split()[-1]) > 50


def test_a_clock_that_jumps_loses_nothing_and_pays_nothing_twice(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, chance = Database.now, Random(40)

    def jumping(self: Database, *, after: timedelta = timedelta()) -> object:
        return now(self, after=after + timedelta(hours=chance.choice([-2, 0, 2])))

    monkeypatch.setattr(Database, "now", jumping)
    with FakeEndpoint(then=said(ANSWER)) as endpoint:
        flags = {"model.model": "m", "model.base_url": endpoint.base_url}
        for _ in range(2):
            with open_session(SessionRequest(workspace=place / "ws", flags=flags)) as session:
                request = AnswerRequest(
                    questionnaire=place / "q.csv", docs=(place / "docs",), out=place / "out.csv"
                )
                report = answer(request, session=session)
            assert report.states == {DraftState.DRAFTED: QUESTIONS}
        assert len(endpoint.received) == QUESTIONS
