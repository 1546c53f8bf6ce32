"""A search fits its budget or says what it would take; batches are large enough to hold a failure."""

from dataclasses import replace

import pytest

from bidproof.core.settings import Settings
from bidproof.optimization.prompts.plan import batch_size, make_plan
from bidproof.optimization.prompts.records import Method
from bidproof.prompts.program import default_program

PROGRAM = replace(default_program(Settings(), model_name="fake"), repairs=0)
METHODS: tuple[Method, ...] = ("labeled", "bootstrap", "mipro", "gepa")


@pytest.mark.parametrize("rate", [0.05, 0.125, 0.3, 0.9])
def test_a_batch_holds_a_failure_four_times_in_five(rate: float) -> None:
    size = batch_size(rate, 1000)

    assert 1 - (1 - rate) ** size >= 0.8
    assert size >= 8


def test_a_batch_is_never_larger_than_the_set() -> None:
    assert batch_size(0.05, 5) == 5
    assert batch_size(0.0, 20) == 20
    assert batch_size(1.0, 20) == 8


@pytest.mark.parametrize("method", METHODS)
def test_more_calls_never_plan_less(method: Method) -> None:
    plans = [
        make_plan(method, program=PROGRAM, train=20, dev=20, failure_rate=0.4, max_calls=calls)
        for calls in (200, 400, 1000, None)
    ]

    sizes = [(plan.candidates, plan.trials, plan.rounds) for plan in plans]
    assert sizes == sorted(sizes)
    assert not any(plan.refusal for plan in plans)


@pytest.mark.parametrize("method", METHODS)
def test_the_number_that_a_refusal_names_is_enough(method: Method) -> None:
    refusal = make_plan(method, program=PROGRAM, train=20, dev=10, failure_rate=0.4, max_calls=3).refusal
    least = int(refusal.split("at least ")[1].split(" ")[0])

    plan = make_plan(method, program=PROGRAM, train=20, dev=10, failure_rate=0.4, max_calls=least)

    assert not plan.refusal
    assert max(plan.candidates, plan.rounds) >= 1


@pytest.mark.parametrize(("train", "dev"), [(0, 8), (8, 0)])
def test_an_empty_split_is_refused(train: int, dev: int) -> None:
    plan = make_plan("labeled", program=PROGRAM, train=train, dev=dev, failure_rate=0.5, max_calls=None)

    assert "split the gold set" in plan.refusal
