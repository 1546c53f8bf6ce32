"""``bidproof trust``."""

from pathlib import Path

import click

from bidproof.cli.inputs import Invocation, inputs


@click.command(name="trust")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--list", "lists", is_flag=True, help="List the workspaces that you trust.")
@click.option("--revoke", is_flag=True, help="Trust it no longer.")
@inputs(has_workspace=False, has_settings=False)
def command(invocation: Invocation, folder: Path | None, lists: bool, revoke: bool) -> None:
    """Let a workspace that came from elsewhere send questions and passages to a model.

    FOLDER is the workspace or the folder that holds it; the nearest one upward without. Those that you
    make yourself are trusted. An address that a workspace's files name later on has to be trusted anew.
    """
    from bidproof.cli.printing.basics import print_revoked, print_trust, print_trusted
    from bidproof.flows.trust import revoke_trust, trust_workspace, trusted_workspaces

    if lists:
        invocation.show(trusted_workspaces(), print_trusted)
    elif revoke:
        invocation.show(revoke_trust(folder), print_revoked)
    else:
        invocation.show(trust_workspace(folder), print_trust)
