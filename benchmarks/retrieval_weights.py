"""Rankings under other weights, from signals computed once per set, and weights fitted on some sets.

Used for the ablation and for weights fitted without the set they are tried on.
Near-duplicates stay in, which the product drops, and of each question only the
passages that some signal favours are kept; everything else is the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from measuring_sets import GoldQuestion
from retrieval_corpus import Corpus

from bidproof.core.records import Passage
from bidproof.retrieval.evidence import gather_evidence
from bidproof.retrieval.fusion import Signals, document_scores, fuse, signals, spread_out
from bidproof.retrieval.pool import Pool
from bidproof.retrieval.protocol import Query
from bidproof.retrieval.question import question_views
from bidproof.retrieval.weights import Weights, measured_weights

# Where every fit starts: round numbers chosen by hand, with an eye on all sets.
BY_HAND = Weights(
    dense=1.0,
    keyword=0.3,
    keyword_share=1.0,
    document_share=3.0,
    place=0.25,
    place_share=0.75,
    periods=1.5,
    latest=1.5,
    section=0.8,
    document=1.2,
    figures=1.0,
    repeat=0.6,
)

_FACTORS = (0.0, 0.7, 1.4)
_NAMES = tuple(field.name for field in fields(Signals))
_LEAST_GAIN = 0.0015  # of the mean of all sets; smaller gains would only wander
_LEAST_ERRORS = 1.645  # standard errors of that mean which a gain exceeds: one-sided 95%
_TELLING, _BORNE = 0.0005, 0.002  # a gain of one set that counts; a loss of one set that is borne
_FIRST = 10
_DISCOUNTS = 1 / np.log2(np.arange(2, _FIRST + 2))

# Passages kept: the best by all signals together, by each of them, and in each of the best documents.
_BEST, _FAVOURED, _DOCUMENTS, _INSIDE = 250, 50, 15, 12


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """Signals of one question for the passages that some signal favours.

    ``values`` is float32 ``[signals, passages]``; ``numbers`` says which of ``documents`` a passage
    stands in, ascending without gaps. ``gold`` holds, for each way to be right that the set tells
    (document, passage, figure), which passages are.
    """

    rows: np.ndarray
    numbers: np.ndarray
    documents: np.ndarray
    values: np.ndarray
    gold: tuple[np.ndarray, ...]

    def ranking(self, scores: np.ndarray, weights: Weights) -> list[int]:
        """The first ten passages, as places among the candidates."""
        return spread_out(scores, self.numbers, repeat=weights.repeat, depth=100)[:_FIRST]

    def best_documents(self, scores: np.ndarray) -> np.ndarray:
        """The first ten documents, as places among the candidates' documents."""
        return np.argsort(-document_scores(scores, self.numbers), kind="stable")[:_FIRST]

    def graded(self, scores: np.ndarray, weights: Weights) -> float:
        """How early the first right ones come, 0 to 1: discounted gain, mean of all ways to be right."""
        order = self.ranking(scores, weights)
        is_gold = np.zeros(len(self.documents), dtype=bool)
        is_gold[self.numbers[self.gold[0]]] = True
        hits = [kind[order] for kind in self.gold] + [is_gold[self.best_documents(scores)]]
        return float(np.mean([_DISCOUNTS[found.argmax()] if found.any() else 0.0 for found in hits]))


@dataclass(frozen=True, kw_only=True)
class Signalled:
    """A set with the signals of each question's candidates."""

    name: str
    questions: tuple[GoldQuestion, ...]
    passages: tuple[Passage, ...]
    paths: tuple[str, ...]
    candidates: tuple[Candidates, ...]

    def rankings(self, weights: Weights) -> list[tuple[tuple[Passage, ...], tuple[str, ...]]]:
        """First ten passages and first ten documents of each question."""
        found = []
        for item, scores in zip(self.candidates, self._scores(weights), strict=True):
            passages = tuple(self.passages[item.rows[at]] for at in item.ranking(scores, weights))
            names = tuple(self.paths[item.documents[at]] for at in item.best_documents(scores))
            found.append((passages, names))
        return found

    def graded(self, weights: Weights) -> np.ndarray:
        """:meth:`Candidates.graded` of each question: float64 ``[questions]``."""
        scores = self._scores(weights)
        return np.array(
            [item.graded(own, weights) for item, own in zip(self.candidates, scores, strict=True)]
        )

    def _scores(self, weights: Weights) -> list[np.ndarray]:
        factors = np.array([getattr(weights, name) for name in _NAMES], dtype=np.float32)
        return [factors @ item.values for item in self.candidates]


