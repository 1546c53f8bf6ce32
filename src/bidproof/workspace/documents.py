"""Ingested documents, with text and blocks, and the files that failed.

The text lives in the database, compressed, not beside it: a document and its
row change in one transaction, and one file holds all there is to back up.
"""

import json
import zlib
from collections.abc import Callable, Collection, Mapping

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from bidproof.core.errors import WorkspaceError
from bidproof.core.ids import DocumentId
from bidproof.core.jsonable import from_json, to_json
from bidproof.core.next_steps import Action, NextStep
from bidproof.core.records import Document, Trust
from bidproof.workspace.app.ready import models
from bidproof.workspace.database import Database
from bidproof.workspace.faults import damaged
from bidproof.workspace.rows import DocumentRow, DocumentTally, ParseFailureRow, record_of

# SQLite allows 32,766 variables in one statement, older builds 999.
_SLICE = 500


class DocumentTable:
    """Documents by path, and files that could not be read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = models.Document.objects.using(database.alias)
        self._bodies = models.DocumentBody.objects.using(database.alias)
        self._failures = models.ParseFailure.objects.using(database.alias)

    def known(self) -> dict[str, DocumentRow]:
        """Every document by its path, ordered by path."""
        rows = self._database.read(lambda: list(self._rows.order_by("path")))
        return {row.path: _document_row(row) for row in rows}

    def tally(self) -> DocumentTally:
        """Count documents and passages, without reading the rows."""
        counts = {
            "documents": Count("id"),
            "waiting": Count("id", filter=Q(is_indexed=False)),
            "stale": Count("id", filter=Q(is_stale=True)),
            "passages": Coalesce(Sum("passage_count"), 0),
        }
        return DocumentTally(**self._database.read(lambda: self._rows.aggregate(**counts)))

    def save(self, document: Document, *, size_bytes: int, modified_ns: int) -> None:
        """Store a document, replacing an earlier version; it counts as not indexed.

        A failure noted for the same path is forgotten.

        Args:
            document: Whole, with text and blocks.
            size_bytes: Of the file it was read from.
            modified_ns: Modification time of that file, in nanoseconds.
        """
        packed = zlib.compress(json.dumps(to_json(document)).encode("ascii"))
        values = _document_values(document) | {"size_bytes": size_bytes, "modified_ns": modified_ns}

        def store() -> None:
            self._rows.filter(path=document.path).exclude(id=document.id).delete()
            row, _ = self._rows.update_or_create(id=document.id, defaults=values)
            self._bodies.update_or_create(document=row, defaults={"packed": packed})
            self._failures.filter(path=document.path).delete()

        self._database.write(store)

    def mark_indexed(self, passage_counts: Mapping[DocumentId, int]) -> None:
        """Note that all passages of some documents are in the index, and how many each has."""

        def write() -> None:
            for name, count in passage_counts.items():
                self._rows.filter(id=name).update(is_indexed=True, passage_count=count)

        self._database.write(write)

    def mark_stale(self, document_ids: Collection[DocumentId], *, is_stale: bool) -> None:
        """Note whether documents stand for files that can no longer be read; unknown ids are ignored."""
        self._in_slices(document_ids, lambda rows: rows.update(is_stale=is_stale))

    def mark_all_unindexed(self) -> None:
        """Note that the index is gone or out of date for every document."""
        self._database.write(lambda: self._rows.update(is_indexed=False, passage_count=0))

    def remove(self, document_ids: Collection[DocumentId]) -> None:
        """Forget documents with their text; unknown ids are ignored."""
        self._in_slices(document_ids, lambda rows: rows.delete())

    def _in_slices(
        self, document_ids: Collection[DocumentId], change: Callable[[QuerySet[models.Document]], object]
    ) -> None:
        ids = sorted(document_ids)

        def write() -> None:
            for start in range(0, len(ids), _SLICE):
                change(self._rows.filter(id__in=ids[start : start + _SLICE]))

        if ids:
            self._database.write(write)

    def load(self, document_id: DocumentId) -> Document:
        """Read a whole document back, text and blocks.

        Raises:
            WorkspaceError: It is not in the workspace (``unknown-document``), or its
                stored text is damaged.
        """
        bodies = self._bodies.filter(document_id=document_id).values_list("packed", flat=True)
        packed = self._database.read(bodies.first)
        if packed is None:
            raise WorkspaceError(
                f"cannot load document {document_id!r}: found no such document in this workspace",
                hint=NextStep("bring the documents in again", Action.INGEST),
                code="unknown-document",
            )
        try:
            return from_json(Document, json.loads(zlib.decompress(packed)))
        except (zlib.error, ValueError, TypeError) as error:
            raise damaged(self._database.path, f"text of document {document_id!r} unreadable") from error

    def failures(self) -> tuple[ParseFailureRow, ...]:
        """Files that could not be read, ordered by path."""
        rows = self._database.read(lambda: list(self._failures.order_by("path")))
        return tuple(record_of(ParseFailureRow, row, at=row.updated_at) for row in rows)

    def save_failure(self, path: str, content_hash: str, code: str, message: str, hint: str) -> None:
        """Note why a file could not be read, replacing an earlier note."""
        values = {"content_hash": content_hash, "code": code, "message": message, "hint": hint}
        self._database.write(lambda: self._failures.update_or_create(path=path, defaults=values))

    def clear_failure(self, path: str) -> None:
        """Forget the failure of a path; nothing happens when there is none."""
        self._database.write(lambda: self._failures.filter(path=path).delete())


def _document_values(document: Document) -> dict[str, object]:
    return {
        "path": document.path,
        "source": document.source,
        "content_hash": document.content_hash,
        "media_type": document.media_type,
        "title": document.title,
        "written": document.written,
        "expires": document.expires,
        "tags": list(document.tags),
        "trust": str(document.trust),
        "warnings": list(document.warnings),
        "page_count": len(document.pages),
        "passage_count": 0,
        "is_indexed": False,
        "is_stale": False,
    }


def _document_row(row: models.Document) -> DocumentRow:
    return record_of(
        DocumentRow, row, warnings=tuple(row.warnings), tags=tuple(row.tags), trust=Trust(row.trust)
    )
