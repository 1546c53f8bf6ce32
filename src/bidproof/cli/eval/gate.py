"""``bidproof eval gate RUN --baseline LABEL``."""

import click

from bidproof.cli.inputs import Invocation, inputs
from bidproof.flows.requests.evaluating import GateRequest

CLOSED = 3


@click.command(name="gate")
@click.argument("b", metavar="[RUN]", default="latest")
@click.option("--baseline", "a", required=True, help="Run held against: its id, label, or folder.")
@inputs(GateRequest, has_settings=False)
def command(invocation: Invocation, request: GateRequest) -> int:
    """Exit with 3 where RUN is proven worse than the baseline, or lost coverage; with 0 otherwise.

    RUN is an id, a label, latest (the default), or a folder. Seconds, tokens and dollars are
    gated only when named with --metrics.
    """
    from bidproof.cli.printing.compare import print_gate
    from bidproof.flows.compare import gate

    result = gate(request, workspace=invocation.workspace)
    invocation.show(result, print_gate)
    return 0 if result.passed else CLOSED
