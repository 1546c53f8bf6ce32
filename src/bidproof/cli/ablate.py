"""``bidproof ablate --gold SET``."""

import click

from bidproof.cli.inputs import MODEL_FLAGS, Invocation, inputs
from bidproof.flows.requests.evaluating import AblateRequest


@click.command(name="ablate")
@inputs(AblateRequest, flags=MODEL_FLAGS)
def command(invocation: Invocation, request: AblateRequest) -> None:
    """Turn each technique of the program the other way, one at a time, and say what it is worth.

    One row a technique: its effect with an interval, whether that is proven, and what it costs. Run the
    same command again after an interruption: it goes on where it stopped.
    """
    from bidproof.cli.printing.ablate import print_ablation
    from bidproof.flows.ablate import ablate

    with invocation.working() as (session, progress):
        report = ablate(request, session=session, progress=progress)
    invocation.show(report, print_ablation)
