"""``bidproof judge show``."""

import click

from bidproof.cli.inputs import Invocation, inputs


@click.command(name="show")
@inputs()
def command(invocation: Invocation) -> None:
    """Show every judge of the workspace that was calibrated, the latest first."""
    from bidproof.cli.printing.judge import print_judges
    from bidproof.flows.judge import show_judges

    with invocation.session() as session:
        known = show_judges(session)
    invocation.show(known, print_judges, document={"judges": known})
