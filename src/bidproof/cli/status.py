"""``bidproof status``."""

import click

from bidproof.cli.inputs import Invocation, inputs


@click.command(name="status")
@inputs()
def command(invocation: Invocation) -> None:
    """Show what the workspace holds: documents, passages, unreadable files, jobs, money spent."""
    from bidproof.cli.printing.basics import print_status
    from bidproof.flows.status import status

    with invocation.session() as session:
        report = status(session)
    invocation.show(report, print_status)
