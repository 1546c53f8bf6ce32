"""Finds the passages and documents that answer a question."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import TYPE_CHECKING

from bidproof.core.records import BlockKind, Passage, ScoredPassage
from bidproof.core.settings import RetrievalSettings
from bidproof.language.detect import guess_language
from bidproof.retrieval.candidates import Breadth, candidates, with_best_of_documents
from bidproof.retrieval.evidence import Evidence, gather_evidence
from bidproof.retrieval.fusion import (
    Signals,
    document_scores,
    fuse,
    signals,
    spread_out,
)
from bidproof.retrieval.near_duplicates import without_near_duplicates
from bidproof.retrieval.passage_text import body_terms
from bidproof.retrieval.protocol import Embedder, Index, Query, ScoredDocument
from bidproof.retrieval.question import question_views
from bidproof.retrieval.reranker import Reranker, missing_reranker
from bidproof.retrieval.weights import Weights, measured_weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bidproof.retrieval.pool import Pool
    from bidproof.retrieval.protocol import Vectors

    Rows = NDArray[np.int64]

_SPARE = 3  # candidates read per passage wanted, so that dropped near-duplicates can be replaced
_BOILERPLATE = 5  # passages read more than wanted, so that others take the place of boilerplate


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ranking:
    """One question's candidates with every signal: rows of the pool, their scores, and places, best first."""

    evidence: Evidence
    vector: "Vectors"
    rows: "Rows"
    signals: Signals
    scores: "Vectors"
    order: list[int]


