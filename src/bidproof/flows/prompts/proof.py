"""What counts as a proof that one program may replace another."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from bidproof.core.errors import UserError
from bidproof.core.files import read_given
from bidproof.core.jsonable import from_json, parse_json
from bidproof.core.next_steps import Action, NextStep
from bidproof.evaluation.comparing.compared_runs import load_compared
from bidproof.evaluation.comparing.comparisons import Comparison, MetricComparison, compare_runs
from bidproof.evaluation.records import RunInfo
from bidproof.evaluation.running.run_store import RunStore
from bidproof.flows.compare import RUNS_FOLDER
from bidproof.flows.requests.programs import PromoteRequest
from bidproof.prompts.labels import Proof
from bidproof.prompts.store import ProgramStore
from bidproof.runtime.program_choice import PACKAGED_MESSAGE

_COVERAGE_DROP = 0.02


def find_proof(request: PromoteRequest, *, store: ProgramStore, workspace: Path) -> Proof:
    """Read a comparison, or make one of the named run and one of the program that has the label.

    Raises:
        UserError: No such run or file, no run to hold it against (``proof-missing``),
            or the two cannot be compared.
    """
    path = Path(request.proof)
    if path.is_file():
        return prove(_read(path), source=request.proof)
    runs = RunStore(workspace / RUNS_FOLDER)
    run = load_compared(request.proof, runs=workspace / RUNS_FOLDER)
    against = request.baseline or _baseline(run.info, request.label, store, runs)
    baseline = load_compared(against, runs=workspace / RUNS_FOLDER)
    return prove(compare_runs(baseline, run), source=run.info.id)


def prove(found: Comparison, *, source: str) -> Proof:
    """Decide a comparison: nothing may be worse, and something must be gained.

    Nothing is proven worse and no metric lost coverage; and either a metric is proven
    better, or all are proven equivalent and an amount (cost, tokens, seconds) is
    proven lower while none is proven higher.
    """
    quality = [row for row in found.rows if row.kind != "amount"]
    amounts = [row for row in found.rows if row.kind == "amount"]
    against = [f"{row.metric} is worse ({effect_words(row)})" for row in quality if row.verdict == "worse"]
    against += [
        f"{row.metric} lost coverage ({row.coverage_a:.1%} to {row.coverage_b:.1%})"
        for row in quality
        if row.coverage_a - row.coverage_b > _COVERAGE_DROP + 1e-9
    ]
    gains = [f"{row.metric} is better ({effect_words(row)})" for row in quality if row.verdict == "better"]
    cheaper = [f"{row.metric} is lower ({effect_words(row)})" for row in amounts if row.verdict == "better"]
    dearer = any(row.verdict == "worse" for row in amounts)
    is_equal = bool(quality) and all(row.verdict == "equivalent" for row in quality)
    passed = not against and (bool(gains) or (is_equal and bool(cheaper) and not dearer))
    if passed:
        summary = [*gains, *([] if gains else ["all metrics are equivalent", *cheaper])]
    else:
        summary = against or ["not proven: neither a gain nor equivalence at lower cost", *_unproven(quality)]
    where = f"{found.cases} cases of {found.b.gold}{' ' + found.b.split if found.b.split else ''}"
    return Proof(
        passed=passed,
        program=found.b.program_digest,
        baseline=found.a.program_digest,
        source=source,
        summary=(*summary, where, *found.warnings),
    )


def _read(path: Path) -> Comparison:
    try:
        content: Any = parse_json(read_given(path))
        values = cast("Mapping[str, Any]", content.get("comparison", content))
        return from_json(Comparison, {name: values[name] for name in _COMPARED})
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise UserError(
            f"cannot take {str(path)!r} as a proof: found {error!r}, expected a comparison of two runs",
            hint=NextStep("name the run itself, or a file with a comparison", Action.COMPARE),
            code="proof-missing",
        ) from error


_COMPARED = ("a", "b", "cases", "rows", "skipped", "warnings", "confidence")


def _baseline(run: RunInfo, label: str, store: ProgramStore, runs: RunStore) -> str:
    """The newest finished run of what has the label, else of the packaged program, on the same cases."""
    now = store.labels().get(label, "")
    wanted = {now}
    if not now:
        wanted = {item.digest for item in store.versions() if item.message == PACKAGED_MESSAGE}
    fits = [
        info
        for info in runs.list()
        if info.program_digest in wanted - {run.program_digest}
        and (info.gold_digest, info.split, info.state) == (run.gold_digest, run.split, "finished")
    ]
    if not fits:
        what = f"{now!r}, which is {label!r}" if now else "the packaged program"
        raise UserError(
            f"cannot hold {run.label or run.id!r} against anything: found no finished run of {what}, on "
            f"{run.gold!r} {run.split}",
            hint=NextStep(
                "evaluate that program, or name another run to hold it against",
                Action.EVALUATE_PROGRAM,
                options=("baseline",),
                gold=run.gold,
                program=now or "packaged",
            ),
            code="proof-missing",
        )
    return fits[-1].id


def effect_words(row: MetricComparison) -> str:
    """An effect with its interval, p-value and number of cases, in words."""
    test = row.test
    if test.effect is None or test.low is None or test.high is None:
        return "no interval"
    p_value = test.p_value if row.adjusted_p is None else row.adjusted_p
    shown = "" if p_value is None else f", p {p_value:.3g}"
    return f"{test.effect:+.3f}, {test.low:+.3f} to {test.high:+.3f}{shown}, n {test.n}"


def _unproven(rows: Sequence[MetricComparison]) -> list[str]:
    return [f"{row.metric} is {row.verdict} ({effect_words(row)})" for row in rows[:4]]
