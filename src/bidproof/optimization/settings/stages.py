"""Stages kept between candidates: programs that search alike never search twice.

What a search gives depends on the documents, the retrieval settings and the query
alone, so candidates that differ in how they answer share their searches.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

from bidproof.answering.protocol import PassageSource
from bidproof.core.ids import PassageId
from bidproof.core.records import Passage, ScoredPassage
from bidproof.core.settings import RetrievalSettings
from bidproof.retrieval.protocol import Embedder, Query

if TYPE_CHECKING:
    from bidproof.retrieval.protocol import Vectors

Key = TypeVar("Key", bound=Hashable)
Kept = TypeVar("Kept")

MAX_PASSAGES = 100_000
"""Scored passages kept, about 1 KB each; the passages themselves are kept once."""
MAX_VECTORS = 50_000
_ANY = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheCounts:
    """How often something was found, and how often it had to be made."""

    found: int
    made: int


class BoundedCache(Generic[Key, Kept]):
    """Keeps what was made, the oldest unused thrown out first; safe between threads.

    Several who ask for the same at once wait for one making. What fails is not kept.

    Args:
        limit: Total weight kept.
        weigh: Weight of one thing; None for 1 each.
    """

    def __init__(self, limit: int, *, weigh: Callable[[Kept], int] | None = None) -> None:
        self._limit = limit
        self._weigh = weigh
        self._entries: OrderedDict[Key, Future[Kept]] = OrderedDict()
        self._weights: dict[Key, int] = {}
        self._total = self._found = self._made = 0
        self._lock = Lock()

    @property
    def counts(self) -> CacheCounts:
        """Found and made so far."""
        return CacheCounts(found=self._found, made=self._made)

    @property
    def weight(self) -> int:
        """Of what is kept now."""
        return self._total

    def get(self, key: Key, make: Callable[[], Kept]) -> Kept:
        """Give what is kept under the key, made now if it is not there."""
        with self._lock:
            entry = self._entries.get(key)
            is_mine = entry is None
            if entry is None:
                entry = self._entries[key] = Future[Kept]()
                self._made += 1
            else:
                self._entries.move_to_end(key)
                self._found += 1
        if is_mine:
            self._make(key, entry, make)
        return entry.result()

    def _make(self, key: Key, entry: Future[Kept], make: Callable[[], Kept]) -> None:
        try:
            kept = make()
        except BaseException as error:  # noqa: BLE001 - whoever waits meets it too, nobody after them
            with self._lock:
                self._entries.pop(key, None)
            entry.set_exception(error)
            return
        entry.set_result(kept)
        with self._lock:
            self._weights[key] = self._weigh(kept) if self._weigh else 1
            self._total += self._weights[key]
            while self._total > self._limit and (oldest := self._oldest_done()) is not None:
                del self._entries[oldest]
                self._total -= self._weights.pop(oldest)

    def _oldest_done(self) -> Key | None:
        return next((key for key in self._entries if key in self._weights), None)


_SearchKey = tuple[str, RetrievalSettings, Query]


class SearchCache:
    """Rankings shared by every candidate of a search.

    Args:
        max_passages: Scored passages kept in all.
    """

    def __init__(self, max_passages: int = MAX_PASSAGES) -> None:
        self._rankings: BoundedCache[_SearchKey, tuple[ScoredPassage, ...]] = BoundedCache(
            max_passages, weigh=lambda found: 1 + len(found)
        )
        self._passages: dict[tuple[str, PassageId], Passage] = {}

    @property
    def counts(self) -> CacheCounts:
        """Searches found and made."""
        return self._rankings.counts

    def search(
        self, source: PassageSource, query: Query, *, settings: RetrievalSettings, documents: str
    ) -> tuple[ScoredPassage, ...]:
        """Search, unless the same was searched before."""
        wanted = query.top_k if query.top_k is not None else settings.top_k
        asked = replace(query, top_k=wanted)
        # How many are wanted is in the query: programs that differ in top_k alone share the rest.
        key = (documents, replace(settings, top_k=_ANY), asked)
        return self._rankings.get(key, lambda: self._shared(documents, source.search(asked)))

    def _shared(self, documents: str, found: tuple[ScoredPassage, ...]) -> tuple[ScoredPassage, ...]:
        """The same ranking, each passage held once however many rankings it is in."""
        return tuple(
            replace(item, passage=self._passages.setdefault((documents, item.passage.id), item.passage))
            for item in found
        )


class CachedSource:
    """A passage source that remembers, for all candidates together.

    Args:
        source: Searched where nothing is remembered; must give the same for the same query.
        settings: What the source searches with.
        cache: Shared by all candidates.
        documents: Names the documents and how they were split and embedded; sources over
            other documents must never share it.
    """

    def __init__(
        self, source: PassageSource, *, settings: RetrievalSettings, cache: SearchCache, documents: str = ""
    ) -> None:
        self._source, self._settings = source, settings
        self._cache, self._documents = cache, documents

    def search(self, query: Query) -> tuple[ScoredPassage, ...]:
        """Search once for each query, context, filters and settings."""
        return self._cache.search(self._source, query, settings=self._settings, documents=self._documents)


class CachedEmbedder:
    """An embedder that embeds each query once; passages go through.

    Args:
        embedder: Asked for what is not known.
        max_texts: Vectors kept.
    """

    def __init__(self, embedder: Embedder, max_texts: int = MAX_VECTORS) -> None:
        self._embedder = embedder
        self.embed_documents, self.embed_passages = embedder.embed_documents, embedder.embed_passages
        self.count_tokens = embedder.count_tokens
        self._vectors: BoundedCache[str, Vectors] = BoundedCache(max_texts)

    @property
    def name(self) -> str:
        """The embedder's name: the vector space is the same."""
        return self._embedder.name

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._embedder.dimension

    def embed_queries(self, texts: Sequence[str]) -> "Vectors":
        """Embed texts to search with, each by itself: float32 ``[n, dimension]``.

        By itself, since the last digits of a vector depend on what is embedded beside it.
        """
        import numpy as np

        rows = [
            self._vectors.get(text, lambda text=text: self._embedder.embed_queries([text])[0])
            for text in texts
        ]
        return np.stack(rows) if rows else self._embedder.embed_queries([])