def signalled(corpus: Corpus, questions: Sequence[GoldQuestion], *, sections: bool = True) -> Signalled:
    """Compute all signals of a set; ``sections`` False leaves the questionnaire's section titles out."""
    views = [
        question_views(Query(text=item.text, context=item.context if sections else ())) for item in questions
    ]
    texts = list(dict.fromkeys(text for view in views for text in view.wordings))
    vectors = dict(zip(texts, corpus.embedder.embed_queries(texts), strict=True))
    pool = corpus.index.pool()
    everything = np.arange(pool.size)
    passages = tuple(pool.passages(everything))
    found = []
    for question, view in zip(questions, views, strict=True):
        own = np.stack([vectors[text] for text in view.texts])
        section = vectors[view.section] if view.section else None
        evidence = gather_evidence(pool, view, own, section=section)
        rows, values = _candidates(pool, signals(evidence, everything))
        documents, numbers = np.unique(pool.document_rows[rows], return_inverse=True)
        gold = _gold(question, [passages[row] for row in rows])
        found.append(
            Candidates(rows=rows, numbers=numbers, documents=documents, values=values[:, rows], gold=gold)
        )
    return Signalled(
        name=corpus.name,
        questions=tuple(questions),
        passages=passages,
        paths=tuple(passages[row].path for row in pool.starts),
        candidates=tuple(found),
    )


def _candidates(pool: Pool, found: Signals) -> tuple[np.ndarray, np.ndarray]:
    values = np.stack([getattr(found, name) for name in _NAMES])
    scores = fuse(found, measured_weights())
    kept = set(np.argsort(-scores, kind="stable")[:_BEST].tolist())
    for signal in values:
        kept.update(np.argsort(-signal, kind="stable")[:_FAVOURED].tolist())
    for document in np.argsort(-document_scores(scores, pool.document_rows), kind="stable")[:_DOCUMENTS]:
        own = np.flatnonzero(pool.document_rows == document)
        kept.update(own[np.argsort(-scores[own], kind="stable")[:_INSIDE]].tolist())
    return np.array(sorted(kept)), values


def _gold(question: GoldQuestion, passages: Sequence[Passage]) -> tuple[np.ndarray, ...]:
    kinds = [[passage.path in question.documents for passage in passages]]
    if question.passages:
        kinds.append([passage.id in question.passages for passage in passages])
    if question.figures:
        texts = [passage.located_text.replace(",", "") for passage in passages]
        kinds.append([any(figure in text for figure in question.figures) for text in texts])
    return tuple(np.array(kind) for kind in kinds)


def climb(sets: Sequence[Signalled], *, start: Weights) -> Weights:
    """Move one weight at a time, the most useful move first, while the sets together gain.

    A move counts where at least two sets gain by it and none loses, and where the gain is greater
    than its standard error: what a single set or a few questions ask for is theirs. So a weight
    that speaks to one set alone stays as it is.
    """
    weights, known = start, [item.graded(start) for item in sets]
    while True:
        best: tuple[float, Weights, list[np.ndarray]] | None = None
        for tried in _moves(weights):
            values = [item.graded(tried) for item in sets]
            gain = _shared_gain([new - old for new, old in zip(values, known, strict=True)])
            if gain > (best[0] if best else _LEAST_GAIN):
                best = (gain, tried, values)
        if best is None:
            return weights
        _, weights, known = best


def _shared_gain(gains: Sequence[np.ndarray]) -> float:
    """Mean gain of the sets, each given by question; 0 where they do not share it."""
    means = [float(own.mean()) for own in gains]
    error = float(np.sqrt(sum(own.var(ddof=1) / len(own) for own in gains))) / len(gains)
    is_shared = sum(own > _TELLING for own in means) >= min(2, len(gains)) and min(means) >= -_BORNE
    gain = float(np.mean(means))
    return gain if is_shared and gain > _LEAST_ERRORS * error else 0.0


def _moves(weights: Weights) -> list[Weights]:
    return [
        replace(weights, **{field.name: round(getattr(weights, field.name) * factor, 3)})
        for field in fields(Weights)
        for factor in _FACTORS
        if getattr(weights, field.name)
    ]
