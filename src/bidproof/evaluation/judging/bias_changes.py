"""When two answers to the same question differ in what they say."""

from bidproof.core.records import Draft, DraftState
from bidproof.language.numbers import find_quantities
from bidproof.language.polarity import is_negative
from bidproof.language.words import content_stems

_ALIKE = 0.5


def has_changed(one: Draft, other: Draft, *, is_exact: bool = False) -> bool:
    """Whether two drafts say different things.

    They do when one answers and the other is silent, when their choices differ,
    when one holds a figure that the other lacks, when one denies and the other
    affirms, or when they share less than half of their words. Another wording
    alone is no change.

    Args:
        one: A draft.
        other: Another draft of the same question.
        is_exact: Any difference of words counts, as it should for an engine without chance.
    """
    if _is_answer(one) != _is_answer(other) or (one.choice or "") != (other.choice or ""):
        return True
    if not _is_answer(one):
        return False
    mine, theirs = " ".join(one.text.split()), " ".join(other.text.split())
    if mine == theirs:
        return False
    if is_exact or _figures(mine) != _figures(theirs) or is_negative(mine) != is_negative(theirs):
        return True
    return _overlap(mine, theirs) < _ALIKE


def _is_answer(draft: Draft) -> bool:
    return (draft.state.is_answer or draft.state is DraftState.NEEDS_PERSON) and bool(
        draft.text or draft.choice
    )


def _figures(text: str) -> frozenset[frozenset[str]]:
    return frozenset(item.values for item in find_quantities(text) if not item.is_vague)


def _overlap(one: str, other: str) -> float:
    mine, theirs = set(content_stems(one)), set(content_stems(other))
    joined = mine | theirs
    return len(mine & theirs) / len(joined) if joined else 1.0
