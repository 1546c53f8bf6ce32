"""``bidproof judge calibrate LABELS``."""

from pathlib import Path

import click

from bidproof.cli.inputs import Invocation, inputs
from bidproof.flows.requests.evaluating import CalibrateRequest


@click.command(name="calibrate")
@click.argument("labels", type=click.Path(path_type=Path))
@inputs(CalibrateRequest, flags=["--base-url"])
def command(invocation: Invocation, request: CalibrateRequest) -> None:
    """Hold a judge against LABELS, and keep what was found for later runs.

    LABELS is a CSV or JSONL file with the columns question, answer, evidence and label (yes or no;
    several label columns for several raters).
    """
    from bidproof.cli.printing.judge import print_calibration
    from bidproof.flows.judge import calibrate_judge

    with invocation.working() as (session, progress):
        report = calibrate_judge(request, session=session, progress=progress)
    invocation.show(report, print_calibration)
