"""``bidproof eval GOLD``, in full ``bidproof eval run GOLD``."""

import click

from bidproof.cli.inputs import MODEL_FLAGS, Invocation, inputs
from bidproof.flows.requests.evaluating import EvaluateRequest


@click.command(name="run")
@click.argument("gold")
@inputs(EvaluateRequest, flags=MODEL_FLAGS)
def command(invocation: Invocation, request: EvaluateRequest) -> int:
    """Answer the questions of GOLD, score the answers, and store the run with a report.

    Run the same command again after an interruption: it goes on where it stopped, and no finished
    model call is paid twice. Exit status 1 means that the error budget was spent.
    """
    from bidproof.cli.printing.evaluation import print_evaluation
    from bidproof.flows.evaluate import evaluate

    with invocation.working() as (session, progress):
        report = evaluate(request, session=session, progress=progress)
    invocation.show(report, print_evaluation)
    return 1 if report.info.state == "stopped" else 0
