"""``bidproof eval show RUN``."""

import click

from bidproof.cli.inputs import Invocation, inputs


@click.command(name="show")
@click.argument("run", default="latest")
@click.option("--cells", "has_cells", is_flag=True, help="With --json: every case by every metric too.")
@inputs()
def command(invocation: Invocation, run: str, has_cells: bool) -> None:
    """Show the figures of RUN: its id, its label, or latest (the default)."""
    from bidproof.cli.printing.evaluation import print_run
    from bidproof.flows.evaluate import run_store

    with invocation.session() as session:
        store = run_store(session)
        found = store.load(run)
        folder = store.place(found.info.id)
    document: dict[str, object] = {"info": found.info, "summaries": found.summaries, "folder": folder}
    if has_cells:
        document["cells"] = found.cells
    invocation.show(found, lambda shown: print_run(shown.info, shown.summaries), document=document)
