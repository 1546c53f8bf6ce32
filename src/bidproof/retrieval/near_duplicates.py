"""Drops passages that say what a better one has said already."""

from collections.abc import Sequence

from bidproof.retrieval.protocol import IndexedPassage

_SAME_DIRECTION = 0.9
_SAME_WORDS = 0.85


def drop_near_duplicates(ranked: Sequence[IndexedPassage]) -> list[IndexedPassage]:
    """Keep the first of each group of near-equal passages, order unchanged.

    Two passages are near-equal when their vectors point the same way, 85% of
    their distinct words are shared (Jaccard), and their figures are the same
    ones: a changed number, date or version is another statement.
    """
    import numpy as np

    if not ranked:
        return []
    vectors = np.stack([item.vector for item in ranked])
    similar = vectors @ vectors.T >= _SAME_DIRECTION
    kept: list[int] = []
    for at, item in enumerate(ranked):
        if not any(similar[at, other] and _is_same(item.terms, ranked[other].terms) for other in kept):
            kept.append(at)
    return [ranked[at] for at in kept]


def _is_same(left: frozenset[str], right: frozenset[str]) -> bool:
    joint = len(left | right)
    if joint and len(left & right) / joint < _SAME_WORDS:
        return False
    return not any(any(mark.isdigit() for mark in term) for term in left ^ right)
