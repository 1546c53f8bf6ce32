"""Stage one of a search: which passages are worth weighing by every signal.

Words and meaning each name their best among all passages; every document is scored, and the passages of
the best ones are looked at once more. Documents alone would miss pages of short sites, passages alone
those of a long report whose own words are few.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bidproof.retrieval.evidence import figured, scaled
from bidproof.retrieval.similarities import best

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bidproof.retrieval.evidence import Evidence
    from bidproof.retrieval.weights import Weights

    Array = NDArray[Any]
    Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Breadth:
    """How many passages stage one names; the defaults keep the ten best of a full scoring.

    Attributes:
        by_words: Best of all passages by words.
        by_meaning: Best of all passages by similarity.
        documents: Best documents looked into.
        short_documents: The same where documents are short.
        inside: Passages taken inside of these, by all that is known of them so far.
        everything_below: Where no more passages may be found, all are weighed.
    """

    by_words: int = 200
    by_meaning: int = 200
    documents: int = 20
    short_documents: int = 40
    inside: int = 200
    everything_below: int = 1000


_BLOCK = 1 << 16  # passages whose words are looked at together
_SHORT = 40  # passages a document, on average
_OF_DOCUMENT = 6  # passages among which are the three whose mean a document's score is


def candidates(
    found: "Evidence", weights: "Weights", allowed: "Array | None", *, breadth: Breadth | None = None
) -> "Array":
    """Name the passages to be weighed, as rows of the pool: by document id, then in reading order.

    Args:
        found: What the question found.
        weights: How signals count; here for documents, and words beside headings.
        allowed: Which documents may be found, bool; None for all.
        breadth: How many; the measured ones unless told.
    """
    import numpy as np

    pool, breadth = found.pool, breadth or Breadth()
    is_allowed = None if allowed is None else allowed[pool.document_rows]
    if is_allowed is not None and int(is_allowed.sum()) <= breadth.everything_below:
        return in_order(found, np.flatnonzero(is_allowed))
    if pool.size <= breadth.everything_below:
        return in_order(found, np.arange(pool.size))
    rows = [
        _best_by_words(found, weights, is_allowed, breadth.by_words),
        found.similar.nearest(breadth.by_meaning, is_allowed),
        _inside(found, weights, allowed, breadth=breadth),
    ]
    joint = np.sort(np.concatenate(rows))
    return in_order(found, joint[np.diff(joint, prepend=-1) != 0])


def with_best_of_documents(found: "Evidence", weights: "Weights", rows: "Array") -> "Array":
    """Add to candidates what the scores of their documents need: the best passages of each.

    Args:
        found: What the question found.
        weights: How signals count.
        rows: As :func:`candidates` gives them; likewise what is returned.
    """
    import numpy as np

    pool = found.pool
    inside = pool.rows_in(np.unique(pool.document_rows[rows]))
    values = _likely(found, weights, inside)
    order = np.lexsort((-values, pool.document_rows[inside]))
    owners = pool.document_rows[inside][order]
    places = np.arange(len(order)) - np.searchsorted(owners, owners)
    return in_order(found, np.union1d(rows, inside[order[places < _OF_DOCUMENT]]))


def worded(found: "Evidence", weights: "Weights", rows: "Array | slice") -> "Floats":
    """What words and headings give some passages by themselves: float32."""
    import numpy as np

    own = weights.keyword / found.best_word + weights.keyword_share * found.trust / found.body.perfect
    place = weights.place / found.best_place + weights.place_share / found.perfect_place
    total: Floats = found.words[rows] * np.float32(own)
    total += found.places[rows] * np.float32(place)
    return total


def documented(found: "Evidence", weights: "Weights") -> "Floats":
    """What every document gives its passages: float32 ``[documents]``."""
    import numpy as np

    total = weights.document * found.documents + weights.document_share * found.trust * found.whole
    for weight, values in (
        (weights.section, found.section),
        (weights.periods, found.periods),
        (weights.latest, found.latest),
    ):
        if values is not None:
            total = total + weight * values
    return total.astype(np.float32)


def in_order(found: "Evidence", rows: "Array") -> "Array":
    """Rows by document id, then as given: an order that does not depend on how the index came about."""
    import numpy as np

    numbers = found.pool.document_rows[rows]
    return rows[np.argsort(found.pool.documents[numbers], kind="stable")]


def _best_by_words(found: "Evidence", weights: "Weights", allowed: "Array | None", count: int) -> "Array":
    """The passages best by words and headings, among those that hold any."""
    import numpy as np

    rows, totals = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
    least = np.float32(0)
    for start in range(0, found.pool.size, _BLOCK):
        own = slice(start, start + _BLOCK)
        values = worded(found, weights, own)
        if allowed is not None:
            values *= allowed[own]
        near = np.flatnonzero(values > least)
        rows, totals = np.concatenate([rows, near + start]), np.concatenate([totals, values[near]])
        if len(rows) > count:
            kept = best(totals, count)
            rows, totals = rows[kept], totals[kept]
            least = totals.min()
    return rows


def _inside(found: "Evidence", weights: "Weights", allowed: "Array | None", *, breadth: Breadth) -> "Array":
    """The best passages of the best documents."""
    import numpy as np

    pool = found.pool
    scores = documented(found, weights)
    if allowed is not None:
        scores = np.where(allowed, scores, -np.inf)
    is_short = pool.size < _SHORT * len(pool.starts)
    chosen = np.sort(best(scores, breadth.short_documents if is_short else breadth.documents))
    if allowed is not None:
        chosen = chosen[allowed[chosen]]
    rows = pool.rows_in(chosen)
    values = scores[pool.document_rows[rows]] + _likely(found, weights, rows)
    return rows[best(values, breadth.inside)]


def _likely(found: "Evidence", weights: "Weights", rows: "Array") -> "Floats":
    """What is known of some passages apart from their documents."""
    import numpy as np

    values = worded(found, weights, rows)
    values += np.float32(weights.dense) * scaled(found.similar.of(rows), found.similar.spread)
    if found.views.wants_figures:
        values += np.float32(weights.figures) * figured(found, rows)
    return values
