"""Comparing runs and reading live experiments, from names and files."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bidproof.core.errors import UnreadableFile, UserError
from bidproof.core.next_steps import NextStep
from bidproof.evaluation.comparing.compared_runs import load_compared
from bidproof.evaluation.comparing.comparisons import Comparison, ComparisonRules, compare_runs
from bidproof.evaluation.comparing.gate import GateResult, check_gate
from bidproof.evaluation.comparing.live import (
    SampleRatio,
    SequentialResult,
    check_sample_ratio,
    sequential_difference,
)
from bidproof.evaluation.records import Run
from bidproof.flows.requests.evaluating import CompareRequest, GateRequest, RunPair
from bidproof.formats.csv.text import read_csv
from bidproof.runtime.session import find_workspace

RUNS_FOLDER = "runs"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveReport:
    """What an experiment on live traffic says so far.

    ``first`` and ``second`` are the arms in order of the weights; the effect is the second's
    mean minus the first's. ``repeated`` rows were left out because their unit was seen before.
    """

    first: str
    second: str
    means: Mapping[str, float]
    sample_ratio: SampleRatio
    result: SequentialResult
    repeated: int


def compare(request: CompareRequest, *, workspace: Path | None = None) -> Comparison:
    """Hold one run against another; ``workspace`` is where ids and labels are looked up.

    Raises:
        UserError: A run is unknown, or the two cannot be compared.
    """
    rules = replace(_rules(request), relative_margin=request.relative_margin)
    return compare_runs(_load(request.a, workspace), _load(request.b, workspace), rules=rules)


def gate(request: GateRequest, *, workspace: Path | None = None) -> GateResult:
    """Hold run ``b`` against the baseline ``a``.

    Raises:
        UserError: A run is unknown, or the two cannot be compared.
    """
    run, baseline = _load(request.b, workspace), _load(request.a, workspace)
    return check_gate(run, baseline, rules=_rules(request), coverage_drop=request.coverage_drop)


def _rules(request: RunPair) -> ComparisonRules:
    return ComparisonRules(
        metrics=request.metrics,
        primary=request.primary,
        margin=request.margin,
        confidence=request.confidence,
        allow_different_gold=request.allow_different_gold,
    )


def _load(name: str, workspace: Path | None) -> Run:
    return load_compared(name, runs=find_workspace(workspace) / RUNS_FOLDER)


def compare_live(
    path: Path,
    *,
    weights: Mapping[str, float] | None = None,
    bounds: tuple[float, float] = (0.0, 1.0),
    confidence: float = 0.95,
) -> LiveReport:
    """Read an experiment's rows in order of arrival and say what is proven.

    Args:
        path: CSV with the columns ``arm``, ``outcome`` and, if units come back, ``unit``: only
            the first row of each unit counts, for later ones are no independent observations.
        weights: Planned share by arm, the one held against first; None for equal shares in
            alphabetical order.
        bounds: Least and greatest possible outcome.
        confidence: Of the confidence sequence.

    Raises:
        UnreadableFile: The file is no such CSV (``live-file``).
        UserError: Not two arms (``arm-weights``), a unit in both (``unit-in-two-arms``), or an
            outcome out of range (``outcome-range``).
    """
    rows, repeated = _live_rows(path)
    counts = Counter(arm for arm, _ in rows)
    shares = dict(weights) if weights else dict.fromkeys(sorted(counts), 1.0)
    if len(shares) != 2 or not set(counts) <= set(shares):
        raise UserError(
            f"cannot compare the arms of {path.name!r}: found {', '.join(sorted(counts)) or 'none'}, "
            f"expected two arms{', ' + ' and '.join(shares) if weights else ''}",
            hint=NextStep(
                "name both arms and their shares, the old one first: old=0.5,new=0.5", options=("weights",)
            ),
            code="arm-weights",
        )
    ratio = check_sample_ratio(counts, weights=shares)
    first, second = shares
    result = sequential_difference(
        [arm == second for arm, _ in rows],
        [outcome for _, outcome in rows],
        share=shares[second] / sum(shares.values()),
        low=bounds[0],
        high=bounds[1],
        confidence=confidence,
    )
    means = {
        arm: sum(outcome for own, outcome in rows if own == arm) / counts[arm]
        for arm in shares
        if counts[arm]
    }
    return LiveReport(
        first=first, second=second, means=means, sample_ratio=ratio, result=result, repeated=repeated
    )


def _live_rows(path: Path) -> tuple[list[tuple[str, float]], int]:
    found = list(read_csv(path).records())
    columns = tuple(found[0][1]) if found else ()
    if not {"arm", "outcome"} <= set(columns):
        raise _bad_live(path, f"found the columns {', '.join(columns) or 'none'}")
    rows: list[tuple[str, float]] = []
    arm_of: dict[str, str] = {}
    repeated = 0
    for number, row in found:
        arm, unit = row["arm"].strip(), row.get("unit", "").strip()
        try:
            outcome = float(row["outcome"])
        except ValueError:
            raise _bad_live(path, f"found {row['outcome']!r} as outcome in row {number}") from None
        if not arm:
            raise _bad_live(path, f"found no arm in row {number}")
        is_new = not unit or unit not in arm_of
        if unit and arm_of.setdefault(unit, arm) != arm:
            raise UserError(
                f"cannot test {path.name!r}: found the unit {unit!r} in {arm_of[unit]!r} and {arm!r} "
                f"(row {number}), expected one arm for each unit",
                hint="assign units by evaluation.comparing.live.assign_arm, and leave mixed ones out",
                code="unit-in-two-arms",
            )
        if is_new:
            rows.append((arm, outcome))
        repeated += not is_new
    return rows, repeated


def _bad_live(path: Path, found: str) -> UnreadableFile:
    return UnreadableFile(
        f"cannot read the experiment {str(path)!r}: {found}, expected a CSV with arm,outcome[,unit]",
        hint="one row an observation in order of arrival, the outcome a number; see docs/statistics.md",
        code="live-file",
    )
