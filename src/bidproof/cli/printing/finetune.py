"""Printing of training data, written and checked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bidproof.cli.printing.figures import echo_each, echo_some

if TYPE_CHECKING:
    from bidproof.flows.finetune import CheckReport, FineTuneManifest


def print_export(report: FineTuneManifest, out: Path) -> None:
    """Say what was written, and what was left out and why."""
    for part in (report.train, report.valid):
        named = ", ".join(f"{count} from {source}" for source, count in part.sources.items())
        click.echo(
            f"{out / part.file}: {part.examples} examples{f' ({named})' if named else ''},"
            f" {part.characters:,} characters"
        )
    for problem, count in sorted(report.left_out.items(), key=lambda item: -item[1]):
        click.echo(f"left out, {problem}: {count}")
    click.echo(f"program {report.program}, step {report.step}, reply schema {report.schema_hash}")
    click.echo("the files hold passages of your documents: give them to nobody who may not read those")


def print_check(report: CheckReport) -> None:
    """Say whether every line is as it should be."""
    click.echo(
        f"{report.file}: {report.lines} lines, {report.characters:,} characters, the longest"
        f" {report.longest:,}"
    )
    echo_some(report.problems)
    if report.doubled:
        click.echo(f"{report.doubled} lines stand there before")
    echo_each("note: ", report.warnings)
    if not report.problems:
        click.echo("every line is in order")
