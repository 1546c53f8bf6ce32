"""Finds passages that say what a better one has said already."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bidproof.retrieval.protocol import Vectors

_SAME_DIRECTION = 0.9
_SAME_WORDS = 0.85


def without_near_duplicates(
    vectors: "Vectors", terms_of: Callable[[int], frozenset[str]], *, count: int
) -> list[int]:
    """Keep the first of each group of near-equal passages, order unchanged.

    Two passages are near-equal when their vectors point the same way, 85% of
    their distinct words are shared (Jaccard), and their figures are the same
    ones: a changed number, date or version is another statement.

    Args:
        vectors: One row for each passage, best first, unit norm.
        terms_of: Distinct words of the passage at a place; asked for those alone that
            point the same way as a better one, which few do.
        count: How many are kept at most; what follows is not looked at.

    Returns:
        Places of the passages to keep.
    """
    kept: list[int] = []
    for at in range(len(vectors)):
        if len(kept) == count:
            break
        similar: list[float] = (vectors[kept] @ vectors[at]).tolist()
        alike = [other for other, value in zip(kept, similar, strict=True) if value >= _SAME_DIRECTION]
        if not any(_is_same(terms_of(at), terms_of(other)) for other in alike):
            kept.append(at)
    return kept


def _is_same(left: frozenset[str], right: frozenset[str]) -> bool:
    joint = len(left | right)
    if joint and len(left & right) / joint < _SAME_WORDS:
        return False
    return not any(any(mark.isdigit() for mark in term) for term in left ^ right)
