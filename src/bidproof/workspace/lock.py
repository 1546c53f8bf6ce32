"""One writer per workspace, held by the operating system so that it dies with the process."""

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Generator
from pathlib import Path

from bidproof.core.errors import WorkspaceError
from bidproof.workspace.faults import read_only

_LOOK_EVERY_S = 0.1
_held: set[int] = set()


def _drop_in_child() -> None:
    # A forked parser that outlives a killed parent would otherwise keep its lock.
    # Closing is enough: only an explicit unlock would reach the parent's lock.
    while _held:
        os.close(_held.pop())


os.register_at_fork(after_in_child=_drop_in_child)


@contextlib.contextmanager
def hold_lock(path: Path, *, waiting: Callable[[str], None] | None = None) -> Generator[None]:
    """Hold the writer's lock on a workspace while the block runs.

    Args:
        path: The lock file; created if missing, and left behind empty.
        waiting: Is told the number of the process that writes, ten times a second, until that
            one ends; what it raises ends the waiting. None does not wait.

    Raises:
        WorkspaceError: Another process, or another part of this one, is writing.
    """
    file = _open(path)
    _held.add(file)
    try:
        _take(file, path, waiting)
        os.ftruncate(file, 0)
        os.pwrite(file, str(os.getpid()).encode(), 0)
        try:
            yield
        finally:
            os.ftruncate(file, 0)
            # Said outright: a child forked just now may still hold a copy of the file.
            fcntl.flock(file, fcntl.LOCK_UN)
    finally:
        _held.discard(file)
        os.close(file)


@contextlib.contextmanager
def wait_for_folder(folder: Path) -> Generator[None]:
    """Let one process at a time create or migrate the database of a folder."""
    try:
        file = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise read_only(folder / "bidproof.db", error.strerror or str(error)) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


def keep_locked(path: Path) -> int:
    """Make a file that is locked while this process lives, from the moment it is there.

    Returns:
        The handle, for :func:`let_go`.

    Raises:
        WorkspaceError: The folder cannot be written.
    """
    making = path.with_name(f".{path.name}")
    handle = _open(making)
    _held.add(handle)
    fcntl.flock(handle, fcntl.LOCK_EX)
    making.rename(path)
    return handle


def let_go(handle: int) -> None:
    """Unlock a file of :func:`keep_locked`."""
    _held.discard(handle)
    os.close(handle)


def is_free(path: Path) -> bool:
    """Whether the process that kept a file locked has ended; False as well where there is no such file."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise read_only(path, error.strerror or str(error)) from error


def _take(file: int, path: Path, waiting: Callable[[str], None] | None) -> None:
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            pid = os.pread(file, 32, 0).decode("ascii", "replace").strip() or "unknown"
            if waiting is None:
                raise WorkspaceError(
                    f"cannot write in {str(path.parent)!r}: another bidproof is writing (pid {pid})",
                    hint=f"wait until it ends, or stop process {pid}, then run the same command again",
                    code="workspace-locked",
                ) from error
            waiting(pid)
            time.sleep(_LOOK_EVERY_S)
        else:
            return
