"""``bidproof status``."""

import click

from bidproof.cli.inputs import Invocation, inputs
from bidproof.flows.requests.answering import StatusRequest


@click.command(name="status")
@inputs(StatusRequest)
def command(invocation: Invocation, request: StatusRequest) -> int:
    """Show what the workspace holds: documents, passages, unreadable files, jobs, money spent.

    With --check everything stored is read and held against what it promises; exit status 1 where
    something is damaged.
    """
    from bidproof.cli.printing.basics import print_status
    from bidproof.flows.status import status

    with invocation.working(makes_workspace=False) as (session, progress):
        report = status(request, session=session, progress=progress)
    invocation.show(report, print_status)
    return 1 if report.damage else 0
