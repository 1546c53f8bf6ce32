"""Printing comparisons, gates and live experiments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from bidproof.cli.printing.basics import print_records
from bidproof.cli.printing.figures import echo_each, figure, interval

if TYPE_CHECKING:
    from bidproof.evaluation.comparing.comparisons import Comparison, MetricComparison
    from bidproof.evaluation.comparing.gate import GateResult
    from bidproof.evaluation.records import RunInfo
    from bidproof.flows.compare import LiveReport

_SHOWN_FLIPS = 5


def print_comparison(found: Comparison) -> None:
    """Show every metric, then the cases that flipped."""
    from bidproof.evaluation.comparing.comparisons import noted

    print_records(f"{_name(found.b)} held against {_name(found.a)}", found.rows, _columns())
    click.echo(
        f"A: {_name(found.a)} ({found.a.answerer}); B: {_name(found.b)} ({found.b.answerer}); "
        f"{found.cases} cases in both"
    )
    click.echo(
        f"{_tested(found)}; sees: the least difference found with 80% power; "
        "bounds: the effect at worst and at best for what is missing"
    )
    echo_each("warning: ", found.warnings)
    echo_each("", noted(found))
    if found.skipped:
        click.echo("not compared: " + "; ".join(f"{name} ({why})" for name, why in found.skipped.items()))
    for row in found.rows:
        _print_flips(row)


def print_gate(result: GateResult) -> None:
    """Say whether the gate opens and why."""
    found = result.comparison
    print_records(f"{_name(found.b)} held against {_name(found.a)}", found.rows, _columns())
    echo_each("note: ", result.remarks)
    if result.passed:
        click.echo(f"passed: no regression is proven on {found.cases} cases")
    echo_each("failed: ", result.reasons)


def print_gate_markdown(result: GateResult) -> None:
    """The gate as a summary for a pull request: the verdict, the metrics that moved, the rest folded away."""
    found = result.comparison
    moved = [row for row in found.rows if row.verdict in ("better", "worse") or row.metric == found.primary]
    verdict = "passed" if result.passed else "failed"
    click.echo(f"### Bidproof gate: {verdict}\n")
    click.echo(
        f"`{_name(found.b)}` held against `{_name(found.a)}` on {found.cases} cases; {_tested(found)}.\n"
    )
    echo_each("- **failed:** ", result.reasons)
    if result.reasons:
        click.echo("")
    _echo_table(moved)
    rest = [row for row in found.rows if row not in moved]
    click.echo(f"\n<details><summary>{len(rest)} metrics without a proven difference</summary>\n")
    _echo_table(rest)
    click.echo("\n</details>")
    if result.remarks:
        click.echo("")
    echo_each("- ", dict.fromkeys(result.remarks))


def _echo_table(rows: Sequence[MetricComparison]) -> None:
    columns = _columns()
    if not rows:
        return
    click.echo(f"| {' | '.join(columns)} |\n|{' --- |' * len(columns)}")
    for row in rows:
        click.echo(
            f"| {' | '.join(str(show(row)).replace('|', chr(92) + '|') for show in columns.values())} |"
        )


def _tested(found: Comparison) -> str:
    if not found.primary:
        return "p: after Holm over the metrics"
    return f"p: {found.primary} (primary) alone, the others, exploratory, after Holm over them"


def print_live(report: LiveReport) -> None:
    """Say what an experiment on live traffic shows so far."""
    ratio, result = report.sample_ratio, report.result
    for arm in (report.first, report.second):
        mean = f"{report.means[arm]:.4f}" if arm in report.means else "none"
        click.echo(
            f"{arm}: {ratio.counts[arm]} observations ({ratio.expected[arm]:.1f} planned), mean {mean}"
        )
    if report.repeated:
        click.echo(f"{report.repeated} rows left out: their unit was seen before")
    click.echo(f"split: p = {ratio.anytime_p:.3g} at any time, {ratio.chi_square_p:.3g} by chi-square once")
    if ratio.is_mismatch:
        click.echo("warning: traffic is not split as planned: find the fault before you read the result")
    if result.effect is not None:
        within = (
            "no constant difference fits: it changed over time"
            if result.low is None or result.high is None
            else f"within {result.low:+.4f} to {result.high:+.4f} ({result.confidence:.0%}, at every look)"
        )
        click.echo(f"{report.second} minus {report.first}: {result.effect:+.4f}; {within}")
    if result.decided_at is None:
        click.echo(f"not proven (p = {result.p_value:.3g}); go on collecting, looking as often as you like")
    else:
        click.echo(
            f"a difference is proven (p = {result.p_value:.3g}), since observation {result.decided_at}"
        )


def _columns() -> Mapping[str, Callable[[MetricComparison], object]]:
    return {
        "metric": lambda row: f"{row.metric}{'' if row.higher_is_better else ' ↓'}",
        "A": lambda row: figure(row.mean_a),
        "B": lambda row: figure(row.mean_b),
        "effect": lambda row: figure(row.test.effect, "+.3f"),
        "95% interval": lambda row: interval(row.test.low, row.test.high),
        "p": lambda row: figure(row.adjusted_p, ".3g", absent=""),
        "sees": lambda row: figure(row.test.minimum_detectable, absent=""),
        "n": lambda row: (
            f"{row.test.n}" + (f" in {row.test.clusters}" if row.test.clusters < row.test.n else "")
        ),
        "coverage": lambda row: f"{row.coverage_a:.0%}, {row.coverage_b:.0%}",
        "bounds": _bounds,
        "verdict": lambda row: row.verdict,
    }


def _bounds(row: MetricComparison) -> str:
    is_whole = row.coverage_a >= 1 and row.coverage_b >= 1
    return "" if is_whole else interval(row.low_bound, row.high_bound, "+.2f")


def _print_flips(row: MetricComparison) -> None:
    if not row.flipped:
        return
    up = sum(1 for flip in row.flipped if flip.b > flip.a)
    click.echo(f"{row.metric}: {up} cases rose, {len(row.flipped) - up} fell")
    for flip in row.flipped[:_SHOWN_FLIPS]:
        question = " ".join(flip.question.split())
        click.echo(f"  {flip.case_id}: {flip.a:g} to {flip.b:g}  {question[:90]}")
    if len(row.flipped) > _SHOWN_FLIPS:
        click.echo(f"  … {len(row.flipped) - _SHOWN_FLIPS} more; --json lists all")


def _name(info: RunInfo) -> str:
    return info.label or info.id
