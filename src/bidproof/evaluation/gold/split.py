"""Part a gold set into train, dev and a sealed test split."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bidproof.core.errors import InvalidSetting, UserError
from bidproof.core.next_steps import NextStep
from bidproof.evaluation.gold.duplicates import join_related
from bidproof.evaluation.records import GoldCase, GoldSet, Split
from bidproof.evaluation.statistics.power import LEAST_GROUPS

DEFAULT_SHARES: Mapping[Split, float] = {"train": 0.4, "dev": 0.2, "test": 0.4}
_ORDER: tuple[Split, ...] = ("train", "dev", "test")
_TOTAL_ERROR = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitGold:
    """A set after splitting.

    Attributes:
        gold: The set, every case with its split.
        cases: Cases by split.
        families: Families by split; a family is never parted.
        largest: Share of all cases that the largest family has, 0 to 1.
        unprovable: Splits with so few groups that no difference can be proven on them, each with
            its number of groups; a case without a group stands alone.
    """

    gold: GoldSet
    cases: Mapping[str, int]
    families: Mapping[str, int]
    largest: float
    unprovable: Mapping[str, int]


def split_gold(
    gold: GoldSet, *, shares: Mapping[Split, float] | None = None, seed: int = 0, is_forced: bool = False
) -> SplitGold:
    """Deal families of related cases to the splits, so that none straddles two.

    A family is a group with all near duplicates of its cases. The families are
    shuffled by the seed, the larger ones dealt first, each to the split that
    lacks most of its share.

    Args:
        gold: The set.
        shares: Share of each split; must add up to 1. A share of 0 leaves a split out.
        seed: Of the shuffle; the same seed and cases give the same splits.
        is_forced: Split anew although there is a test split.

    Raises:
        UserError: The set has a test split already (``gold-sealed``), or too few families.
        InvalidSetting: The shares do not add up to 1.
    """
    wanted = dict(shares or DEFAULT_SHARES)
    if abs(sum(wanted.values()) - 1.0) > _TOTAL_ERROR or min(wanted.values()) < 0:
        given = ", ".join(f"{name} {share:g}" for name, share in wanted.items())
        raise InvalidSetting(
            f"cannot split by {given}: found a total of {sum(wanted.values()):g}, expected 1",
            hint=NextStep("for example 0.4, 0.2 and 0.4", options=("train", "dev", "test")),
        )
    sealed = sum(case.split == "test" for case in gold.cases)
    if sealed and not is_forced:
        raise UserError(
            f"cannot split {gold.name!r} again: found a sealed test split of {sealed} cases; dealing them"
            " anew would let a program be tuned on them",
            hint=NextStep("force it only if no result on this test split is to be kept", options=("force",)),
            code="gold-sealed",
        )
    splits: list[Split] = [name for name in _ORDER if wanted.get(name, 0) > 0]
    families = join_related(gold.cases)
    if len(families) < len(splits):
        raise UserError(
            f"cannot split {gold.name!r}: found {len(families)} families of related cases,"
            f" expected at least {len(splits)}",
            hint=NextStep(
                "import with another grouping, or none, or leave a split out with a share of 0",
                options=("group_by",),
            ),
            code="gold-split",
        )
    dealt = _deal(families, splits, wanted, seed=seed)
    cases = tuple(replace(case, split=dealt[place]) for place, case in enumerate(gold.cases))
    return SplitGold(
        gold=replace(gold, cases=cases),
        cases=_in_order(Counter(case.split for case in cases)),
        families=_in_order(Counter(dealt[family[0]] for family in families)),
        largest=max(map(len, families)) / len(cases),
        unprovable=_unprovable(cases),
    )


def _unprovable(cases: Sequence[GoldCase]) -> dict[str, int]:
    groups: dict[str, set[str]] = {}
    for case in cases:
        if case.split in ("dev", "test"):  # nothing is proven on train
            groups.setdefault(case.split, set()).add(f"g:{case.group}" if case.group else f"c:{case.id}")
    return {name: len(own) for name, own in sorted(groups.items()) if len(own) < LEAST_GROUPS}


def _deal(
    families: Sequence[Sequence[int]], splits: Sequence[Split], shares: Mapping[Split, float], *, seed: int
) -> dict[int, Split]:
    order = list(families)
    random.Random(seed).shuffle(order)  # noqa: S311 - a reproducible deal, no secret
    order.sort(key=len, reverse=True)
    total = sum(map(len, families))
    held: Counter[Split] = Counter()
    dealt: dict[int, Split] = {}
    for number, family in enumerate(order):
        left = len(order) - number
        empty: list[Split] = [name for name in splits if not held[name]]
        # The last families go to splits that have none yet.
        choice: Sequence[Split] = empty if len(empty) >= left else splits
        target = max(choice, key=lambda name: shares[name] * total - held[name])
        held[target] += len(family)
        for place in family:
            dealt[place] = target
    return dealt


def _in_order(counts: Mapping[Split, int]) -> dict[str, int]:
    return {name: counts[name] for name in _ORDER if counts.get(name)}
