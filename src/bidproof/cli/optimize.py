"""``bidproof optimize --gold SET``."""

import click

from bidproof.cli.inputs import MODEL_FLAGS, Invocation, inputs
from bidproof.flows.requests.programs import OptimizeRequest


@click.command(name="optimize")
@inputs(OptimizeRequest, flags=MODEL_FLAGS)
def command(invocation: Invocation, request: OptimizeRequest) -> None:
    """Search for a better program; prove it on the sealed test split.

    The winner is labelled candidate. Promote it with bidproof prompts promote, which asks for the
    proof. Run the same command again after an interruption: it goes on where it stopped.
    """
    from bidproof.cli.printing.optimize import print_optimization
    from bidproof.flows.optimize.run import optimize

    with invocation.working() as (session, progress):
        report = optimize(request, session=session, progress=progress)
    invocation.show(report, print_optimization)
