"""``bidproof eval label RUN LABEL``."""

from pathlib import Path

import click

from bidproof.cli.options import gather_flags, json_option, workspace_option


@click.command(name="label")
@click.argument("run")
@click.argument("label")
@workspace_option
@json_option
def command(run: str, label: str, workspace: Path | None, settings: tuple[str, ...], as_json: bool) -> None:
    """Give RUN a LABEL; of several runs with one label, the newest is meant."""
    from bidproof.cli.printing.basics import print_json
    from bidproof.flows.evaluate import run_store
    from bidproof.runtime.session import SessionRequest, open_session

    with open_session(SessionRequest(workspace=workspace, flags=gather_flags(settings))) as session:
        info = run_store(session).label(run, label)
    if as_json:
        print_json(info)
    else:
        click.echo(f"{info.id} is now {label!r}")
