"""What a search is made of, borrowed for one session."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from bidproof.core.ids import DocumentId, digest
from bidproof.core.settings import RetrievalSettings, Settings
from bidproof.retrieval.protocol import Embedder, Index
from bidproof.retrieval.reranker import SERVED, Reranker, open_reranker
from bidproof.retrieval.search import Retriever
from bidproof.runtime.session import Session
from bidproof.runtime.warm import open_embedder, open_index

FINGERPRINT = "fingerprint of the index"
"""Name of the fact that says under which settings the documents were indexed last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexParts:
    """What a search is made of: the index, the embedder that it was made with, and the index's fingerprint.

    ``folder`` is the workspace's, where learned re-rankers lie; ``served`` opens one behind an endpoint with
    the session's keys and limits. ``lack`` says in one line what
    of the documents cannot be found yet; empty where all can.
    """

    index: Index
    embedder: Embedder
    fingerprint: str
    folder: Path
    served: Callable[[RetrievalSettings], Reranker]
    lack: str = ""

    def retriever(self, retrieval: RetrievalSettings) -> Retriever:
        """Search these parts under some settings, with the re-ranker that they name.

        Raises:
            InvalidSetting: That re-ranker is not there, or fits other parts.
        """
        reranker = (
            self.served(retrieval) if retrieval.reranker == SERVED else self._learned(retrieval.reranker)
        )
        return Retriever(self.index, self.embedder, retrieval, reranker=reranker)

    def _learned(self, name: str) -> Reranker | None:
        return open_reranker(name, folder=self.folder, embedder=self.embedder.name, index=self.fingerprint)


def borrow_parts(session: Session) -> IndexParts:
    """The parts that the session's settings call for, as they are; changes nothing.

    Raises:
        InvalidSetting: The embedder's settings are not usable.
    """
    embedder = session_embedder(session)
    fingerprint = _fingerprint(embedder.name, session.settings)
    index = open_index(
        session.workspace.index_folder, embedder_name=fingerprint, dimension=embedder.dimension
    )

    def served(retrieval: RetrievalSettings) -> Reranker:
        from bidproof.retrieval.served_reranker import open_served_reranker

        return open_served_reranker(
            retrieval,
            model=session.settings.model,
            api_key=session.keys.reranker,
            journal=session.workspace.calls,
        )

    return IndexParts(
        index=index,
        embedder=embedder,
        fingerprint=fingerprint,
        folder=session.workspace.folder,
        served=served,
    )


def session_embedder(session: Session) -> Embedder:
    """The embedder that the session's settings call for.

    Raises:
        InvalidSetting: Its settings are not usable.
    """
    return open_embedder(
        session.settings.retrieval,
        model=session.settings.model,
        api_key=session.keys.embedder,
        journal=session.workspace.calls,
    )


def documents_digest(session: Session, scope: Collection[DocumentId] | None = None) -> str:
    """Name the state of the documents that answers come from, as far as they can be found.

    Args:
        session: Whose documents.
        scope: The only ones that are searched; None for all.
    """
    rows = session.workspace.documents.known().values()
    found = (row for row in rows if row.is_indexed and (scope is None or row.id in scope))
    return digest("documents", *sorted(f"{row.id}:{row.content_hash}" for row in found))


def _fingerprint(embedder_name: str, settings: Settings) -> str:
    """Name everything an indexed vector depends on besides the documents."""
    passages = settings.documents
    return digest(
        embedder_name,
        passages.chunking,
        str(passages.max_tokens),
        str(passages.overlap_tokens),
    )
