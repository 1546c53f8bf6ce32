"""``bidproof eval patterns RUN``."""

import click

from bidproof.cli.inputs import MODEL_FLAGS, Invocation, inputs
from bidproof.flows.requests.evaluating import PatternsRequest


@click.command(name="patterns")
@click.argument("run", default="latest")
@inputs(PatternsRequest, flags=MODEL_FLAGS)
def command(invocation: Invocation, request: PatternsRequest) -> None:
    """Say where and why RUN goes wrong: slices, the step that lost each answer, failures that are alike.

    RUN is an id, a label, or latest (the default). A slice counts as worse only where its corrected
    p-value proves it. --order and --probe-bias answer some cases again with today's settings.
    """
    from bidproof.cli.printing.patterns import print_patterns
    from bidproof.flows.patterns import patterns

    with invocation.working(makes_workspace=False) as (session, progress):
        report = patterns(request, session=session, progress=progress)
    invocation.show(report, print_patterns)
