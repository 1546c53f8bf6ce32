"""``bidproof answer FILE``."""

from pathlib import Path

import click

from bidproof.cli.inputs import MODEL_FLAGS, Invocation, inputs
from bidproof.flows.requests.answering import AnswerRequest


@click.command(name="answer")
@click.argument("questionnaire", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--estimate",
    "is_estimate",
    is_flag=True,
    help="Only say what a model would be sent, and what it could cost.",
)
@inputs(AnswerRequest, flags=MODEL_FLAGS)
def command(invocation: Invocation, request: AnswerRequest, is_estimate: bool) -> int:
    """Fill in a questionnaire from your documents, every answer with verbatim citations.

    Writes a copy of FILE with its answer cells filled, the evidence as JSON, and an HTML report with
    the cited pages. FILE itself is never changed. Run the same command again after an interruption:
    it goes on where it stopped.
    """
    from bidproof.cli.printing.basics import print_answers, print_estimate
    from bidproof.flows.answer import answer
    from bidproof.flows.estimate import estimate

    with invocation.working() as (session, progress):
        if is_estimate:
            invocation.show(estimate(request, session=session, progress=progress), print_estimate)
            return 0
        report = answer(request, session=session, progress=progress)
    invocation.show(report, print_answers, document=report.summary())
    return 1 if report.failed else 0
