"""Who has to look at a draft next, and why, in the reader's words.

No probability is given here: without a calibration on a gold set (``calibrated.py``)
every draft goes to a reviewer or an expert and none is marked ready.
"""

from collections.abc import Sequence
from datetime import date

from bidproof.answering.evidence import Evidence
from bidproof.core.records import Claim, DraftState, Support, Tier, Trust
from bidproof.language.numbers import find_quantities
from bidproof.language.polarity import disagree, split_clauses
from bidproof.language.words import content_stems

UNCALIBRATED = "confidence: uncalibrated"
CONFLICT = "documents disagree: "
_SAME_TOPIC = 0.6
_LEAST_STEMS = 3
OLD_DAYS = 730
"""A document, or an approved answer, of more days than these may hold no longer."""
_CANDIDATES = 6


def choose_tier(state: DraftState, support: Support) -> Tier:
    """Expert where there is no answer or the evidence is against it, review for the rest.

    Never ``ready``: that takes a calibration on a gold set.
    """
    if not state.is_answer or support in (Support.CONTRADICTED, Support.NOT_FOUND):
        return Tier.EXPERT
    return Tier.REVIEW


def join_support(claims: Sequence[Claim]) -> Support:
    """The support of a whole draft: that of its weakest claim."""
    kinds = {claim.support for claim in claims}
    if not kinds:
        return Support.NOT_FOUND
    if Support.CONTRADICTED in kinds:
        return Support.CONTRADICTED
    return Support.SUPPORTED if kinds == {Support.SUPPORTED} else Support.PARTIAL


def find_conflicts(chosen: Sequence[Evidence], ranked: Sequence[Evidence]) -> tuple[str, ...]:
    """Statements elsewhere that say another number, or the opposite, about the same thing.

    Args:
        chosen: What the answer is made of.
        ranked: All statements found, best first.

    Returns:
        One plain sentence per conflict, naming both documents.
    """
    found = [
        f"{CONFLICT}{mine.passage.passage.path} and {other.passage.passage.path} say different"
        f" things"
        f" ({other.text.strip()[:120]!r})"
        for mine in chosen
        for other in ranked[:_CANDIDATES]
        if mine.passage.passage.document_id != other.passage.passage.document_id
        and _conflict(mine.text, other.text)
    ]
    return tuple(dict.fromkeys(found))


def _conflict(one: str, other: str) -> bool:
    mine, theirs = _topic(one), _topic(other)
    if min(len(mine), len(theirs)) < _LEAST_STEMS:
        return False
    if len(mine & theirs) < _SAME_TOPIC * max(len(mine), len(theirs)):
        return False
    return _numbers_differ(one, other) or _polarity_differs(one, other)


def _topic(text: str) -> frozenset[str]:
    return frozenset(stem for stem in content_stems(text) if not stem.isdigit())


def _numbers_differ(one: str, other: str) -> bool:
    mine, theirs = find_quantities(one), find_quantities(other)
    units = {item.unit for item in mine if item.unit} & {item.unit for item in theirs if item.unit}
    return any(
        not {value for item in mine if item.unit == unit for value in item.values}
        & {value for item in theirs if item.unit == unit for value in item.values}
        for unit in units
    )


def _polarity_differs(one: str, other: str) -> bool:
    mine, theirs = split_clauses(one), split_clauses(other)
    return len(mine) == 1 and len(theirs) == 1 and disagree(mine[0], theirs[0])


def source_warnings(chosen: Sequence[Evidence], *, today: date | None) -> tuple[str, ...]:
    """What a reviewer should know about the documents behind an answer.

    Args:
        chosen: What the answer is made of.
        today: For the age of a document; None leaves age unjudged.
    """
    warnings: list[str] = []
    for evidence in chosen:
        source = evidence.passage.passage
        if source.trust is Trust.THIRD_PARTY:
            warnings.append(f"{source.path} is a third party's document, not your own")
        if today is not None and source.written is not None and (today - source.written).days > OLD_DAYS:
            warnings.append(
                f"{source.path} was written on {source.written.isoformat()}: check that it still holds"
            )
    return tuple(dict.fromkeys(warnings))
