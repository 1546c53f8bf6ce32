"""Rankings under other weights, from signals computed once per set.

Used for the ablation and for weights fitted without the set they are tried on.
Near-duplicates stay in, which the product drops, and of each question only the
documents that some signal favours are kept; everything else is the same.
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

_FACTORS = (0.0, 0.4, 0.7, 1.4, 2.0)
_NAMES = tuple(field.name for field in fields(Signals))
_LEAST_GAIN = 0.002  # smaller gains are noise and would only wander


_FAVOURED = 60  # best passages of each signal whose documents are kept; sixteen times as many by all together


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """Signals of one question for all passages of the documents that some signal favours.

    ``values`` is float32 ``[signals, passages]``; ``numbers`` says which of
    ``documents`` a passage stands in, ascending without gaps.
    """

    rows: np.ndarray
    numbers: np.ndarray
    documents: np.ndarray
    values: np.ndarray


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
        factors = np.array([getattr(weights, name) for name in _NAMES], dtype=np.float32)
        found = []
        for item in self.candidates:
            scores = factors @ item.values
            order = spread_out(scores, item.numbers, repeat=weights.repeat, depth=100)[:10]
            best = np.argsort(-document_scores(scores, item.numbers), kind="stable")[:10]
            passages = tuple(self.passages[item.rows[at]] for at in order)
            found.append((passages, tuple(self.paths[item.documents[at]] for at in best)))
        return found


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
    return Signalled(
        name=corpus.name,
        questions=tuple(questions),
        passages=passages,
        paths=tuple(passages[row].path for row in pool.starts),
        candidates=tuple(
            _candidates(
                pool,
                signals(
                    gather_evidence(
                        pool,
                        view,
                        np.stack([vectors[text] for text in view.texts]),
                        section=vectors[view.section] if view.section else None,
                    ),
                    everything,
                ),
            )
            for view in views
        ),
    )


def _candidates(pool: Pool, found: Signals) -> Candidates:
    values = np.stack([getattr(found, name) for name in _NAMES])
    shipped = fuse(found, measured_weights())
    favoured = set(pool.document_rows[np.argsort(-shipped)[: 16 * _FAVOURED]].tolist())
    for signal in values:
        favoured.update(pool.document_rows[np.argsort(-signal, kind="stable")[:_FAVOURED]].tolist())
    documents = np.array(sorted(favoured))
    rows = np.flatnonzero(np.isin(pool.document_rows, documents))
    numbers = np.searchsorted(documents, pool.document_rows[rows])
    return Candidates(rows=rows, numbers=numbers, documents=documents, values=values[:, rows])


def ascend(value_of, *, start: Weights) -> Weights:
    """Coordinate ascent: each weight in turn times a few factors, twice round."""
    best, weights = value_of(start), start
    for _ in range(2):
        for field in fields(Weights):
            for factor in _FACTORS:
                tried = replace(weights, **{field.name: round(getattr(weights, field.name) * factor, 3)})
                value = value_of(tried)
                if value > best + _LEAST_GAIN:
                    best, weights = value, tried
    return weights
