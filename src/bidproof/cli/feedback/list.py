"""``bidproof feedback list``."""

import click

from bidproof.cli.inputs import Invocation, inputs


@click.command(name="list")
@inputs()
def command(invocation: Invocation) -> None:
    """Count what people accepted, edited and cleared: by questionnaire, tier, program and engine."""
    from bidproof.cli.printing.feedback import print_counts
    from bidproof.flows.feedback.counts import count_feedback, feedback_rows

    with invocation.session() as session:
        counts = count_feedback(feedback_rows(session))
    invocation.show(counts, print_counts)
