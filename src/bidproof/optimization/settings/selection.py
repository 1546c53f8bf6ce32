"""How much of the best candidate's lead is luck: the price of having picked from many."""

import random
from collections.abc import Mapping
from dataclasses import dataclass

_RESAMPLES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class PickedGain:
    """The lead of the best candidate over the incumbent, as seen and as it may be expected.

    Attributes:
        seen: Difference of means on the cases it was picked on.
        expected: The same after picking is corrected for.
        candidates: How many were picked from, the incumbent included.
        cases: On which all of them have a value.
    """

    seen: float
    expected: float
    candidates: int
    cases: int


def picked_gain(
    values: Mapping[str, Mapping[str, float]], *, incumbent: str, seed: int = 0
) -> PickedGain | None:
    """Correct the best candidate's gain for having been the best of many, by bootstrap.

    Cases are drawn with replacement, the best candidate is picked on the drawn
    ones and its gain is read on those that were left out (bootstrap bias corrected
    selection, arXiv 1708.07180). The figure is for understanding a search; what is
    proven comes from cases that no search has seen.

    Args:
        values: By program, by case: 0 to 1 or any other objective, higher is better.
        incumbent: The program to beat; must be among them.
        seed: Of the draws.

    Returns:
        None with fewer than two programs, or fewer than four cases that all have done.
    """
    shared = sorted(set[str].intersection(*(set(item) for item in values.values()))) if values else []
    if len(values) < 2 or len(shared) < 4 or incumbent not in values:
        return None
    # The incumbent comes first, so that ties go to it.
    programs = [incumbent, *sorted(set(values) - {incumbent})]

    def gain(program: str, cases: list[str]) -> float:
        return sum(values[program][case] - values[incumbent][case] for case in cases) / len(cases)

    draw = random.Random(seed)  # noqa: S311 - resampling, no secret
    left_out: list[float] = []
    for _ in range(_RESAMPLES):
        drawn = draw.choices(shared, k=len(shared))
        rest = sorted(set(shared) - set(drawn))
        if rest:
            best = max(programs, key=lambda program: gain(program, drawn))
            left_out.append(gain(best, rest))
    return PickedGain(
        seen=max(gain(program, shared) for program in programs),
        expected=sum(left_out) / len(left_out) if left_out else 0.0,
        candidates=len(programs),
        cases=len(shared),
    )
