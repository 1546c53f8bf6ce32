"""Keep the index in step with the stored documents and the settings; for the one who writes.

A document is marked indexed only after its passages are in the index, so a
process killed anywhere leaves documents that are either whole or taken up again.
One that cannot be indexed is set aside with its reason, so that it never stands in the way of the others.
"""

from collections import deque
from collections.abc import Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from bidproof.core.errors import BidproofError
from bidproof.core.ids import DocumentId
from bidproof.core.memory import release_freed
from bidproof.core.records import Document, Passage
from bidproof.documents.passages import split_document
from bidproof.retrieval.passage_text import embedding_text
from bidproof.runtime.index_parts import FINGERPRINT, IndexParts
from bidproof.runtime.progress import Progress, Step, silent
from bidproof.runtime.session import Session

if TYPE_CHECKING:
    from bidproof.retrieval.protocol import Vectors

_EMBED_PASSAGES = 64
"""Passages that make a batch while the embedder would else run dry."""
_EMBED_AT_ONCE = 512
"""Passages that make one in any case, and whose tokens are held at once, however long their document is.

The larger a batch, the less of it is padding (2.7% at 64 passages, 0.5% at 512), and the seldomer one
thread waits for another at its end.
"""
_COMMIT_PASSAGES = 256
_MOST_WAITING = 2048


