"""From which score on to answer: set on some cases, counted on others, and part of the certificate."""

from dataclasses import replace

import pytest

from bidproof.answering.signals import RAW
from bidproof.routing.cases import RouteCase
from bidproof.routing.fit import fit_route
from bidproof.routing.options import RouteOptions
from bidproof.routing.refusal import fit_refusal, with_refusal
from routing import answers


def case(name: str, raw: float | None, *, is_right: bool = False, is_answerable: bool = True) -> RouteCase:
    return RouteCase(
        case_id=name,
        group="",
        is_answer=raw is not None,
        is_right=is_right,
        is_answerable=is_answerable,
        has_passed=True,
        signals={} if raw is None else {RAW: raw},
    )


def right(*scores: float) -> list[RouteCase]:
    return [case(f"right-{score}", score, is_right=True) for score in scores]


def absent(*scores: float | None) -> list[RouteCase]:
    return [case(f"absent-{score}", score, is_answerable=False) for score in scores]


FITTING = [*right(0.45, 0.7, 0.8, 0.9), *absent(None, 0.3, 0.5, 0.6, 0.95)]


@pytest.mark.parametrize(
    ("keep", "threshold"),
    [(1.0, 0.45), (0.75, 0.7)],
)
def test_refuses_what_it_may_while_right_answers_stay(keep: float, threshold: float) -> None:
    assert fit_refusal(FITTING, (), keep=keep).threshold == threshold


def test_is_counted_on_cases_that_it_was_not_set_on() -> None:
    found = fit_refusal(FITTING, [*right(0.4, 0.8), *absent(None, 0.2, 0.6)], keep=1.0)
    assert (found.unanswerable, found.refused_before, found.refused) == (3, 1, 2)
    assert (found.right, found.kept) == (2, 1)
    assert [(point.threshold, point.refused, point.kept) for point in found.curve] == [
        (0.2, 1, 2),
        (0.4, 2, 2),
        (0.6, 2, 1),
        (0.8, 3, 1),
    ]


def test_without_a_question_known_to_be_unanswerable_nothing_more_is_refused() -> None:
    assert fit_refusal(right(0.2, 0.4), (), keep=0.5).threshold == 0.0
    assert fit_refusal(right(0.2, 0.4), (), keep=0.5, least=0.3).threshold == 0.3


def test_a_refused_answer_is_none_whatever_comes_after() -> None:
    low, high = with_refusal(right(0.4, 0.8), 0.5)
    assert (low.is_answer, low.is_right, dict(low.signals)) == (False, False, {})
    assert high.is_answer


def test_refusals_are_refusals_in_the_certificate() -> None:
    """Confident answers to what the documents lack break a promise; refused, they do not count against it."""
    cases = answers(300, seed=1, skill=6)
    cases = [replace(item, signals={**item.signals, RAW: 0.6 + 0.4 * item.raw}) for item in cases]
    wrong = [
        replace(item, is_right=False, is_answerable=False, signals={**item.signals, RAW: 0.5})
        for item in answers(150, seed=2, prefix="absent")
    ]
    fitted = fit_route([*cases, *wrong], options=RouteOptions(error=0.1))
    assert fitted.refusal is not None
    assert fitted.refusal.threshold > 0.5
    assert fitted.refusal.refused == fitted.refusal.unanswerable > 0
    assert fitted.refusal.refused_before == 0
    assert fitted.promise.rule is not None
    assert len(fitted.finals) <= len(cases)
