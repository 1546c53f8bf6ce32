"""``bidproof eval list``."""

import click

from bidproof.cli.inputs import Invocation, inputs


@click.command(name="list")
@inputs()
def command(invocation: Invocation) -> None:
    """List the workspace's runs, oldest first."""
    from bidproof.cli.printing.evaluation import print_runs
    from bidproof.flows.evaluate import run_store

    with invocation.session() as session:
        runs = run_store(session).list()
    invocation.show(runs, print_runs)
