"""Fitting a calibration: better than the raw score on answers it has not seen, and honest with few."""

import json

import pytest

from bidproof.answering.calibrated import Calibration
from bidproof.core.jsonable import from_json, to_json
from bidproof.evaluation.statistics.calibration import brier
from bidproof.routing.cases import RouteCase
from bidproof.routing.confidence_fit import LEAST_FIT, fit_confidence, out_of_fold, reliability
from routing import answers


def score(calibration: Calibration, cases: list[RouteCase]) -> float:
    chances = [calibration.probability(case.signals) for case in cases]
    found = brier(chances, [case.is_right for case in cases])
    assert found is not None
    return found


def test_a_fit_beats_the_raw_score_on_new_answers() -> None:
    fitted = fit_confidence(answers(300, seed=1))
    fresh = answers(2000, seed=2)
    raw = brier([case.raw for case in fresh], [case.is_right for case in fresh])
    assert raw is not None
    assert fitted.chosen == "signals, logistic"
    assert score(fitted.calibration, fresh) < 0.75 * raw
    after = reliability(
        [fitted.calibration.probability(c.signals) for c in fresh], [c.is_right for c in fresh]
    )
    before = reliability([case.raw for case in fresh], [case.is_right for case in fresh])
    assert after.error is not None
    assert before.error is not None
    assert after.error < 0.06 < before.error


def test_signals_that_say_nothing_give_everyone_the_same_confidence() -> None:
    cases = answers(200, seed=3)
    shuffled = [
        RouteCase(
            case_id=case.case_id,
            group="",
            is_answer=True,
            is_right=other.is_right,
            has_passed=True,
            signals=case.signals,
        )
        for case, other in zip(cases, answers(200, seed=99), strict=True)
    ]
    fitted = fit_confidence(shuffled)
    assert fitted.chosen == "constant"
    share = sum(case.is_right for case in shuffled) / 200
    assert fitted.calibration.probability({}) == pytest.approx(share, abs=0.01)


def test_steps_are_tried_only_with_enough_answers() -> None:
    few = {item.name for item in fit_confidence(answers(99, seed=4)).candidates}
    many = {item.name for item in fit_confidence(answers(100, seed=4)).candidates}
    assert not any("isotonic" in name for name in few)
    assert {"raw score, isotonic", "signals, isotonic"} <= many


def test_steps_win_where_the_curve_is_no_logistic_one() -> None:
    cases = [
        RouteCase(
            case_id=str(number),
            group="",
            is_answer=True,
            is_right=number % 10 < (9 if 0.4 <= number / 600 < 0.6 else 1 if number / 600 < 0.4 else 10),
            has_passed=True,
            signals={"raw": number / 600},
        )
        for number in range(600)
    ]
    fitted = fit_confidence(cases)
    assert fitted.calibration.kind == "isotonic"
    assert fitted.calibration.probability({"raw": 0.2}) == pytest.approx(0.1, abs=0.06)
    assert fitted.calibration.probability({"raw": 0.5}) == pytest.approx(0.9, abs=0.06)
    assert 0.9 < fitted.calibration.probability({"raw": 1.0}) < 1.0


def test_few_or_unanimous_answers_are_no_ground_to_tell_them_apart() -> None:
    assert fit_confidence(answers(LEAST_FIT - 1, seed=5)).chosen == "constant"
    assert fit_confidence([]).calibration.probability({}) == 0.5
    right = [
        RouteCase(
            case_id=str(n), group="", is_answer=True, is_right=True, has_passed=True, signals={"raw": 0.5}
        )
        for n in range(40)
    ]
    unanimous = fit_confidence(right)
    assert unanimous.chosen == "constant"
    assert 0.97 < unanimous.calibration.probability({"raw": 0.1}) < 1


def test_no_answer_is_scored_by_a_fit_that_saw_its_group() -> None:
    cases = answers(60, seed=6, groups=10)
    seen: list[set[str]] = []

    def spy(given: object) -> Calibration:
        seen.append({case.group for case in given})  # type: ignore[attr-defined]
        return Calibration(kind="constant")

    assert out_of_fold(cases, spy) == [0.5] * 60
    every = {case.group for case in cases}
    held = [every - groups for groups in seen]
    assert sorted(group for groups in held for group in groups) == sorted(every)


def test_a_calibration_survives_being_stored_as_plain_numbers() -> None:
    fitted = fit_confidence(answers(150, seed=7)).calibration
    stored = from_json(Calibration, json.loads(json.dumps(to_json(fitted))))
    case = answers(1, seed=8)[0]
    assert stored.probability(case.signals) == fitted.probability(case.signals)
