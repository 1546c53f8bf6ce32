"""Fit the thresholds between a small and a large model: least cost at a stated quality."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEVER = -1.0
"""Below every probability: the score of what is no answer, or failed a check."""
ALWAYS = 2.0
"""Above every probability: a threshold that keeps nothing."""
_GRID = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class PairCase:
    """One question as both models did it.

    Attributes:
        case_id: The case.
        group: For splitting.
        small_score: Chance that the small one's answer is right; ``NEVER`` where it cannot be kept.
        small_right: Whether it is.
        small_cost: US dollars of asking it.
        large_score: The same of the large one; ``NEVER`` where it gave no answer.
        large_right: Whether it is.
        large_cost: US dollars of asking it.
        small_answers: Whether the small one gave an answer at all, fit to be kept or not.
        large_passed: Whether the checks passed on the large one's answer; only then may it be ready.
    """

    case_id: str = ""
    group: str = ""
    small_score: float
    small_right: bool
    small_cost: float
    large_score: float
    large_right: bool
    large_cost: float
    small_answers: bool = True
    large_passed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Operating:
    """What a way of routing does on a set of questions.

    Attributes:
        quality: Share of right ones among the answers kept; 0 without any.
        coverage: Share of questions whose answer is kept and not left to a person.
        cost_usd: Mean cost a question, what a person costs included.
        large_share: Share of questions that the large model was asked.
    """

    quality: float
    coverage: float
    cost_usd: float
    large_share: float

    @classmethod
    def of(cls, n: int, *, kept: float, right: float, cost: float, large: float) -> "Operating":
        """From sums over ``n`` questions: answers kept and right, dollars, questions to the large one."""
        return cls(
            quality=right / kept if kept else 0.0,
            coverage=kept / n if n else 0.0,
            cost_usd=cost / n if n else 0.0,
            large_share=large / n if n else 0.0,
        )

    @property
    def risk(self) -> float:
        """Share of wrong ones among the answers kept."""
        return 1 - self.quality if self.coverage else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Where a route goes up, and where it gives up.

    ``up_below``: the large model is asked below this score of the small one.
    ``person_below``: its answer is left to a person below this score of its own.
    ``expected`` is what that did on the cases it was fitted on.
    """

    up_below: float
    person_below: float
    expected: Operating


def operate(
    pairs: Sequence[PairCase], *, up_below: float, person_below: float = 0.0, person_usd: float = 0.0
) -> Operating:
    """Say what a pair of thresholds does."""
    kept = right = large = 0
    cost = 0.0
    for pair in pairs:
        cost += pair.small_cost
        if pair.small_score >= up_below:
            kept, right = kept + 1, right + pair.small_right
            continue
        large += 1
        cost += pair.large_cost
        if pair.large_score >= person_below:
            kept, right = kept + 1, right + pair.large_right
        else:
            cost += person_usd
    return Operating.of(len(pairs), kept=kept, right=right, cost=cost, large=large)


def final_score(pair: PairCase, *, up_below: float, person_below: float = 0.0) -> tuple[float, bool]:
    """Score by which the kept answer may be ready (``NEVER`` where it may not), and whether it is right."""
    if pair.small_score >= up_below:
        return pair.small_score, pair.small_right
    may_be_ready = pair.large_passed and pair.large_score >= person_below
    return (pair.large_score if may_be_ready else NEVER), pair.large_right


def always_small(pairs: Sequence[PairCase], *, person_usd: float = 0.0) -> Operating:
    """Only the small model; what it does not answer goes to a person."""
    return _alone(
        [(p.small_answers, p.small_right, p.small_cost) for p in pairs], person_usd, large_share=0.0
    )


def always_large(pairs: Sequence[PairCase], *, person_usd: float = 0.0) -> Operating:
    """Only the large model, the small one never paid."""
    return _alone(
        [(p.large_score >= 0, p.large_right, p.large_cost) for p in pairs], person_usd, large_share=1.0
    )