@runtime_checkable
class _Warmable(Protocol):
    def warm(self) -> None:
        """Load what the first text would wait for."""
        ...

    def rest(self) -> None:
        """Free what embedding took, as far as the next text does not wait for it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FileProblem:
    """A file that was not taken in, and why."""

    path: str
    code: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Split:
    """A stored document, cut to passages."""

    id: DocumentId
    path: str
    content_hash: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """Documents whose passages are being embedded."""

    documents: tuple[_Split, ...]
    size: int
    vectors: "Future[Vectors]"


class Indexer:
    """Carries stored documents into the index while later ones are still being read.

    A thread embeds; the caller's thread takes documents in and commits what is
    embedded, a few hundred passages at a time.

    Opening one with other passage or embedder settings than last time starts a
    new index: vectors of two kinds are never mixed. Whoever opens one holds the
    workspace's lock.
    """

    def __init__(self, session: Session, parts: IndexParts) -> None:
        self._workspace = session.workspace
        self._settings = session.settings
        self._embedder, self._index = parts.embedder, parts.index
        self._waiting: list[_Split] = []
        self._batches: deque[_Batch] = deque()
        self._thread: ThreadPoolExecutor | None = None
        self.passages = 0
        self.set_aside: dict[DocumentId, FileProblem] = {}
        self._has_changed = False
        if self._workspace.facts.get(FINGERPRINT) != parts.fingerprint:
            self._workspace.documents.mark_all_unindexed()
            self._workspace.facts.set(FINGERPRINT, parts.fingerprint)

    def reconcile(self) -> None:
        """Take out what a killed process left behind, and note what the index has lost."""
        known = self._workspace.documents.known().values()
        present = self._index.document_ids()
        self.drop(present - {row.id for row in known})
        if {row.id for row in known if row.is_indexed and row.passage_count} - present:
            self._workspace.documents.mark_all_unindexed()

    def warm(self) -> None:
        """Load the embedder while the first documents are being read."""
        if isinstance(self._embedder, _Warmable):
            self._open_thread().submit(self._embedder.warm)

    def take(self, document: Document) -> None:
        """Index a stored document, now or with a later batch."""
        embed = self._embedder.embed_passages if self._settings.documents.chunking == "semantic" else None
        split = _Split(id=document.id, path=document.path, content_hash=document.content_hash, passages=())
        try:
            passages = split_document(document, settings=self._settings.documents, embed=embed)
        except BidproofError:
            raise
        except Exception as error:  # noqa: BLE001 one document is lost, not those beside it
            self._set_aside(split, error)
            return
        self._waiting.append(replace(split, passages=passages))
        waiting = sum(len(own.passages) for own in self._waiting)
        if waiting >= (_EMBED_PASSAGES if self._runs_dry() else _EMBED_AT_ONCE):
            self._embed()
        self._commit_embedded(at_least=_COMMIT_PASSAGES)

    def drop(self, ids: Collection[DocumentId]) -> None:
        """Forget documents; the index first, so that a kill in between leaves them to the next run."""
        if ids:
            self._index.remove(tuple(ids))
            self._workspace.documents.remove(ids)
            self._has_changed = True

    def finish(self, *, progress: Progress = silent) -> None:
        """Index what still waits, and compact when anything has changed."""
        self._drain(progress)
        self._close_thread()
        if self._has_changed:
            progress(Step(stage="compacting the index", done=0, total=1))
            if isinstance(self._embedder, _Warmable):
                self._embedder.rest()
            release_freed()
            self._index.compact()
            self._has_changed = False
            progress(Step(stage="compacting the index", done=1, total=1))

    def _drain(self, progress: Progress) -> None:
        self._embed()
        done, ready = self.passages, list[_Batch]()
        total = done + sum(batch.size for batch in self._batches)
        for batch in tuple(self._batches):
            wait((batch.vectors,))
            ready.append(batch)
            done += batch.size
            progress(Step(stage="indexing", done=done, total=total))
            if done - self.passages >= _COMMIT_PASSAGES:
                self._commit(ready)
                ready = []
        self._commit(ready)

    def abandon(self) -> None:
        """Leave what still waits to the next run, without embedding it first."""
        self._waiting.clear()
        self._batches.clear()
        self._close_thread()

    def _runs_dry(self) -> bool:
        """Whether the embedder has no more than one batch before it."""
        return sum(not batch.vectors.done() for batch in self._batches) < 2

    def _embed(self) -> None:
        if not self._waiting:
            return
        batch, self._waiting = self._waiting, []
        size = sum(len(own.passages) for own in batch)
        self._batches.append(_Batch(documents=tuple(batch), size=size, vectors=self._vectors(batch)))

    def _vectors(self, documents: Sequence[_Split]) -> "Future[Vectors]":
        texts = [embedding_text(passage) for own in documents for passage in own.passages]

        def embed() -> "Vectors":
            import numpy as np

            parts = [texts[start : start + _EMBED_AT_ONCE] for start in range(0, len(texts), _EMBED_AT_ONCE)]
            return np.concatenate([self._embedder.embed_passages(part) for part in parts or [[]]])

        return self._open_thread().submit(embed)

    def _commit_embedded(self, *, at_least: int) -> None:
        """Commit the batches that are embedded, once they are worth it; wait when too much is not."""
        done: list[_Batch] = []
        waiting = sum(batch.size for batch in self._batches)
        for batch in self._batches:
            if not batch.vectors.done() and waiting <= _MOST_WAITING:
                break
            done.append(batch)
            waiting -= batch.size
        if sum(batch.size for batch in done) >= at_least:
            self._commit(done)

    def _commit(self, batches: Sequence[_Batch]) -> None:
        """Put the oldest batches into the index together, then mark their documents."""
        if not batches:
            return
        documents = [document for batch in batches for document in batch.documents]
        release_freed()  # before what takes the most: writing
        try:
            self._put(documents, [batch.vectors for batch in batches])
        except BidproofError:
            raise
        except Exception:  # noqa: BLE001 one of these documents is at fault: each is tried by itself
            for document in documents:
                self._put_alone(document)
        for _ in batches:
            self._batches.popleft()

    def _put(self, documents: Sequence[_Split], vectors: "Sequence[Future[Vectors]]") -> None:
        import numpy as np

        passages = [passage for document in documents for passage in document.passages]
        found = np.concatenate([part.result() for part in vectors])
        self._index.replace(tuple(document.id for document in documents), passages, found)
        self._workspace.documents.mark_indexed({own.id: len(own.passages) for own in documents})
        self.passages += len(passages)
        self._has_changed = True

    def _put_alone(self, document: _Split) -> None:
        try:
            self._put([document], [self._vectors([document])])
        except BidproofError:
            raise
        except Exception as error:  # noqa: BLE001 one document is lost, not those beside it
            self._set_aside(document, error)

    def _set_aside(self, document: _Split, error: Exception) -> None:
        """Take a document out that cannot be indexed; its file counts as one that could not be read."""
        problem = FileProblem(
            path=document.path,
            code="not-indexed",
            message=f"cannot index {document.path!r}: {type(error).__name__}: {str(error)[:300]}",
            hint="this is a fault of Bidproof: please report it with the file's type and size",
        )
        self.drop((document.id,))
        self._workspace.documents.save_failure(
            problem.path, document.content_hash, problem.code, problem.message, problem.hint
        )
        self.set_aside[document.id] = problem

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
        indexer.finish(progress=progress)
    except BaseException:
        indexer.abandon()
        raise