class Retriever:
    """Searches one index with one embedder; safe to share between threads.

    Args:
        index: Holds passages embedded by ``embedder``.
        embedder: Turns questions into vectors.
        settings: How many candidates, how they are weighed, how many are kept.
        weights: How signals are weighed; None takes the measured ones.
        reranker: What ``settings.reranker`` names, as opened; see ``reranker.open_reranker``.
        breadth: How many candidates are weighed; the measured numbers unless told.

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
        breadth: Breadth | None = None,
    ) -> None:
        if settings.reranker != "none" and reranker is None:
            raise missing_reranker(settings.reranker)
        self._reranker = reranker if settings.reranker != "none" else None
        self._index, self._embedder, self._settings = index, embedder, settings
        self._weights = weights
        self._breadth = breadth or Breadth()

    def search(self, query: Query) -> tuple[ScoredPassage, ...]:
        """Find the best passages for one question, near-duplicates removed, ranks from 1.

        ``parts`` of each holds ``dense`` (cosine to the question, -1 to 1),
        ``keyword`` and ``place`` (0 to 1, by the best of this question), ``coverage``
        (share of the question's words found, rare ones counting more, 0 to 1) and the
        scaled ``document``. A learned re-ranker adds ``reranker``, its probability.
        """
        return self.search_many([query])[0]

    def search_many(self, queries: Sequence[Query]) -> list[tuple[ScoredPassage, ...]]:
        """Search several questions; one ranking per question, in order, each as if asked alone."""
        found: list[tuple[ScoredPassage, ...]] = []
        for query in queries:
            wanted = query.top_k if query.top_k is not None else self._settings.top_k
            ranking = self._rank(query) if wanted > 0 else None
            found.append(self._passages(ranking, wanted) if ranking is not None else ())
        return found

    def search_documents(self, query: Query, *, top_k: int) -> tuple[ScoredDocument, ...]:
        """Find the documents most likely to answer, each with its three best passages.

        A document's score is the mean of its three best passages' scores.
        """
        import numpy as np

        ranking = self._rank(query, by_document=True) if top_k > 0 else None
        if ranking is None:
            return ()
        pool = ranking.evidence.pool
        owners = _owners(pool, ranking.rows)
        values = document_scores(ranking.scores, owners)
        order = sorted(range(len(values)), key=lambda number: (-float(values[number]), number))[:top_k]
        best = [ranking.rows[_three_best(ranking.scores, owners, number)] for number in order]
        passages = pool.passages(np.array([rows[0] for rows in best]))
        return tuple(
            ScoredDocument(
                document_id=passage.document_id,
                path=passage.path,
                title=passage.title,
                score=_at(values, number),
                rank=rank,
                passage_ids=tuple(pool.ids(rows)),
            )
            for rank, (number, rows, passage) in enumerate(zip(order, best, passages, strict=True), start=1)
        )

    def _rank(self, query: Query, *, by_document: bool = False) -> _Ranking | None:
        """Weigh a question's candidates; None where nothing may be found."""
        pool = self._index.pool()
        views = question_views(query)
        if not pool.count or not views.wordings:
            return None
        vectors = self._embedder.embed_queries(views.wordings)
        count = len(views.texts)
        section = vectors[count] if views.section else None
        evidence = gather_evidence(pool, views, vectors[:count], section=section)
        weights = self._weights or self._measured(query.text)
        rows = candidates(evidence, weights, pool.allowed(query.filters), breadth=self._breadth)
        if by_document:
            rows = with_best_of_documents(evidence, weights, rows)
        if not len(rows):
            return None
        found = signals(evidence, rows)
        scores = fuse(found, weights)
        order = spread_out(
            scores, pool.document_rows[rows], repeat=weights.repeat, depth=self._settings.depth
        )
        return _Ranking(
            evidence=evidence, vector=vectors[0], rows=rows, signals=found, scores=scores, order=order
        )

    def _measured(self, question: str) -> Weights:
        return measured_weights(
            self._embedder.name,
            dense_weight=self._settings.dense_weight,
            language=guess_language(question),
        )

    def _passages(self, ranking: _Ranking, wanted: int) -> tuple[ScoredPassage, ...]:
        pool = ranking.evidence.pool
        depth = self._settings.rerank_depth if self._reranker else 0
        count = max(wanted, depth)
        places = self._distinct(pool, ranking, count + _BOILERPLATE)
        read = zip(places, pool.passages(ranking.rows[places]), strict=True)
        kept = sorted(read, key=lambda pair: pair[1].kind is BlockKind.BOILERPLATE)[
            :count
        ]  # behind all others
        scored = _parts(ranking, [place for place, _ in kept])
        ranked = tuple(
            ScoredPassage(passage=passage, score=_at(ranking.scores, place), rank=rank, parts=parts)
            for rank, ((place, passage), parts) in enumerate(zip(kept, scored, strict=True), start=1)
        )
        if self._reranker is not None and ranked:
            ranked = self._reranker.rerank(ranking.evidence.views.texts[0], ranked, depth=depth)
        return ranked[:wanted]

    def _distinct(self, pool: "Pool", ranking: _Ranking, count: int) -> list[int]:
        """The best places without near-duplicates."""
        places = ranking.order[: _SPARE * count]
        rows = ranking.rows[places]

        def terms_of(at: int) -> frozenset[str]:
            return _terms(pool.passages(rows[at : at + 1])[0])

        kept = without_near_duplicates(pool.vectors(rows), terms_of, count=count)
        return [places[at] for at in kept]


@lru_cache(maxsize=4096)
def _terms(passage: Passage) -> frozenset[str]:
    """Distinct words of a passage; the questions of one questionnaire keep finding the same ones."""
    return frozenset(body_terms(passage))


def _owners(pool: "Pool", rows: "Rows") -> "Rows":
    """Number of each row's document among those of the rows, ascending without gaps."""
    import numpy as np

    return np.cumsum(np.diff(pool.document_rows[rows], prepend=pool.document_rows[rows[0]]) != 0)


def _three_best(scores: "Vectors", owners: "Rows", number: int) -> list[int]:
    """Places of a document's three best rows, best first."""
    import numpy as np

    start, end = (int(at) for at in np.searchsorted(owners, [number, number + 1]))
    return sorted(range(start, end), key=lambda place: (-float(scores[place]), place))[:3]


def _parts(ranking: _Ranking, places: list[int]) -> list[dict[str, float]]:
    """What the row at each of the places scored by each signal."""
    found, rows = ranking.signals, ranking.rows[places]
    if not places:
        return []
    named = {field.name: getattr(found, field.name)[places] for field in fields(found)}
    named["dense"] = ranking.evidence.pool.vectors(rows) @ ranking.vector
    named["coverage"] = ranking.evidence.body.coverage(rows)
    return [{name: _at(values, at) for name, values in named.items()} for at in range(len(places))]


def _at(values: "Vectors", place: int) -> float:
    return round(float(values[place]), 6)
