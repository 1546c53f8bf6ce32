"""Successive halving: every candidate on few cases, the better half on more, the best on all.

A rung's cases hold those of the rung before, and a candidate is only ever held
against others on the same rung, so no one falls for having met harder cases.
Candidates come one after another, so each is judged by those that came before it
(asynchronous successive halving: Li et al. 2020, arXiv 1810.05934).
"""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil

from bidproof.evaluation.records import GoldCase

SHARES = (0.25, 0.5, 1.0)
LEAST_CASES = 12
"""A rung with fewer cases would throw candidates out by luck."""


def nested_subsets(
    cases: Sequence[GoldCase], *, shares: Sequence[float] = SHARES, seed: int = 0, least: int = LEAST_CASES
) -> tuple[tuple[GoldCase, ...], ...]:
    """Draw growing random subsets, each holding the one before, each group in its share.

    Args:
        cases: All cases, distinct.
        shares: Of all cases, growing, the last 1.
        seed: Of the draw.
        least: Smaller subsets are left out.

    Returns:
        The subsets, smallest first; the last one is all cases. Each in the order of the draw.
    """
    drawn = _drawn(cases, seed=seed)
    sizes = sorted({ceil(share * len(drawn)) for share in shares if share < 1})
    kept = [size for size in sizes if least <= size < len(drawn)]
    return tuple(drawn[:size] for size in (*kept, len(drawn)))


def _drawn(cases: Sequence[GoldCase], *, seed: int) -> tuple[GoldCase, ...]:
    """An order of which every beginning has about the groups' shares: each group is spread evenly."""
    chance = random.Random(seed)  # noqa: S311 - a reproducible draw, no secret
    groups: dict[str, list[GoldCase]] = defaultdict(list)
    for case in cases:
        groups[case.group].append(case)
    places: list[tuple[float, int, GoldCase]] = []
    for members in groups.values():
        chance.shuffle(members)
        offset = chance.random()
        places += [
            ((number + offset) / len(members), len(places) + number, case)
            for number, case in enumerate(members)
        ]
    return tuple(case for _, _, case in sorted(places, key=lambda item: item[:2]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a candidate reached on a rung: the objective (more is better) and its cost (less is)."""

    value: float
    cost: float = 0.0


@dataclass(kw_only=True)
class Halving:
    """Who goes on to the next rung.

    Attributes:
        reduction: One in so many goes on.
        has_cost: Whether a cheaper candidate goes on as well, where none is both better and cheaper.
        keepers: Candidates that always go on, such as the incumbent.
    """

    reduction: int = 2
    has_cost: bool = False
    keepers: frozenset[int] = frozenset({0})
    rungs: dict[int, dict[int, Standing]] = field(default_factory=dict[int, dict[int, Standing]])

    def goes_on(self, candidate: int, rung: int, standing: Standing) -> bool:
        """Note what a candidate reached on a rung, and say whether it goes on from there."""
        here = self.rungs.setdefault(rung, {})
        here[candidate] = standing
        if candidate in self.keepers:
            return True
        better = sum(other.value > standing.value for other in here.values())
        if better < ceil(len(here) / self.reduction):
            return True
        return self.has_cost and candidate in pareto_front(here)


def pareto_front(standings: Mapping[int, Standing]) -> tuple[int, ...]:
    """The candidates that no other beats in one thing without losing in the other, best value first.

    Of several with the same value and cost, all are kept.
    """
    kept = [
        name
        for name, mine in standings.items()
        if not any(
            other.value >= mine.value and other.cost <= mine.cost and other != mine
            for other in standings.values()
        )
    ]
    return tuple(sorted(kept, key=lambda name: (-standings[name].value, standings[name].cost, name)))
