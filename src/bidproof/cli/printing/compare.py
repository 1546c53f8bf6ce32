"""Printing comparisons, gates and live experiments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bidproof.cli.printing.basics import print_table

if TYPE_CHECKING:
    from bidproof.evaluation.comparing.comparisons import Comparison, MetricComparison
    from bidproof.evaluation.comparing.gate import GateResult
    from bidproof.evaluation.records import RunInfo
    from bidproof.flows.compare import LiveReport

_COLUMNS = ("metric", "A", "B", "effect", "95% interval", "p", "sees", "n", "coverage", "bounds", "verdict")
_SHOWN_FLIPS = 5


def print_comparison(found: Comparison) -> None:
    """Show every metric, then the cases that flipped."""
    print_table(
        f"{_name(found.b)} held against {_name(found.a)}", _COLUMNS, [_row(row) for row in found.rows]
    )
    click.echo(
        f"A: {_name(found.a)} ({found.a.answerer}); B: {_name(found.b)} ({found.b.answerer}); "
        f"{found.cases} cases in both"
    )
    click.echo(
        "p: after Holm over the metrics; sees: the least difference found with 80% power; "
        "bounds: the effect at worst and at best for what is missing"
    )
    for warning in found.warnings:
        click.echo(f"warning: {warning}")
    for row in found.rows:
        for note in row.notes:
            click.echo(f"{row.metric}: {note}")
    if found.skipped:
        click.echo("not compared: " + "; ".join(f"{name} ({why})" for name, why in found.skipped.items()))
    for row in found.rows:
        _print_flips(row)


def print_gate(result: GateResult) -> None:
    """Say whether the gate opens and why."""
    found = result.comparison
    print_table(
        f"{_name(found.b)} held against {_name(found.a)}", _COLUMNS, [_row(row) for row in found.rows]
    )
    for remark in result.remarks:
        click.echo(f"note: {remark}")
    if result.passed:
        click.echo(f"passed: no regression is proven on {found.cases} cases")
        return
    for reason in result.reasons:
        click.echo(f"failed: {reason}")


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


def _row(row: MetricComparison) -> tuple[object, ...]:
    test = row.test
    interval = "" if test.low is None or test.high is None else f"{test.low:+.3f} to {test.high:+.3f}"
    bounds = ""
    if (
        row.low_bound is not None
        and row.high_bound is not None
        and (row.coverage_a < 1 or row.coverage_b < 1)
    ):
        bounds = f"{row.low_bound:+.2f} to {row.high_bound:+.2f}"
    return (
        f"{row.metric}{'' if row.higher_is_better else ' ↓'}",
        "–" if row.mean_a is None else f"{row.mean_a:.3f}",
        "–" if row.mean_b is None else f"{row.mean_b:.3f}",
        "–" if test.effect is None else f"{test.effect:+.3f}",
        interval,
        "" if row.adjusted_p is None else f"{row.adjusted_p:.3g}",
        _sees(test.minimum_detectable),
        f"{test.n}" + (f" in {test.clusters}" if test.clusters < test.n else ""),
        f"{row.coverage_a:.0%}, {row.coverage_b:.0%}",
        bounds,
        row.verdict,
    )


def _sees(difference: float | None) -> str:
    return "" if difference is None else f"{difference:.3f}"


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
