"""Keep the index in step with the stored documents and the settings.

A document is marked indexed only after its passages are in the index, so a
process killed anywhere leaves documents that are either whole or taken up again.
"""

from collections.abc import Collection

from bidproof.core.errors import WorkspaceError
from bidproof.core.ids import DocumentId, digest
from bidproof.core.records import Document, Passage
from bidproof.core.settings import Settings
from bidproof.documents.passages import split_document
from bidproof.documents.version import PARSER_VERSION
from bidproof.flows.progress import Progress, Step, silent
from bidproof.flows.session import Session
from bidproof.retrieval.open import open_embedder, open_index
from bidproof.retrieval.passage_text import embedding_text
from bidproof.retrieval.protocol import Embedder, Index
from bidproof.retrieval.search import Retriever

_BATCH_PASSAGES = 256
_FINGERPRINT = "fingerprint of the index"


def index_fingerprint(embedder_name: str, settings: Settings) -> str:
    """Name everything an indexed vector depends on besides the documents."""
    passages = settings.documents
    return digest(
        PARSER_VERSION,
        embedder_name,
        passages.chunking,
        str(passages.max_tokens),
        str(passages.overlap_tokens),
    )


class Indexer:
    """Carries stored documents into the index, in batches that suit the embedder.

    Opening one with other passage or embedder settings than last time starts a
    new index: vectors of two kinds are never mixed.
    """

    def __init__(self, session: Session) -> None:
        self._workspace = session.workspace
        self._settings = session.settings
        self.embedder: Embedder = open_embedder(session.settings.retrieval, api_key=session.api_key)
        self.index: Index = self._open_index()
        self._waiting: list[tuple[Document, tuple[Passage, ...]]] = []
        self.passages = 0
        self.documents: list[DocumentId] = []
        self._has_changed = False

    def _open_index(self) -> Index:
        fingerprint = index_fingerprint(self.embedder.name, self._settings)
        index = open_index(
            self._workspace.index_folder, embedder_name=fingerprint, dimension=self.embedder.dimension
        )
        if self._workspace.facts.get(_FINGERPRINT) != fingerprint:
            self._workspace.documents.mark_all_unindexed()
            self._workspace.facts.set(_FINGERPRINT, fingerprint)
        return index

    def reconcile(self) -> None:
        """Take out what a killed process left behind, and note what the index has lost."""
        known = self._workspace.documents.known().values()
        present = self.index.document_ids()
        self.drop(present - {row.id for row in known})
        if {row.id for row in known if row.is_indexed and row.passage_count} - present:
            self._workspace.documents.mark_all_unindexed()

    def take(self, document: Document) -> None:
        """Index a stored document, now or with the next batch."""
        embed = self.embedder.embed_passages if self._settings.documents.chunking == "semantic" else None
        passages = split_document(document, settings=self._settings.documents, embed=embed)
        self._waiting.append((document, passages))
        if sum(len(own) for _, own in self._waiting) >= _BATCH_PASSAGES:
            self._flush()

    def drop(self, ids: Collection[DocumentId]) -> None:
        """Forget documents; the index first, so that a kill in between leaves them to the next run."""
        if ids:
            self.index.remove(tuple(ids))
            self._workspace.documents.remove(ids)
            self._has_changed = True

    def finish(self) -> None:
        """Index what still waits, and compact when anything has changed."""
        self._flush()
        if self._has_changed:
            self.index.compact()
            self._has_changed = False

    def _flush(self) -> None:
        if not self._waiting:
            return
        batch, self._waiting = self._waiting, []
        passages = [passage for _, own in batch for passage in own]
        vectors = self.embedder.embed_passages([embedding_text(passage) for passage in passages])
        self.index.replace(tuple(document.id for document, _ in batch), passages, vectors)
        for document, own in batch:
            self._workspace.documents.mark_indexed(document.id, passage_count=len(own))
            self.documents.append(document.id)
        self.passages += len(passages)
        self._has_changed = True


def reindex_pending(session: Session, indexer: Indexer, *, progress: Progress = silent) -> None:
    """Index stored documents that are not indexed: after a kill, or after a change of settings."""
    indexer.reconcile()
    pending = [row.id for row in session.workspace.documents.known().values() if not row.is_indexed]
    for done, document in enumerate(pending, start=1):
        indexer.take(session.workspace.documents.load(document))
        progress(Step(stage="indexing again", done=done, total=len(pending)))
    indexer.finish()


def open_retriever(session: Session, *, progress: Progress = silent) -> Retriever:
    """Open the workspace's documents for searching, bringing the index up to date first.

    Raises:
        WorkspaceError: The workspace holds no documents, or needs indexing while
            another process writes.
    """
    if not session.workspace.documents.known():
        raise WorkspaceError(
            f"cannot answer from {str(session.workspace.folder)!r}: found no documents, expected some",
            hint="run bidproof ingest DOCS first, or add --docs DOCS",
            code="no-documents",
        )
    indexer = Indexer(session)
    rows = session.workspace.documents.known().values()
    if any(not row.is_indexed for row in rows) or indexer.index.count() != sum(
        row.passage_count for row in rows
    ):
        with session.workspace.writing():
            reindex_pending(session, indexer, progress=progress)
    return Retriever(indexer.index, indexer.embedder, session.settings.retrieval)
