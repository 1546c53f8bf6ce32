"""One writer at a time, whatever happens to the first."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bidproof.core.errors import WorkspaceError
from bidproof.workspace.lock import hold_lock
from bidproof.workspace.store import Workspace

HOLDER = """
import os, sys, time
from pathlib import Path
from bidproof.workspace.lock import hold_lock
with hold_lock(Path(sys.argv[1])):
    child = os.fork()
    if child:
        print(child, flush=True)
    time.sleep(60)
"""


def start_holder(workspace: Workspace) -> "tuple[subprocess.Popen[str], int]":
    """A process that holds the lock, and the number of a child that it has forked meanwhile."""
    path = workspace.folder / "bidproof.lock"
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    return holder, int(holder.stdout.readline())


def test_the_second_writer_is_told_who_writes_until_that_one_dies(workspace: Workspace) -> None:
    holder, child = start_holder(workspace)
    told = rf"another bidproof is writing \(pid {holder.pid}\)"
    with pytest.raises(WorkspaceError, match=told) as raised, workspace.writing():
        pass
    assert raised.value.code == "workspace-locked"
    workspace.facts.set("reading and small writes", "go on")
    assert workspace.facts.all()
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    # The child lives on, as a parser does whose parent was killed; it does not keep the lock.
    with workspace.writing():
        pass
    os.kill(child, signal.SIGKILL)
    holder.communicate()


def test_who_waits_is_told_for_whom_and_goes_on_when_that_one_is_killed(workspace: Workspace) -> None:
    holder, child = start_holder(workspace)
    told: list[str] = []

    def tell(pid: str) -> None:
        told.append(pid)
        if len(told) == 2:
            holder.send_signal(signal.SIGKILL)

    with workspace.writing(waiting=tell):
        assert set(told) == {str(holder.pid)}
    os.kill(child, signal.SIGKILL)
    holder.communicate()


def test_waiting_can_be_given_up(workspace: Workspace) -> None:
    def give_up(pid: str) -> None:
        raise KeyboardInterrupt(pid)

    with workspace.writing(), pytest.raises(KeyboardInterrupt), workspace.writing(waiting=give_up):
        pass
    with workspace.writing():
        pass


def test_it_does_not_nest_and_is_free_after_an_error(workspace: Workspace) -> None:
    with pytest.raises(WorkspaceError, match=f"pid {os.getpid()}"), workspace.writing(), workspace.writing():
        pass
    with pytest.raises(ZeroDivisionError), workspace.writing():
        raise ZeroDivisionError
    with workspace.writing():
        pass


def test_workspaces_lock_apart(tmp_path: Path) -> None:
    with hold_lock(tmp_path / "one"), hold_lock(tmp_path / "two"):
        pass


def test_a_missing_folder_is_an_error_in_words(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError) as raised, hold_lock(tmp_path / "gone" / "bidproof.lock"):
        pass
    assert raised.value.code == "workspace-read-only"
