"""Certificates: of the answers accepted at most so many are wrong, at a stated confidence.

Nothing is assumed about the score: a useless or inverted one gets no certificate, never
a false one. What is assumed: the labelled items are independent draws of the questions that
will be asked, and score and thresholds were fixed without looking at their labels. So a score
that is fitted, and thresholds that are chosen, take a part of the labelled items of their own
(:func:`split_items`, :func:`plan_thresholds`).
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal

from bidproof.evaluation.statistics.power import items_to_certify

Method = Literal["fixed-sequence", "bonferroni"]
"""``fixed-sequence`` tests in the given order at full level and stops at the first failure;
``bonferroni`` tests all, each at its share of the level. Both hold over all thresholds at once
(Learn then Test, arXiv 2110.01052)."""

PLANNED = 20
_MOST_WRONG = 2000
_LEAST_UNITS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """Labelled items that a rule accepts, and how many of them are wrong."""

    n: int
    wrong: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What can be promised of the items that a threshold accepts.

    Attributes:
        error: Greatest promised share of wrong ones, 0 to 1.
        confidence: Chance that the promise is true, over draws of the labelled items.
        threshold: The least strict certified one: what scores at least this is accepted.
            None when nothing could be certified.
        accepted: Labelled items that it accepts; 0 without one.
        wrong: How many of them are wrong.
        upper: Exact one-sided upper bound of their error rate (Clopper and Pearson 1934), at
            the level the threshold was tested at; None without a threshold.
        items: Labelled items that were tested on.
        needed: Accepted items without any error that a certificate takes: the very least.
        method: How many thresholds could be tested at once.
        tested: How many were.
    """

    error: float
    confidence: float
    threshold: float | None
    accepted: int
    wrong: int
    upper: float | None
    items: int
    needed: int
    method: Method
    tested: int

    @property
    def coverage(self) -> float:
        """Share of the tested items that is accepted; 0 without a certificate."""
        return self.accepted / self.items if self.items else 0.0


def certify(
    scores: Sequence[float],
    wrong: Sequence[bool],
    *,
    thresholds: Sequence[float],
    error: float = 0.05,
    confidence: float = 0.95,
    method: Method = "fixed-sequence",
) -> Certificate:
    """Find the least strict threshold whose accepted items are certified to be right often enough.

    Args:
        scores: One an item; higher is more certain.
        wrong: Whether each is wrong.
        thresholds: In the order in which they are tested, by convention strictest first. Fixed
            without looking at ``wrong``.
        error: Share of wrong ones to promise at most.
        confidence: Of the promise.
        method: See :data:`Method`.

    Raises:
        ValueError: Lengths differ, or a rate is not between 0 and 1.
    """
    if len(scores) != len(wrong):
        raise ValueError(f"cannot pair {len(scores)} scores with {len(wrong)} labels")
    counts = [count_accepted(scores, wrong, threshold) for threshold in thresholds]
    places = certified_places(counts, error=error, confidence=confidence, method=method)
    best = min(places, key=lambda place: thresholds[place], default=None)
    level = 1 - _level(confidence, method, len(thresholds))
    found = Accepted(n=0, wrong=0) if best is None else counts[best]
    return Certificate(
        error=error,
        confidence=confidence,
        threshold=None if best is None else thresholds[best],
        accepted=found.n,
        wrong=found.wrong,
        upper=None if best is None else upper_bound(found, confidence=level),
        items=len(scores),
        needed=items_to_certify(error, level),
        method=method,
        tested=len(thresholds),
    )


def certified_places(
    counts: Sequence[Accepted], *, error: float, confidence: float, method: Method = "fixed-sequence"
) -> tuple[int, ...]:
    """Say which of several rules are certified, all of them at once at this confidence.

    For any family of rules: one threshold, or the pairs of a cascade.

    Args:
        counts: What each rule accepts, in the order of testing.
        error: Share of wrong ones to promise at most.
        confidence: Of the promise.
        method: See :data:`Method`.
    """
    level = _level(confidence, method, len(counts))
    places: list[int] = []
    for place, count in enumerate(counts):
        if error_p_value(count, error=error) <= level:
            places.append(place)
        elif method == "fixed-sequence":
            break
    return tuple(places)


def error_p_value(accepted: Accepted, *, error: float) -> float:
    """Chance of so few wrong ones if the true error rate were ``error``; 1 for no items."""
    from scipy.special import bdtr

    return float(bdtr(accepted.wrong, accepted.n, error)) if accepted.n else 1.0


def upper_bound(accepted: Accepted, *, confidence: float = 0.95) -> float:
    """Exact one-sided upper bound of an error rate (Clopper and Pearson 1934); 1 for no items."""
    if accepted.wrong >= accepted.n:
        return 1.0
    from scipy.special import betaincinv

    return float(betaincinv(accepted.wrong + 1, accepted.n - accepted.wrong, confidence))


def count_accepted(scores: Sequence[float], wrong: Sequence[bool], threshold: float) -> Accepted:
    """Count what a threshold accepts."""
    labels = [bad for score, bad in zip(scores, wrong, strict=True) if score >= threshold]
    return Accepted(n=len(labels), wrong=sum(labels))


