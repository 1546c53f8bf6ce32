"""Runs made of values, for tests of comparing."""

from collections.abc import Mapping, Sequence

from bidproof.evaluation.records import Cell, CellState, GoldCase, GoldSet, Run, RunInfo

Value = float | CellState


def make_run(
    values: Mapping[str, Sequence[Value]],
    *,
    id: str = "run",
    groups: Sequence[str] = (),
    gold: str = "set",
    questions: str = "Question {}?",
    state: str = "finished",
    judge: str = "",
) -> Run:
    """A run whose metrics have these values, one a case; a state stands for a cell without a value."""
    n = max(len(row) for row in values.values())
    cases = tuple(
        GoldCase(id=f"q{place}", question=questions.format(place), group=groups[place] if groups else "")
        for place in range(n)
    )
    cells = tuple(
        Cell(
            case_id=f"q{place}",
            metric=metric,
            state=value if isinstance(value, CellState) else CellState.SCORED,
            value=None if isinstance(value, CellState) else value,
            group=cases[place].group,
        )
        for metric, row in values.items()
        for place, value in enumerate(row)
    )
    info = RunInfo(
        id=id,
        gold=gold,
        gold_digest=GoldSet(name=gold, cases=cases).digest(),
        split="",
        program_digest=id,
        answerer="fake",
        state=state,  # type: ignore[arg-type]
        judge=judge,
    )
    return Run(info=info, cases=cases, outcomes=(), cells=cells, summaries=())
