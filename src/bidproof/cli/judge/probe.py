"""``bidproof judge probe``."""

import click

from bidproof.cli.inputs import Invocation, inputs
from bidproof.flows.requests.evaluating import ProbeRequest


@click.command(name="probe")
@click.option("--missed", is_flag=True, help="Also print what went unnoticed and what was refused wrongly.")
@inputs(ProbeRequest, flags=["--base-url"])
def command(invocation: Invocation, request: ProbeRequest, missed: bool) -> None:
    """Change one thing in claims that are true (a number, a negation, a name, a word of scope).

    Shows how often the change is noticed, and how often a true claim is refused. The claims are
    those of the workspace's stored answers, held against what they cite.
    """
    from bidproof.cli.printing.judge import print_probes
    from bidproof.flows.judge import probe_judge

    with invocation.working() as (session, progress):
        report = probe_judge(request, session=session, progress=progress)
    invocation.show(report, lambda found: print_probes(found, with_missed=missed))