def items_needed(error: float, confidence: float = 0.95, *, rate: float = 0.0) -> int | None:
    """Say how many accepted items certify ``error`` when a share ``rate`` of them is wrong.

    Returns:
        59 for 5% at 95% without errors, 181 with 2% wrong. None where the rate is not below what
        is to be promised, or so close to it that no set would do.
    """
    if rate >= error:
        return None
    n = items_to_certify(error, confidence)
    for wrong in range(_MOST_WRONG):
        n = _least_items(wrong, n, error, confidence)
        if rate * n <= wrong + 1e-9:
            return n
    return None


def _least_items(wrong: int, start: int, error: float, confidence: float) -> int:
    """The fewest items, ``start`` or more, that certify with so many wrong ones among them."""
    level = round(1 - confidence, 12)
    low, high = start, start
    while error_p_value(Accepted(n=high, wrong=wrong), error=error) > level:
        low, high = high + 1, high * 2
    while low < high:
        middle = (low + high) // 2
        is_enough = error_p_value(Accepted(n=middle, wrong=wrong), error=error) <= level
        low, high = (low, middle) if is_enough else (middle + 1, high)
    return high


def split_items(
    groups: Sequence[str], *, share: float = 0.4, seed: int = 0
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Part items at random: those to fit and plan on, and those to certify on.

    Groups stay whole where there are at least ten of them, so that what is fitted knows nothing of
    the groups it is certified on; below that, items are drawn one by one.

    Args:
        groups: Group of each item; empty stands alone.
        share: Of the items to fit on, 0 to 1.
        seed: Of the draw. Choose it before looking at any result.

    Returns:
        Places of the two parts, each in rising order.
    """
    names = [group or f"\0{place}" for place, group in enumerate(groups)]
    units = sorted(set(names))
    if len(units) < _LEAST_UNITS:
        names = [f"\0{place}" for place in range(len(groups))]
        units = sorted(names)
    random.Random(seed).shuffle(units)  # noqa: S311 - a draw, no secret
    wanted, fitting, taken = share * len(groups), set[str](), 0
    sizes = dict.fromkeys(units, 0)
    for name in names:
        sizes[name] += 1
    for unit in units:
        if taken + sizes[unit] / 2 > wanted:
            break
        fitting.add(unit)
        taken += sizes[unit]
    first = tuple(place for place, name in enumerate(names) if name in fitting)
    second = tuple(place for place, name in enumerate(names) if name not in fitting)
    return first, second


def plan_thresholds(
    scores: Sequence[float],
    wrong: Sequence[bool],
    *,
    items: int,
    error: float = 0.05,
    most: int = PLANNED,
) -> tuple[float, ...]:
    """Choose thresholds to test, and their order, on items that the test will not see.

    Split fixed-sequence testing: the first threshold is the one that other items make most
    likely to be certified; from there downward, so that each success lets more be accepted.

    Args:
        scores: Of the items set aside for this.
        wrong: Whether each of them is wrong.
        items: How many will be tested on.
        error: To be promised.
        most: Thresholds at most.

    Returns:
        Strictest first, each distinct; empty without items.
    """
    places = sorted(set(scores), reverse=True)
    total = len(scores)
    if not total:
        return ()
    step = max(1, ceil(len(places) / most))
    grid = sorted({*places[step - 1 :: step], places[-1]}, reverse=True)

    def promise(threshold: float) -> float:
        found = count_accepted(scores, wrong, threshold)
        rate = (found.wrong + 0.5) / (found.n + 1)
        return _expected_p(items * found.n / total, rate, error)

    start = min(range(len(grid)), key=lambda place: (promise(grid[place]), place))
    return tuple(grid[start:])


def one_a_group(groups: Sequence[str], accepted: Sequence[bool], *, seed: int = 0) -> tuple[int, ...]:
    """Draw one accepted item of each group: the conservative reading where items of a group are alike.

    The error rate is then that of a random accepted answer of a random group.

    Returns:
        Places in rising order.
    """
    order = list(range(len(groups)))
    random.Random(seed).shuffle(order)  # noqa: S311 - a draw, no secret
    drawn: dict[str, int] = {}
    for place in order:
        if accepted[place]:
            drawn.setdefault(groups[place] or f"\0{place}", place)
    return tuple(sorted(drawn.values()))


def _level(confidence: float, method: Method, tests: int) -> float:
    if not 0 < confidence < 1:
        raise ValueError(f"cannot promise at the confidence {confidence!r}: expected between 0 and 1")
    # Rounding, so that 0.95 stands for a level of 0.05 and not a hair less.
    whole = round(1 - confidence, 12)
    return whole if method == "fixed-sequence" else whole / max(1, tests)


def _expected_p(n: float, rate: float, error: float) -> float:
    """The p-value for a number of items and wrong ones that need not be whole."""
    from scipy.special import betainc

    wrong = n * rate
    return float(1 - betainc(wrong + 1, n - wrong, error)) if n - wrong > 0 else 1.0
