"""Questions of a gold set that are the same, or nearly."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from bidproof.evaluation.records import GoldCase
from bidproof.language.polarity import is_negative
from bidproof.language.words import asked_stems, words
from bidproof.workspace.question_text import normalize_question

NEAR = 0.8
"""Shared weight of words from which two questions count as nearly the same."""

_CAPITALISED = re.compile(r"(?<![.?!:]\s)(?<=[\s(\"“])[^\W\d_a-z][^\W\d_]*(?:['’]s)?")
_COMMON = 0.25
_LEAST_COMMON = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicatePair:
    """Two cases whose questions are alike; ``similarity`` is 1 for the same text."""

    first: str
    second: str
    similarity: float

    @property
    def is_exact(self) -> bool:
        """Whether only case, spacing, punctuation or a leading id differ."""
        return self.similarity >= 1.0


def find_duplicates(cases: Sequence[GoldCase]) -> tuple[DuplicatePair, ...]:
    """Find pairs of cases that ask the same, or nearly the same.

    Exact: equal by the rule by which the answer library compares questions.
    Near: the stems they share weigh at least 0.8 of all their stems together,
    each weighed by its rarity in the set, both have the same words with digits
    and the same polarity, and not each a name that the other lacks: "AES-128" and
    "AES-256", or "Apple's sales" and "Amazon's sales", are two questions.

    Returns:
        Pairs in case order; each case of a longer run of equal ones is paired
        with the first.
    """
    normal = [normalize_question(case.question) for case in cases]
    pairs: dict[tuple[int, int], float] = {}
    first: dict[str, int] = {}
    for place, text in enumerate(normal):
        if text in first:
            pairs[first[text], place] = 1.0
        else:
            first[text] = place
    for one, other, similarity in _near(cases, sorted(first.values())):
        pairs[one, other] = similarity
    return tuple(
        DuplicatePair(first=cases[one].id, second=cases[other].id, similarity=round(similarity, 3))
        for (one, other), similarity in sorted(pairs.items())
    )


def _near(cases: Sequence[GoldCase], places: Sequence[int]) -> list[tuple[int, int, float]]:
    stems = {place: frozenset(asked_stems(cases[place].question)) for place in places}
    counts = Counter(stem for found in stems.values() for stem in found)
    weight = {stem: log(1 + len(places) / count) for stem, count in counts.items()}
    total = {place: sum(weight[stem] for stem in found) for place, found in stems.items()}
    marks = {place: _marks(cases[place].question) for place in places}
    holders: dict[str, list[int]] = defaultdict(list)
    most = max(_LEAST_COMMON, round(_COMMON * len(places)))
    near: list[tuple[int, int, float]] = []
    for place in places:
        # Two that share enough weight share a rare stem, save where every word is a common one.
        rare = [stem for stem in stems[place] if counts[stem] <= most] or list(stems[place])
        for earlier in {other for stem in rare for other in holders[stem]}:
            shared = sum(weight[stem] for stem in stems[place] & stems[earlier])
            joined = total[place] + total[earlier] - shared
            similarity = shared / joined if joined else 0.0
            if (
                similarity >= NEAR
                and marks[place] == marks[earlier]
                and not _differ_in_name(cases[place].question, cases[earlier].question)
            ):
                near.append((earlier, place, min(similarity, 0.999)))
        for stem in rare:
            holders[stem].append(place)
    return near


def _marks(question: str) -> tuple[frozenset[str], bool]:
    with_digits = frozenset(word for word in words(question) if any(char.isdigit() for char in word))
    return with_digits, is_negative(question)


def _differ_in_name(one: str, other: str) -> bool:
    """Whether each question has a capitalised word, not its first, that the other lacks in any case."""
    return bool(_names(one) - set(words(other))) and bool(_names(other) - set(words(one)))


def _names(question: str) -> set[str]:
    found = _CAPITALISED.findall(question.strip()[1:])
    return {word for name in found for word in words(name)}


def join_related(cases: Sequence[GoldCase]) -> list[list[int]]:
    """Part cases into families that belong on one side of a split.

    Cases of one group, and cases that are duplicates or near duplicates, are of
    one family, transitively.

    Returns:
        Families of places in ``cases``, each in order, by their first place.
    """
    parent = list(range(len(cases)))

    def find(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    def join(one: int, other: int) -> None:
        low, high = sorted((find(one), find(other)))
        parent[high] = low

    place_of = {case.id: place for place, case in enumerate(cases)}
    first_of_group: dict[str, int] = {}
    for place, case in enumerate(cases):
        if case.group:
            join(first_of_group.setdefault(case.group, place), place)
    for pair in find_duplicates(cases):
        join(place_of[pair.first], place_of[pair.second])
    families: dict[int, list[int]] = defaultdict(list)
    for place in range(len(cases)):
        families[find(place)].append(place)
    return list(families.values())
