"""``bidproof judge``: a lazy group; how far a judge can be trusted."""

import click

from bidproof.cli.lazy import LazyGroup

COMMANDS = {
    "calibrate": ("bidproof.cli.judge.calibrate", "Hold a judge against human labels."),
    "show": ("bidproof.cli.judge.show", "Show the judges that were calibrated."),
    "probe": ("bidproof.cli.judge.probe", "Change one thing in true claims and see if it is noticed."),
}


@click.group(
    name="judge",
    cls=LazyGroup,
    table=COMMANDS,
)
def command() -> None:
    """Say how far a judge's numbers can be trusted.

    A judge is a model that holds an answer's claims against its passages. Until it is calibrated on
    human labels, every number that rests on it is stamped uncalibrated. Without a model named, the
    offline verifier is meant.
    """
