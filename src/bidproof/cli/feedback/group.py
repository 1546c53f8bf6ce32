"""``bidproof feedback``: a lazy group; learn from files that came back reviewed."""

import click

from bidproof.cli.lazy import LazyGroup

COMMANDS = {
    "import": ("bidproof.cli.feedback.importing", "Learn from a filled-in file that a person corrected."),
    "list": ("bidproof.cli.feedback.list", "Count what people accepted, edited and cleared."),
    "show": ("bidproof.cli.feedback.show", "Show what became of each question of a job."),
    "train-reranker": (
        "bidproof.cli.feedback.train_reranker",
        "Fit a re-ranker; offer it only if it is proven.",
    ),
}


@click.group(
    name="feedback",
    cls=LazyGroup,
    table=COMMANDS,
)
def command() -> None:
    """Learn from what people make of drafts, without touching a model's weights.

    Approved answers go into the answer library, and where asked into a gold set; those that pass every
    check become few-shot candidates.
    """
