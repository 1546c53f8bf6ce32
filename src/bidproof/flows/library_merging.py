"""Answers to the same question brought together: the newest stands, and contradictions are named."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bidproof.language.choices import meaning_of
from bidproof.workspace.question_text import normalize_question
from bidproof.workspace.rows import LibraryEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """Two answers to one question with opposite choices; the newer one stands."""

    question: str
    older: LibraryEntry
    newer: LibraryEntry

    def __str__(self) -> str:
        """Both choices with their days, the newer one last."""
        which = "newer" if self.newer.approved > self.older.approved else "one named last"
        return f"{self.question}: {_dated(self.older)}; {_dated(self.newer)}; the {which} stands"


@dataclass(kw_only=True)
class Merging:
    """What becomes of a library when answers are brought in.

    Attributes:
        added: New entries.
        changed: Entries of the library that get another day, a mark or an end.
        merged: Answers that were there in the same words.
        superseded: Answers that a newer one took the place of.
        contradictions: Those of them whose choice was the opposite.
    """

    added: list[LibraryEntry] = field(default_factory=list[LibraryEntry])
    changed: dict[int, LibraryEntry] = field(default_factory=dict[int, LibraryEntry])
    merged: int = 0
    superseded: int = 0
    contradictions: list[Contradiction] = field(default_factory=list[Contradiction])


def merge_answers(stored: Iterable[LibraryEntry], brought: Iterable[LibraryEntry]) -> Merging:
    """Bring answers into a library: one stands for each question, heading and scope, the newest."""
    result = Merging()
    groups: dict[tuple[object, ...], list[LibraryEntry]] = {}
    for entry in brought:
        groups.setdefault(_key(entry), []).append(entry)
    known: dict[tuple[object, ...], list[LibraryEntry]] = {}
    for entry in stored:
        if _key(entry) in groups:
            known.setdefault(_key(entry), []).append(entry)
    for key, found in groups.items():
        _merge([*known.get(key, ()), *found], result)
    return result


def _merge(entries: list[LibraryEntry], result: Merging) -> None:
    entries.sort(key=lambda entry: entry.approved)
    standing = entries[0]
    for entry in entries[1:]:
        if _says(entry) == _says(standing):
            standing = _as_one(standing, entry)
            result.merged += not entry.id
            continue
        if _is_ended(standing, entry):
            standing = entry
            continue
        if _is_opposite(standing, entry):
            found = Contradiction(question=entry.question, older=standing, newer=entry)
            result.contradictions.append(found)
            mark = f"contradicts an earlier answer: {_dated(standing)}; {_dated(entry)}"
            entry = replace(entry, contradicts=mark)
        if standing.id:
            result.changed[standing.id] = replace(standing, expires=entry.approved - timedelta(days=1))
        result.superseded += 1
        standing = entry
    if standing.id:
        if standing not in entries:
            result.changed[standing.id] = standing
    else:
        result.added.append(standing)


def _as_one(one: LibraryEntry, later: LibraryEntry) -> LibraryEntry:
    """The same answer given twice: the stored one, or the one with quotes, as of the later day."""
    kept, other = (later, one) if later.id and not one.id else (one, later)
    return replace(
        kept,
        approved=later.approved,
        approver=later.approver,
        expires=later.expires,
        source=later.source or one.source,
        evidence=later.evidence or one.evidence,
        tags=tuple(dict.fromkeys((*kept.tags, *other.tags))),
    )


def _is_ended(older: LibraryEntry, newer: LibraryEntry) -> bool:
    return bool(older.id) and older.expires is not None and older.expires < newer.approved


def _key(entry: LibraryEntry) -> tuple[object, ...]:
    scope = frozenset(name.casefold() for name in entry.scope)
    return (normalize_question(entry.question), " ".join(entry.section.casefold().split()), scope)


def _says(entry: LibraryEntry) -> tuple[str, str]:
    choice = entry.choice or ""
    return (meaning_of(choice) or choice.strip().casefold(), " ".join(entry.answer.casefold().split()))


def _is_opposite(one: LibraryEntry, other: LibraryEntry) -> bool:
    return {meaning_of(one.choice or ""), meaning_of(other.choice or "")} == {"yes", "no"}


def _dated(entry: LibraryEntry) -> str:
    source = f" ({entry.source})" if entry.source else ""
    return f"{entry.approved.isoformat()}{source}: {entry.choice}"
