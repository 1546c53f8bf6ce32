"""Read files within limits; write them so that a kill leaves the old or the new, and readers never wait."""

import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

from bidproof.core.errors import UnreadableFile, WriteFailed
from bidproof.core.next_steps import NextStep

MAX_GIVEN_MB = 128
_UNFINISHED = ".unfinished-"
_private: set[Path] = set()  # folders whose files are their owner's alone
_ESCAPED = re.compile(rb"\\x(5c|[89a-f][0-9a-f])")


def read_whole(path: Path, *, max_mb: int, hint: str = "split the file", name: str = "") -> bytes:
    """The bytes of a file that someone else made.

    Args:
        path: The file.
        max_mb: Its size at most, in MiB.
        hint: What to do with a larger one.
        name: What errors call it; its own name when empty.

    Raises:
        UnreadableFile: It is larger (``too-large``), missing or not to be read (``no-such-file``).
    """
    name = name or path.name
    try:
        size = path.stat().st_size
        if size > max_mb << 20:
            raise UnreadableFile(
                f"cannot read {name!r}: found {size / (1 << 20):.0f} MB, expected at most {max_mb} MB",
                hint=hint,
                code="too-large",
            )
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFile(
            f"cannot read {name!r}: {error.strerror or error}",
            hint="check that the file exists and may be read",
            code="no-such-file",
        ) from error


def read_given(path: Path) -> bytes:
    """The bytes of a text or table that a user names, up to ``MAX_GIVEN_MB``.

    Raises:
        OSError: It is larger, missing or not to be read.
    """
    with path.open("rb") as stream:
        content = stream.read((MAX_GIVEN_MB << 20) + 1)
    if len(content) > MAX_GIVEN_MB << 20:
        raise OSError(f"more than {MAX_GIVEN_MB} MB")
    return content


def path_text(path: Path) -> str:
    r"""A path as text that every store, page and terminal takes; :func:`text_path` gives the path back.

    Bytes that are no UTF-8, as old archives hold them, stand as ``\xfc``.
    """
    raw = _ESCAPED.sub(lambda match: rb"\x5c" + match[0][1:], os.fsencode(path))
    return raw.decode("utf-8", "backslashreplace")


def text_path(text: str) -> Path:
    """The path that :func:`path_text` wrote."""
    raw = _ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), os.fsencode(text))
    return Path(os.fsdecode(raw))


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its target, flush it to disk, then rename it over the target.

    The file that is replaced hands on its permissions; a new one gets the usual ones,
    below a private folder those of its owner alone.

    Raises:
        WriteFailed: Disk full, read-only or no such folder; whatever stood at
            the target still does, and nothing half-written is left behind.
    """
    write_pieces(path, (content,))


def write_pieces(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file as :func:`write_whole` does, piece by piece, so that it need not fit into memory.

    Raises:
        WriteFailed: See there.
    """
    draft = _draft_of(path)
    try:
        try:
            _write_new(draft, pieces, mode=_mode_of(path))
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise WriteFailed(
            f"cannot write {str(path)!r}: {error.strerror or error}; nothing was written",
            hint=NextStep(
                "free some space, close the file in other programs, or choose another place", options=("out",)
            ),
        ) from error
    _flush_folder(path.parent)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text whole or not at all.

    Raises:
        WriteFailed: See :func:`write_whole`.
    """
    write_whole(path, text.encode("utf-8"))


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make a folder with all of its files at once, by a rename.

    Raises:
        FileExistsError: There is something at that place (as ``OSError``).
    """
    draft = _draft_of(folder)
    try:
        make_folder(draft)
        for name, content in files.items():
            _write_new(draft / name, (content,))
        _flush_folder(draft)
        draft.rename(folder)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    _flush_folder(folder.parent)


def append_line(path: Path, line: str) -> None:
    """Add one line to a file by a single write; a line cut off by a crash before is ended first.

    Raises:
        OSError: The file cannot be opened or written.
    """
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
    handle = os.open(path, flags, usual_mode(path.parent))
    try:
        size = os.fstat(handle).st_size
        is_cut = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
        os.write(handle, (b"\n" if is_cut else b"") + line.encode("utf-8") + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path, *, is_private: bool = False) -> None:
    """Make a folder with its parents, where it is missing.

    Args:
        folder: Where there is one it stays as it is.
        is_private: Nobody but its owner may enter a new one, and what this process makes
            below it from now on is its owner's alone, too.

    Raises:
        OSError: It cannot be made, or a file stands there.
    """
    if not folder.parent.exists():
        make_folder(folder.parent)
    folder.mkdir(exist_ok=True, mode=0o700 if is_private or _is_private(folder) else 0o777)
    if is_private:
        stay_private(folder)


def stay_private(folder: Path) -> None:
    """Where only its owner may enter a folder, what this process makes below is its owner's alone, too."""
    with suppress(OSError):
        if folder.stat().st_mode & 0o777 == 0o700:
            _private.add(folder)


def close_below(folder: Path) -> None:
    """Take from all others what another library made below a private folder."""
    if _is_private(folder):
        for path in folder.rglob("*"):
            with suppress(FileNotFoundError):
                path.chmod(path.stat().st_mode & 0o700)


@contextmanager
def writing(folder: Path, *, is_private: bool = False) -> Generator[None]:
    """Make a folder and let one process at a time change it; a lock never outlives its process.

    Args:
        folder: As for :func:`make_folder`, like the rest.
        is_private: Of a new one.

    Raises:
        WriteFailed: The folder cannot be made or written, or something inside the block cannot.
    """
    try:
        make_folder(folder, is_private=is_private)
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


def clear_unfinished(folder: Path) -> None:
    """Remove what a killed process left half-written; call it while :func:`writing`."""
    for left in folder.glob(f"{_UNFINISHED}*"):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def check_unchanged(path: Path, content: bytes, *, content_hash: str) -> None:
    """Refuse to write into a file whose content is no longer the one that was read.

    Raises:
        WriteFailed: The file changed since.
    """
    if hashlib.sha256(content).hexdigest() != content_hash:
        raise WriteFailed(
            f"cannot write answers into {path.name!r}: it changed since it was read",
            hint="read it again, so that answers meet the cells they belong to",
        )


def _draft_of(path: Path) -> Path:
    return path.with_name(f"{_UNFINISHED}{token_hex(8)}")


def _mode_of(path: Path) -> int | None:
    try:
        return path.stat().st_mode & 0o777
    except FileNotFoundError:
        return None


def _write_new(path: Path, pieces: Iterable[bytes], *, mode: int | None = None) -> None:
    """Make a file, flushed to disk; without a mode the kernel takes the umask off the usual one."""
    usual = usual_mode(path.parent) if mode is None else mode
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, usual)
    with os.fdopen(handle, "wb") as stream:
        if mode is not None:
            os.fchmod(handle, mode)
        stream.writelines(pieces)
        stream.flush()
        os.fsync(handle)


def usual_mode(folder: Path) -> int:
    """Permissions of a new file in a folder, before the kernel takes the umask off."""
    return 0o600 if _is_private(folder) else 0o666


def _is_private(folder: Path) -> bool:
    return not _private.isdisjoint((folder, *folder.parents))


def _flush_folder(folder: Path) -> None:
    """Flush a rename to disk; some network file systems cannot, and do it by themselves."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
