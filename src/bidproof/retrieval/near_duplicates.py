"""Finds passages that say what a better one has said already."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bidproof.retrieval.protocol import Vectors

_SAME_DIRECTION = 0.9
_SAME_WORDS = 0.85


def pointing_alike(vectors: "Vectors") -> list[int]:
    """Which of the vectors point the same way as another one: the only ones that can be near-duplicates."""
    import numpy as np

    similar = vectors @ vectors.T >= _SAME_DIRECTION
    return np.flatnonzero(similar.sum(axis=1) > 1).tolist()


def without_near_duplicates(vectors: "Vectors", terms: Mapping[int, frozenset[str]]) -> list[int]:
    """Keep the first of each group of near-equal passages, order unchanged.

    Two passages are near-equal when their vectors point the same way, 85% of
    their distinct words are shared (Jaccard), and their figures are the same
    ones: a changed number, date or version is another statement.

    Args:
        vectors: One row for each passage, best first, unit norm.
        terms: Distinct words by place, of every passage that ``pointing_alike`` names;
            one whose words are missing is kept.

    Returns:
        Places of the passages to keep.
    """
    similar = vectors @ vectors.T >= _SAME_DIRECTION
    kept: list[int] = []
    for at in range(len(vectors)):
        own = terms.get(at)
        rivals = [terms[other] for other in kept if other in terms and similar[at, other]]
        if own is None or not any(_is_same(own, rival) for rival in rivals):
            kept.append(at)
    return kept


def _is_same(left: frozenset[str], right: frozenset[str]) -> bool:
    joint = len(left | right)
    if joint and len(left & right) / joint < _SAME_WORDS:
        return False
    return not any(any(mark.isdigit() for mark in term) for term in left ^ right)
