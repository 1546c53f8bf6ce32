"""``bidproof judge``: a lazy group; how far a judge can be trusted."""

import importlib

import click

COMMANDS = {
    "calibrate": ("bidproof.cli.judge_calibrate", "Hold a judge against human labels."),
    "show": ("bidproof.cli.judge_show", "Show the judges that were calibrated."),
    "probe": ("bidproof.cli.judge_probe", "Change one thing in true claims and see if it is noticed."),
}


class JudgeGroup(click.Group):
    """Subcommands imported when they run."""

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
    name="judge",
    cls=JudgeGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
def command() -> None:
    """Say how far a judge's numbers can be trusted.

    A judge is a model that holds an answer's claims against its passages. Until it is calibrated on
    human labels, every number that rests on it is stamped uncalibrated. Without a model named, the
    offline verifier is meant.
    """
