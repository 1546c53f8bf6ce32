"""From labelled runs to a route: calibrated confidences, thresholds, and what can be promised of them.

The labelled cases are parted by group, at random, once. On the first part everything is
fitted and planned; on the second part it is tested: reliability, cost, quality and the
certificate come from there alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bidproof.answering.calibrated import Calibration
from bidproof.core.errors import UserError
from bidproof.core.next_steps import Action, NextStep
from bidproof.evaluation.statistics.certificates import (
    Certificate,
    items_needed,
    split_items,
)
from bidproof.routing.cascade_fit import (
    NEVER,
    Operating,
    PairCase,
    Thresholds,
    final_score,
    fit_thresholds,
    operate,
)
from bidproof.routing.cases import RouteCase
from bidproof.routing.confidence_fit import FittedConfidence, Reliability, fit_confidence, reliability
from bidproof.routing.options import RouteOptions
from bidproof.routing.promises import Feasibility, Promise, Scored, feasibility_of, promise, usual_promises
from bidproof.routing.refusal import FittedRefusal, fit_refusal, with_refusal

LEAST_ANSWERS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedProgram:
    """One program's calibration, held against answers it did not see.

    Attributes:
        fitted: The calibration.
        before: Reliability of the raw score on the tested answers.
        after: Reliability of the calibrated confidence on the same.
        base: Brier score on them of giving every answer the same confidence.
        tested: How many these are.
    """

    fitted: FittedConfidence
    before: Reliability
    after: Reliability
    base: float | None
    tested: int

    @property
    def calibration(self) -> Calibration:
        """To be applied."""
        return self.fitted.calibration


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedRoute:
    """Everything that came of a fit.

    Attributes:
        small: The program, or the small one of a cascade.
        promise: For the error asked for.
        others: For the usual errors, each by itself: they do not hold all at once.
        feasibility: Whether there were labels enough.
        large: The large program of a cascade.
        thresholds: Of a cascade.
        tested: What the cascade does on the tested cases.
        pairs: The tested cases of a cascade, for curves.
        questions: Tested questions, answered or not.
        finals: The tested answers as they come out at the end.
        refusal: From which score on is answered; None for a cascade, and in fits of older programs.
    """

    small: FittedProgram
    promise: Promise
    others: tuple[Certificate, ...]
    feasibility: Feasibility
    large: FittedProgram | None = None
    thresholds: Thresholds | None = None
    tested: Operating | None = None
    pairs: tuple[PairCase, ...] = ()
    questions: int = 0
    finals: tuple[Scored, ...] = ()
    refusal: FittedRefusal | None = None


def fit_route(
    small: Sequence[RouteCase],
    large: Sequence[RouteCase] = (),
    *,
    options: RouteOptions,
    refused_below: float = 0.0,
) -> FittedRoute:
    """Fit confidences, the thresholds of a cascade where there are two programs, and certify.

    One program alone is fitted and certified as it answers with its refusals.

    Args:
        small: Cases of the program, or of the small one.
        large: The same cases by the large program; empty for one program alone.
        options: What to promise.
        refused_below: What was refused below already when the cases of one program were drafted.

    Raises:
        UserError: Too few labelled answers (``route-items``), or no common cases (``route-runs``).
    """
    if large:
        small, large = _common(small, large)
    _check_enough(small, options)
    fitting, testing = split_items([case.group for case in small], share=options.share, seed=options.seed)
    parts = _Parts(fitting=fitting, testing=testing)
    if not large:
        return _alone(small, parts, options, refused_below)
    first = _fit_program(small, parts, options)
    _check_enough(large, options)
    return _cascade(first, _fit_program(large, parts, options), (small, large), parts, options)


def _alone(
    drafted: Sequence[RouteCase], parts: "_Parts", options: RouteOptions, refused_below: float
) -> FittedRoute:
    refusal = fit_refusal(parts.first(drafted), parts.second(drafted), keep=options.keep, least=refused_below)
    cases = with_refusal(drafted, refusal.threshold)
    program = _fit_program(cases, parts, options)
    planned = _single(parts.first(cases), program.fitted.chances)
    tested = _single(parts.second(cases), _chances(program, parts.second(cases)))
    return FittedRoute(
        small=program,
        promise=promise(planned, tested, error=options.error, options=options),
        others=usual_promises(planned, tested, options),
        feasibility=feasibility_of(planned, tested, options),
        questions=len(parts.testing),
        finals=tuple(tested),
        refusal=refusal,
    )


def _cascade(
    small: FittedProgram,
    large: FittedProgram,
    cases: tuple[Sequence[RouteCase], Sequence[RouteCase]],
    parts: "_Parts",
    options: RouteOptions,
) -> FittedRoute:
    ours, theirs = cases
    seen = _pairs(parts.first(ours), parts.first(theirs), small.fitted.chances, large.fitted.chances)
    unseen = _pairs(
        parts.second(ours),
        parts.second(theirs),
        _chances(small, parts.second(ours)),
        _chances(large, parts.second(theirs)),
    )
    thresholds = fit_thresholds(
        seen, target=options.target, least_coverage=options.least_coverage, person_usd=options.person_usd
    )
    planned, tested = _finals(seen, thresholds), _finals(unseen, thresholds)
    return FittedRoute(
        small=small,
        large=large,
        promise=promise(planned, tested, error=options.error, options=options),
        others=usual_promises(planned, tested, options),
        feasibility=feasibility_of(planned, tested, options),
        thresholds=thresholds,
        tested=operate(
            unseen,
            up_below=thresholds.up_below,
            person_below=thresholds.person_below,
            person_usd=options.person_usd,
        ),
        pairs=unseen,
        questions=len(unseen),
        finals=tuple(tested),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    fitting: tuple[int, ...]
    testing: tuple[int, ...]

    def first(self, cases: Sequence[RouteCase]) -> list[RouteCase]:
        return [cases[place] for place in self.fitting]

    def second(self, cases: Sequence[RouteCase]) -> list[RouteCase]:
        return [cases[place] for place in self.testing]


def _fit_program(cases: Sequence[RouteCase], parts: _Parts, options: RouteOptions) -> FittedProgram:
    fitted = fit_confidence(parts.first(cases), seed=options.seed)
    held = [case for case in parts.second(cases) if case.is_answer]
    rights = [case.is_right for case in held]
    own = [case.is_right for case in parts.first(cases) if case.is_answer]
    share = sum(own) / len(own) if own else 0.5
    return FittedProgram(
        fitted=fitted,
        before=reliability([case.raw for case in held], rights),
        after=reliability([fitted.calibration.probability(case.signals) for case in held], rights),
        base=reliability([share] * len(held), rights).brier,
        tested=len(held),
    )


def _chances(program: FittedProgram, cases: Sequence[RouteCase]) -> list[float]:
    """Of the answers among the cases, in order."""
    return [program.calibration.probability(case.signals) for case in cases if case.is_answer]


def _single(cases: Sequence[RouteCase], chances: Sequence[float]) -> list[Scored]:
    answers = [case for case in cases if case.is_answer]
    return [
        Scored(group=case.group, score=chance if case.has_passed else NEVER, is_wrong=not case.is_right)
        for case, chance in zip(answers, chances, strict=True)
    ]


def _pairs(
    small: Sequence[RouteCase],
    large: Sequence[RouteCase],
    small_chances: Sequence[float],
    large_chances: Sequence[float],
) -> tuple[PairCase, ...]:
    first, second = iter(small_chances), iter(large_chances)
    found: list[PairCase] = []
    for one, other in zip(small, large, strict=True):
        own = next(first) if one.is_answer else NEVER
        theirs = next(second) if other.is_answer else NEVER
        found.append(
            PairCase(
                case_id=one.case_id,
                group=one.group,
                small_score=own if one.has_passed else NEVER,
                small_right=one.is_right,
                small_cost=one.cost_usd,
                large_score=theirs,
                large_right=other.is_right,
                large_cost=other.cost_usd,
                small_answers=one.is_answer,
                large_passed=other.has_passed,
            )
        )
    return tuple(found)


def _finals(pairs: Sequence[PairCase], thresholds: Thresholds) -> list[Scored]:
    found: list[Scored] = []
    for pair in pairs:
        score, is_right = final_score(
            pair, up_below=thresholds.up_below, person_below=thresholds.person_below
        )
        found.append(Scored(group=pair.group, score=score, is_wrong=not is_right))
    return found


def _common(
    small: Sequence[RouteCase], large: Sequence[RouteCase]
) -> tuple[tuple[RouteCase, ...], tuple[RouteCase, ...]]:
    theirs = {case.case_id: case for case in large}
    both = [case for case in small if case.case_id in theirs]
    if not both:
        raise UserError(
            "cannot fit a route: found no case that both runs have done, expected the same gold set",
            hint=NextStep("evaluate both models on the same gold set and split", Action.EVALUATE),
            code="route-runs",
        )
    return tuple(both), tuple(theirs[case.case_id] for case in both)


def _check_enough(cases: Sequence[RouteCase], options: RouteOptions) -> None:
    answers = sum(case.is_answer for case in cases)
    if answers >= LEAST_ANSWERS:
        return
    needed = items_needed(options.error, options.confidence)
    raise UserError(
        f"cannot fit a route: found {answers} labelled answers, expected at least {LEAST_ANSWERS}; a "
        f"certificate of {options.error:.3g} at {options.confidence:.3g} takes {needed} without any error, "
        f"beside those that are fitted on",
        hint=NextStep(
            "until then answers stay uncalibrated; add cases to the gold set and evaluate again",
            Action.EVALUATE,
        ),
        code="route-items",
    )
