"""Keep the index in step with the stored documents and the settings.

A document is marked indexed only after its passages are in the index, so a
process killed anywhere leaves documents that are either whole or taken up again.
"""

from collections import deque
from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from bidproof.core.errors import WorkspaceError
from bidproof.core.ids import DocumentId, digest
from bidproof.core.records import Document, Passage
from bidproof.core.settings import RetrievalSettings, Settings
from bidproof.documents.passages import split_document
from bidproof.documents.version import PARSER_VERSION
from bidproof.retrieval.open import open_embedder, open_index
from bidproof.retrieval.passage_text import embedding_text
from bidproof.retrieval.protocol import Embedder, Index
from bidproof.retrieval.reranker import open_reranker
from bidproof.retrieval.search import Retriever
from bidproof.runtime.progress import Progress, Step, silent
from bidproof.runtime.session import Session

if TYPE_CHECKING:
    from bidproof.retrieval.protocol import Vectors

_EMBED_PASSAGES = 64
_COMMIT_PASSAGES = 256
_MOST_WAITING = 2048
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


@runtime_checkable
class _Warmable(Protocol):
    def warm(self) -> None:
        """Load what the first text would wait for."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """Documents whose passages are being embedded."""

    documents: tuple[tuple[DocumentId, int], ...]
    passages: tuple[Passage, ...]
    vectors: "Future[Vectors]"


class Indexer:
    """Carries stored documents into the index while later ones are still being read.

    A thread embeds; the caller's thread takes documents in and commits what is
    embedded, a few hundred passages at a time.

    Opening one with other passage or embedder settings than last time starts a
    new index: vectors of two kinds are never mixed.
    """

    def __init__(self, session: Session) -> None:
        self._workspace = session.workspace
        self._settings = session.settings
        self.embedder: Embedder = open_embedder(session.settings.retrieval, api_key=session.api_key)
        self.index: Index = self._open_index()
        self._waiting: list[tuple[DocumentId, tuple[Passage, ...]]] = []
        self._batches: deque[_Batch] = deque()
        self._thread: ThreadPoolExecutor | None = None
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

    def warm(self) -> None:
        """Load the embedder while the first documents are being read."""
        if isinstance(self.embedder, _Warmable):
            self._open_thread().submit(self.embedder.warm)

    def take(self, document: Document) -> None:
        """Index a stored document, now or with a later batch."""
        embed = self.embedder.embed_passages if self._settings.documents.chunking == "semantic" else None
        passages = split_document(document, settings=self._settings.documents, embed=embed)
        self._waiting.append((document.id, passages))
        if sum(len(own) for _, own in self._waiting) >= _EMBED_PASSAGES:
            self._embed()
        self._commit_embedded(at_least=_COMMIT_PASSAGES)

    def drop(self, ids: Collection[DocumentId]) -> None:
        """Forget documents; the index first, so that a kill in between leaves them to the next run."""
        if ids:
            self.index.remove(tuple(ids))
            self._workspace.documents.remove(ids)
            self._has_changed = True

    def finish(self) -> None:
        """Index what still waits, and compact when anything has changed."""
        self._embed()
        self._commit(tuple(self._batches))
        self._close_thread()
        if self._has_changed:
            self.index.compact()
            self._has_changed = False

    def abandon(self) -> None:
        """Leave what still waits to the next run, without embedding it first."""
        self._waiting.clear()
        self._batches.clear()
        self._close_thread()

    def _embed(self) -> None:
        if not self._waiting:
            return
        batch, self._waiting = self._waiting, []
        passages = tuple(passage for _, own in batch for passage in own)
        texts = [embedding_text(passage) for passage in passages]
        self._batches.append(
            _Batch(
                documents=tuple((document, len(own)) for document, own in batch),
                passages=passages,
                vectors=self._open_thread().submit(self.embedder.embed_passages, texts),
            )
        )

    def _commit_embedded(self, *, at_least: int) -> None:
        """Commit the batches that are embedded, once they are worth it; wait when too much is not."""
        done: list[_Batch] = []
        waiting = sum(len(batch.passages) for batch in self._batches)
        for batch in self._batches:
            if not batch.vectors.done() and waiting <= _MOST_WAITING:
                break
            done.append(batch)
            waiting -= len(batch.passages)
        if sum(len(batch.passages) for batch in done) >= at_least:
            self._commit(tuple(done))

    def _commit(self, batches: tuple[_Batch, ...]) -> None:
        """Put the oldest batches into the index together, then mark their documents."""
        if not batches:
            return
        import numpy as np

        vectors = np.concatenate([batch.vectors.result() for batch in batches])
        passages = [passage for batch in batches for passage in batch.passages]
        documents = [item for batch in batches for item in batch.documents]
        self.index.replace(tuple(document for document, _ in documents), passages, vectors)
        for document, count in documents:
            self._workspace.documents.mark_indexed(document, passage_count=count)
            self.documents.append(document)
        for _ in batches:
            self._batches.popleft()
        self.passages += len(passages)
        self._has_changed = True

    def _open_thread(self) -> ThreadPoolExecutor:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="embed")
        return self._thread

    def _close_thread(self) -> None:
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.shutdown(wait=False, cancel_futures=True)


def reindex_pending(session: Session, indexer: Indexer, *, progress: Progress = silent) -> None:
    """Index stored documents that are not indexed: after a kill, or after a change of settings."""
    indexer.reconcile()
    pending = [row.id for row in session.workspace.documents.known().values() if not row.is_indexed]
    try:
        for done, document in enumerate(pending, start=1):
            indexer.take(session.workspace.documents.load(document))
            progress(Step(stage="indexing again", done=done, total=len(pending)))
        indexer.finish()
    except BaseException:
        indexer.abandon()
        raise


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexParts:
    """What a search is made of: the index, the embedder that it was made with, and the index's fingerprint.

    ``folder`` is the workspace's, where learned re-rankers lie.
    """

    index: Index
    embedder: Embedder
    fingerprint: str
    folder: Path

    def retriever(self, retrieval: RetrievalSettings) -> Retriever:
        """Search these parts under some settings, with the re-ranker that they name.

        Raises:
            InvalidSetting: That re-ranker is not there, or fits other parts.
        """
        reranker = open_reranker(
            retrieval.reranker, folder=self.folder, embedder=self.embedder.name, index=self.fingerprint
        )
        return Retriever(self.index, self.embedder, retrieval, reranker=reranker)


def open_retriever(session: Session, *, progress: Progress = silent) -> Retriever:
    """Open the workspace's documents for searching, under the session's settings.

    Raises:
        WorkspaceError: See :func:`open_index_parts`.
    """
    parts = open_index_parts(session, progress=progress)
    return parts.retriever(session.settings.retrieval)


def open_index_parts(session: Session, *, progress: Progress = silent) -> IndexParts:
    """Open the workspace's index, bringing it up to date first.

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
    return IndexParts(
        index=indexer.index,
        embedder=indexer.embedder,
        fingerprint=index_fingerprint(indexer.embedder.name, session.settings),
        folder=session.workspace.folder,
    )
