"""Fit a search for prompts to its budget of calls, or say what it would take."""

import math
from dataclasses import dataclass

from bidproof.optimization.prompts.records import Method
from bidproof.prompts.program import Program

FAILING = 0.7
"""A case counts as failed below this value when the size of a batch is chosen."""

_CERTAINTY = 0.8
_LEAST_BATCH = 8
_LEAST_TRAIN = 4
_LABELED = 8
_BOOTSTRAP = 8
_INSTRUCTIONS = 6
_TRIALS = 16
_ROUNDS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a search will do.

    Attributes:
        candidates: Sets of examples, or of instructions, to try.
        trials: Combinations to measure (MIPROv2).
        train: Train cases to use, at most.
        batch: Train cases looked at together (GEPA).
        rounds: Proposals to make (GEPA).
        refusal: Why there is nothing to do; empty where there is.
    """

    candidates: int = 0
    trials: int = 0
    train: int = 0
    batch: int = 0
    rounds: int = 0
    refusal: str = ""


def calls_per_case(program: Program) -> float:
    """Model calls that a case takes, on average, guessed from the program's shape alone.

    Not measured: a job that starts again, and pays nothing for what it has, must plan the same.
    """
    calls = 1.0 if program.calls == "one" else 2.0
    return calls + program.rewrites + 0.5 * bool(program.repairs)


def batch_size(failure_rate: float, cases: int) -> int:
    """Cases to look at together so that a failed one is among them four times in five; 8 at least, or all.

    Drawn with replacement, a batch of ``n`` misses every failure with the chance
    ``(1 - rate) ** n``.
    """
    if failure_rate <= 0:
        return cases
    wanted = 1 if failure_rate >= 1 else math.ceil(math.log(1 - _CERTAINTY) / math.log(1 - failure_rate))
    return min(cases, max(_LEAST_BATCH, wanted))


def make_plan(
    method: Method, *, program: Program, train: int, dev: int, failure_rate: float, max_calls: int | None
) -> Plan:
    """Plan a method over so many cases.

    Args:
        method: Which one.
        program: The incumbent.
        train: Train cases.
        dev: Dev cases; the incumbent is measured on them first.
        failure_rate: Share of dev cases that the incumbent fails on.
        max_calls: Model calls for everything; None for no limit.
    """
    if not train or not dev:
        short = "train" if not train else "dev"
        return Plan(refusal=f"there are no {short} cases: split the gold set first (bidproof gold split)")
    cost = _Cost(case=calls_per_case(program), train=train, dev=dev, steps=1 if program.calls == "one" else 2)
    batch = batch_size(failure_rate, train)
    least = {
        "labeled": 2 * cost.pass_,
        "bootstrap": 2 * cost.pass_ + cost.looking,
        "mipro": 3 * cost.pass_ + cost.looking + 2 * cost.steps,
        "gepa": 2 * cost.pass_ + 2 * batch * cost.case + 1,
    }[method]
    if max_calls is not None and max_calls < least:
        return Plan(
            refusal=f"{method!r} over {train} train and {dev} dev cases takes at least "
            f"{math.ceil(least)} model calls, and there are {max_calls}"
        )
    left = math.inf if max_calls is None else max_calls - cost.pass_
    if method == "labeled":
        return Plan(candidates=_count(left / cost.pass_, _LABELED), train=train)
    looking = min(train, max(_LEAST_TRAIN, _count(left / 4 / cost.case, train)))
    after = left - looking * cost.case
    if method == "bootstrap":
        return Plan(candidates=_count(after / cost.pass_, _BOOTSTRAP), train=looking)
    if method == "mipro":
        trials = max(2, _count((after - _INSTRUCTIONS * cost.steps) / cost.pass_, _TRIALS))
        return Plan(candidates=min(_INSTRUCTIONS, max(2, trials // 2)), trials=trials, train=looking)
    a_round = 2 * batch * cost.case + 1 + cost.pass_ / 2
    return Plan(rounds=max(1, _count(left / a_round, _ROUNDS)), batch=batch, train=train)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cost:
    """Calls of the parts of a search."""

    case: float
    train: int
    dev: int
    steps: int

    @property
    def pass_(self) -> float:
        """Measuring one program on all dev cases."""
        return self.case * self.dev

    @property
    def looking(self) -> float:
        """Drafting the fewest train cases that examples may come from."""
        return self.case * min(self.train, _LEAST_TRAIN)


def _count(number: float, most: int) -> int:
    return most if math.isinf(number) else max(0, min(most, math.floor(number)))
