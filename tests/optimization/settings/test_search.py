import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bidproof.core.errors import BudgetSpent, InvalidSetting, UserError
from bidproof.core.settings import DocumentSettings
from bidproof.optimization.records import Measured
from bidproof.optimization.settings.search import SettingsSearch
from bidproof.optimization.settings.space import Parameter, SearchSpace, default_space
from bidproof.optimization.settings.trials import SearchReport, SearchStep
from bidproof.prompts.program import Program
from searching import SurfaceEvaluator, extractive_base, generative_base, peak, searched_cases

CASES = searched_cases(48)
SMALL = SearchSpace(
    parameters=(
        Parameter(
            name="retrieval.dense_weight", stage="retrieval", choices=(0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
        ),
        Parameter(name="answering.sufficiency", stage="answering", choices=(0.3, 0.4, 0.5, 0.6)),
        Parameter(name="answering.decompose", stage="answering", choices=(True, False), is_ordered=False),
    )
)


def search(
    evaluator: SurfaceEvaluator,
    *,
    space: SearchSpace = SMALL,
    trials: int = 24,
    seed: int = 0,
    has_cost: bool = False,
    storage: Path | None = None,
    progress: Callable[[SearchStep], None] = lambda step: None,
) -> SearchReport:
    return asyncio.run(
        SettingsSearch(
            base=extractive_base(),
            cases=CASES,
            space=space,
            evaluator=evaluator,
            trials=trials,
            seed=seed,
            has_cost=has_cost,
            storage=storage,
            progress=progress,
        ).run()
    )


@pytest.mark.parametrize("seed", range(2))
def test_the_search_finds_the_best_settings(seed: int) -> None:
    report = search(SurfaceEvaluator(), space=default_space(extractive_base()), trials=30, seed=seed)
    assert peak(report.best) >= peak(report.base) + 0.15
    assert report.best.retrieval.dense_weight == 0.7
    assert report.ended == "trials done"
    assert len(report.trials) == 30


def test_the_incumbent_is_trial_0_and_measured_on_all_cases() -> None:
    report = search(SurfaceEvaluator(surface=lambda program: 0.1 if program == extractive_base() else 0.9))
    assert report.trials[0].program == extractive_base().digest()
    assert [item.cases for item in report.trials[0].rungs] == [12, 24, 48]


def test_the_incumbent_stays_where_nothing_is_better() -> None:
    report = search(SurfaceEvaluator(surface=lambda program: 0.5 if program == extractive_base() else 0.4))
    assert report.best == extractive_base()
    assert report.best_trial == 0
    assert report.changed == {}


def test_weak_trials_fall_early_and_only_against_the_same_cases() -> None:
    evaluator = SurfaceEvaluator()
    report = search(evaluator)
    pruned = [trial for trial in report.trials if trial.state == "pruned"]
    assert len(pruned) >= 8
    asked = sum(len(cases) for _, cases in evaluator.asked)
    assert asked < 0.75 * len(report.trials) * (12 + 24 + 48)
    assert len({cases for _, cases in evaluator.asked}) == len(report.rungs)
    for trial in pruned:
        rivals = [
            other.rungs[trial.rungs[-1].rung].worst
            for other in report.trials[: trial.number]
            if len(other.rungs) > trial.rungs[-1].rung
        ]
        assert sum(value > trial.rungs[-1].worst for value in rivals) >= (len(rivals) + 1) // 2


def test_a_setting_that_changes_nothing_earns_no_more_cases() -> None:
    report = search(SurfaceEvaluator(surface=lambda program: program.retrieval.dense_weight, spread=0.0))
    same = [trial for trial in report.trials if trial.reason]
    assert same
    assert all(trial.state == "pruned" and len(trial.rungs) == 1 for trial in same)
    first = int(same[0].reason.removeprefix("same results as trial "))
    twin = report.trials[first]
    assert twin.values["retrieval.dense_weight"] == same[0].values["retrieval.dense_weight"]
    assert report.best.retrieval.dense_weight == 0.8


def test_lost_cases_count_against_a_candidate() -> None:
    def losing(program: Program, case: object) -> bool:
        return program.retrieval.dense_weight == 0.7

    report = search(SurfaceEvaluator(losing=losing))
    assert report.best.retrieval.dense_weight != 0.7
    assert all(trial.state != "failed" for trial in report.trials)


def test_no_point_is_tried_twice_and_a_small_space_is_exhausted() -> None:
    space = SearchSpace(
        parameters=(Parameter(name="answering.sufficiency", stage="answering", choices=(0.3, 0.4, 0.5, 0.6)),)
    )
    evaluator = SurfaceEvaluator()
    report = search(evaluator, space=space, trials=30)
    assert report.ended == "space exhausted"
    assert "4 combinations" in report.reason
    assert {trial.values["answering.sufficiency"] for trial in report.trials} == {0.3, 0.4, 0.5, 0.6}
    assert len(set(evaluator.asked)) == len(evaluator.asked)


def test_cost_is_a_second_objective() -> None:
    def cost(program: Program) -> float:
        return program.retrieval.top_k / 100

    def surface(program: Program) -> float:
        return 0.4 + program.retrieval.top_k / 20

    report = asyncio.run(
        SettingsSearch(
            base=generative_base(),
            cases=CASES,
            space=SearchSpace(
                parameters=(
                    Parameter(name="retrieval.top_k", stage="retrieval", choices=(1, 2, 3, 4, 5, 6)),
                    Parameter(name="answering.decompose", stage="answering", choices=(True, False)),
                )
            ),
            evaluator=SurfaceEvaluator(surface=surface, cost=cost, spread=0.0),
            trials=12,
            has_cost=True,
        ).run()
    )
    assert report.cost_unit == "usd"
    assert report.best.retrieval.top_k == 6
    tops = [int(trial.values["retrieval.top_k"]) for trial in report.pareto]
    assert tops == sorted(tops, reverse=True)
    assert {1, 6} <= set(tops)
    assert report.pareto[-1].rungs[-1].cost == pytest.approx(0.01)


def test_a_killed_search_comes_to_the_same_trials_and_measures_nothing_twice(tmp_path: Path) -> None:
    whole = search(SurfaceEvaluator(), seed=5)
    storage = tmp_path / "search.jsonl"

    killed = SurfaceEvaluator()
    original, seen = killed.measure, 0

    async def measure(program: Program, cases: tuple) -> Measured:  # type: ignore[type-arg]
        nonlocal seen
        seen += 1
        if seen > 17:
            raise KeyboardInterrupt
        return await original(program, cases)

    killed.measure = measure  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        search(killed, seed=5, storage=storage)
    with storage.open("a") as file:
        file.write('{"key": "cut o')
    again = SurfaceEvaluator()
    resumed = search(again, seed=5, storage=storage)
    assert resumed.trials == whole.trials
    assert resumed.best == whole.best
    assert not set(again.asked) & set(killed.asked)
    third = SurfaceEvaluator()
    assert search(third, seed=5, storage=storage).trials == whole.trials
    assert third.asked == []


def test_measurements_with_failed_calls_are_made_again(tmp_path: Path) -> None:
    storage = tmp_path / "search.jsonl"
    search(SurfaceEvaluator(losing=lambda program, case: True), trials=3, storage=storage)
    again = SurfaceEvaluator()
    search(again, trials=3, storage=storage)
    assert again.asked


@pytest.mark.parametrize("after", [0, 2, 3, 9])
def test_a_spent_budget_gives_the_best_so_far(after: int) -> None:
    report = search(SurfaceEvaluator(stop_after=after))
    assert report.ended == "stopped"
    assert "budget of 7 model calls" in report.reason
    whole = [trial for trial in report.trials if len(trial.rungs) == len(report.rungs)]
    if after < 3:
        assert (report.best, report.best_trial) == (extractive_base(), 0)
    else:
        assert report.trials[report.best_trial].last
        assert (
            max(trial.rungs[-1].worst for trial in whole) == report.trials[report.best_trial].rungs[-1].worst
        )


def test_the_endpoints_own_budget_ends_a_search_as_well() -> None:
    class Spent(SurfaceEvaluator):
        async def measure(self, program: Program, cases: tuple) -> Measured:  # type: ignore[type-arg,override]
            raise BudgetSpent("the run's limit is reached", hint="raise it")

    report = search(Spent())
    assert report.ended == "stopped"
    assert report.best == extractive_base()


def test_a_candidate_that_cannot_run_fails_alone() -> None:
    class Picky(SurfaceEvaluator):
        async def measure(self, program: Program, cases: tuple) -> Measured:  # type: ignore[type-arg,override]
            if program.retrieval.dense_weight == 0.8:
                raise UserError("no such weight", hint="take another")
            return await super().measure(program, cases)

    report = search(Picky(), trials=40)
    failed = [trial for trial in report.trials if trial.state == "failed"]
    assert failed
    assert all(trial.reason == "no such weight" for trial in failed)
    assert report.best.retrieval.dense_weight == 0.7

    class Broken(SurfaceEvaluator):
        async def measure(self, program: Program, cases: tuple) -> Measured:  # type: ignore[type-arg,override]
            raise UserError("no such model", hint="name one")

    with pytest.raises(UserError, match="no such model"):
        search(Broken())


def test_each_step_is_told() -> None:
    steps: list[SearchStep] = []
    report = search(SurfaceEvaluator(), trials=6, progress=steps.append)
    assert len(steps) == sum(len(trial.rungs) for trial in report.trials)
    assert [step.state for step in steps[:3]] == ["", "", "finished"]
    assert steps[2].best == steps[2].incumbent == report.trials[0].rungs[-1].worst
    assert steps[-1].best == report.trials[report.best_trial].rungs[-1].worst
    assert steps[-1].usage == report.usage


def test_without_cases_there_is_nothing_to_search_on() -> None:
    with pytest.raises(UserError, match="no cases"):
        asyncio.run(
            SettingsSearch(base=extractive_base(), cases=[], space=SMALL, evaluator=SurfaceEvaluator()).run()
        )


def test_eight_cases_are_enough_to_end_well() -> None:
    report = asyncio.run(
        SettingsSearch(
            base=extractive_base(),
            cases=searched_cases(8),
            space=SMALL,
            evaluator=SurfaceEvaluator(),
            trials=5,
        ).run()
    )
    assert report.rungs == (8,)
    assert report.importance.parameters == ()


def test_documents_are_opened_once_for_each_way_of_splitting() -> None:
    opened: list[DocumentSettings] = []

    def open_documents(settings: DocumentSettings) -> SurfaceEvaluator:
        opened.append(settings)
        return SurfaceEvaluator(surface=lambda program: 0.5 + settings.max_tokens / 1000)

    space = SearchSpace(
        parameters=(
            Parameter(name="documents.max_tokens", stage="documents", choices=(100, 200, 300)),
            Parameter(name="answering.max_sentences", stage="answering", choices=(1, 2, 3)),
        )
    )
    now = DocumentSettings(workers=3)
    report = asyncio.run(
        SettingsSearch(
            base=extractive_base(),
            cases=CASES,
            space=space,
            evaluator=SurfaceEvaluator(surface=lambda program: 0.7),
            trials=9,
            documents=now,
            open_documents=open_documents,
        ).run()
    )
    assert report.best_documents == replace(now, max_tokens=300)
    assert sorted(item.max_tokens for item in opened) == [100, 300]
    with pytest.raises(InvalidSetting, match="how documents are split"):
        asyncio.run(
            SettingsSearch(
                base=extractive_base(), cases=CASES, space=space, evaluator=SurfaceEvaluator()
            ).run()
        )


def test_importance_ranks_what_matters_above_what_does_not() -> None:
    report = search(SurfaceEvaluator(), trials=30)
    shares = {item.name: item.share for item in report.importance.parameters}
    assert next(iter(shares)) == "retrieval.dense_weight"
    assert shares["answering.decompose"] < 0.1
    assert sum(shares.values()) == pytest.approx(1.0)
    assert report.importance.trials >= 12
