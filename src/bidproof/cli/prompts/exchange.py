"""``bidproof prompts export/import``."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from bidproof.cli.inputs import Invocation, inputs
from bidproof.cli.prompts.change import author_option

if TYPE_CHECKING:
    from bidproof.flows.prompts.exchange import ExportFormat


@click.command(name="export")
@click.argument("program")
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path), help="Folder, or JSON file.")
@click.option(
    "--format",
    "layout",
    type=click.Choice(["folder", "dspy", "chat"]),
    default="folder",
    show_default=True,
    help="Text files to edit; the state of a DSPy module; a chat template with variables.",
)
@inputs(has_settings=False)
def export_command(invocation: Invocation, program: str, out: Path, layout: str) -> None:
    """Write PROGRAM to files, for an editor or for other tools."""
    from bidproof.flows.prompts.exchange import export_program

    kind = cast("ExportFormat", layout)
    report = export_program(program, out=out, layout=kind, workspace=invocation.workspace)
    invocation.show(report, lambda made: click.echo(f"{made.digest} written to {made.path} ({made.format})"))


@click.command(name="import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("-m", "--message", required=True, help="Why this version is made.")
@click.option(
    "--from",
    "start",
    default="",
    metavar="PROGRAM",
    help="Gives what the file does not hold. [default: production, else packaged]",
)
@author_option
@inputs(has_settings=False)
def import_command(invocation: Invocation, path: Path, message: str, start: str, author: str) -> None:
    """Make a version of an exported folder, a DSPy state (JSON), or a chat template (JSON)."""
    from bidproof.cli.printing.prompts import print_new, version_document
    from bidproof.flows.prompts.exchange import import_program

    report = import_program(path, message=message, start=start, author=author, workspace=invocation.workspace)
    invocation.show(report, print_new, document=version_document(report))
