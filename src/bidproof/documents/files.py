"""Finds the files to read: recursive, in a fixed order, nothing outside the given roots."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bidproof.core.errors import UnreadableFile
from bidproof.core.files import path_text
from bidproof.documents.media_types import added_extensions

_SKIPPED_FOLDERS = frozenset(
    {
        ".git",
        ".hg",
        ".svn",
        ".bzr",
        ".venv",
        "venv",
        "node_modules",
        "__pycache__",
        ".tox",
        ".nox",
        ".cache",
        ".mypy_cache",
        ".ruff_cache",
        ".pytest_cache",
        ".idea",
        ".vscode",
        ".Trash",
        "__MACOSX",
    }
)
_LOCK_PREFIXES = ("~$", ".~lock.")
_NOISE = frozenset({"thumbs.db", "desktop.ini"})
_WORKSPACE = "bidproof.db"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFile:
    """A file that may be read; ``name`` is posix, relative to its root, as :func:`path_text` writes it."""

    path: Path
    name: str
    size_bytes: int
    modified_ns: int
    content_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedFile:
    """A file that was passed over, and why; ``is_closed`` where it would be read, could it be opened."""

    name: str
    reason: str
    is_closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFiles:
    """What lies below the roots, both parts in order of name."""

    files: tuple[FoundFile, ...]
    skipped: tuple[SkippedFile, ...]


def find_files(roots: Sequence[Path]) -> FoundFiles:
    """List every readable file below the roots, hashed.

    A root may be a folder or one file. Hidden files, Office lock files and
    folders of version control, environments, caches and workspaces are passed
    over in silence; links that lead out of their root and types without a reader are
    named. Other folders whose name starts with a dot are searched.

    Returns:
        Files in order of name, each once. Where two roots hold the same name,
        both are prefixed by their root's own name.

    Raises:
        UnreadableFile: A root does not exist.
    """
    found: list[tuple[Path, FoundFile]] = []
    skipped: list[tuple[Path, SkippedFile]] = []
    for root in dict.fromkeys(root.resolve() for root in roots):
        if not root.exists():
            raise UnreadableFile(
                f"cannot read {str(root)!r}: found nothing there, expected a file or folder",
                hint="check the path",
                code="no-such-file",
            )
        for path in [root] if root.is_file() else _walk(root):
            name = path_text(Path(path.name) if path == root else path.relative_to(root))
            outcome = _look(path, name, root)
            if isinstance(outcome, FoundFile):
                found.append((root, outcome))
            elif outcome is not None:
                skipped.append((root, outcome))
    return FoundFiles(
        files=tuple(sorted(_distinct(found), key=lambda item: item.name)),
        skipped=tuple(sorted((item for _, item in skipped), key=lambda item: item.name)),
    )


def _walk(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root, followlinks=False):
        folders[:] = sorted(
            name
            for name in folders
            if name not in _SKIPPED_FOLDERS
            and not (Path(folder) / name).is_symlink()
            and not (Path(folder) / name / _WORKSPACE).exists()
        )
        for name in sorted(names):
            yield Path(folder) / name


def _look(path: Path, name: str, root: Path) -> FoundFile | SkippedFile | None:
    base = path.name
    if base.startswith((".", *_LOCK_PREFIXES)) or base.lower() in _NOISE or base.endswith("~"):
        return None
    if not path.is_file():
        return SkippedFile(name=name, reason="not a plain file")
    if path.is_symlink() and not path.resolve().is_relative_to(root if root.is_dir() else root.parent):
        return SkippedFile(name=name, reason="a link that leads out of the folder")
    extension = path.suffix.lower()
    if extension not in added_extensions():
        kind = f"type {extension!r}" if extension else "a file without extension"
        return SkippedFile(name=name, reason=f"{kind} has no reader")
    try:
        status = path.stat()
        return FoundFile(
            path=path.resolve(),
            name=name,
            size_bytes=status.st_size,
            modified_ns=status.st_mtime_ns,
            content_hash=hash_file(path),
        )
    except OSError as error:
        reason = f"cannot be opened: {error.strerror or error}"
        return SkippedFile(name=name, reason=reason, is_closed=True)


def hash_file(path: Path) -> str:
    """SHA-256 of a file's bytes, hexadecimal."""
    state = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            state.update(chunk)
    return state.hexdigest()


def _distinct(found: Sequence[tuple[Path, FoundFile]]) -> Iterator[FoundFile]:
    once: dict[Path, tuple[Path, FoundFile]] = {}
    for root, file in found:
        once.setdefault(file.path, (root, file))
    owners: dict[str, set[Path]] = {}
    for root, file in once.values():
        owners.setdefault(file.name, set()).add(root)
    for root, file in once.values():
        if len(owners[file.name]) > 1:
            folder = root if root.is_dir() else root.parent
            yield replace(file, name=f"{path_text(Path(folder.name))}/{file.name}")
        else:
            yield file
