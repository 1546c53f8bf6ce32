"""``bidproof route fit RUN_SMALL [RUN_LARGE]``."""

import click

from bidproof.cli.inputs import Invocation, inputs
from bidproof.flows.requests.routing import FitRequest


@click.command(name="fit")
@click.argument("small", metavar="RUN_SMALL")
@click.argument("large", metavar="[RUN_LARGE]", required=False)
@inputs(FitRequest)
def command(invocation: Invocation, request: FitRequest) -> None:
    """Fit on the stored run RUN_SMALL; with RUN_LARGE, a cascade of both.

    The cases are parted once: one part is fitted on, the other tested. An answer is marked ready
    where the certificate allows it: of those at most --error are wrong, with --confidence.
    """
    from bidproof.cli.printing.route import print_fit
    from bidproof.flows.route import fit

    with invocation.session() as session:
        report = fit(request, session=session)
    invocation.show(report, print_fit)
