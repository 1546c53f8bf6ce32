"""``bidproof feedback``: learn from files that came back reviewed."""

from pathlib import Path

import click

from bidproof.cli.inputs import Invocation, inputs
from bidproof.cli.lazy import OrderedGroup
from bidproof.flows.requests.answering import FeedbackRequest


@click.group(name="feedback", cls=OrderedGroup)
def command() -> None:
    """Learn from what people make of drafts, without touching a model's weights.

    Approved answers go into the answer library, and where asked into a gold set; those that pass every
    check become few-shot candidates.
    """


@command.command(name="import", short_help="Learn from a filled-in file that a person corrected.")
@click.argument("answered", type=click.Path(path_type=Path))
@inputs(FeedbackRequest)
def import_command(invocation: Invocation, request: FeedbackRequest) -> None:
    """Learn from ANSWERED, a file that bidproof answer filled in and a person has corrected.

    Importing the same file again changes nothing; a later version of it takes the place of the earlier.
    """
    from bidproof.cli.printing.feedback import print_import
    from bidproof.flows.feedback.importing import import_feedback

    with invocation.session() as session:
        report = import_feedback(request, session=session)
    invocation.show(report, print_import)


@command.command(name="list", short_help="Count what people accepted, edited and cleared.")
@inputs()
def list_command(invocation: Invocation) -> None:
    """Count what people accepted, edited and cleared: by questionnaire, tier, program and engine."""
    from bidproof.cli.printing.feedback import print_counts
    from bidproof.flows.feedback.counts import count_feedback

    with invocation.session() as session:
        counts = count_feedback(session.workspace.feedback.all())
    invocation.show(counts, print_counts)


@command.command(name="show", short_help="Show what became of each question of a job.")
@click.argument("job_id", metavar="[JOB]", type=int, required=False)
@inputs()
def show_command(invocation: Invocation, job_id: int | None) -> None:
    """Show what became of each question: of JOB, or of every job with feedback."""
    from bidproof.cli.printing.feedback import print_rows

    with invocation.session() as session:
        rows = session.workspace.feedback.all(job_id)
    invocation.show(rows, print_rows)


@command.command(name="train-reranker", short_help="Fit a re-ranker; offer it only if it is proven.")
@click.option("--gold", required=True, metavar="SET", help="Fitted on its train split, proven on its test.")
@inputs()
def train_reranker_command(invocation: Invocation, gold: str) -> None:
    """Fit a re-ranker on feedback and on SET's train split, and try it on the sealed test split.

    It is offered only where it is proven better; nothing is switched on. --set retrieval.rerank_depth=N
    says how many passages it puts in order.
    """
    from bidproof.cli.printing.feedback import print_reranker
    from bidproof.flows.reranker import train_reranker

    with invocation.working(makes_workspace=False) as (session, progress):
        report = train_reranker(gold, session=session, progress=progress)
    invocation.show(report, print_reranker)
