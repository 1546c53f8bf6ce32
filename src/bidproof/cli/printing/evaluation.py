"""Printing runs: a table of metrics, each with its interval, coverage and what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from bidproof.cli.printing.basics import print_records, print_table
from bidproof.evaluation.records import MetricSummary, RunInfo

if TYPE_CHECKING:
    from bidproof.evaluation.running.overview import RunOverview
    from bidproof.flows.evaluate import EvaluateReport

_MISSING = ("abstained", "unscorable", "judge_error", "not_run")


def print_evaluation(report: EvaluateReport) -> None:
    """Say what came of an evaluation and where everything lies."""
    print_run(report.info, report.overview, report.summaries)
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


def print_run(info: RunInfo, overview: RunOverview, summaries: Sequence[MetricSummary]) -> None:
    """Show what became of one run's questions, then its metrics."""
    part = f", {info.split}" if info.split else ""
    repeats = f", {info.repeats} repeats" if info.repeats > 1 else ""
    state = "" if info.state == "finished" else f", {info.state.upper()}"
    title = f"{info.gold}{part}: {info.answerer}{repeats}{state}"
    print_table(title, ("", ""), _overview(overview))
    click.echo("")
    print_records("All metrics", summaries, _columns())
    states = ", ".join(f"{count} {state}" for state, count in sorted(info.counts.items()))
    click.echo(f"answers: {states}")
    for stamp, names in _by_stamp(summaries).items():
        click.echo(f"{', '.join(names)}: {stamp}")
    if any(item.stamp == "uncalibrated" for item in summaries):
        click.echo("uncalibrated: no human labels say how far this judge is right; bidproof judge calibrate")


def _overview(run: RunOverview) -> list[tuple[str, str]]:
    """Five lines that need no explaining."""
    given, unanswered = f"of {run.answered} answers", "questions that the documents do not answer"
    right = f"{run.right} {given}, by {run.decided_by}" if run.decided_by else "not known: nothing decides it"
    honest = f"{run.refused_rightly} of {run.hopeless} {unanswered}"
    cost = f"${run.cost_usd:.4f}, {run.calls} model calls" if run.calls else "no model was called"
    seconds = "" if run.median_seconds is None else f"; {_n(run.median_seconds)} s a question (median)"
    more_wrong = ((run.invented, f"of them to {unanswered}"), (run.undecided, "more that nothing decides"))
    return [
        (
            "answered",
            _joined(
                f"{run.answered} of {run.asked} questions", (run.refused, "refused"), (run.failed, "failed")
            ),
        ),
        ("right", right),
        ("wrong", _joined(f"{run.wrong} {given}", *more_wrong)),
        (
            "honestly refused",
            _joined(
                honest if run.hopeless else "not known: no question is marked as not answerable",
                (run.refused_wrongly, "more refused that they do answer"),
            ),
        ),
        ("cost", f"{cost}{seconds}"),
    ]


def _joined(first: str, *counts: tuple[int, str]) -> str:
    """A count and those behind it that are not zero."""
    return "; ".join((first, *(f"{count} {what}" for count, what in counts if count)))


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


def _by_stamp(summaries: Sequence[MetricSummary]) -> Mapping[str, list[str]]:
    """Each note once, with the metrics it is about."""
    found: dict[str, list[str]] = {}
    for item in summaries:
        if item.stamp:
            found.setdefault(item.stamp, []).append(item.metric)
    return found


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
    }


def _range(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{_n(low)} to {_n(high)}"


def _n(value: float) -> str:
    """Three decimals for shares and small amounts; fewer for large ones."""
    if value and abs(value) < 0.001:
        return f"{value:.2g}"
    return f"{value:.3f}" if abs(value) < 100 else f"{value:,.0f}"
