"""``bidproof eval label RUN LABEL``."""

import click

from bidproof.cli.inputs import Invocation, inputs


@click.command(name="label")
@click.argument("run")
@click.argument("label")
@inputs()
def command(invocation: Invocation, run: str, label: str) -> None:
    """Give RUN a LABEL; of several runs with one label, the newest is meant."""
    from bidproof.flows.evaluate import run_store

    with invocation.session() as session:
        info = run_store(session).label(run, label)
    invocation.show(info, lambda named: click.echo(f"{named.id} is now {label!r}"))
