"""Write the store's files so that a kill at any moment leaves the old or the new, and readers never wait."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bidproof.core.errors import WriteFailed

_UNFINISHED = ".unfinished-"


@contextmanager
def writing(folder: Path) -> Generator[None]:
    """Let one process at a time change the store; others wait, and a lock never outlives its process.

    Raises:
        WriteFailed: The folder cannot be made or written, or something inside the block cannot.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
    except OSError as error:
        raise WriteFailed(
            f"cannot write to {str(folder)!r}: {error.strerror or error}",
            hint="free some space, or correct the folder's permissions; what was stored still is",
        ) from error


def write_whole(path: Path, content: bytes) -> None:
    """Replace one file, flushed to disk, by a rename."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=_UNFINISHED)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    Path(name).chmod(0o644)
    Path(name).replace(path)
    _flush(path.parent)


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make a folder with all of its files at once, by a rename.

    Raises:
        FileExistsError: There is something at that place (as ``OSError``).
    """
    draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix=_UNFINISHED))
    try:
        for name, content in files.items():
            with (draft / name).open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
        draft.chmod(0o755)
        _flush(draft)
        draft.rename(folder)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    _flush(folder.parent)


def append_line(path: Path, line: str) -> None:
    """Add one line to a file by a single write; a line cut off by a crash before is ended first."""
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        size = os.fstat(handle).st_size
        is_cut = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
        os.write(handle, (b"\n" if is_cut else b"") + line.encode("utf-8") + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)


def clear_unfinished(folder: Path) -> None:
    """Remove what a killed process left half-written; call it while :func:`writing`."""
    for left in folder.glob(f"{_UNFINISHED}*"):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
