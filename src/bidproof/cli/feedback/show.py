"""``bidproof feedback show``."""

from pathlib import Path

import click

from bidproof.cli.options import gather_flags, json_option, workspace_option


@click.command(name="show")
@click.argument("job_id", metavar="[JOB]", type=int, required=False)
@workspace_option
@json_option
def command(job_id: int | None, workspace: Path | None, settings: tuple[str, ...], as_json: bool) -> None:
    """Show what became of each question: of JOB, or of every job with feedback."""
    from bidproof.cli.printing.basics import print_json
    from bidproof.cli.printing.feedback import print_rows
    from bidproof.flows.feedback.importing import feedback_rows
    from bidproof.runtime.session import SessionRequest, open_session

    with open_session(SessionRequest(workspace=workspace, flags=gather_flags(settings))) as session:
        rows = feedback_rows(session, job_id=job_id)
    if as_json:
        print_json(rows)
    else:
        print_rows(rows)
