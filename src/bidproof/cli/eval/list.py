"""``bidproof eval list``."""

from pathlib import Path

import click

from bidproof.cli.options import gather_flags, json_option, workspace_option


@click.command(name="list")
@workspace_option
@json_option
def command(workspace: Path | None, settings: tuple[str, ...], as_json: bool) -> None:
    """List the workspace's runs, oldest first."""
    from bidproof.cli.printing.basics import print_json
    from bidproof.cli.printing.evaluation import print_runs
    from bidproof.flows.evaluate import run_store
    from bidproof.runtime.session import SessionRequest, open_session

    with open_session(SessionRequest(workspace=workspace, flags=gather_flags(settings))) as session:
        runs = run_store(session).list()
    if as_json:
        print_json(runs)
    else:
        print_runs(runs)
