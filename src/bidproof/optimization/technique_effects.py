"""What each technique does on a gold set: its effect with an interval, and what it costs a question."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bidproof.evaluation.comparing.comparisons import ComparisonRules, Verdict, compare_runs
from bidproof.evaluation.records import Run
from bidproof.evaluation.statistics.multiple import holm
from bidproof.evaluation.statistics.paired import PairedTest

_NO_TEST = PairedTest(n=0, clusters=0, method="none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What one question took on average: model calls, tokens in and out, seconds, US dollars."""

    calls: float
    tokens: float
    seconds: float
    cost_usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TechniqueRow:
    """One technique, held against the same program without it.

    Attributes:
        name: The technique.
        what: What it does.
        is_on: Whether the base program has it; the other program differs in it alone.
        program: Digest of the other program.
        run: The run of the other program.
        mean_without: The metric's mean without the technique, over the cases that both scored.
        mean_with: The same with it.
        test: Effect of having it, with minus without.
        adjusted_p: After Holm over all rows.
        verdict: On having it.
        answered_without: Share of questions answered without it, of all that were run.
        answered_with: The same with it.
        spent_without: What a question took without it.
        spent_with: The same with it.
        notes: What a reader must know beside the verdict.
    """

    name: str
    what: str
    is_on: bool
    program: str
    run: str
    mean_without: float | None
    mean_with: float | None
    test: PairedTest
    adjusted_p: float | None
    verdict: Verdict
    answered_without: float
    answered_with: float
    spent_without: Spent
    spent_with: Spent
    notes: tuple[str, ...] = ()


def technique_row(
    name: str, what: str, *, is_on: bool, base: Run, other: Run, metric: str, margin: float
) -> TechniqueRow:
    """Hold a program with a technique against the one without it.

    Args:
        name: The technique.
        what: What it does.
        is_on: Whether ``base`` is the one that has it.
        base: Run of the base program.
        other: Run of the program that differs in this technique.
        metric: What is compared.
        margin: Differences within plus and minus this are equivalent.
    """
    without, having = (other, base) if is_on else (base, other)
    found = compare_runs(without, having, rules=ComparisonRules(metrics=(metric,), margin=margin))
    row = next(iter(found.rows), None)
    notes = [*found.warnings, *(row.notes if row else [found.skipped.get(metric, "nothing was scored")])]
    for run, said in ((without, "without"), (having, "with")):
        failed = sum(item.draft.state == "failed" for item in run.outcomes)
        notes += [f"{failed} answers {said} it failed"] * (failed > 0)
    return TechniqueRow(
        name=name,
        what=what,
        is_on=is_on,
        program=other.info.program_digest,
        run=other.info.id,
        mean_without=row.mean_a if row else None,
        mean_with=row.mean_b if row else None,
        test=row.test if row else _NO_TEST,
        adjusted_p=row.test.p_value if row else None,
        verdict=row.verdict if row else "not proven",
        answered_without=_answered(without),
        answered_with=_answered(having),
        spent_without=spent_by(without),
        spent_with=spent_by(having),
        notes=tuple(dict.fromkeys([*notes, *_equal_note(without, having, metric)])),
    )


def adjust_rows(
    rows: Sequence[TechniqueRow], *, margin: float, confidence: float = 0.95
) -> tuple[TechniqueRow, ...]:
    """The rows with p-values that hold for all of them together (Holm), and verdicts to match."""
    tested = [row for row in rows if row.test.p_value is not None]
    values = dict(
        zip((row.name for row in tested), holm([row.test.p_value or 0.0 for row in tested]), strict=True)
    )
    return tuple(_adjusted(row, values.get(row.name), margin, 1 - confidence) for row in rows)


def spent_by(run: Run) -> Spent:
    """What a question of a run took on average."""
    count = max(1, len(run.outcomes))
    usages = [outcome.draft.usage for outcome in run.outcomes]
    return Spent(
        calls=sum(usage.calls for usage in usages) / count,
        tokens=sum(usage.prompt_tokens + usage.completion_tokens for usage in usages) / count,
        seconds=sum(outcome.seconds for outcome in run.outcomes) / count,
        cost_usd=sum(usage.cost_usd for usage in usages) / count,
    )


def _adjusted(row: TechniqueRow, p_value: float | None, margin: float, level: float) -> TechniqueRow:
    if p_value is None:
        return row
    verdict = row.verdict
    if verdict in ("better", "worse") and p_value > level + 1e-12:
        low, high = row.test.low, row.test.high
        is_small = low is not None and high is not None and -margin <= low and high <= margin
        verdict = "equivalent" if is_small else "not proven"
    return replace(row, adjusted_p=p_value, verdict=verdict)


def _answered(run: Run) -> float:
    given = sum(outcome.draft.state == "drafted" for outcome in run.outcomes)
    return given / max(1, len(run.outcomes))


def _equal_note(without: Run, having: Run, metric: str) -> list[str]:
    values = [
        {cell.case_id: cell.value for cell in run.cells if cell.metric == metric and cell.value is not None}
        for run in (without, having)
    ]
    common = values[0].keys() & values[1].keys()
    is_equal = bool(common) and all(values[0][case] == values[1][case] for case in common)
    return ["no case scored differently"] * is_equal
