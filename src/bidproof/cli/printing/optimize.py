"""Printing what came of an optimisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bidproof.cli.printing.basics import print_table

if TYPE_CHECKING:
    from bidproof.evaluation.statistics.paired import PairedTest
    from bidproof.flows.optimize.records import CandidateRow, OptimizeReport

_SHOWN = 12
_COLUMNS = ("program", "by", "mean", "failed as 0", "cases", "calls", "tokens", "cost", "what changed")


def print_optimization(report: OptimizeReport) -> None:
    """Show what was tried, what matters, the proof, and what to do next."""
    rows = [_row(item, report) for item in report.candidates[:_SHOWN]]
    where = "train and dev" if report.method == "settings" else "dev"
    print_table(f"{report.metric} on {where} of {report.gold} ({report.dev} cases)", _COLUMNS, rows)
    if len(report.candidates) > _SHOWN:
        click.echo(f"and {len(report.candidates) - _SHOWN} more, in {report.folder}")
    if len(report.pareto) > 1:
        shown = [_row(item, report) for item in report.pareto]
        print_table("best for their cost", _COLUMNS, shown)
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
        for line in report.proof.proof.summary:
            click.echo(f"  {line}")
    for warning in report.warnings:
        click.echo(f"warning: {warning}")
    click.echo(
        f"{report.reason}; {report.calls} calls, ${report.spent_usd:.4f}, {report.seconds / 60:.1f} min"
    )
    click.echo(report.verdict)


def _effect(test: PairedTest) -> str:
    if test.effect is None or test.low is None or test.high is None:
        return "no interval"
    return f"{test.effect:+.3f} ({test.low:+.3f} to {test.high:+.3f}, n {test.n})"


def _row(item: CandidateRow, report: OptimizeReport) -> tuple[str, ...]:
    marks = {report.incumbent: " (incumbent)", report.winner: " (winner)"}
    return (
        item.digest[:8] + marks.get(item.digest, ""),
        item.kind,
        "none" if item.mean is None else f"{item.mean:.3f}",
        "none" if item.worst is None else f"{item.worst:.3f}",
        str(item.cases),
        str(item.usage.calls),
        str(item.usage.prompt_tokens + item.usage.completion_tokens),
        f"${item.usage.cost_usd:.4f}",
        "; ".join([*item.changes, *([item.note] if item.note else [])]),
    )
