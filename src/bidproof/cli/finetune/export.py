"""``bidproof finetune export``."""

from pathlib import Path

import click

from bidproof.cli.inputs import Invocation, inputs
from bidproof.flows.requests.programs import ExportRequest


@click.command(name="export")
@click.argument("out", metavar="FOLDER", type=click.Path(file_okay=False, path_type=Path))
@inputs(ExportRequest)
def command(invocation: Invocation, request: ExportRequest) -> None:
    """Write train.jsonl, valid.jsonl and manifest.json to FOLDER: chat-format lines for fine-tuning.

    Only answers whose reply passes every check are written. Questions that a gold set measures with, and
    answers that repeat its answers, are left out and counted.
    """
    from bidproof.cli.printing.finetune import print_export
    from bidproof.flows.finetune import export_training_data

    with invocation.working(makes_workspace=False) as (session, progress):
        report = export_training_data(request, session=session, progress=progress)
    invocation.show(report, lambda written: print_export(written, request.out))
