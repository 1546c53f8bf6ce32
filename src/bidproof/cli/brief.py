"""``bidproof brief FILE…``."""

from pathlib import Path

import click

from bidproof.cli.inputs import Invocation, inputs
from bidproof.flows.requests.answering import BriefRequest


@click.command(name="brief")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@inputs(BriefRequest)
def command(invocation: Invocation, request: BriefRequest) -> None:
    """Say on one page what an RFP asks: dates, submission, criteria, what to attach, what is open.

    Give the RFP first and its amendments after it. Each line has the words of the file and their
    place; what the files leave open becomes questions to send to the buyer.
    """
    from bidproof.cli.printing.brief import print_brief
    from bidproof.flows.brief import brief
    from bidproof.runtime.session import load_configuration

    settings = load_configuration(invocation.session_request).settings
    with invocation.progress() as progress:
        report = brief(request, settings=settings.documents, progress=progress)
    invocation.show(report, print_brief, document=report.brief)
