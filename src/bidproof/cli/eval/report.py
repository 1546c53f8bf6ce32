"""``bidproof eval report RUN``."""

from pathlib import Path

import click

from bidproof.cli.options import gather_flags, json_option, workspace_option


@click.command(name="report")
@click.argument("run", default="latest")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), help="Where it goes. [default: the run's folder]"
)
@workspace_option
@json_option
def command(
    run: str, out: Path | None, workspace: Path | None, settings: tuple[str, ...], as_json: bool
) -> None:
    """Write the HTML report of RUN: one file that works offline and loads nothing."""
    from bidproof.cli.printing.basics import print_json
    from bidproof.flows.evaluate import REPORT_NAME, run_store
    from bidproof.reports.runs.page import write_run_report
    from bidproof.runtime.session import SessionRequest, open_session

    with open_session(SessionRequest(workspace=workspace, flags=gather_flags(settings))) as session:
        store = run_store(session)
        found = store.load(run)
        written = write_run_report(found, out or store.place(found.info.id) / REPORT_NAME)
    if as_json:
        print_json({"run": found.info.id, "report": written})
    else:
        click.echo(f"report (HTML): {written}")
