"""``bidproof library``: the approved answers of a workspace."""

from pathlib import Path

import click

from bidproof.cli.inputs import Invocation, inputs


@click.group(name="library")
def command() -> None:
    """Look at the approved answers, which are the first place to look for a question."""


@command.command(name="list")
@click.option("--valid", is_flag=True, help="Only those that may be used today.")
@inputs()
def list_command(invocation: Invocation, valid: bool) -> None:
    """List approved answers, expired ones included."""
    from bidproof.cli.printing.feedback import print_library
    from bidproof.flows.library import library_entries

    with invocation.session() as session:
        entries = library_entries(session, valid_only=valid)
    invocation.show(entries, print_library)


@command.command(name="show")
@click.argument("entry", type=int)
@inputs()
def show_command(invocation: Invocation, entry: int) -> None:
    """Show one approved answer with its quotes."""
    from bidproof.cli.printing.feedback import print_entry
    from bidproof.flows.library import library_entry

    with invocation.session() as session:
        found = library_entry(entry, session=session)
    invocation.show(found, print_entry)


@command.command(name="remove")
@click.argument("entries", type=int, nargs=-1, required=True)
@inputs()
def remove_command(invocation: Invocation, entries: tuple[int, ...]) -> None:
    """Take approved answers out, by number; the questions are drafted anew next time."""
    from bidproof.cli.printing.feedback import print_removed

    with invocation.session() as session:
        removed = session.workspace.library.remove(entries)
    invocation.show(removed, print_removed)


@command.command(name="export")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A .csv or .jsonl file.")
@inputs()
def export_command(invocation: Invocation, out: Path) -> None:
    """Write every approved answer to a file."""
    from bidproof.flows.library import export_library

    with invocation.session() as session:
        report = export_library(out, session=session)
    invocation.show(report, lambda made: click.echo(f"wrote {made.entries} approved answers to {made.out}"))
