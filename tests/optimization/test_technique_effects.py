"""What a row says of a technique: direction, corrected p, verdict, and what is missing."""

from collections.abc import Sequence

import pytest

from bidproof.core.ids import QuestionId
from bidproof.core.records import Draft, DraftState, Usage
from bidproof.evaluation.records import CellState, Outcome, Run
from bidproof.optimization.technique_effects import TechniqueRow, adjust_rows, spent_by, technique_row
from comparing import Value, make_run


def run(values: Sequence[Value], *, calls: int = 1, id: str = "run") -> Run:
    from dataclasses import replace

    made = make_run({"task_score": values}, id=id)
    outcomes = tuple(
        Outcome(
            case_id=case.id,
            repeat=0,
            draft=Draft(
                question_id=QuestionId(case.id),
                state=DraftState.FAILED if value is CellState.NOT_RUN else DraftState.DRAFTED,
                usage=Usage(
                    calls=calls, prompt_tokens=90 * calls, completion_tokens=10 * calls, cost_usd=0.01
                ),
            ),
            seconds=2.0,
        )
        for case, value in zip(made.cases, values, strict=True)
    )
    return replace(made, outcomes=outcomes)


def row(base: Run, other: Run, *, is_on: bool, name: str = "t") -> TechniqueRow:
    return technique_row(
        name, "what it does", is_on=is_on, base=base, other=other, metric="task_score", margin=0.03
    )


LOW = [0.1 + 0.01 * (place % 5) for place in range(30)]
HIGH = [0.6 + 0.01 * (place % 7) for place in range(30)]


def test_the_effect_is_that_of_having_the_technique_whichever_program_has_it() -> None:
    gained = row(run(LOW), run(HIGH, calls=2), is_on=False)
    kept = row(run(HIGH, calls=2), run(LOW), is_on=True)
    assert gained.test.effect == pytest.approx(kept.test.effect)
    assert (gained.verdict, kept.verdict) == ("better", "better")
    assert (gained.spent_without.calls, gained.spent_with.calls) == (1, 2)
    assert (kept.spent_without.tokens, kept.spent_with.tokens) == (100, 200)
    assert gained.mean_with == kept.mean_with == pytest.approx(sum(HIGH) / 30)


def test_a_technique_that_harms_is_worse_and_one_without_effect_is_equivalent() -> None:
    assert row(run(LOW), run(HIGH), is_on=True).verdict == "worse"
    near = row(run(LOW), run(LOW[::-1]), is_on=False)
    assert (near.verdict, near.notes) == ("equivalent", ())
    same = row(run(LOW), run(LOW), is_on=False)
    assert "no case scored differently" in same.notes


def test_a_small_p_among_many_rows_proves_less() -> None:
    lean = [0.5] * 24 + [0.7] * 6
    first = row(run([0.5] * 30), run(lean), is_on=False, name="lean")
    assert first.verdict == "better"
    noise = [row(run(LOW), run(LOW[::-1]), is_on=False, name=f"n{number}") for number in range(12)]
    (found, *_) = adjust_rows([first, *noise], margin=0.03)
    assert found.adjusted_p is not None
    assert first.adjusted_p is not None
    assert found.adjusted_p > 0.05 > first.adjusted_p
    assert found.verdict == "not proven"


def test_failed_answers_are_no_zeros_and_are_said() -> None:
    broken: list[Value] = [*HIGH[:10], *([CellState.NOT_RUN] * 20)]
    found = row(run(LOW), run(broken), is_on=False)
    assert found.mean_with == pytest.approx(sum(HIGH[:10]) / 10)
    assert "20 answers with it failed" in found.notes
    assert found.answered_with == pytest.approx(1 / 3)


def test_a_technique_that_fails_everywhere_has_a_row_without_an_effect() -> None:
    found = row(run(LOW), run([CellState.NOT_RUN] * 30), is_on=False)
    assert (found.verdict, found.test.effect) == ("not proven", None)
    assert adjust_rows([found], margin=0.03) == (found,)


def test_spending_is_that_of_a_question() -> None:
    found = spent_by(run(LOW, calls=3))
    assert (found.calls, found.tokens, found.seconds) == (3, 300, 2.0)
    assert found.cost_usd == pytest.approx(0.01)
