"""Whether a run may replace its baseline: no proven regression, no cases quietly left out."""

from dataclasses import dataclass, replace

from bidproof.evaluation.comparing.comparisons import (
    DEFAULT_RULES,
    Comparison,
    ComparisonRules,
    MetricComparison,
    compare_runs,
    noted,
)
from bidproof.evaluation.records import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResult:
    """Whether the gate opens, and why not.

    Attributes:
        passed: No reason was found against it.
        reasons: One line for each failure; empty when passed.
        remarks: What a reader should know although it passed, such as how large a regression
            could have gone unseen.
        comparison: Everything behind it.
    """

    passed: bool
    reasons: tuple[str, ...]
    remarks: tuple[str, ...]
    comparison: Comparison


def check_gate(
    run: Run, baseline: Run, *, rules: ComparisonRules = DEFAULT_RULES, coverage_drop: float = 0.02
) -> GateResult:
    """Hold a run against its baseline.

    The gate closes on a metric that is proven worse (the primary one alone, the others after
    Holm over them), and on a metric whose coverage fell by more than ``coverage_drop``. A
    difference that is not proven does not close it: make the gold set large enough to see what
    matters.

    Args:
        run: On trial.
        baseline: What is in use.
        rules: What is gated, and what counts. Amounts (seconds, tokens, dollars) vary with the
            machine and must be named to be gated.
        coverage_drop: The share of cases that may lose their value without closing the gate.

    Raises:
        UserError: The runs cannot be compared; see :func:`compare_runs`.
    """
    found = compare_runs(baseline, run, rules=replace(rules, with_amounts=False))
    reasons = [line for row in found.rows for line in _reasons(row, coverage_drop)]
    if not found.rows:
        reasons.append("no metric could be compared")
    return GateResult(passed=not reasons, reasons=tuple(reasons), remarks=_remarks(found), comparison=found)


def assert_no_regression(
    run: Run, baseline: Run, *, rules: ComparisonRules = DEFAULT_RULES, coverage_drop: float = 0.02
) -> None:
    """Raise where :func:`check_gate` finds a reason, for tests.

    Raises:
        AssertionError: A regression is proven, or coverage fell; one line each.
        UserError: The runs cannot be compared.
    """
    result = check_gate(run, baseline, rules=rules, coverage_drop=coverage_drop)
    if not result.passed:
        raise AssertionError("\n".join(("regression against the baseline:", *result.reasons)))


def _reasons(row: MetricComparison, coverage_drop: float) -> list[str]:
    lines: list[str] = []
    test = row.test
    if row.verdict == "worse" and test.low is not None and test.high is not None:
        lines.append(
            f"{row.metric} is worse: {row.mean_a:.3f} to {row.mean_b:.3f}, effect {test.effect:+.3f} "
            f"({test.low:+.3f} to {test.high:+.3f}), p = {row.adjusted_p:.3g}, {test.n} cases"
        )
    if row.coverage_a - row.coverage_b > coverage_drop + 1e-9:
        lines.append(
            f"{row.metric} lost coverage: {row.coverage_a:.1%} to {row.coverage_b:.1%} of cases have a "
            f"value, allowed is a drop of {coverage_drop:.1%}"
        )
    return lines


def _remarks(found: Comparison) -> tuple[str, ...]:
    unseen = [row for row in found.rows if row.verdict == "not proven" and row.test.minimum_detectable]
    lines = list(found.warnings)
    if unseen:
        largest = max(unseen, key=lambda row: row.test.minimum_detectable or 0.0)
        size = largest.test.minimum_detectable or 0.0
        lines.append(
            f"{len(unseen)} metrics are not proven either way; a change of {largest.metric} under "
            f"{size:.3f} is likely to go unseen with {largest.test.n} cases"
        )
    return (*lines, *noted(found))
