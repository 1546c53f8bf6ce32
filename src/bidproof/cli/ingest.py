"""``bidproof ingest DOCS…``."""

from pathlib import Path

import click

from bidproof.cli.inputs import Invocation, inputs
from bidproof.flows.requests.answering import IngestRequest


@click.command(name="ingest")
@click.argument("roots", metavar="DOCS...", nargs=-1, required=True, type=click.Path(path_type=Path))
@inputs(IngestRequest)
def command(invocation: Invocation, request: IngestRequest) -> None:
    """Read documents into the workspace.

    DOCS are files or folders: PDF, DOCX, PPTX, XLSX, CSV, HTML, Markdown, text, e-mail. Only new and
    changed files are read; documents that are gone from a folder go from the workspace too.
    """
    from bidproof.cli.printing.basics import print_ingest
    from bidproof.flows.ingest import ingest
    from bidproof.runtime.intake import READING
    from bidproof.runtime.progress import without_notes

    with invocation.working() as (session, progress):
        report = ingest(request, session=session, progress=without_notes(progress, stage=READING))
    invocation.show(report, print_ingest)
