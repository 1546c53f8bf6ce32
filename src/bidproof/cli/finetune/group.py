"""``bidproof finetune``: a lazy group; training data out, tuned models held against the old one."""

import click

from bidproof.cli.lazy import LazyGroup

COMMANDS = {
    "export": ("bidproof.cli.finetune.export", "Write approved answers as training data."),
    "check": ("bidproof.cli.finetune.check", "Check a file of training data, line by line."),
    "compare": ("bidproof.cli.finetune.compare", "Hold a tuned model against the one in use."),
}


@click.group(
    name="finetune",
    cls=LazyGroup,
    table=COMMANDS,
)
def command() -> None:
    """Hand approved answers over for fine-tuning elsewhere, and measure what came of it.

    Nothing is tuned here. What a gold set measures with is never among the training data.
    """
