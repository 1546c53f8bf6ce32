"""Printing a brief."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.table import Table
from rich.text import Text

from bidproof.cli.printing.basics import console
from bidproof.cli.printing.figures import echo_each
from bidproof.reports.brief.rows import BriefRow, BriefSection, brief_sections, headline, where

if TYPE_CHECKING:
    from bidproof.flows.brief import BriefReport
    from bidproof.questionnaires.brief.records import Brief


def print_brief(report: BriefReport) -> None:
    """Show the sections as tables, what is not stated below each, then the questions to send."""
    found = report.brief
    click.echo(headline(found))
    for section in brief_sections(found):
        _print_section(section)
    _print_open_points(found)
    for file in found.files:
        echo_each(f"note: {file.name}: ", file.warnings)
    echo_each("model call failed: ", found.errors)
    if found.dropped:
        click.echo(f"{found.dropped} items of the model left out: not word for word in the files")
    if report.out is not None:
        click.echo(f"written: {report.out}")


def _print_section(section: BriefSection) -> None:
    click.echo(f"\n{section.title}")
    if section.rows:
        table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
        for ratio in (3, 9, 3):
            table.add_column(overflow="fold", ratio=ratio)
        for row in section.rows:
            table.add_row(Text(f"  {row.what}"), _said(row), Text(row.where))
        console().print(table)
    if section.left_out:
        click.echo(f"  and {section.left_out} more of less weight: --json lists all")
    if section.not_stated:
        click.echo(f"  not stated: {', '.join(section.not_stated)}")


def _print_open_points(brief: Brief) -> None:
    click.echo("\nOpen points: questions to send")
    for number, point in enumerate(brief.open_points, start=1):
        places = where(brief, *point.places)
        click.echo(f"{number:>3}. {point.question} [{point.kind}{f'; {places}' if places else ''}]")
    if not brief.open_points:
        click.echo("  none found by rule; read the files all the same")


def _said(row: BriefRow) -> Text:
    said = Text(row.value, style="bold")
    if row.quote:
        quote = f"{' ' if row.value else ''}“{row.quote}”"
        said.append(quote, style="not bold dim" if row.value else "not bold")
    return said
