"""``bidproof route``: a lazy group; how sure to be, which model to ask, what may be promised."""

import click

from bidproof.cli.lazy import LazyGroup

COMMANDS = {
    "fit": ("bidproof.cli.route.fit", "Fit confidence, thresholds and a certificate from runs."),
    "show": ("bidproof.cli.route.show", "Show what is fitted, and what it promises."),
    "report": ("bidproof.cli.route.report", "Show risk, coverage and cost of a fit; draw them."),
    "prices": ("bidproof.cli.route.prices", "Show the price table; --init writes one."),
}


@click.group(
    name="route",
    cls=LazyGroup,
    table=COMMANDS,
)
def command() -> None:
    """Say how likely answers are right, and ask a larger model only where that pays.

    Everything is fitted on runs of a gold set (bidproof eval) and holds for the program of the run alone:
    change the program or the model, and answers are uncalibrated again.
    """
