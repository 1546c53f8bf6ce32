"""``bidproof library``: the approved answers of a workspace."""

from pathlib import Path

import click

from bidproof.cli.options import gather_flags, json_option, workspace_option


@click.group(name="library")
def command() -> None:
    """Look at the approved answers, which are the first place to look for a question."""


@command.command(name="list")
@click.option("--valid", is_flag=True, help="Only those that may be used today.")
@workspace_option
@json_option
def list_command(valid: bool, workspace: Path | None, settings: tuple[str, ...], as_json: bool) -> None:
    """List approved answers, expired ones included."""
    from bidproof.cli.printing.basics import print_json
    from bidproof.cli.printing.feedback import print_library
    from bidproof.flows.library import library_entries
    from bidproof.runtime.session import SessionRequest, open_session

    with open_session(SessionRequest(workspace=workspace, flags=gather_flags(settings))) as session:
        entries = library_entries(session, valid_only=valid)
    if as_json:
        print_json(entries)
    else:
        print_library(entries)


@command.command(name="show")
@click.argument("entry", type=int)
@workspace_option
@json_option
def show_command(entry: int, workspace: Path | None, settings: tuple[str, ...], as_json: bool) -> None:
    """Show one approved answer with its quotes."""
    from bidproof.cli.printing.basics import print_json
    from bidproof.cli.printing.feedback import print_entry
    from bidproof.flows.library import library_entry
    from bidproof.runtime.session import SessionRequest, open_session

    with open_session(SessionRequest(workspace=workspace, flags=gather_flags(settings))) as session:
        found = library_entry(entry, session=session)
    if as_json:
        print_json(found)
    else:
        print_entry(found)


@command.command(name="remove")
@click.argument("entries", type=int, nargs=-1, required=True)
@workspace_option
@json_option
def remove_command(
    entries: tuple[int, ...], workspace: Path | None, settings: tuple[str, ...], as_json: bool
) -> None:
    """Take approved answers out, by number; the questions are drafted anew next time."""
    from bidproof.cli.printing.basics import print_json
    from bidproof.flows.library import remove_entries
    from bidproof.runtime.session import SessionRequest, open_session

    with open_session(SessionRequest(workspace=workspace, flags=gather_flags(settings))) as session:
        removed = remove_entries(entries, session=session)
    if as_json:
        print_json(removed)
        return
    for entry in removed:
        click.echo(f"removed {entry.id}: {' '.join(entry.question.split())}")


@command.command(name="export")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A .csv or .jsonl file.")
@workspace_option
@json_option
def export_command(out: Path, workspace: Path | None, settings: tuple[str, ...], as_json: bool) -> None:
    """Write every approved answer to a file."""
    from bidproof.cli.printing.basics import print_json
    from bidproof.flows.library import export_library
    from bidproof.runtime.session import SessionRequest, open_session

    with open_session(SessionRequest(workspace=workspace, flags=gather_flags(settings))) as session:
        report = export_library(out, session=session)
    if as_json:
        print_json(report)
    else:
        click.echo(f"wrote {report.entries} approved answers to {report.out}")
