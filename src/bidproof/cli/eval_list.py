"""``bidproof eval list``."""

from pathlib import Path

import click

from bidproof.cli.options import gather_flags, json_option, workspace_option


@click.command(name="list")
@workspace_option
@json_option
def command(workspace: Path | None, settings: tuple[str, ...], as_json: bool) -> None:
    """List the workspace's runs, oldest first."""
    from bidproof.cli import show, show_eval
    from bidproof.flows.evaluate import run_store
    from bidproof.flows.session import SessionRequest, open_session

    with open_session(SessionRequest(workspace=workspace, flags=gather_flags(settings))) as session:
        runs = run_store(session).list()
    if as_json:
        show.print_json(runs)
    else:
        show_eval.print_runs(runs)
