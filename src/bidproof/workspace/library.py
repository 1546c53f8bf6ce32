"""Approved answers, the first place to look."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from django.db.models import Q

from bidproof.core.jsonable import from_json, to_json
from bidproof.core.records import Citation
from bidproof.workspace.app.ready import models
from bidproof.workspace.database import Database
from bidproof.workspace.faults import unknown_entries
from bidproof.workspace.question_text import normalize_question
from bidproof.workspace.rows import LibraryEntry, record_of


class AnswerLibrary:
    """Approved question-answer pairs."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = models.LibraryAnswer.objects.using(database.alias)

    def add(self, entry: LibraryEntry) -> int:
        """Store an approved answer beside what is there; returns its number."""
        return self._database.write(lambda: self._rows.create(**_values(entry)).pk)

    def save(self, *, added: Sequence[LibraryEntry] = (), changed: Sequence[LibraryEntry] = ()) -> None:
        """Store new entries, and those that stand there already in their new form: all or none.

        Raises:
            UserError: One of the changed is not there (``library-entry``).
        """

        def store() -> None:
            for entry in changed:
                if not self._rows.filter(id=entry.id).update(**_values(entry)):
                    raise unknown_entries([entry.id])
            for entry in added:
                self._rows.create(**_values(entry))

        self._database.write(store)

    def find_same(self, question: str, *, today: date) -> LibraryEntry | None:
        """The answer to the same question, approved and not expired; see :meth:`all_same`."""
        return next(iter(self.all_same(question, today=today)), None)

    def all_same(self, question: str, *, today: date) -> tuple[LibraryEntry, ...]:
        """Answers to the same question that may be used on a day, the latest approval first.

        Two questions are the same when :func:`normalize_question` makes them
        equal. An answer may be used on the day it expires.
        """
        normalized = normalize_question(question)
        if not normalized:
            return ()
        rows = self._rows.filter(
            Q(expires__isnull=True) | Q(expires__gte=today), normalized=normalized, approved__lte=today
        )
        found = self._database.read(lambda: list(rows.order_by("-approved", "-id")))
        return tuple(map(_entry, found))

    def get(self, number: int) -> LibraryEntry | None:
        """The entry with this number; None when there is none."""
        row = self._database.read(self._rows.filter(id=number).first)
        return None if row is None else _entry(row)

    def remove(self, numbers: Collection[int]) -> tuple[LibraryEntry, ...]:
        """Take entries out, all or none; returns them.

        Raises:
            UserError: One of them is not there (``library-entry``).
        """

        def take() -> tuple[LibraryEntry, ...]:
            rows = self._rows.filter(id__in=set(numbers))
            found = tuple(_entry(row) for row in rows.order_by("id"))
            missing = set(numbers) - {entry.id for entry in found}
            if missing:
                raise unknown_entries(missing)
            rows.delete()
            return found

        return self._database.write(take)

    def all(self) -> tuple[LibraryEntry, ...]:
        """Every approved answer, expired ones included, in the order they were added."""
        return tuple(_entry(row) for row in self._database.read(lambda: list(self._rows.order_by("id"))))


def _values(entry: LibraryEntry) -> dict[str, Any]:
    """The columns of an entry; all but its number."""
    values: dict[str, Any] = {item.name: getattr(entry, item.name) for item in fields(entry)}
    del values["id"]
    return {
        **values,
        "normalized": normalize_question(entry.question),
        "citations": to_json(entry.citations),
        "tags": list(entry.tags),
        "scope": list(entry.scope),
    }


def _entry(row: models.LibraryAnswer) -> LibraryEntry:
    citations = tuple(from_json(Citation, item) for item in row.citations)
    return record_of(LibraryEntry, row, citations=citations, tags=tuple(row.tags), scope=tuple(row.scope))
