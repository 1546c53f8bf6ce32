"""Failures that are alike, gathered and named, so that one can read three instead of thirty."""

# pyright: reportMissingTypeStubs=false, reportArgumentType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# scikit-learn ships no types.

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bidproof.evaluation.records import GoldCase
from bidproof.language.words import STOP_WORDS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

Embed = Callable[[Sequence[str]], "Vectors"]

_TERM = re.compile(r"[^\W\d_][\w-]{2,}")
_LEAST = 6
_MOST_CLUSTERS = 8
_TERMS = 4
_EXAMPLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureCluster:
    """Failed questions that are alike.

    Attributes:
        terms: Words that set them apart from the other failures, most telling first.
        case_ids: All of them, the most typical first.
        examples: Questions of the most typical ones.
        tightness: Mean cosine similarity to the cluster's centre, 0 to 1.
    """

    terms: tuple[str, ...]
    case_ids: tuple[str, ...]
    examples: tuple[str, ...]
    tightness: float


def cluster_failures(
    cases: Sequence[GoldCase], *, embed: Embed | None = None, seed: int = 0
) -> tuple[FailureCluster, ...]:
    """Gather similar failed questions.

    Vectors come from ``embed``, or from TF-IDF without it; k-means with the
    number of clusters (2 to 8) that gives the best mean silhouette. Clusters of
    questions are a reading aid and prove nothing: the slices are what is tested.

    Args:
        cases: Failed cases, each once.
        embed: Texts to unit vectors, ``[n, d]``.
        seed: Of k-means.

    Returns:
        Clusters, the largest first; none for fewer than six failures.
    """
    if len(cases) < _LEAST:
        return ()
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = [" ".join((*case.section_path[-1:], case.question)) for case in cases]
    counter: Any = TfidfVectorizer(analyzer=_words, sublinear_tf=True)
    try:
        weights = counter.fit_transform(texts)
    except ValueError:
        # Nothing but stop words.
        return ()
    vectors = np.asarray(embed(texts) if embed else weights.toarray(), dtype=np.float64)
    labels = _labels(vectors, seed=seed)
    names = counter.get_feature_names_out()
    found = [
        _cluster(cases, vectors, weights, names, members=np.flatnonzero(labels == label))
        for label in sorted(set(labels.tolist()))
    ]
    return tuple(sorted(found, key=lambda item: -len(item.case_ids)))


def _words(text: str) -> list[str]:
    return [word for word in _TERM.findall(text.lower()) if word not in STOP_WORDS]


def _labels(vectors: Any, *, seed: int) -> Any:
    import numpy as np
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    distinct = len(np.unique(vectors.round(6), axis=0))
    most = min(_MOST_CLUSTERS, len(vectors) // 2, distinct - 1)
    best, best_score = np.zeros(len(vectors), dtype=int), 0.0
    for count in range(2, most + 1):
        labels = KMeans(n_clusters=count, n_init=5, random_state=seed).fit_predict(vectors)
        if len(set(labels.tolist())) < 2:
            continue
        score = float(silhouette_score(vectors, labels, metric="cosine"))
        if score > best_score:
            best, best_score = labels, score
    return best


def _cluster(
    cases: Sequence[GoldCase], vectors: Any, weights: Any, names: Any, *, members: Any
) -> FailureCluster:
    import numpy as np

    own = vectors[members]
    centre = own.mean(axis=0)
    lengths = np.linalg.norm(own, axis=1) * (np.linalg.norm(centre) or 1.0)
    nearness = (own @ centre) / np.where(lengths == 0, 1.0, lengths)
    order = members[np.argsort(-nearness, kind="stable")]
    others = np.setdiff1d(np.arange(len(cases)), members)
    inside = np.asarray(weights[members].mean(axis=0)).ravel()
    outside = np.asarray(weights[others].mean(axis=0)).ravel() if len(others) else np.zeros_like(inside)
    telling = [place for place in np.argsort(outside - inside, kind="stable")[:_TERMS] if inside[place] > 0]
    ordered = [cases[int(place)] for place in order]
    return FailureCluster(
        terms=tuple(str(names[place]) for place in telling),
        case_ids=tuple(case.id for case in ordered),
        examples=tuple(" ".join(case.question.split()) for case in ordered[:_EXAMPLES]),
        tightness=round(float(nearness.mean()), 3),
    )
