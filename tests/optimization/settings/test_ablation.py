import asyncio
from dataclasses import replace

import pytest

from bidproof.core.records import DraftState
from bidproof.evaluation.records import CellState, GoldCase
from bidproof.optimization.records import CaseResult, Measured
from bidproof.optimization.settings.ablation import one_at_a_time, paired_test
from bidproof.optimization.settings.space import default_space
from bidproof.prompts.program import Program
from searching import SurfaceEvaluator, extractive_base, noise, searched_cases


def changed(base: Program) -> Program:
    return replace(
        base,
        retrieval=replace(base.retrieval, dense_weight=0.7),
        answering=replace(base.answering, decompose=False),
    )


def test_each_change_gets_a_row_with_what_it_is_worth() -> None:
    base = extractive_base()
    rows = asyncio.run(
        one_at_a_time(
            changed(base),
            base,
            searched_cases(60, groups=60),
            space=default_space(base),
            evaluator=SurfaceEvaluator(cost=lambda program: program.retrieval.dense_weight),
        )
    )
    weight, decompose = rows
    assert (weight.name, weight.value_from, weight.value_to) == ("retrieval.dense_weight", 0.5, 0.7)
    assert weight.test.low is not None
    assert weight.test.low > 0.15
    assert weight.test.p_value is not None
    assert weight.test.p_value < 0.01
    assert weight.usage.cost_usd == pytest.approx(60 * 0.2)
    assert (decompose.name, decompose.value_to) == ("answering.decompose", False)
    assert decompose.test.effect == pytest.approx(0.0, abs=0.02)


def test_no_change_no_row() -> None:
    base = extractive_base()
    evaluator = SurfaceEvaluator()
    rows = asyncio.run(
        one_at_a_time(base, base, searched_cases(10), space=default_space(base), evaluator=evaluator)
    )
    assert rows == ()
    assert evaluator.asked == []


def measured(name: str, values: dict[str, float | CellState]) -> Measured:
    def result(case_id: str, value: float | CellState) -> CaseResult:
        if isinstance(value, CellState):
            return CaseResult(case_id=case_id, state=value, value=None, draft=DraftState.FAILED)
        return CaseResult(case_id=case_id, state=CellState.SCORED, value=value, draft=DraftState.DRAFTED)

    return Measured(program=name, metric="m", results=tuple(result(*item) for item in values.items()))


def test_a_lost_case_counts_as_0_and_one_without_a_value_is_left_out() -> None:
    cases = [GoldCase(id=name, question="?") for name in "abc"]
    test = paired_test(
        measured("one", {"a": 1.0, "b": 0.5, "c": CellState.UNSCORABLE}),
        measured("two", {"c": 1.0, "b": CellState.NOT_RUN, "a": 1.0}),
        cases=cases,
    )
    assert test.n == 2
    assert test.effect == pytest.approx(-0.25)


def test_intervals_hold_the_true_effect_as_often_as_they_say() -> None:
    effect, inside, rounds = 0.1, 0, 100
    cases = searched_cases(40, groups=40)
    for number in range(rounds):
        one = {case.id: 0.5 + 0.2 * noise(case.id, str(number)) for case in cases}
        other = {name: value + effect + 0.15 * noise(name, str(number), "b") for name, value in one.items()}
        test = paired_test(measured("one", dict(one)), measured("two", dict(other)), cases=cases)
        assert test.low is not None
        assert test.high is not None
        inside += test.low <= effect <= test.high
    assert inside / rounds >= 0.9
