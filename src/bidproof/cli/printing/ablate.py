"""Printing what each technique is worth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import click

from bidproof.cli.printing.basics import print_records
from bidproof.cli.printing.figures import echo_each, figure, interval

if TYPE_CHECKING:
    from bidproof.flows.ablate import AblateReport
    from bidproof.optimization.technique_effects import TechniqueRow


def print_ablation(report: AblateReport) -> None:
    """Show one row a technique, then what a reader must know."""
    split = f" {report.split}" if report.split else ""
    title = f"{report.metric} on {report.gold}{split}, {report.cases} cases, {report.model}"
    print_records(title, report.rows, _columns())
    mean = figure(report.base_mean, absent="none")
    click.echo(f"base program {report.base}: {report.metric} {mean}")
    click.echo(
        "effect: with the technique less without it, on the same questions; p: after Holm over the rows; "
        "calls, tokens, seconds and USD: of a question, without to with"
    )
    for row in report.rows:
        echo_each(f"{row.name}: ", row.notes)
    if report.missing:
        click.echo(f"not measured yet: {', '.join(report.missing)}")
    click.echo(f"kept in {report.file}")


def _columns() -> Mapping[str, Callable[[TechniqueRow], object]]:
    return {
        "technique": lambda row: row.name,
        "now": lambda row: "on" if row.is_on else "off",
        "without": lambda row: figure(row.mean_without),
        "with": lambda row: figure(row.mean_with),
        "effect": lambda row: figure(row.test.effect, "+.3f"),
        "95% interval": lambda row: interval(row.test.low, row.test.high),
        "p": lambda row: figure(row.adjusted_p, ".3g", absent=""),
        "answered": lambda row: f"{row.answered_without:.0%} to {row.answered_with:.0%}",
        "calls": lambda row: f"{row.spent_without.calls:.1f} to {row.spent_with.calls:.1f}",
        "tokens": lambda row: f"{row.spent_without.tokens:.0f} to {row.spent_with.tokens:.0f}",
        "seconds": lambda row: f"{row.spent_without.seconds:.1f} to {row.spent_with.seconds:.1f}",
        "USD": lambda row: f"{row.spent_without.cost_usd:.4f} to {row.spent_with.cost_usd:.4f}",
        "verdict": lambda row: row.verdict,
    }
