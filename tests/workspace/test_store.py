"""Opening workspaces: new, again, side by side, and the ways in which it cannot work."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bidproof.core.errors import WorkspaceError
from bidproof.workspace.rows import CallIntent
from bidproof.workspace.store import Workspace


def test_a_new_folder_becomes_a_workspace(tmp_path: Path) -> None:
    with Workspace.open(tmp_path / "deep" / "er") as workspace:
        assert workspace.index_folder.is_dir()
        assert workspace.documents.known() == {}
    assert sorted(file.name for file in (tmp_path / "deep" / "er").iterdir()) == [
        "bidproof.db",
        "files",
        "index",
    ]


def test_what_was_stored_is_there_after_reopening(tmp_path: Path) -> None:
    with Workspace.open(tmp_path) as workspace:
        workspace.facts.set("index", "abc")
    with Workspace.open(tmp_path) as workspace:
        assert workspace.facts.get("index") == "abc"


def test_workspaces_in_one_process_do_not_see_each_other(tmp_path: Path) -> None:
    with Workspace.open(tmp_path / "one") as one, Workspace.open(tmp_path / "two") as two:
        one.facts.set("owner", "one")
        job = one.jobs.start(kind="answer", key="k", total=1, detail={})
        one.calls.intend(CallIntent(key="k", job_id=job.id, model="m"))
        assert two.facts.get("owner") is None
        assert two.jobs.recent() == ()
        assert two.calls.ledger(job.id) == ()


def test_the_same_folder_can_be_open_twice(tmp_path: Path) -> None:
    with Workspace.open(tmp_path) as one, Workspace.open(tmp_path) as two:
        one.facts.set("a", "1")
        assert two.facts.get("a") == "1"
        two.facts.set("a", "2")
        assert one.facts.get("a") == "2"


def test_two_processes_may_create_the_same_workspace_at_once(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from bidproof.workspace.store import Workspace\n"
        "w = Workspace.open(Path(sys.argv[1])); w.facts.set(sys.argv[2], 'here'); w.close()"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path), name], stderr=subprocess.PIPE, text=True)
        for name in ("one", "two")
    ]
    complaints = [run.communicate()[1] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], complaints
    with Workspace.open(tmp_path) as workspace:
        assert workspace.facts.all() == {"one": "here", "two": "here"}


def test_every_method_works_inside_an_event_loop_and_in_threads(workspace: Workspace) -> None:
    async def use() -> None:
        workspace.facts.set("loop", "yes")
        await asyncio.to_thread(workspace.facts.set, "thread", "yes")

    asyncio.run(use())
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: workspace.facts.set(f"n{number}", str(number)), range(50)))
    stored = workspace.facts.all()
    assert stored["loop"] == stored["thread"] == "yes"
    assert {stored[f"n{number}"] for number in range(50)} == {str(number) for number in range(50)}


def test_closing_twice_is_fine_and_using_a_closed_workspace_is_an_error(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path)
    workspace.close()
    workspace.close()
    with pytest.raises(WorkspaceError) as raised:
        workspace.facts.get("a")
    assert raised.value.code == "workspace-closed"


def test_a_forked_child_is_refused_instead_of_hanging(workspace: Workspace) -> None:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            workspace.facts.get("a")
            found = "no error"
        except WorkspaceError as error:
            found = error.code
        os.write(writer, found.encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reader, 100) == b"workspace-closed"
    workspace.facts.set("a", "still works here")


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(WorkspaceError, match="cannot"):
            Workspace.open(path)


def test_garbage_in_place_of_the_database(tmp_path: Path) -> None:
    (tmp_path / "bidproof.db").write_bytes(b"not a database " * 1000)
    with pytest.raises(WorkspaceError, match=r"bidproof\.db") as raised:
        Workspace.open(tmp_path)
    assert raised.value.code == "workspace-damaged"
    assert "backup" in raised.value.hint
    assert (tmp_path / "bidproof.db").read_bytes().startswith(b"not a database")


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "bidproof.db")
    other.execute("CREATE TABLE recipes (name TEXT)")
    other.close()
    with pytest.raises(WorkspaceError, match="recipes") as raised:
        Workspace.open(tmp_path)
    assert raised.value.code == "workspace-damaged"
    other = sqlite3.connect(tmp_path / "bidproof.db")
    assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("recipes",)]
    other.close()


def test_a_database_damaged_in_the_middle(tmp_path: Path) -> None:
    with Workspace.open(tmp_path) as workspace:
        workspace.facts.set("a", "b")
    path = tmp_path / "bidproof.db"
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\x5a" * (len(whole) - 4096))
    with pytest.raises(WorkspaceError) as raised:
        Workspace.open(tmp_path)
    assert raised.value.code == "workspace-damaged"


def test_a_newer_workspace_is_refused_and_kept(tmp_path: Path) -> None:
    Workspace.open(tmp_path).close()
    newer = sqlite3.connect(tmp_path / "bidproof.db")
    newer.execute(
        "INSERT INTO django_migrations (app, name, applied) "
        "VALUES ('workspace', '0099_from_the_future', '2030-01-01')"
    )
    newer.commit()
    newer.close()
    with pytest.raises(WorkspaceError, match="0099_from_the_future") as raised:
        Workspace.open(tmp_path)
    assert raised.value.code == "workspace-newer"
    assert "upgrade" in raised.value.hint


OPEN_UNPRIVILEGED = """
import ctypes, os, struct, sys
from pathlib import Path
from bidproof.core.errors import BidproofError
from bidproof.workspace.store import Workspace

if os.geteuid() == 0:  # root without capabilities is a user like any other
    assert ctypes.CDLL(None).capset(struct.pack("Ii", 0x20080522, 0), bytes(24)) == 0
for folder in map(Path, sys.argv[1:]):
    try:
        Workspace.open(folder).close()
    except BidproofError as error:
        print(error.code, error.message)
"""


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """Root may write anywhere, so a child steps down."""
    folder = tmp_path / "workspace"
    Workspace.open(folder).close()
    folder.chmod(0o555)
    command = [sys.executable, "-c", OPEN_UNPRIVILEGED, str(folder), str(folder / "new")]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    folder.chmod(0o755)
    refusals = run.stdout.splitlines()
    assert len(refusals) == 2, run.stdout + run.stderr
    assert all(line.startswith("workspace-read-only cannot write in") for line in refusals)


def test_the_module_loads_without_django() -> None:
    code = "import sys, bidproof.workspace.store; print('django' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"


def test_a_variable_of_another_django_project_changes_nothing(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from bidproof.workspace.store import Workspace\n"
        "Workspace.open(Path(sys.argv[1])).close()"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "somebody.elses.settings"}
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
