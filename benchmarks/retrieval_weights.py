"""Rankings under other weights, from signals computed once per set.

Used for the ablation and for weights fitted without the set they are tried on.
Near-duplicates stay in, which the product drops; everything else is the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from measuring_sets import GoldQuestion
from retrieval_corpus import Corpus

from bidproof.core.records import Passage
from bidproof.retrieval.fusion import Signals, Weights, document_scores, signals, spread_out
from bidproof.retrieval.pool import Pool
from bidproof.retrieval.protocol import Filters, Query
from bidproof.retrieval.question import question_views

_FACTORS = (0.0, 0.4, 0.7, 1.4, 2.0)
_LEAST_GAIN = 0.002  # smaller gains are noise and would only wander


@dataclass(frozen=True, kw_only=True)
class Signalled:
    """A set with every signal of every passage for every question: ``[questions, passages]`` each."""

    name: str
    questions: tuple[GoldQuestion, ...]
    pool: Pool
    rows: tuple[Passage, ...]
    paths: tuple[str, ...]
    values: dict[str, np.ndarray]

    def rankings(self, weights: Weights) -> list[tuple[tuple[Passage, ...], tuple[str, ...]]]:
        """First ten passages and first ten documents of each question."""
        total = sum(getattr(weights, name) * values for name, values in self.values.items())
        numbers = self.pool.document_rows
        found = []
        for scores in np.asarray(total, dtype=np.float32):
            order = spread_out(scores, numbers, repeat=weights.repeat, depth=100)
            best = np.argsort(-document_scores(scores, numbers), kind="stable")[:10]
            found.append((tuple(self.rows[row] for row in order[:10]), tuple(self.paths[at] for at in best)))
        return found


def signalled(corpus: Corpus, questions: Sequence[GoldQuestion], *, sections: bool = True) -> Signalled:
    """Compute all signals of a set; ``sections`` False leaves the questionnaire's section titles out."""
    views = [
        question_views(Query(text=item.text, context=item.context if sections else ())) for item in questions
    ]
    texts = list(dict.fromkeys(text for view in views for text in view.texts))
    vectors = dict(zip(texts, corpus.embedder.embed_queries(texts), strict=True))
    pool = corpus.index.pool((), np.zeros((1, corpus.embedder.dimension), np.float32), filters=Filters())
    found = [signals(pool, view, np.stack([vectors[text] for text in view.texts])) for view in views]
    by_id = {passage.id: passage for passage in corpus.passages}
    rows = tuple(by_id[name] for name in pool.ids)
    paths = dict(zip(pool.document_rows.tolist(), (passage.path for passage in rows), strict=True))
    names = [field.name for field in fields(Signals) if field.name != "cosine"]
    return Signalled(
        name=corpus.name,
        questions=tuple(questions),
        pool=pool,
        rows=rows,
        paths=tuple(paths[number] for number in range(len(pool.documents))),
        values={name: np.stack([getattr(item, name) for item in found]) for name in names},
    )


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
