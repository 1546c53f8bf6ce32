"""What was measured, kept in a file a line each: a killed job reads it back and goes on where it stopped."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from bidproof.core.errors import WorkspaceError
from bidproof.core.files import append_line, writing

Kept = TypeVar("Kept")


def read_kept(path: Path | None, decode: Callable[[dict[str, Any]], Kept]) -> list[Kept]:
    """What a file holds; a line that a kill cut off is cut away, and its measurement made again.

    Args:
        path: None, or a file that is not there yet, holds nothing.
        decode: Makes of a line's JSON object what it stands for.

    Raises:
        WorkspaceError: The file is there and cannot be read.
    """
    if path is None or not path.exists():
        return []
    try:
        text = path.read_text("utf-8")
        whole = text[: text.rfind("\n") + 1]
        if whole != text:
            path.write_text(whole, "utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WorkspaceError(
            f"cannot read what was measured earlier in {str(path)!r}: {error}",
            hint="remove the file; everything in it is then measured again",
        ) from error
    found: list[Kept] = []
    for line in whole.splitlines():
        try:
            found.append(decode(json.loads(line)))
        except (ValueError, TypeError, KeyError, AttributeError):
            continue
    return found


def keep(path: Path | None, entries: Sequence[Mapping[str, Any]]) -> None:
    """Add entries to a file, made with the first of them; on return they are on the disk.

    Raises:
        WriteFailed: Disk full or not writable.
    """
    if path is not None and entries:
        with writing(path.parent):
            append_line(path, "\n".join(json.dumps(entry) for entry in entries))
