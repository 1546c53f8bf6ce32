"""What a question finds in a whole pool before single passages are weighed."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bidproof.retrieval.similarities import Spread

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bidproof.retrieval.pool import Pool
    from bidproof.retrieval.postings import Matches
    from bidproof.retrieval.question import Views
    from bidproof.retrieval.similarities import Similarities

    Floats = NDArray[np.float32]
    Array = NDArray[Any]

_SPREAD = 4.0  # a similarity four standard deviations above the mean counts as 1
_TITLE_SPREAD = 0.1  # standard deviation of documents' similarities to a telling section title


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One question held against a pool; everything is known of every passage or document of it.

    Attributes:
        pool: What is searched.
        views: The question.
        body: Its words among those of the passages.
        words: BM25 of every passage for them.
        best_word: The greatest of these; above 0.
        places: BM25 of where every passage stands.
        best_place: The greatest of these; above 0.
        perfect_place: What a perfect match would be.
        similar: Similarities to the mean of the question's wordings.
        whole: Each document's BM25 as a share of a perfect match.
        trust: How far the words can be relied on; see :func:`words_trust`.
        documents: Similarity of each document's direction, centred and scaled.
        section: The same to the title of the question's section, centred only; None without one.
        periods: Share of the question's periods that each document is called by; None where it names none.
        latest: How new each document is; None where the newest is not asked for.
    """

    pool: "Pool"
    views: "Views"
    body: "Matches"
    words: "Floats"
    best_word: float
    places: "Floats"
    best_place: float
    perfect_place: float
    similar: "Similarities"
    whole: "Floats"
    trust: float
    documents: "Floats"
    section: "Floats | None"
    periods: "Floats | None"
    latest: "Floats | None"


def gather_evidence(
    pool: "Pool", views: "Views", vectors: "Floats", *, section: "Floats | None" = None
) -> Evidence:
    """Hold a question against a pool.

    Args:
        pool: At least one passage.
        views: The question.
        vectors: One row for each of ``views.texts``, unit norm.
        section: Vector of ``views.section``; None where it is empty.
    """
    import numpy as np

    mean = vectors.mean(axis=0)
    mean = (mean / max(float(np.linalg.norm(mean)), 1e-12)).astype(np.float32)
    body, place = pool.body.match(views.terms), pool.place.match(views.terms)
    words, places = body.scores(), place.scores()
    whole = pool.whole.match(views.terms).shares()
    names = np.arange(len(pool.starts))
    about = None if section is None else pool.document_similarities(section)
    return Evidence(
        pool=pool,
        views=views,
        body=body,
        words=words,
        best_word=_best(words),
        places=places,
        best_place=_best(places),
        perfect_place=place.perfect,
        similar=pool.similarities(mean),
        whole=whole,
        trust=words_trust(whole, views),
        documents=_scaled(pool, pool.document_similarities(mean)),
        section=None if about is None else (about - _there(pool, about).mean()) / (_SPREAD * _TITLE_SPREAD),
        periods=pool.names.match(views.periods).coverage(names) if views.periods else None,
        latest=pool.recency if views.wants_latest else None,
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


def figured(found: Evidence, rows: "Array") -> "Floats":
    """Share of figures in some passages, up to double where they hold the question's words."""
    import numpy as np

    keyword = found.words[rows] / np.float32(found.best_word)
    return np.minimum(found.pool.figures[rows], 0.5) * (1 + keyword)


def scaled(values: "Floats", spread: Spread) -> "Floats":
    """Similarities centred on the mean of all and divided by four deviations; 0 where all are alike."""
    if spread.deviation <= 1e-6:
        return values * 0
    return ((values - spread.mean) / (_SPREAD * spread.deviation)).astype("float32")


def _scaled(pool: "Pool", values: "Floats") -> "Floats":
    there = _there(pool, values)
    return scaled(values, Spread(mean=float(there.mean()), deviation=float(there.std())))


def _there(pool: "Pool", values: "Floats") -> "Floats":
    return values if pool.live_documents is None else values[pool.live_documents]


def _best(values: "Floats") -> float:
    return max(float(values.max(initial=0.0)), 1e-9)
