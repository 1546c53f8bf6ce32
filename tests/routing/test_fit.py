"""A route from labelled runs: tested on other cases than it was fitted on, and clear about too few."""

from dataclasses import replace

import pytest

from bidproof.core.errors import UserError
from bidproof.routing.cases import RouteCase
from bidproof.routing.curves import routing_curves
from bidproof.routing.fit import fit_route
from bidproof.routing.options import RouteOptions
from routing import answers


def dear(cases: list[RouteCase]) -> list[RouteCase]:
    return [replace(case, cost_usd=0.02) for case in cases]


def test_a_certificate_is_kept_on_new_answers() -> None:
    fitted = fit_route(answers(400, seed=1, skill=1.5), options=RouteOptions(error=0.1))
    rule = fitted.promise.rule
    assert rule is not None
    assert rule.items >= 29
    calibration = fitted.small.calibration
    fresh = [
        case
        for case in answers(4000, seed=2, skill=1.5)
        if calibration.probability(case.signals) >= rule.threshold
    ]
    assert len(fresh) > 400
    assert sum(not case.is_right for case in fresh) / len(fresh) <= 0.1
    assert fitted.small.after.brier < fitted.small.before.brier  # type: ignore[operator]
    assert fitted.feasibility.testable >= fitted.feasibility.needed


def test_promises_are_kept_as_often_as_stated_with_the_score_fitted_too() -> None:
    broken = 0
    fresh = answers(3000, seed=1000, skill=2.0)
    for seed in range(20):
        fitted = fit_route(answers(90, seed=seed, skill=2.0), options=RouteOptions(error=0.2, seed=seed))
        rule = fitted.promise.rule
        if rule is None:
            continue
        calibration = fitted.small.calibration
        wrong = [not c.is_right for c in fresh if calibration.probability(c.signals) >= rule.threshold]
        broken += bool(wrong and sum(wrong) / len(wrong) > 0.2)
    # Binomial(20, 0.05) exceeds 5 three times in ten thousand.
    assert broken <= 5


def test_answers_that_failed_a_check_are_never_ready() -> None:
    cases = [replace(case, has_passed=False) for case in answers(200, seed=3, skill=5)]
    fitted = fit_route(cases, options=RouteOptions(error=0.2))
    assert fitted.promise.rule is None
    assert fitted.feasibility.testable == 0


def test_too_few_labels_end_in_a_clear_refusal() -> None:
    with pytest.raises(UserError, match="found 8 labelled answers") as caught:
        fit_route(answers(8, seed=4), options=RouteOptions())
    assert caught.value.code == "route-items"
    assert "59" in caught.value.message


def test_what_cannot_be_certified_says_how_many_labels_it_would_take() -> None:
    fitted = fit_route(answers(60, seed=5, skill=6), options=RouteOptions())
    assert fitted.promise.rule is None
    assert fitted.feasibility.needed == 59
    assert fitted.feasibility.testable < fitted.feasibility.needed
    assert fitted.feasibility.wanted is not None
    assert fitted.feasibility.wanted > 98


def test_groups_are_certified_conservatively_beside() -> None:
    cases = answers(400, seed=6, skill=3, groups=40)
    plain = fit_route(cases, options=RouteOptions(error=0.2))
    strict = fit_route(cases, options=RouteOptions(error=0.2, is_one_a_group=True))
    assert plain.promise.conservative is not None
    assert plain.promise.conservative == strict.promise.certificate
    assert strict.promise.certificate.items < plain.promise.certificate.items


def test_a_cascade_is_cheaper_than_the_large_model_and_says_what_it_does_on_unseen_cases() -> None:
    small = answers(500, seed=7, skill=1.0)
    large = dear(answers(500, seed=8, skill=3.0))
    fitted = fit_route(small, large, options=RouteOptions(error=0.2, target=0.8))
    assert fitted.thresholds is not None
    assert fitted.tested is not None
    assert len(fitted.pairs) == fitted.questions == 300
    curves = routing_curves(fitted)
    named = {item.name: item.operating for item in curves.baselines}
    assert list(named) == ["cascade", "always small", "always large", "random mix", "oracle"]
    assert named["cascade"].cost_usd < named["always large"].cost_usd
    assert named["oracle"].quality == 1.0
    assert curves.area is not None
    assert curves.oracle_area is not None
    assert curves.oracle_area < curves.area < curves.base_risk


def test_runs_without_a_common_case_are_refused() -> None:
    with pytest.raises(UserError) as caught:
        fit_route(answers(30, seed=9), answers(30, seed=9, prefix="other"), options=RouteOptions())
    assert caught.value.code == "route-runs"


def test_only_common_cases_count() -> None:
    fitted = fit_route(answers(60, seed=10), answers(50, seed=11), options=RouteOptions(error=0.2))
    assert fitted.questions == 30
