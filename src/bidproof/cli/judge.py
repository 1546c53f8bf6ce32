"""``bidproof judge``: how far a judge can be trusted."""

from pathlib import Path

import click

from bidproof.cli.inputs import Invocation, inputs
from bidproof.cli.lazy import OrderedGroup
from bidproof.flows.requests.evaluating import CalibrateRequest, ProbeRequest


@click.group(name="judge", cls=OrderedGroup)
def command() -> None:
    """Say how far a judge's numbers can be trusted.

    A judge is a model that holds an answer's claims against its passages. Until it is calibrated on
    human labels, every number that rests on it is stamped uncalibrated. Without a model named, the
    offline verifier is meant.
    """


@command.command(name="calibrate", short_help="Hold a judge against human labels.")
@click.argument("labels", type=click.Path(path_type=Path))
@inputs(CalibrateRequest, flags=["--base-url"])
def calibrate_command(invocation: Invocation, request: CalibrateRequest) -> None:
    """Hold a judge against LABELS, and keep what was found for later runs.

    LABELS is a CSV or JSONL file with the columns question, answer, evidence and label (yes or no;
    several label columns for several raters).
    """
    from bidproof.cli.printing.judge import print_calibration
    from bidproof.flows.judge import calibrate_judge

    with invocation.working() as (session, progress):
        report = calibrate_judge(request, session=session, progress=progress)
    invocation.show(report, print_calibration)


@command.command(name="show", short_help="Show the judges that were calibrated.")
@inputs()
def show_command(invocation: Invocation) -> None:
    """Show every judge of the workspace that was calibrated, the latest first."""
    from bidproof.cli.printing.judge import print_judges
    from bidproof.flows.judge import show_judges

    with invocation.session() as session:
        known = show_judges(session)
    invocation.show(known, print_judges, document={"judges": known})


@command.command(name="probe", short_help="Change one thing in true claims and see if it is noticed.")
@click.option("--missed", is_flag=True, help="Also print what went unnoticed and what was refused wrongly.")
@inputs(ProbeRequest, flags=["--base-url"])
def probe_command(invocation: Invocation, request: ProbeRequest, missed: bool) -> None:
    """Change one thing in claims that are true (a number, a negation, a name, a word of scope).

    Shows how often the change is noticed, and how often a true claim is refused. The claims are
    those of the workspace's stored answers, held against what they cite.
    """
    from bidproof.cli.printing.judge import print_probes
    from bidproof.flows.judge import probe_judge

    with invocation.working() as (session, progress):
        report = probe_judge(request, session=session, progress=progress)
    invocation.show(report, lambda found: print_probes(found, with_missed=missed))
