"""``bidproof eval report RUN``."""

from pathlib import Path

import click

from bidproof.cli.inputs import Invocation, inputs


@click.command(name="report")
@click.argument("run", default="latest")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), help="Where it goes. [default: the run's folder]"
)
@inputs()
def command(invocation: Invocation, run: str, out: Path | None) -> None:
    """Write the HTML report of RUN: one file that works offline and loads nothing."""
    from bidproof.flows.evaluate import REPORT_NAME, run_store
    from bidproof.reports.runs.page import write_run_report

    with invocation.session() as session:
        store = run_store(session)
        found = store.load(run)
        written = write_run_report(found, out or store.place(found.info.id) / REPORT_NAME)
    document = {"run": found.info.id, "report": written}
    invocation.show(written, lambda place: click.echo(f"report (HTML): {place}"), document=document)
