"""``bidproof feedback import``."""

from pathlib import Path

import click

from bidproof.cli.inputs import Invocation, inputs
from bidproof.flows.requests.answering import FeedbackRequest


@click.command(name="import")
@click.argument("answered", type=click.Path(path_type=Path))
@inputs(FeedbackRequest)
def command(invocation: Invocation, request: FeedbackRequest) -> None:
    """Learn from ANSWERED, a file that bidproof answer filled in and a person has corrected.

    Importing the same file again changes nothing; a later version of it takes the place of the earlier.
    """
    from bidproof.cli.printing.feedback import print_import
    from bidproof.flows.feedback.importing import import_feedback

    with invocation.session() as session:
        report = import_feedback(request, session=session)
    invocation.show(report, print_import)
