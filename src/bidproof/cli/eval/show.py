"""``bidproof eval show RUN``."""

from pathlib import Path

import click

from bidproof.cli.options import gather_flags, json_option, workspace_option


@click.command(name="show")
@click.argument("run", default="latest")
@click.option("--cells", "has_cells", is_flag=True, help="With --json: every case by every metric too.")
@workspace_option
@json_option
def command(
    run: str, has_cells: bool, workspace: Path | None, settings: tuple[str, ...], as_json: bool
) -> None:
    """Show the figures of RUN: its id, its label, or latest (the default)."""
    from bidproof.cli.printing.basics import print_json
    from bidproof.cli.printing.evaluation import print_run
    from bidproof.flows.evaluate import run_store
    from bidproof.runtime.session import SessionRequest, open_session

    with open_session(SessionRequest(workspace=workspace, flags=gather_flags(settings))) as session:
        store = run_store(session)
        found = store.load(run)
        folder = store.place(found.info.id)
    if as_json:
        shown = {"info": found.info, "summaries": found.summaries, "folder": folder}
        print_json({**shown, "cells": found.cells} if has_cells else shown)
    else:
        print_run(found.info, found.summaries)
