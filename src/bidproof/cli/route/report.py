"""``bidproof route report [NAME]``."""

from pathlib import Path

import click

from bidproof.cli.inputs import Invocation, inputs


@click.command(name="report")
@click.argument("name", required=False, default="")
@click.option(
    "--plot", type=click.Path(dir_okay=False, path_type=Path), help="Draw into a .png or .svg file."
)
@inputs()
def command(invocation: Invocation, name: str, plot: Path | None) -> None:
    """Show risk, coverage and cost of a fit on the cases it was tested on.

    NAME is the start of a program's or route's digest; without it the latest fit is shown. A cascade
    stands beside always-small, always-large, a random mix, and an oracle that knows who is right.
    """
    from bidproof.cli.printing.route import print_curves
    from bidproof.flows.route import report

    with invocation.session() as session:
        found = report(name, session=session, picture=plot)
    invocation.show(found, print_curves)
