"""Finds the passages and documents that answer a question."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from bidproof.core.records import BlockKind, ScoredPassage
from bidproof.core.settings import RetrievalSettings
from bidproof.retrieval.fusion import (
    Signals,
    document_scores,
    fuse,
    signals,
    spread_out,
)
from bidproof.retrieval.near_duplicates import pointing_alike, without_near_duplicates
from bidproof.retrieval.protocol import Embedder, Index, Query, ScoredDocument
from bidproof.retrieval.question import Views, question_views
from bidproof.retrieval.reranker import Reranker, missing_reranker
from bidproof.retrieval.weights import Weights, measured_weights

if TYPE_CHECKING:
    from bidproof.retrieval.pool import Pool
    from bidproof.retrieval.protocol import Vectors

_SPARE = 3  # candidates read per passage wanted, so that dropped near-duplicates can be replaced
_BOILERPLATE = 5  # passages read more than wanted, so that others take the place of boilerplate


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ranking:
    """One question's pool with every signal, and rows of the pool in order, best first."""

    pool: "Pool"
    views: Views
    vector: "Vectors"
    signals: Signals | None
    scores: "Vectors | None"
    rows: list[int]


class Retriever:
    """Searches one index with one embedder; safe to share between threads.

    Args:
        index: Holds passages embedded by ``embedder``.
        embedder: Turns questions into vectors.
        settings: How many candidates, how they are weighed, how many are kept.
        weights: How signals are weighed; None takes the measured ones.
        reranker: What ``settings.reranker`` names, as opened; see ``reranker.open_reranker``.

    Raises:
        InvalidSetting: The settings name a re-ranker and none is given.
    """

    def __init__(
        self,
        index: Index,
        embedder: Embedder,
        settings: RetrievalSettings,
        *,
        weights: Weights | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        if settings.reranker != "none" and reranker is None:
            raise missing_reranker(settings.reranker)
        self._reranker = reranker if settings.reranker != "none" else None
        self._index, self._embedder, self._settings = index, embedder, settings
        self._weights = weights or measured_weights(embedder.name, dense_weight=settings.dense_weight)

    def search(self, query: Query) -> tuple[ScoredPassage, ...]:
        """Find the best passages for one question, near-duplicates removed, ranks from 1.

        ``parts`` of each holds ``dense`` (cosine to the question, -1 to 1),
        ``keyword``, ``place`` and ``document_words`` (0 to 1, by the best of this
        question), ``coverage`` (share of the question's words found, rare ones
        counting more, 0 to 1) and the scaled ``document`` and ``neighbours``. A
        learned re-ranker adds ``reranker``, its probability.
        """
        return self.search_many([query])[0]

    def search_many(self, queries: Sequence[Query]) -> list[tuple[ScoredPassage, ...]]:
        """Search several questions, embedding them together; one ranking per question, in order."""
        found: list[tuple[ScoredPassage, ...]] = []
        for query, ranking in zip(queries, self._rank_many(queries), strict=True):
            wanted = query.top_k if query.top_k is not None else self._settings.top_k
            found.append(self._passages(ranking, wanted))
        return found

    def search_documents(self, query: Query, *, top_k: int) -> tuple[ScoredDocument, ...]:
        """Find the documents most likely to answer, each with its three best passages.

        A document's score is the mean of its three best passages' scores.
        """
        ranking = self._rank_many([query])[0]
        if ranking.scores is None or top_k < 1:
            return ()
        pool, scores = ranking.pool, ranking.scores
        values = document_scores(scores, pool.document_rows)
        order = sorted(range(len(values)), key=lambda number: (-float(values[number]), number))[:top_k]
        best = {
            number: _best_rows(scores, pool, number) for number in order if values[number] > float("-inf")
        }
        passages = self._index.passages([pool.ids[rows[0]] for rows in best.values()], pool=pool)
        return tuple(
            ScoredDocument(
                document_id=pool.documents[number],
                path=passages[pool.ids[rows[0]]].path,
                title=passages[pool.ids[rows[0]]].title,
                score=_at(values, number),
                rank=rank,
                passage_ids=tuple(pool.ids[row] for row in rows),
            )
            for rank, (number, rows) in enumerate(best.items(), start=1)
            if pool.ids[rows[0]] in passages
        )

    def _rank_many(self, queries: Sequence[Query]) -> list[_Ranking]:
        views = [question_views(query) for query in queries]
        texts = list(dict.fromkeys(text for view in views for text in view.wordings))
        if not texts:
            return []
        vectors = self._embedder.embed_queries(texts)
        row_of = {text: row for row, text in enumerate(texts)}
        return [
            self._rank(
                query,
                view,
                vectors[[row_of[text] for text in view.texts]],
                vectors[row_of[view.section]] if view.section else None,
            )
            for query, view in zip(queries, views, strict=True)
        ]

    def _rank(self, query: Query, views: Views, vectors: "Vectors", section: "Vectors | None") -> _Ranking:
        import numpy as np

        pool = self._index.pool(tuple(views.terms), vectors, filters=query.filters)
        if not pool.ids:
            return _Ranking(pool=pool, views=views, vector=vectors[0], signals=None, scores=None, rows=[])
        found = signals(pool, views, vectors, section=section)
        scores = fuse(found, self._weights)
        if not query.filters.is_empty:
            allowed = self._index.matching(query.filters, pool=pool)
            scores = np.where([name in allowed for name in pool.ids], scores, -np.inf)
        depth = max(self._settings.depth, 10 * (query.top_k or 0), 100)
        rows = spread_out(scores, pool.document_rows, repeat=self._weights.repeat, depth=depth)
        return _Ranking(pool=pool, views=views, vector=vectors[0], signals=found, scores=scores, rows=rows)

    def _passages(self, ranking: _Ranking, wanted: int) -> tuple[ScoredPassage, ...]:
        if wanted < 1 or ranking.signals is None:
            return ()
        pool = ranking.pool
        depth = self._settings.rerank_depth if self._reranker else 0
        count = max(wanted, depth)
        rows = self._distinct(pool, ranking.rows[: _SPARE * count + 10])
        rows = rows[: count + _BOILERPLATE]
        stored = self._index.passages([pool.ids[row] for row in rows], pool=pool)
        found = [row for row in rows if pool.ids[row] in stored]
        found.sort(key=lambda row: stored[pool.ids[row]].kind is BlockKind.BOILERPLATE)  # behind all others
        found = found[:count]
        ranked = tuple(
            ScoredPassage(
                passage=stored[pool.ids[row]], score=_at(ranking.scores, row), rank=rank, parts=parts
            )
            for rank, (row, parts) in enumerate(zip(found, _parts(ranking, found), strict=True), start=1)
        )
        if self._reranker is not None and ranked:
            ranked = self._reranker.rerank(ranking.views.texts[0], ranked, depth=depth)
        return ranked[:wanted]

    def _distinct(self, pool: "Pool", rows: list[int]) -> list[int]:
        """The rows without near-duplicates; words are read for those alone that point the same way."""
        alike = pointing_alike(pool.vectors[rows])
        if not alike:
            return rows
        stored = self._index.rows([pool.ids[rows[at]] for at in alike], pool=pool)
        terms = {at: stored[pool.ids[rows[at]]].terms for at in alike if pool.ids[rows[at]] in stored}
        return [rows[at] for at in without_near_duplicates(pool.vectors[rows], terms)]


def _best_rows(scores: "Vectors", pool: "Pool", number: int) -> list[int]:
    """The document's three best rows, best first, left-out ones aside."""
    import numpy as np

    start, end = (int(at) for at in np.searchsorted(pool.document_rows, [number, number + 1]))
    rows = sorted(range(start, end), key=lambda row: (-float(scores[row]), row))[:3]
    return [row for row in rows if scores[row] > -np.inf]


def _parts(ranking: _Ranking, rows: list[int]) -> list[dict[str, float]]:
    """What each of the rows scored by each signal."""
    import numpy as np

    found, pool = ranking.signals, ranking.pool
    if found is None or not rows:
        return []
    named = {field.name: getattr(found, field.name)[rows] for field in fields(found)}
    named["dense"] = pool.vectors[rows] @ ranking.vector
    named["coverage"] = pool.body.coverage(ranking.views.terms, np.array(rows, dtype=np.int64))
    return [{name: _at(values, at) for name, values in named.items()} for at in range(len(rows))]


def _at(values: "Vectors | None", row: int) -> float:
    return 0.0 if values is None else round(float(values[row]), 6)
