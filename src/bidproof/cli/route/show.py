"""``bidproof route show``."""

import click

from bidproof.cli.inputs import Invocation, inputs


@click.command(name="show")
@inputs()
def command(invocation: Invocation) -> None:
    """Show every calibration and route of the workspace, the latest first."""
    from bidproof.cli.printing.route import print_views
    from bidproof.flows.route import show

    with invocation.session() as session:
        views = show(session)
    invocation.show(views, print_views, document={"routes": views})
