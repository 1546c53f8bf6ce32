"""What a table's files looked like when it was last left in order: names, sizes, digests.

The store writes each file once and never changes it, so one of another size or content is
damaged. A seal holds for the version of the table that it names: what was written since, or
left by a kill, is not judged by it, and an older version than that is damage in itself.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bidproof.core.files import write_text

_CHANGING = frozenset({"latest_version_hint.json"})
"""What the store writes again in its place: a help to it, and never read alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """Files of a table by their name below its folder, each as (bytes, SHA-256)."""

    version: int
    files: Mapping[str, tuple[int, str]]


def seal(table: Path, *, version: int, known: Seal | None = None) -> None:
    """Note the files of a table as they are; those that an earlier seal knows are not read again.

    Raises:
        WriteFailed: The disk is full.
    """
    before = dict(known.files) if known is not None else dict[str, tuple[int, str]]()
    files = {name: before.get(name) or (size, _sha256(table / name)) for name, size in _sizes(table)}
    write_text(_path(table), json.dumps({"version": version, "files": files}))


def forget_seal(table: Path) -> None:
    """Judge a table that is gone no longer."""
    _path(table).unlink(missing_ok=True)


def read_seal(table: Path) -> Seal | None:
    """The seal of a table; None where there is none."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        stored: Any = json.loads(_path(table).read_bytes())
        files = {str(name): (int(size), str(sha)) for name, (size, sha) in stored["files"].items()}
        return Seal(version=int(stored["version"]), files=files)
    return None


def broken_seal(table: Path, *, version: int, is_whole: bool = False) -> str:
    """What differs from the seal, in a few words; empty where nothing does or no seal holds.

    Args:
        table: Its folder.
        version: The table's, now.
        is_whole: Compare contents as well, which reads every file.
    """
    known = read_seal(table)
    if known is None or known.version < version:
        return ""
    if known.version > version:
        return f"version {known.version} is missing, found {version}"
    found = dict(_sizes(table))
    for name, (size, sha) in sorted(known.files.items()):
        if name not in found:
            return f"{name} is missing"
        if found[name] != size:
            return f"{name} has {found[name]} bytes, expected {size}"
        if is_whole and _sha256(table / name) != sha:
            return f"{name} was changed"
    return ""


def _path(table: Path) -> Path:
    return table.with_suffix(".seal.json")


def _sizes(table: Path) -> Iterator[tuple[str, int]]:
    for path in table.rglob("*"):
        with suppress(FileNotFoundError):  # an old version is being freed
            if path.is_file() and path.name not in _CHANGING:
                yield path.relative_to(table).as_posix(), path.stat().st_size


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
