"""One ranking out of many signals.

Rank fusion throws away how good a match is; here each signal keeps its size.
Similarities are centred and scaled over all passages, whichever are weighed, so a question that
everything resembles a little decides little. Word scores are divided by the
best one. The document a passage stands in counts as much as the passage: half
of finding an answer is finding the right document.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bidproof.retrieval.evidence import figured, scaled

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bidproof.retrieval.evidence import Evidence
    from bidproof.retrieval.weights import Weights

    Floats = NDArray[np.float32]
    Rows = NDArray[np.int64]

_BEST_OF_DOCUMENT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """Each signal of the passages that are weighed, float32 ``[n]``."""

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
    figures: "Floats"


def signals(found: "Evidence", rows: "Rows") -> Signals:
    """Score some passages by every signal; what the others score changes with none of them.

    Args:
        found: What the question found in the whole pool.
        rows: The passages to weigh, a document's together.
    """
    import numpy as np

    pool = found.pool
    documents = pool.document_rows[rows]
    zero = np.zeros(len(rows), dtype=np.float32)
    keyword = found.words[rows] / np.float32(found.best_word)
    return Signals(
        dense=scaled(found.similar.of(rows), found.similar.spread),
        keyword=keyword,
        keyword_share=found.words[rows] * np.float32(found.trust / found.body.perfect),
        document_share=(np.float32(found.trust) * found.whole)[documents],
        place=found.places[rows] / np.float32(found.best_place),
        place_share=found.places[rows] / np.float32(found.perfect_place),
        periods=zero if found.periods is None else found.periods[documents],
        latest=zero if found.latest is None else found.latest[documents],
        section=zero if found.section is None else found.section[documents],
        document=found.documents[documents],
        figures=figured(found, rows) if found.views.wants_figures else zero,
    )


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
        + weights.figures * found.figures
    )
    return total.astype("float32")


def spread_out(scores: "Floats", document_rows: "Rows", *, repeat: float, depth: int) -> list[int]:
    """Rank passages so that one document does not crowd out the others.

    Args:
        scores: float32 ``[n]``; minus infinity leaves a passage out.
        document_rows: Number of each passage's document.
        repeat: Taken off for each better passage of the same document, up to four.
        depth: Passages that are spread out: those with the best scores. The others follow in the order
            of theirs, so that the ranking does not depend on how much of it is wanted.

    Returns:
        Row numbers, best first; ties in row order.
    """
    import numpy as np

    order = np.argsort(-scores, kind="stable")
    order = order[scores[order] > -np.inf]
    first = order[:depth]
    seen: dict[int, int] = {}
    lowered: list[tuple[float, int]] = []
    documents: list[int] = document_rows[first].tolist()
    for row, score, document in zip(first.tolist(), scores[first].tolist(), documents, strict=True):
        times = seen.get(document, 0)
        seen[document] = times + 1
        lowered.append((repeat * min(times, 4) - score, row))
    return [row for _, row in sorted(lowered)] + order[depth:].tolist()


def document_scores(scores: "Floats", document_rows: "Rows") -> "Floats":
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


def _three_best(values: "Floats", document_rows: "Rows") -> "Floats":
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
