"""Labelled answers of models with known skill, for tests of calibration, certificates and cascades."""

import random
from math import exp

from bidproof.answering.signals import RAW
from bidproof.optimization.cascade_fit import NEVER, PairCase
from bidproof.optimization.route_cases import RouteCase


def answers(
    count: int, *, seed: int, groups: int = 0, skill: float = 0.0, prefix: str = "q"
) -> list[RouteCase]:
    """Answers whose chance of being right rises with two signals; the raw score is overconfident."""
    rng = random.Random(seed)
    found: list[RouteCase] = []
    for number in range(count):
        one, other = rng.gauss(0, 1), rng.gauss(0, 1)
        chance = 1 / (1 + exp(-(skill + 1.5 * one + 1.5 * other)))
        found.append(
            RouteCase(
                case_id=f"{prefix}{number}",
                group=f"g{number % groups}" if groups else "",
                is_answer=True,
                is_right=rng.random() < chance,
                has_passed=True,
                signals={RAW: 1 / (1 + exp(-(2 + one))), "one": one, "other": other, "noise": rng.random()},
                cost_usd=0.001,
            )
        )
    return found


def pairs(count: int, *, seed: int, small_skill: float = 1.2, large_skill: float = 2.5) -> list[PairCase]:
    """Questions of known difficulty, done by a small and a dear large model; scores are true chances."""
    rng = random.Random(seed)
    found: list[PairCase] = []
    for number in range(count):
        ease = rng.gauss(0, 2)
        small, large = (1 / (1 + exp(-(skill + ease))) for skill in (small_skill, large_skill))
        is_silent = rng.random() < 0.05
        found.append(
            PairCase(
                case_id=str(number),
                small_score=NEVER if is_silent else small,
                small_right=not is_silent and rng.random() < small,
                small_cost=0.001 * (1 + rng.random()),
                large_score=large,
                large_right=rng.random() < large,
                large_cost=0.02 * (1 + rng.random()),
                small_answers=not is_silent,
            )
        )
    return found