def fit_thresholds(
    pairs: Sequence[PairCase],
    *,
    target: float | None = None,
    least_coverage: float | None = None,
    person_usd: float = 0.0,
) -> Thresholds:
    """Find the pair of thresholds that costs least at a quality of at least ``target``.

    Every pair of the scores' quantiles is tried. Of equal costs the better quality wins.

    Args:
        pairs: Cases with scores that the fit of those scores did not see.
        target: Least share of right ones among the answers kept; None for the large model's.
        least_coverage: Least share of questions answered; None for the large model's.
        person_usd: What it costs when a person answers.

    Returns:
        Thresholds that ask the large model everything where nothing less reaches the target.
    """
    alone = always_large(pairs, person_usd=person_usd)
    wanted = alone.quality if target is None else target
    answered = alone.coverage if least_coverage is None else least_coverage
    table = _Table.of(pairs)
    best: tuple[float, float, float, float] | None = None
    for up_below in table.up_places():
        for person_below in table.person_places():
            quality, coverage, cost = table.operate(up_below, person_below, person_usd)
            if quality < wanted - 1e-9 or coverage < answered - 1e-9:
                continue
            found = (cost, -quality, up_below, person_below)
            if best is None or found < best:
                best = found
    up, person = (ALWAYS, 0.0) if best is None else best[2:]
    return Thresholds(
        up_below=up,
        person_below=person,
        expected=operate(pairs, up_below=up, person_below=person, person_usd=person_usd),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """The cases as columns, each of shape [cases]."""

    small: "NDArray[Any]"
    small_right: "NDArray[Any]"
    small_cost: "NDArray[Any]"
    large: "NDArray[Any]"
    large_right: "NDArray[Any]"
    large_cost: "NDArray[Any]"

    @classmethod
    def of(cls, pairs: Sequence[PairCase]) -> "_Table":
        import numpy as np

        def column(name: str) -> "NDArray[Any]":
            return np.asarray([getattr(pair, name) for pair in pairs], dtype=np.float64)

        return cls(
            small=column("small_score"),
            small_right=column("small_right"),
            small_cost=column("small_cost"),
            large=column("large_score"),
            large_right=column("large_right"),
            large_cost=column("large_cost"),
        )

    def up_places(self) -> list[float]:
        return [*_places(self.small), ALWAYS]

    def person_places(self) -> list[float]:
        return [0.0, *(place for place in _places(self.large) if place > 0)]

    def operate(self, up_below: float, person_below: float, person_usd: float) -> tuple[float, float, float]:
        goes_up = self.small < up_below
        is_kept = goes_up & (self.large >= person_below)
        kept = int((~goes_up).sum() + is_kept.sum())
        right = float(self.small_right[~goes_up].sum() + self.large_right[is_kept].sum())
        n = len(self.small)
        cost = self.small_cost.sum() + self.large_cost[goes_up].sum() + person_usd * (n - kept)
        return (right / kept if kept else 0.0), (kept / n if n else 0.0), (float(cost) / n if n else 0.0)


def _places(scores: "NDArray[Any]") -> list[float]:
    """The scores themselves where they are few, else their quantiles; rising, what is no answer left out."""
    import numpy as np

    known = np.unique(scores[scores >= 0])
    if len(known) > _GRID:
        known = known[np.unique(np.linspace(0, len(known) - 1, _GRID).round().astype(int))]
    return [float(value) for value in known]


def _alone(rows: Sequence[tuple[bool, bool, float]], person_usd: float, *, large_share: float) -> Operating:
    kept = [is_right for is_answer, is_right, _ in rows if is_answer]
    cost = sum(spent for _, _, spent in rows) + person_usd * (len(rows) - len(kept))
    return Operating.of(len(rows), kept=len(kept), right=sum(kept), cost=cost, large=large_share * len(rows))
