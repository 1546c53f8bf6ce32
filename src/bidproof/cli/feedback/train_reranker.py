"""``bidproof feedback train-reranker``."""

import click

from bidproof.cli.inputs import Invocation, inputs


@click.command(name="train-reranker")
@click.option("--gold", required=True, metavar="SET", help="Fitted on its train split, proven on its test.")
@inputs()
def command(invocation: Invocation, gold: str) -> None:
    """Fit a re-ranker on feedback and on SET's train split, and try it on the sealed test split.

    It is offered only where it is proven better; nothing is switched on. --set retrieval.rerank_depth=N
    says how many passages it puts in order.
    """
    from bidproof.cli.printing.feedback import print_reranker
    from bidproof.flows.reranker import train_reranker

    with invocation.working(makes_workspace=False) as (session, progress):
        report = train_reranker(gold, session=session, progress=progress)
    invocation.show(report, print_reranker)
