"""Read a judge's reply: every claim judged exactly once, every number one that exists, or a problem."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from bidproof.evaluation.protocol import Entailment


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Verdicts on numbered claims: per passage, and against the one other text.

    ``by_passage[c][p]`` and ``by_other[c]`` follow the order of the claims.
    """

    by_passage: tuple[tuple[Entailment, ...], ...]
    by_other: tuple[Entailment, ...]


def reply_problems(
    reply: Mapping[str, Any], *, claims: int, passages: int, parts: int = 0
) -> tuple[str, ...]:
    """What is wrong with a reply that fits its schema; empty when it can be read."""
    problems: list[str] = []
    said = [int(item["claim"]) for item in _items(reply)]
    problems += [f"claim {number} is missing" for number in range(1, claims + 1) if number not in said]
    problems += [f"claim {number} is judged twice" for number in sorted(set(said)) if said.count(number) > 1]
    problems += [f"there is no claim {number}" for number in sorted(set(said)) if not 1 <= number <= claims]
    named = {int(number) for item in _items(reply) for number in item["passages"]}
    problems += [f"there is no passage {number}" for number in sorted(named) if not 1 <= number <= passages]
    # Small models answer this field also where there are no parts: nothing is read from it then.
    answered = {int(number) for number in reply.get("answered_parts", ())} if parts else set[int]()
    problems += [f"there is no part {number}" for number in sorted(answered) if not 1 <= number <= parts]
    return tuple(problems)


def read_verdicts(reply: Mapping[str, Any], *, claims: int, passages: int, other: str) -> Reading:
    """Turn a reply without problems into rows.

    Args:
        reply: As checked by :func:`reply_problems`.
        claims: How many were asked about.
        passages: How many were shown.
        other: Field with the verdict on the one other text.
    """
    items = {int(item["claim"]): item for item in _items(reply)}
    ordered = [items[number] for number in range(1, claims + 1)]
    return Reading(
        by_passage=tuple(
            tuple(_entailment(place in item["passages"], item) for place in range(1, passages + 1))
            for item in ordered
        ),
        by_other=tuple(_entailment(bool(item[other]), item) for item in ordered),
    )


def read_parts(reply: Mapping[str, Any], *, parts: int) -> tuple[Entailment, ...]:
    """Whether the answer deals with each part, in order."""
    answered = {int(number) for number in reply["answered_parts"]}
    return tuple(_plain(number in answered) for number in range(1, parts + 1))


def _items(reply: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return cast("Sequence[Mapping[str, Any]]", reply["claims"])


def _entailment(is_held: bool, item: Mapping[str, Any]) -> Entailment:
    reasoning = " ".join(str(item["reasoning"]).split())
    return Entailment(is_held=is_held, score=float(is_held), problems=() if is_held else (reasoning,))


def _plain(is_held: bool) -> Entailment:
    return Entailment(is_held=is_held, score=float(is_held))
