"""``bidproof eval``: a lazy group; ``bidproof eval GOLD …`` is short for ``bidproof eval run GOLD …``."""

import importlib

import click

COMMANDS = {
    "run": ("bidproof.cli.eval_run", "Run a gold set; the word may be left out."),
    "list": ("bidproof.cli.eval_list", "List the runs of the workspace."),
    "show": ("bidproof.cli.eval_show", "Show a run's figures."),
    "report": ("bidproof.cli.eval_report", "Write a run's HTML report."),
    "label": ("bidproof.cli.eval_label", "Give a run a name to compare with."),
    "patterns": ("bidproof.cli.eval_patterns", "Say where and why a run goes wrong."),
    "gate": ("bidproof.cli.eval_gate", "Fail on a proven regression, for CI."),
}


class EvalGroup(click.Group):
    """Subcommands imported when they run; a first word that is none of them means ``run``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put ``run`` in front of anything that is no subcommand and no call for help."""
        if args and args[0] not in COMMANDS and args[0] not in ctx.help_option_names:
            args = ["run", *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the subcommands in the order of use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one subcommand's file."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[cmd_name][0])
        found = module.command
        if not isinstance(found, click.Command):
            raise TypeError(f"{module.__name__}.command is no click command")
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the subcommands from the table alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(
    name="eval",
    cls=EvalGroup,
    subcommand_metavar="GOLD [OPTIONS] | COMMAND [ARGS]...",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
def command() -> None:
    """Measure how good the answers to a gold set are, each figure with its coverage and interval.

    GOLD is the name of a gold set (bidproof gold import), or a file with questions and answers.
    bidproof eval run --help lists the options.
    """
