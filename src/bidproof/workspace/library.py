"""Approved answers, the first place to look."""

from collections.abc import Collection
from datetime import date

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
        values = {
            "normalized": normalize_question(entry.question),
            "question": entry.question,
            "answer": entry.answer,
            "choice": entry.choice,
            "citations": to_json(entry.citations),
            "tags": list(entry.tags),
            "approver": entry.approver,
            "approved": entry.approved,
            "expires": entry.expires,
        }
        return self._database.write(lambda: self._rows.create(**values).pk)

    def find_same(self, question: str, *, today: date) -> LibraryEntry | None:
        """The answer to the same question, approved and not expired.

        Two questions are the same when :func:`normalize_question` makes them
        equal. The latest approval wins; an answer may be used on the day it expires.
        """
        normalized = normalize_question(question)
        if not normalized:
            return None
        rows = self._rows.filter(
            Q(expires__isnull=True) | Q(expires__gte=today), normalized=normalized, approved__lte=today
        )
        row = self._database.read(rows.order_by("-approved", "-id").first)
        return None if row is None else _entry(row)

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


def _entry(row: models.LibraryAnswer) -> LibraryEntry:
    citations = tuple(from_json(Citation, item) for item in row.citations)
    return record_of(LibraryEntry, row, citations=citations, tags=tuple(row.tags))
