"""Finds the passages and documents that answer a question."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bidproof.core.ids import DocumentId, PassageId
from bidproof.core.records import Passage, ScoredPassage
from bidproof.core.settings import RetrievalSettings
from bidproof.retrieval.near_duplicates import drop_near_duplicates
from bidproof.retrieval.protocol import Embedder, Hit, Index, IndexedPassage, Query, ScoredDocument
from bidproof.retrieval.terms import query_terms

if TYPE_CHECKING:
    from bidproof.retrieval.protocol import Vectors


class Retriever:
    """Searches one index with one embedder.

    Args:
        index: Holds passages embedded by ``embedder``.
        embedder: Turns questions into vectors.
        settings: How many candidates, how they are weighed, how many are kept.
    """

    def __init__(self, index: Index, embedder: Embedder, settings: RetrievalSettings) -> None:
        self._index, self._embedder, self._settings = index, embedder, settings

    def search(self, query: Query) -> tuple[ScoredPassage, ...]:
        """Find the best passages for one question, near-duplicates removed, ranks from 1."""
        return self.search_many([query])[0]

    def search_many(self, queries: Sequence[Query]) -> list[tuple[ScoredPassage, ...]]:
        """Search several questions, embedding them together; one ranking per question, in order."""
        vectors = self._embedder.embed_queries([query.text for query in queries])
        return [self._search(query, vectors[at : at + 1]) for at, query in enumerate(queries)]

    def search_documents(self, query: Query, *, top_k: int) -> tuple[ScoredDocument, ...]:
        """Find the documents most likely to answer, each with its best passages."""
        vectors = self._embedder.embed_queries([query.text])
        best: dict[DocumentId, list[ScoredPassage]] = {}
        for scored in self._ranked(query, vectors):
            best.setdefault(scored.passage.document_id, []).append(scored)
        return tuple(
            ScoredDocument(
                document_id=document_id,
                path=found[0].passage.path,
                title=found[0].passage.title,
                score=found[0].score,
                rank=rank,
                passage_ids=tuple(item.passage.id for item in found),
            )
            for rank, (document_id, found) in enumerate(list(best.items())[:top_k], start=1)
        )

    def _search(self, query: Query, vectors: "Vectors") -> tuple[ScoredPassage, ...]:
        top_k = query.top_k if query.top_k is not None else self._settings.top_k
        return tuple(self._ranked(query, vectors)[:top_k])

    def _ranked(self, query: Query, vectors: "Vectors") -> list[ScoredPassage]:
        depth = self._settings.depth
        keyword = self._index.search_keywords(query_terms(query.text), limit=depth, filters=query.filters)
        dense = self._index.search_vectors(vectors, limit=depth, filters=query.filters)[0]
        rows = self._index.rows({hit.passage_id for hit in (*keyword, *dense)})
        parts = _parts(rows, keyword, vectors)
        share = self._settings.dense_weight
        scores = {name: share * part["dense"] + (1 - share) * part["keyword"] for name, part in parts.items()}
        order = sorted(rows, key=lambda name: (-scores[name], name))
        kept = drop_near_duplicates([rows[name] for name in order])
        return [
            _scored(item.passage, scores[item.passage.id], rank, parts[item.passage.id])
            for rank, item in enumerate(kept, start=1)
        ]


def _parts(
    rows: Mapping[PassageId, IndexedPassage], keyword: Sequence[Hit], vectors: "Vectors"
) -> dict[PassageId, dict[str, float]]:
    words = {hit.passage_id: hit.score for hit in keyword}
    best = max(words.values(), default=1.0) or 1.0
    return {
        name: {
            "keyword": words.get(name, 0.0) / best,
            "dense": float(item.vector @ vectors[0]),
        }
        for name, item in rows.items()
    }


def _scored(passage: Passage, score: float, rank: int, parts: Mapping[str, float]) -> ScoredPassage:
    return ScoredPassage(passage=passage, score=score, rank=rank, parts=dict(parts))
