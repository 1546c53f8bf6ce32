"""Printing what came of an optimisation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import click

from bidproof.cli.printing.basics import print_records
from bidproof.cli.printing.figures import echo_each, figure, interval

if TYPE_CHECKING:
    from bidproof.evaluation.statistics.paired import PairedTest
    from bidproof.flows.optimize.records import CandidateRow, OptimizeReport

_SHOWN = 12


def print_optimization(report: OptimizeReport) -> None:
    """Show what was tried, what matters, the proof, and what to do next."""
    columns = _columns(report)
    where = "train and dev" if report.method == "settings" else "dev"
    title = f"{report.metric} on {where} of {report.gold} ({report.dev} cases)"
    print_records(title, report.candidates[:_SHOWN], columns)
    if len(report.candidates) > _SHOWN:
        click.echo(f"and {len(report.candidates) - _SHOWN} more, in {report.folder}")
    if len(report.pareto) > 1:
        print_records("best for their cost", report.pareto, columns)
    if report.importance:
        parts = ", ".join(f"{name} {share:.0%}" for name, share in report.importance if share >= 0.005)
        click.echo(f"what matters: {parts or 'nothing that was tried'}")
    for row in report.ablation:
        click.echo(f"{row.name} {row.without} -> {row.value}: {_effect(row.test)}")
    if report.gain is not None and report.gain.seen > 0:
        click.echo(
            f"lead there: {report.gain.seen:+.3f}; picked among {report.gain.candidates}, about "
            f"{report.gain.expected:+.3f} of it can be expected elsewhere"
        )
    if report.proof is not None:
        click.echo(f"on the sealed test split: {report.metric} {report.proof.effect}")
        echo_each("  ", report.proof.proof.summary)
    echo_each("warning: ", report.warnings)
    click.echo(
        f"{report.reason}; {report.calls} calls, ${report.spent_usd:.4f}, {report.seconds / 60:.1f} min"
    )
    click.echo(report.verdict)


def _effect(test: PairedTest) -> str:
    found = interval(test.low, test.high)
    return "no interval" if test.effect is None or not found else f"{test.effect:+.3f} ({found}, n {test.n})"


def _columns(report: OptimizeReport) -> Mapping[str, Callable[[CandidateRow], object]]:
    marks = {report.incumbent: " (incumbent)", report.winner: " (winner)"}
    return {
        "program": lambda row: row.digest[:8] + marks.get(row.digest, ""),
        "by": lambda row: row.kind,
        "mean": lambda row: figure(row.mean, absent="none"),
        "failed as 0": lambda row: figure(row.worst, absent="none"),
        "cases": lambda row: row.cases,
        "calls": lambda row: row.usage.calls,
        "tokens": lambda row: row.usage.prompt_tokens + row.usage.completion_tokens,
        "cost": lambda row: f"${row.usage.cost_usd:.4f}",
        "what changed": lambda row: "; ".join([*row.changes, *([row.note] if row.note else [])]),
    }
