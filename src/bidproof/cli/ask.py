"""``bidproof ask "…"``."""

import click

from bidproof.cli.inputs import MODEL_FLAGS, Invocation, inputs
from bidproof.flows.requests.answering import AskRequest


@click.command(name="ask")
@click.argument("text", metavar="QUESTION")
@inputs(AskRequest, flags=MODEL_FLAGS)
def command(invocation: Invocation, request: AskRequest) -> int:
    """Answer one question from your documents, with verbatim citations.

    Says "not found" when the documents do not hold the answer, and lists the closest passages.
    """
    from bidproof.cli.printing.basics import print_draft
    from bidproof.flows.ask import ask

    with invocation.working(makes_workspace=bool(request.docs)) as (session, progress):
        draft = ask(request, session=session, progress=progress)
    invocation.show(draft, print_draft)
    return 1 if draft.error else 0
