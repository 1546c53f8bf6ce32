"""The answer library from the outside: list, show, add, change, give out."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bidproof.core.errors import InvalidSetting
from bidproof.core.files import write_text
from bidproof.core.jsonable import to_json
from bidproof.core.next_steps import NextStep
from bidproof.flows.library_import import require_approver
from bidproof.flows.requests.library import LibraryAddRequest, LibraryEditRequest
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
    "evidence",
    "scope",
    "section",
    "source",
    "contradicts",
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


def add_entry(request: LibraryAddRequest, *, session: Session) -> LibraryEntry:
    """Keep an approved answer that somebody wrote down.

    Raises:
        UserError: The approver is missing (``feedback-approver``).
        InvalidSetting: There is no question, or neither answer nor choice.
    """
    require_approver(request.approver)
    entry = LibraryEntry(
        question=" ".join(request.question.split()),
        answer=request.answer.strip(),
        choice=request.choice.strip() or None,
        approver=request.approver.strip(),
        approved=request.answered_on or datetime.now(UTC).date(),
        expires=request.expires,
        scope=request.scope,
        tags=request.tags,
    )
    _require_answer(entry)
    return library_entry(session.workspace.library.add(entry), session=session)


def edit_entry(request: LibraryEditRequest, *, session: Session) -> LibraryEntry:
    """Change an approved answer, which counts as approved today; other words lose their quotes.

    Raises:
        UserError: There is no such entry (``library-entry``), or no approver (``feedback-approver``).
    """
    require_approver(request.approver)
    old = library_entry(request.entry, session=session)
    answer = request.answer.strip() or old.answer
    choice = request.choice.strip() or old.choice
    is_same = (answer, choice) == (old.answer, old.choice)
    entry = replace(
        old,
        question=" ".join(request.question.split()) or old.question,
        answer=answer,
        choice=choice,
        approver=request.approver.strip(),
        approved=datetime.now(UTC).date(),
        expires=request.expires or old.expires,
        scope=request.scope or old.scope,
        tags=request.tags or old.tags,
        citations=old.citations if is_same else (),
        contradicts=old.contradicts if is_same else "",
    )
    session.workspace.library.save(changed=[entry])
    return entry


def expire_entries(
    numbers: Sequence[int], *, last_day: date | None, session: Session
) -> tuple[LibraryEntry, ...]:
    """Let entries end: ``last_day`` is the last on which they may be used; None for yesterday.

    Raises:
        UserError: One of them is not there (``library-entry``); none is changed then.
    """
    end = last_day or datetime.now(UTC).date() - timedelta(days=1)
    entries = tuple(replace(library_entry(number, session=session), expires=end) for number in numbers)
    session.workspace.library.save(changed=entries)
    return entries


def merge_entries(kept: int, others: Sequence[int], *, session: Session) -> LibraryEntry:
    """Make one entry of several that say the same: the kept one, with the tags and scope of all.

    Raises:
        UserError: One of them is not there (``library-entry``); none is changed then.
    """
    entry = library_entry(kept, session=session)
    folded = [library_entry(number, session=session) for number in others if number != kept]
    is_wide = any(not item.scope for item in (entry, *folded))
    scope = () if is_wide else tuple(dict.fromkeys(name for item in (entry, *folded) for name in item.scope))
    tags = tuple(dict.fromkeys(tag for item in (entry, *folded) for tag in item.tags))
    merged = replace(entry, tags=tags, scope=scope)
    session.workspace.library.save(changed=[merged])
    if folded:
        session.workspace.library.remove([item.id for item in folded])
    return merged


def _require_answer(entry: LibraryEntry) -> None:
    if not entry.question or not (entry.answer or entry.choice):
        lack = "answer" if entry.question else "question"
        raise InvalidSetting(
            f"cannot keep an answer: found no {lack}, expected one",
            hint=NextStep("write it out", options=(lack,)),
        )


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
            entry.evidence,
            "; ".join(entry.scope),
            entry.section,
            entry.source,
            entry.contradicts,
        )
        writer.writerow([guard_cell(cell) for cell in cells])
    return stream.getvalue()
