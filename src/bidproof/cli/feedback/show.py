"""``bidproof feedback show``."""

import click

from bidproof.cli.inputs import Invocation, inputs


@click.command(name="show")
@click.argument("job_id", metavar="[JOB]", type=int, required=False)
@inputs()
def command(invocation: Invocation, job_id: int | None) -> None:
    """Show what became of each question: of JOB, or of every job with feedback."""
    from bidproof.cli.printing.feedback import print_rows
    from bidproof.flows.feedback.counts import feedback_rows

    with invocation.session() as session:
        rows = feedback_rows(session, job_id=job_id)
    invocation.show(rows, print_rows)
