"""Hold what is stored against what it promises, and build the index anew from the stored documents."""

from collections.abc import Iterator

from bidproof.core.errors import WorkspaceError
from bidproof.core.records import Document
from bidproof.retrieval.protocol import Filters, Index
from bidproof.runtime.index_parts import FINGERPRINT, borrow_parts
from bidproof.runtime.indexer import Indexer, reindex_pending
from bidproof.runtime.progress import Progress, Step
from bidproof.runtime.session import Session


def find_damage(session: Session, *, progress: Progress) -> Iterator[str]:
    """What is amiss in a workspace, a line each, after reading all of it; changes nothing.

    The database is held against its own rules, the index against its seal, each document
    against its passages, word by word. What is not indexed yet is no damage.

    Raises:
        InvalidSetting: The embedder's settings are not usable.
    """
    yield from session.workspace.database_damage()
    table, parts = session.workspace.documents, borrow_parts(session)
    is_current = session.workspace.facts.get(FINGERPRINT) == parts.fingerprint
    damage = parts.index.damage() if is_current else ""
    if damage:
        yield damage
    rows = list(table.known().values())
    for done, row in enumerate(rows, start=1):
        progress(Step(stage="checking documents", done=done, total=len(rows)))
        try:
            document = table.load(row.id)
            if is_current and row.is_indexed and not damage:
                yield from _misfits(document, parts.index, expected=row.passage_count)
        except WorkspaceError as error:
            yield error.message


def rebuild_index(session: Session, *, progress: Progress) -> int:
    """Throw the index away and make it again from the stored documents; returns its passages.

    Raises:
        WorkspaceError: Another process is writing (``workspace-locked``), or a stored document is damaged.
    """
    with session.workspace.writing():
        parts = borrow_parts(session)
        parts.index.clear()
        session.workspace.documents.mark_all_unindexed()
        indexer = Indexer(session, parts)
        reindex_pending(session, indexer, progress=progress)
        return indexer.passages


def _misfits(document: Document, index: Index, *, expected: int) -> Iterator[str]:
    pool = index.pool()
    stored = pool.passages(pool.rows(Filters(document_ids=(document.id,))))
    if len(stored) != expected:
        yield f"the index: found {len(stored)} passages of {document.path!r}, expected {expected}"
    other = sum(document.text[item.start : item.end] != item.text for item in stored)
    if other:
        yield f"the index: {other} passages of {document.path!r} are not what the document says"
