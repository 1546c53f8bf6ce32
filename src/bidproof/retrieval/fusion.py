"""One ranking out of many signals.

Rank fusion throws away how good a match is; here each signal keeps its size.
Similarities are centred and scaled over all passages, so a question that
everything resembles a little decides little. Word scores are divided by the
best one. The document a passage stands in counts as much as the passage: half
of finding an answer is finding the right document.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bidproof.retrieval.pool import Pool
    from bidproof.retrieval.question import Views
    from bidproof.retrieval.weights import Weights

    Floats = NDArray[np.float32]

_SPREAD = 4.0  # a similarity four standard deviations above the mean counts as 1
_TITLE_SPREAD = 0.1  # standard deviation of documents' similarities to a telling section title
_BEST_OF_DOCUMENT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """Each signal of every passage in the pool, float32 ``[n]``."""

    dense: "Floats"
    keyword: "Floats"
    keyword_share: "Floats"
    document_share: "Floats"
    place: "Floats"
    place_share: "Floats"
    periods: "Floats"
    latest: "Floats"
    section: "Floats"
    document: "Floats"
    document_words: "Floats"
    neighbours: "Floats"
    figures: "Floats"


def signals(pool: "Pool", views: "Views", vectors: "Floats", *, section: "Floats | None" = None) -> Signals:
    """Score every passage by every signal.

    Args:
        pool: At least one passage.
        views: The question.
        vectors: One row for each of ``views.texts``, unit norm.
        section: Vector of ``views.section``; None where it is empty.
    """
    import numpy as np

    documents = pool.document_rows
    mean = _unit(vectors.mean(axis=0))
    similarity = pool.vectors @ mean
    words = pool.body.scores(views.terms)
    places = pool.place.scores(views.terms)
    keyword = _by_best(words)
    whole = pool.whole.shares(views.terms)
    trust = words_trust(whole, views)
    zero = np.zeros_like(similarity)
    names = np.arange(len(pool.documents), dtype=np.int64)
    figures = np.minimum(pool.figures, 0.5)
    return Signals(
        dense=_scaled(similarity),
        keyword=keyword,
        keyword_share=words * np.float32(trust / pool.body.perfect(views.terms)),
        document_share=(trust * whole)[documents],
        place=_by_best(places),
        place_share=places / np.float32(pool.place.perfect(views.terms)),
        periods=pool.names.coverage(views.periods, names)[documents] if views.periods else zero,
        latest=pool.recency[documents] if views.wants_latest else zero,
        section=zero if section is None else _about_title(pool.centres @ section)[documents],
        document=_scaled(pool.centres @ mean)[documents],
        document_words=_best_of_documents(keyword, documents),
        neighbours=_scaled(_with_neighbours(similarity, documents)),
        figures=figures * (1 + keyword) if views.wants_figures else zero,
    )


def words_trust(whole: "Floats", views: "Views") -> float:
    """How far the question's own words can be relied on to find its documents, 0 to about 1.

    High when some document holds nearly all of them; low when none does, or when
    most of them are questionnaire formulas, which say nothing of the documents.

    Args:
        whole: Each document's BM25 as a share of a perfect match.
        views: The question.
    """
    return float(whole.max(initial=0.0)) * max(0.0, 1 - 2 * views.formula_share)


def fuse(found: Signals, weights: "Weights") -> "Floats":
    """Weigh the signals of every passage into one score: float32 ``[n]``."""
    total = (
        weights.dense * found.dense
        + weights.keyword * found.keyword
        + weights.keyword_share * found.keyword_share
        + weights.document_share * found.document_share
        + weights.place * found.place
        + weights.place_share * found.place_share
        + weights.periods * found.periods
        + weights.latest * found.latest
        + weights.section * found.section
        + weights.document * found.document
        + weights.document_words * found.document_words
        + weights.neighbours * found.neighbours
        + weights.figures * found.figures
    )
    return total.astype("float32")


def spread_out(
    scores: "Floats", document_rows: "NDArray[np.int64]", *, repeat: float, depth: int
) -> list[int]:
    """Rank passages so that one document does not crowd out the others.

    Args:
        scores: float32 ``[n]``; minus infinity leaves a passage out.
        document_rows: Number of each passage's document.
        repeat: Taken off for each better passage of the same document, up to four.
        depth: Passages ranked at most.

    Returns:
        Row numbers, best first; ties in row order.
    """
    import numpy as np

    order = _best_rows(scores, depth)
    seen: dict[int, int] = {}
    lowered: list[tuple[float, int]] = []
    for row in order.tolist():
        if scores[row] == -np.inf:
            break
        document = int(document_rows[row])
        times = seen.get(document, 0)
        seen[document] = times + 1
        lowered.append((-(float(scores[row]) - repeat * min(times, 4)), row))
    return [row for _, row in sorted(lowered)]


def document_scores(scores: "Floats", document_rows: "NDArray[np.int64]") -> "Floats":
    """Mean of each document's three best passage scores, or of all where it has fewer.

    Args:
        scores: float32 ``[n]``; minus infinity leaves a passage out.
        document_rows: Number of each passage's document, ascending, without gaps.

    Returns:
        float32, one per document; minus infinity where every passage is left out.
    """
    import numpy as np

    best = _three_best(scores, document_rows)
    is_there = np.isfinite(best)
    counts = is_there.sum(axis=1)
    sums = np.where(is_there, best, 0).sum(axis=1)
    return np.where(counts > 0, sums / np.maximum(counts, 1), -np.inf).astype(np.float32)


def _best_rows(scores: "Floats", count: int) -> "NDArray[np.int64]":
    """Rows of the best scores, best first, ties in row order, without sorting the others."""
    import numpy as np

    if count < len(scores):
        least = np.partition(scores, len(scores) - count)[len(scores) - count]
        rows = np.flatnonzero(scores >= least)
    else:
        rows = np.arange(len(scores))
    return rows[np.argsort(-scores[rows], kind="stable")][:count]


def _three_best(values: "Floats", document_rows: "NDArray[np.int64]") -> "Floats":
    """Each document's three best values: ``[documents, 3]``, minus infinity where it has fewer."""
    import numpy as np

    starts = np.flatnonzero(np.diff(document_rows, prepend=-1))
    best = np.full((len(starts), _BEST_OF_DOCUMENT), -np.inf, dtype=np.float32)
    left = values.copy()
    for place in range(_BEST_OF_DOCUMENT if len(starts) else 0):
        best[:, place] = np.maximum.reduceat(left, starts)
        rows = np.flatnonzero(left == best[document_rows, place])
        is_first = np.diff(document_rows[rows], prepend=-1) > 0
        left[rows[is_first]] = -np.inf
    return best


