"""Printing runs: a table of metrics, each with its interval, coverage and what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from bidproof.cli.printing.basics import print_records
from bidproof.evaluation.records import MetricSummary, RunInfo

if TYPE_CHECKING:
    from bidproof.flows.evaluate import EvaluateReport

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
    print_records(title, summaries, _columns())
    states = ", ".join(f"{count} {state}" for state, count in sorted(info.counts.items()))
    click.echo(f"answers: {states}")
    if any(item.stamp == "uncalibrated" for item in summaries):
        click.echo("uncalibrated: no human labels say how far this judge is right; bidproof judge calibrate")


def print_runs(runs: Sequence[RunInfo]) -> None:
    """List runs."""
    print_records(
        "Runs",
        runs,
        {
            "run": lambda info: info.id,
            "label": lambda info: info.label,
            "gold set": lambda info: info.gold + (f" ({info.split})" if info.split else ""),
            "answerer": lambda info: info.answerer,
            "answers": lambda info: sum(info.counts.values()),
            "state": lambda info: info.state,
            "program": lambda info: info.program_digest,
        },
    )


def _columns() -> Mapping[str, Callable[[MetricSummary], object]]:
    return {
        "metric": lambda item: f"{item.metric}{'' if item.higher_is_better else ' ↓'}",
        "mean": lambda item: "–" if item.estimate.value is None else _n(item.estimate.value),
        "95% interval": lambda item: _range(item.estimate.low, item.estimate.high),
        "n": lambda item: item.estimate.n,
        "coverage": lambda item: f"{item.coverage:.0%}",
        "worst to best": lambda item: _range(item.worst, item.best),
        "not scored": lambda item: ", ".join(
            f"{item.counts[name]} {name}" for name in _MISSING if item.counts.get(name)
        ),
        "note": lambda item: item.stamp,
    }


def _range(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{_n(low)} to {_n(high)}"


def _n(value: float) -> str:
    """Three decimals for shares and small amounts; fewer for large ones."""
    if value and abs(value) < 0.001:
        return f"{value:.2g}"
    return f"{value:.3f}" if abs(value) < 100 else f"{value:,.0f}"
