"""Printing runs: a table of metrics, each with its interval, coverage and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from bidproof.cli.printing.basics import print_table
from bidproof.evaluation.records import MetricSummary, RunInfo

if TYPE_CHECKING:
    from bidproof.flows.evaluate import EvaluateReport

_COLUMNS = ("metric", "mean", "95% interval", "n", "coverage", "worst to best", "not scored", "note")
_MISSING = ("abstained", "unscorable", "judge_error", "not_run")


def print_evaluation(report: EvaluateReport) -> None:
    """Say what came of an evaluation and where everything lies."""
    print_run(report.info, report.summaries)
    click.echo("")
    answered = f"{report.outcomes} answers to {report.cases} cases"
    click.echo(
        f"{answered}; {report.resumed} taken over from an earlier run, {report.failed} failed, "
        f"the judge failed on {report.judge_failed}; ${report.spent_usd:.4f} spent, {report.seconds:.1f} s"
    )
    click.echo(f"run: {report.info.id}" + (f" ({report.info.label})" if report.info.label else ""))
    click.echo(f"results (JSON, Parquet): {report.folder}")
    if report.report_html:
        click.echo(f"report (HTML): {report.report_html}")
    if report.reason:
        click.echo(f"stopped: {report.reason}", err=True)
        click.echo("run the same command again to go on with what is missing", err=True)


def print_run(info: RunInfo, summaries: Sequence[MetricSummary]) -> None:
    """Show one run's metrics."""
    part = f", {info.split}" if info.split else ""
    repeats = f", {info.repeats} repeats" if info.repeats > 1 else ""
    state = "" if info.state == "finished" else f", {info.state.upper()}"
    title = f"{info.gold}{part}: {info.answerer}{repeats}{state}"
    print_table(title, _COLUMNS, [_row(item) for item in summaries])
    states = ", ".join(f"{count} {state}" for state, count in sorted(info.counts.items()))
    click.echo(f"answers: {states}")
    if any(item.stamp == "uncalibrated" for item in summaries):
        click.echo("uncalibrated: no human labels say how far this judge is right; bidproof judge calibrate")


def print_runs(runs: Sequence[RunInfo]) -> None:
    """List runs."""
    rows = [
        (
            info.id,
            info.label,
            info.gold + (f" ({info.split})" if info.split else ""),
            info.answerer,
            sum(info.counts.values()),
            info.state,
            info.program_digest,
        )
        for info in runs
    ]
    print_table("Runs", ("run", "label", "gold set", "answerer", "answers", "state", "program"), rows)


def _row(item: MetricSummary) -> tuple[object, ...]:
    found = item.estimate
    interval = "" if found.low is None or found.high is None else f"{_n(found.low)} to {_n(found.high)}"
    bounds = "" if item.worst is None or item.best is None else f"{_n(item.worst)} to {_n(item.best)}"
    missing = ", ".join(f"{item.counts[name]} {name}" for name in _MISSING if item.counts.get(name))
    arrow = "" if item.higher_is_better else " ↓"
    return (
        f"{item.metric}{arrow}",
        "–" if found.value is None else _n(found.value),
        interval,
        found.n,
        f"{item.coverage:.0%}",
        bounds,
        missing,
        item.stamp,
    )


def _n(value: float) -> str:
    """Three decimals for shares and small amounts; fewer for large ones."""
    if value and abs(value) < 0.001:
        return f"{value:.2g}"
    return f"{value:.3f}" if abs(value) < 100 else f"{value:,.0f}"
