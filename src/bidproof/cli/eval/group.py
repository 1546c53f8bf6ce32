"""``bidproof eval``: a lazy group; ``bidproof eval GOLD …`` is short for ``bidproof eval run GOLD …``."""

import click

from bidproof.cli.lazy import LazyGroup

COMMANDS = {
    "run": ("bidproof.cli.eval.run", "Run a gold set; the word may be left out."),
    "list": ("bidproof.cli.eval.list", "List the runs of the workspace."),
    "show": ("bidproof.cli.eval.show", "Show a run's figures."),
    "report": ("bidproof.cli.eval.report", "Write a run's HTML report."),
    "label": ("bidproof.cli.eval.label", "Give a run a name to compare with."),
    "patterns": ("bidproof.cli.eval.patterns", "Say where and why a run goes wrong."),
    "gate": ("bidproof.cli.eval.gate", "Fail on a proven regression, for CI."),
}


class EvalGroup(LazyGroup):
    """A first word that is no subcommand means ``run``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put ``run`` in front of anything that is no subcommand and no call for help."""
        if args and args[0] not in self.table and args[0] not in ctx.help_option_names:
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group(
    name="eval",
    cls=EvalGroup,
    table=COMMANDS,
    subcommand_metavar="GOLD [OPTIONS] | COMMAND [ARGS]...",
)
def command() -> None:
    """Measure how good the answers to a gold set are, each figure with its coverage and interval.

    GOLD is the name of a gold set (bidproof gold import), or a file with questions and answers.
    bidproof eval run --help lists the options.
    """
