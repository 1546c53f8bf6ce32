"""Printing what each technique is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bidproof.cli.printing.basics import print_table

if TYPE_CHECKING:
    from bidproof.flows.ablate import AblateReport
    from bidproof.optimization.technique_effects import TechniqueRow

_COLUMNS = (
    "technique",
    "now",
    "without",
    "with",
    "effect",
    "95% interval",
    "p",
    "answered",
    "calls",
    "tokens",
    "seconds",
    "USD",
    "verdict",
)


def print_ablation(report: AblateReport) -> None:
    """Show one row a technique, then what a reader must know."""
    split = f" {report.split}" if report.split else ""
    title = f"{report.metric} on {report.gold}{split}, {report.cases} cases, {report.model}"
    print_table(title, _COLUMNS, [_row(item) for item in report.rows])
    mean = "none" if report.base_mean is None else f"{report.base_mean:.3f}"
    click.echo(f"base program {report.base}: {report.metric} {mean}")
    click.echo(
        "effect: with the technique less without it, on the same questions; p: after Holm over the rows; "
        "calls, tokens, seconds and USD: of a question, without to with"
    )
    for row in report.rows:
        for note in row.notes:
            click.echo(f"{row.name}: {note}")
    if report.missing:
        click.echo(f"not measured yet: {', '.join(report.missing)}")
    click.echo(f"kept in {report.file}")


def _row(row: TechniqueRow) -> tuple[str, ...]:
    test, before, after = row.test, row.spent_without, row.spent_with
    interval = "" if test.low is None or test.high is None else f"{test.low:+.3f} to {test.high:+.3f}"
    return (
        row.name,
        "on" if row.is_on else "off",
        "–" if row.mean_without is None else f"{row.mean_without:.3f}",
        "–" if row.mean_with is None else f"{row.mean_with:.3f}",
        "–" if test.effect is None else f"{test.effect:+.3f}",
        interval,
        "" if row.adjusted_p is None else f"{row.adjusted_p:.3g}",
        f"{row.answered_without:.0%} to {row.answered_with:.0%}",
        f"{before.calls:.1f} to {after.calls:.1f}",
        f"{before.tokens:.0f} to {after.tokens:.0f}",
        f"{before.seconds:.1f} to {after.seconds:.1f}",
        f"{before.cost_usd:.4f} to {after.cost_usd:.4f}",
        row.verdict,
    )
