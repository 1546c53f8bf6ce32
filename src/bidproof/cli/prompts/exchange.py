"""``bidproof prompts export/import``."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from bidproof.cli.options import json_option
from bidproof.cli.prompts.options import author_option, place_option

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
@place_option
@json_option
def export_command(program: str, out: Path, layout: str, workspace: Path | None, as_json: bool) -> None:
    """Write PROGRAM to files, for an editor or for other tools."""
    from bidproof.cli.printing.basics import print_json
    from bidproof.flows.prompts.exchange import export_program

    report = export_program(program, out=out, layout=cast("ExportFormat", layout), workspace=workspace)
    if as_json:
        print_json(report)
    else:
        click.echo(f"{report.digest} written to {report.path} ({report.format})")


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
@place_option
@json_option
def import_command(
    path: Path, message: str, start: str, author: str, workspace: Path | None, as_json: bool
) -> None:
    """Make a version of an exported folder, a DSPy state (JSON), or a chat template (JSON)."""
    from bidproof.cli.printing.basics import print_json
    from bidproof.cli.printing.prompts import print_new
    from bidproof.flows.prompts.change import as_json as version_json
    from bidproof.flows.prompts.exchange import import_program

    report = import_program(path, message=message, start=start, author=author, workspace=workspace)
    if as_json:
        print_json({**version_json(report.version), "is_new": report.is_new})
    else:
        print_new(report)
