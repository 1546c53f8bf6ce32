"""The two kinds of search, settings and prompts, as steps of an optimisation."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Literal

from bidproof.evaluation.records import GoldCase
from bidproof.flows.optimize.records import CandidateRow, Change, Found
from bidproof.flows.optimize.work import SearchCases, SearchContext
from bidproof.flows.requests.programs import OptimizeRequest
from bidproof.optimization.budget import OptimizationStopped
from bidproof.optimization.settings.ablation import AblationRow, one_at_a_time
from bidproof.optimization.settings.search import SettingsSearch
from bidproof.optimization.settings.space import SearchSpace, default_space
from bidproof.optimization.settings.trials import SearchReport, SearchStep, SearchTrial
from bidproof.prompts.program import Program

_SUFFICIENCY = "answering.sufficiency"

PromptMethod = Literal["labeled", "bootstrap", "mipro", "gepa"]


async def search_program_settings(
    base: Program, request: OptimizeRequest, context: SearchContext, dev: Sequence[GoldCase], *, part: int
) -> Found:
    """Search the settings of a program on the dev split."""
    space, notes = _space(base, request, dev)

    def tell(step: SearchStep) -> None:
        context.tell("trying settings", done=step.trial + 1, total=step.trials, best=step.best)

    report = await SettingsSearch(
        base=base,
        cases=dev,
        space=space,
        evaluator=context.evaluator,
        trials=request.trials,
        seed=request.seed + part,
        has_cost=not base.engine,
        storage=context.folder / f"settings-{part}.jsonl",
        progress=tell,
    ).run()
    rows: tuple[AblationRow, ...] = ()
    # At a limit, what each change is worth is left unsaid; the reason says which limit.
    with suppress(OptimizationStopped):
        rows = await one_at_a_time(
            report.best, base, dev, space=report.space, evaluator=context.evaluator, kind=context.metric.kind
        )
    return Found(
        best=context.programs.named(report.best),
        rows=tuple(_trial_row(trial, report) for trial in report.trials if trial.measured is not None),
        reason=report.reason,
        pareto=tuple(_trial_row(trial, report) for trial in report.pareto) if report.cost_unit else (),
        importance=tuple((item.name, item.share) for item in report.importance.parameters),
        ablation=tuple(
            Change(name=row.name, without=row.value_from, value=row.value_to, test=row.test) for row in rows
        ),
        notes=notes,
    )


def _space(
    base: Program, request: OptimizeRequest, cases: Sequence[GoldCase]
) -> tuple[SearchSpace, tuple[str, ...]]:
    """What is searched, and what is left out of it because these cases could not tell."""
    space = default_space(base, models=request.models)
    if any(case.is_answerable is False for case in cases):
        return space, ()
    kept = tuple(item for item in space.parameters if item.name != _SUFFICIENCY)
    note = (
        f"{_SUFFICIENCY} was not searched: no case of {request.gold} is known to be unanswerable, so a lower "
        "threshold could only look better; bidproof gold draft makes such cases"
    )
    return SearchSpace(parameters=kept), (note,)


async def search_prompt_texts(
    base: Program,
    request: OptimizeRequest,
    context: SearchContext,
    cases: SearchCases,
    *,
    method: PromptMethod,
) -> Found:
    """Search instructions and examples: proposed on train, chosen on dev."""
    from bidproof.optimization.prompts.methods import PromptSearch, PromptStep

    def tell(step: PromptStep) -> None:
        context.tell(f"trying prompts: {step.stage}", done=step.candidates, total=None, best=None)

    search = PromptSearch(
        base=base,
        train=cases.train,
        dev=cases.dev,
        held_out=cases.sealed,
        method=method,
        open_program=context.programs,
        evaluator=context.evaluator,
        metric=context.metric,
        scoring=context.scoring,
        proposer=context.proposer,
        proposer_settings=context.proposer_settings,
        max_prompt_tokens=request.max_prompt_tokens,
        max_calls=context.budget.left_calls(),
        seed=request.seed,
        progress=tell,
    )
    report = await search.run()
    rows = [
        CandidateRow(
            digest=item.digest,
            kind=item.kind,
            mean=item.mean,
            worst=item.worst,
            cases=item.n,
            usage=item.usage,
            note=item.rejected or f"{item.prompt_tokens} prompt tokens",
        )
        for item in report.candidates
    ]
    refused = "".join(f"; {count} left out: {why}" for why, count in report.rejections.items())
    return Found(
        best=context.programs.named(report.best), rows=tuple(rows), reason=f"{report.reason}{refused}"
    )


def _trial_row(trial: SearchTrial, report: SearchReport) -> CandidateRow:
    first, last, measured = report.trials[0].values, trial.last, trial.measured
    return CandidateRow(
        digest=measured.program if measured else trial.program,
        kind="settings",
        mean=measured.mean if measured else None,
        worst=measured.worst if measured else None,
        cases=last.cases if last else 0,
        usage=trial.usage,
        changes=tuple(f"{name}={value}" for name, value in trial.values.items() if value != first[name]),
        note="" if trial.state == "finished" else f"{trial.state} after {last.cases if last else 0} cases",
    )
