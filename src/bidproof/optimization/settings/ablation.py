"""What each change is worth: set one thing back, leave the rest, test the difference on the same cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bidproof.core.records import Usage
from bidproof.evaluation.protocol import MetricKind
from bidproof.evaluation.records import GoldCase
from bidproof.evaluation.statistics.paired import PairedTest, compare_paired
from bidproof.llm.protocol import add_usage
from bidproof.optimization.records import CaseResult, Evaluator, Measured
from bidproof.optimization.settings.space import SearchSpace, Value
from bidproof.prompts.program import Program


@dataclass(frozen=True, slots=True, kw_only=True)
class AblationRow:
    """What one change is worth.

    Attributes:
        name: What was changed: a parameter, a technique.
        value_from: Its value without the change, in the words of the settings.
        value_to: Its value with it.
        test: Objective with the change less that without it, on the same cases.
        usage: What the change costs: with it less without it, over those cases.
    """

    name: str
    value_from: Value
    value_to: Value
    test: PairedTest
    usage: Usage


async def one_at_a_time(
    winner: Program,
    incumbent: Program,
    cases: Sequence[GoldCase],
    *,
    space: SearchSpace,
    evaluator: Evaluator,
    kind: MetricKind = "proportion",
    seed: int = 0,
) -> tuple[AblationRow, ...]:
    """From the winner, set each changed parameter back to the incumbent's value, and test what is lost.

    On the cases that the winner was chosen on the effects are flattered; read them as what
    matters, not as what is gained.

    Args:
        winner: The program to explain.
        incumbent: Where it came from.
        cases: To measure on; the same for all.
        space: Names the parameters, in the order of the rows.
        evaluator: Measures programs.
        kind: Of the objective.
        seed: Of the tests.

    Returns:
        A row for each parameter that differs.

    Raises:
        OptimizationStopped: A limit is reached.
    """
    old, new = space.values_of(incumbent), space.values_of(winner)
    changed = [name for name in space.names if old[name] != new[name]]
    if not changed:
        return ()
    whole = await evaluator.measure(winner, cases)
    rows: list[AblationRow] = []
    for name in changed:
        without = await evaluator.measure(space.apply(winner, {name: old[name]}), cases)
        rows.append(
            AblationRow(
                name=name,
                value_from=old[name],
                value_to=new[name],
                test=paired_test(without, whole, cases=cases, kind=kind, seed=seed),
                usage=_less(whole.usage, without.usage),
            )
        )
    return tuple(rows)


def paired_test(
    first: Measured,
    second: Measured,
    *,
    cases: Sequence[GoldCase],
    kind: MetricKind = "proportion",
    seed: int = 0,
) -> PairedTest:
    """Test the second less the first; a lost case counts 0, a case without a value in either is left out."""
    group_of = {case.id: case.group for case in cases}
    one, other = _values(first), _values(second)
    common = [case_id for case_id in one if case_id in other]
    return compare_paired(
        [one[case_id] for case_id in common],
        [other[case_id] for case_id in common],
        groups=[group_of.get(case_id, "") for case_id in common],
        kind=kind,
        seed=seed,
    )


def _values(measured: Measured) -> Mapping[str, float]:
    found = ((result.case_id, _value(result)) for result in measured.results)
    return {case_id: value for case_id, value in found if value is not None}


def _value(result: CaseResult) -> float | None:
    """As ``Measured.worst`` counts it."""
    return 0.0 if result.is_lost else result.value


def _less(one: Usage, other: Usage) -> Usage:
    return add_usage(
        one,
        Usage(
            calls=-other.calls,
            prompt_tokens=-other.prompt_tokens,
            completion_tokens=-other.completion_tokens,
            cost_usd=-other.cost_usd,
            seconds=-other.seconds,
        ),
    )
