"""``bidproof finetune compare``."""

import click

from bidproof.cli.inputs import Invocation, inputs
from bidproof.flows.requests.programs import ModelsRequest


@click.command(name="compare")
@inputs(ModelsRequest)
def command(invocation: Invocation, request: ModelsRequest) -> None:
    """Hold a tuned model against the one that the settings name: same program, same cases, paired test.

    The same as two bidproof eval runs, the second with --model, and bidproof compare.
    """
    from bidproof.cli.printing.compare import print_comparison
    from bidproof.flows.finetune import compare_models

    with invocation.progress() as progress:
        report = compare_models(request, base=invocation.session_request, progress=progress)
    invocation.show(report.comparison, print_comparison)
