"""Answers of one questionnaire that say different numbers about the same thing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from bidproof.core.ids import QuestionId
from bidproof.core.records import Draft, DraftState
from bidproof.language.claims import missing_names
from bidproof.language.numbers import Quantity, find_quantities
from bidproof.language.words import content_stems

# Two sums of one period are two things more often than a contradiction.
_UNCOMPARED = ("usd", "eur", "gbp", "date")
_LEAST_SHARED = 2
_SHARED = 0.6
"""Of the shorter statement's words. Measured on answers of people (``docs/answering.md``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Statement:
    """A sentence of an answer that states a quantity; ``topic`` are its other words."""

    question_id: QuestionId
    text: str
    topic: frozenset[str]
    values: Mapping[str, frozenset[str]]
    period: frozenset[str]


def contradictions(drafts: Mapping[QuestionId, Draft]) -> tuple[str, ...]:
    """Pairs of answers that may contradict each other, each as a sentence for a reviewer.

    Two statements do where they speak of the same thing in the same period and give a period, a
    frequency, a share or a size of it that no reading makes equal. Words are compared, not meanings:
    what is said in other words is not found, and a pair that is named may be two things.

    Args:
        drafts: Of one questionnaire; only those that answer are compared.
    """
    answered = [draft for draft in drafts.values() if draft.state is DraftState.DRAFTED]
    said = [statement for draft in answered for statement in _statements(draft)]
    found: dict[tuple[QuestionId, QuestionId], str] = {}
    for one, other in combinations(said, 2):
        asked = one.question_id, other.question_id
        if asked[0] != asked[1] and asked not in found and _contradict(one, other):
            found[asked] = (
                f"the answers to {asked[0]} and {asked[1]} may contradict each other: "
                f"{one.text!r} and {other.text!r}"
            )
    return tuple(found.values())


def _statements(draft: Draft) -> Iterator[_Statement]:
    for claim in draft.claims:
        quantities = find_quantities(claim.text)
        units = {item.unit for item in quantities if item.unit and not item.is_vague}
        compared = units.difference(_UNCOMPARED)
        if compared:
            yield _Statement(
                question_id=draft.question_id,
                text=" ".join(claim.text.split())[:160],
                topic=_topic(claim.text, quantities),
                values={unit: _values(quantities, unit) for unit in compared},
                period=_values(quantities, "date") | _values(quantities, ""),
            )


def _topic(text: str, quantities: Sequence[Quantity]) -> frozenset[str]:
    for item in sorted(quantities, key=lambda item: -item.start):
        text = f"{text[: item.start]} {text[item.end :]}"
    return frozenset(content_stems(text))


def _values(quantities: Sequence[Quantity], unit: str) -> frozenset[str]:
    return frozenset(value for item in quantities if item.unit == unit for value in item.values)


def _contradict(one: _Statement, other: _Statement) -> bool:
    units = one.values.keys() & other.values.keys()
    if not units or one.period != other.period or any(one.values[it] & other.values[it] for it in units):
        return False
    shared = len(one.topic & other.topic)
    least = min(len(one.topic), len(other.topic))
    mine, theirs = len(one.topic) - shared, len(other.topic) - shared
    # A word of each in the other's place makes two things: critical and low, employees and administrators.
    is_replaced = mine == theirs == 1
    if shared < max(_LEAST_SHARED, _SHARED * least) or min(mine, theirs) > 1 or is_replaced:
        return False
    return not (missing_names(one.text, evidence=other.text) and missing_names(other.text, evidence=one.text))
