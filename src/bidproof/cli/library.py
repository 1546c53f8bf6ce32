"""``bidproof library``: the approved answers of a workspace."""

from datetime import datetime
from pathlib import Path

import click

from bidproof.cli.inputs import MODEL_FLAGS, Invocation, inputs
from bidproof.cli.lazy import OrderedGroup
from bidproof.flows.requests.library import (
    LibraryAddRequest,
    LibraryCalibrateRequest,
    LibraryEditRequest,
    LibraryImportRequest,
)


@click.group(name="library", cls=OrderedGroup)
def command() -> None:
    """Look after the approved answers, which are the first place to look for a question."""


@command.command(name="import", short_help="Take in the answers of completed questionnaires.")
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True)
@inputs(LibraryImportRequest)
def import_command(invocation: Invocation, request: LibraryImportRequest) -> None:
    """Take in the answers of completed questionnaires: .xlsx, .docx, .csv or .pdf.

    Of several answers to one question the newest stands; those that contradict each other are named.
    Where columns were read wrongly: bidproof inspect FILE --save-mapping, correct it, pass it with --mapping.
    """
    from bidproof.cli.printing.feedback import print_library_import
    from bidproof.flows.library_import import import_answers

    with invocation.session(makes_workspace=True) as session:
        report = import_answers(request, session=session)
    invocation.show(report, print_library_import)


@command.command(name="calibrate", short_help="Find from where on a model may write past answers.")
@click.argument("pairs", type=click.Path(path_type=Path))
@inputs(LibraryCalibrateRequest, flags=MODEL_FLAGS)
def calibrate_command(invocation: Invocation, request: LibraryCalibrateRequest) -> None:
    """Ask the model about labelled PAIRS, and keep from where on it may write a past answer.

    The table has the columns question, past_question, past_choice, past_answer and is_right (yes or no).
    """
    from bidproof.cli.printing.feedback import print_library_calibration
    from bidproof.flows.library_calibrate import calibrate_library

    with invocation.session(makes_workspace=True) as session:
        report = calibrate_library(request, session=session)
    invocation.show(report, print_library_calibration)


@command.command(name="add")
@inputs(LibraryAddRequest)
def add_command(invocation: Invocation, request: LibraryAddRequest) -> None:
    """Write an approved answer down."""
    from bidproof.cli.printing.feedback import print_entry
    from bidproof.flows.library import add_entry

    with invocation.session(makes_workspace=True) as session:
        entry = add_entry(request, session=session)
    invocation.show(entry, print_entry)


@command.command(name="edit")
@click.argument("entry", type=int)
@inputs(LibraryEditRequest)
def edit_command(invocation: Invocation, request: LibraryEditRequest) -> None:
    """Change an approved answer; what is not said stays, and other words lose their quotes."""
    from bidproof.cli.printing.feedback import print_entry
    from bidproof.flows.library import edit_entry

    with invocation.session() as session:
        entry = edit_entry(request, session=session)
    invocation.show(entry, print_entry)


@command.command(name="expire")
@click.argument("entries", type=int, nargs=-1, required=True)
@click.option("--on", "last_day", type=click.DateTime(["%Y-%m-%d"]), help="Last day. [default: yesterday]")
@inputs()
def expire_command(invocation: Invocation, entries: tuple[int, ...], last_day: datetime | None) -> None:
    """Let approved answers end, by number; they are kept and used no longer."""
    from bidproof.cli.printing.feedback import print_library
    from bidproof.flows.library import expire_entries

    day = last_day.date() if last_day else None
    with invocation.session() as session:
        ended = expire_entries(entries, last_day=day, session=session)
    invocation.show(ended, print_library)


@command.command(name="merge")
@click.argument("kept", type=int)
@click.argument("others", type=int, nargs=-1, required=True)
@inputs()
def merge_command(invocation: Invocation, kept: int, others: tuple[int, ...]) -> None:
    """Make one answer of several: KEPT stands, with the tags and scope of all, the others go."""
    from bidproof.cli.printing.feedback import print_entry
    from bidproof.flows.library import merge_entries

    with invocation.session() as session:
        entry = merge_entries(kept, others, session=session)
    invocation.show(entry, print_entry)


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
