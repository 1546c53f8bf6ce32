"""``bidproof brief FILE…``."""

from pathlib import Path

import click

from bidproof.cli.inputs import MODEL_FLAGS, Invocation, inputs
from bidproof.flows.requests.answering import BriefRequest


@click.command(name="brief")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@inputs(BriefRequest, flags=MODEL_FLAGS)
def command(invocation: Invocation, request: BriefRequest) -> int:
    """Say on one page what an RFP asks: dates, submission, criteria, what to attach, what is open.

    Give the RFP first and its amendments after it. Each line has the words of the file and their
    place; what the files leave open becomes questions to send to the buyer. With a model, what it
    finds beyond the rules is added where its quote stands in the file; without one no workspace is
    needed.
    """
    from bidproof.cli.printing.brief import print_brief
    from bidproof.flows.brief import brief
    from bidproof.runtime.session import load_configuration

    settings = load_configuration(invocation.session_request).settings
    if settings.model.model:
        with invocation.working() as (session, progress):
            report = brief(request, settings=settings.documents, session=session, progress=progress)
    else:
        with invocation.progress() as progress:
            report = brief(request, settings=settings.documents, progress=progress)
    invocation.show(report, print_brief, document=report.brief)
    return 1 if report.brief.errors else 0