def _unit(vector: "Floats") -> "Floats":
    import numpy as np

    return vector / max(float(np.linalg.norm(vector)), 1e-12)


def _scaled(values: "Floats") -> "Floats":
    spread = float(values.std())
    return (values - values.mean()) / (_SPREAD * spread) if spread > 1e-6 else values * 0


def _about_title(values: "Floats") -> "Floats":
    """Similarities to a title, centred but not scaled: one that says little sets documents little apart."""
    return (values - values.mean()) / (_SPREAD * _TITLE_SPREAD)


def _by_best(values: "Floats") -> "Floats":
    best = float(values.max(initial=0.0))
    return values / best if best > 0 else values


def _best_of_documents(values: "Floats", document_rows: "NDArray[np.int64]") -> "Floats":
    """Mean of each document's three best values, missing ones 0, given to all of its passages."""
    import numpy as np

    sums = np.maximum(_three_best(values, document_rows), 0).sum(axis=1) / _BEST_OF_DOCUMENT
    return sums[document_rows].astype(np.float32)


def _with_neighbours(values: "Floats", document_rows: "NDArray[np.int64]") -> "Floats":
    """Mean over a passage and up to two on either side of it in its document."""
    sums = values.copy()
    counts = values * 0 + 1
    for offset in (1, 2):
        same = document_rows[offset:] == document_rows[:-offset]
        sums[offset:] += values[:-offset] * same
        counts[offset:] += same
        sums[:-offset] += values[offset:] * same
        counts[:-offset] += same
    return sums / counts
