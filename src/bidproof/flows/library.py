"""The answer library from the outside: list, show, take out, give out."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bidproof.core.errors import InvalidSetting
from bidproof.core.files import write_text
from bidproof.core.jsonable import to_json
from bidproof.core.next_steps import NextStep
from bidproof.formats.csv.cells import guard_cell
from bidproof.runtime.session import Session
from bidproof.workspace.faults import unknown_entries
from bidproof.workspace.rows import LibraryEntry

_COLUMNS = (
    "id",
    "question",
    "answer",
    "choice",
    "documents",
    "quotes",
    "tags",
    "approver",
    "approved",
    "expires",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryExport:
    """A file that was written, and how many entries it holds."""

    out: Path
    entries: int


def library_entries(session: Session, *, valid_only: bool = False) -> tuple[LibraryEntry, ...]:
    """Approved answers in the order they were added; all, or those that may be used today."""
    today = datetime.now(UTC).date()
    return tuple(
        entry for entry in session.workspace.library.all() if not valid_only or entry.is_valid(today)
    )


def library_entry(number: int, *, session: Session) -> LibraryEntry:
    """One entry.

    Raises:
        UserError: There is none of that number (``library-entry``).
    """
    entry = session.workspace.library.get(number)
    if entry is None:
        raise unknown_entries([number])
    return entry


def export_library(out: Path, *, session: Session) -> LibraryExport:
    """Write every entry to a ``.jsonl`` or ``.csv`` file.

    In CSV, a cell that a spreadsheet would take for a formula gets an apostrophe in front.

    Raises:
        InvalidSetting: Another ending.
        WriteFailed: Disk full, no permission; what stood there still does.
    """
    writers: dict[str, Callable[[Sequence[LibraryEntry]], str]] = {".jsonl": _lines, ".csv": _table}
    writer = writers.get(out.suffix.lower())
    if writer is None:
        raise InvalidSetting(
            f"cannot export to {out.name!r}: expected a name ending in {' or '.join(writers)}",
            hint=NextStep("for example library.csv", options=("out",)),
        )
    entries = library_entries(session)
    write_text(out, writer(entries))
    return LibraryExport(out=out, entries=len(entries))


def _lines(entries: Sequence[LibraryEntry]) -> str:
    return "".join(json.dumps(to_json(entry), ensure_ascii=False) + "\n" for entry in entries)


def _table(entries: Sequence[LibraryEntry]) -> str:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(_COLUMNS)
    for entry in entries:
        cells = (
            str(entry.id),
            entry.question,
            entry.answer,
            entry.choice or "",
            "; ".join(dict.fromkeys(item.path for item in entry.citations)),
            "\n".join(item.quote for item in entry.citations),
            "; ".join(entry.tags),
            entry.approver,
            entry.approved.isoformat(),
            entry.expires.isoformat() if entry.expires else "",
        )
        writer.writerow([guard_cell(cell) for cell in cells])
    return stream.getvalue()
