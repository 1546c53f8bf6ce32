"""What retrieval asks of its swappable parts: embedder, index, reranker."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

from bidproof.core.ids import DocumentId, PassageId
from bidproof.core.records import Passage, Trust

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bidproof.retrieval.pool import Pool

    Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which passages may be found; every given condition must hold.

    Attributes:
        tags: Passages carrying at least one of these tags; empty allows all.
        written_after: Passages of documents written on or after this day; undated ones drop out.
        written_before: Passages of documents written on or before this day; undated ones drop out.
        document_ids: Only these documents; empty allows all.
        paths: Only documents at these paths or below these folders (posix); empty allows all.
        trust: Only documents that are trusted in one of these ways; empty allows all.
    """

    tags: tuple[str, ...] = ()
    written_after: date | None = None
    written_before: date | None = None
    document_ids: tuple[DocumentId, ...] = ()
    paths: tuple[str, ...] = ()
    trust: tuple[Trust, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is restricted."""
        return self == Filters()


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One thing to look for.

    Attributes:
        text: The question or requirement as the buyer wrote it.
        context: Its section path in the questionnaire, outermost first; weighs little.
        rewrites: Other wordings of the same question; they add evidence, never replace it.
        filters: Which passages may be found.
        top_k: Passages wanted; None takes the setting.
    """

    text: str
    context: tuple[str, ...] = ()
    rewrites: tuple[str, ...] = ()
    filters: Filters = Filters()
    top_k: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredDocument:
    """A document with its place in a ranking and its best passages, best first."""

    document_id: DocumentId
    path: str
    title: str
    score: float
    rank: int
    passage_ids: tuple[PassageId, ...] = ()


class Embedder(Protocol):
    """Turns text into unit vectors whose dot product is similarity."""

    @property
    def name(self) -> str:
        """Identity of the vector space: backend, weights, preparation."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    def embed_documents(self, passages: Sequence[Passage]) -> "Vectors":
        """Embed passages to be found, with their title and headings; shape as below."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> "Vectors":
        """Embed bare texts: float32 ``[n, dimension]``, unit norm, in order."""
        ...

    def embed_queries(self, texts: Sequence[str]) -> "Vectors":
        """Embed texts to search with: float32 ``[n, dimension]``, unit norm, in order."""
        ...

    def count_tokens(self, text: str) -> int:
        """Count the tokens that a passage cap is measured in."""
        ...


class Index(Protocol):
    """Keeps passages with their vectors and terms; one per workspace.

    A document is replaced as a whole, atomically: a reader sees all of its old
    passages or all of its new ones, also when the writer is killed.
    """

    def replace(
        self, document_ids: Collection[DocumentId], passages: Sequence[Passage], vectors: "Vectors"
    ) -> None:
        """Put whole documents in, taking out whatever was there under the same ids."""
        ...

    def remove(self, document_ids: Collection[DocumentId]) -> None:
        """Take documents out; unknown ids are ignored."""
        ...

    def count(self) -> int:
        """Number of passages."""
        ...

    def document_ids(self) -> frozenset[DocumentId]:
        """Documents that have passages here."""
        ...

    def pool(self) -> "Pool":
        """All passages as of this moment, to be searched; later changes do not reach it."""
        ...

    def compact(self) -> None:
        """Fold small writes together, free old versions."""
        ...

    def damage(self) -> str:
        """What is amiss with what is stored, in one line, after reading all of it; empty where nothing is."""
        ...

    def clear(self) -> None:
        """Forget everything, whatever state it is in."""
        ...
