"""``bidproof feedback list``."""

from pathlib import Path

import click

from bidproof.cli.options import gather_flags, json_option, workspace_option


@click.command(name="list")
@workspace_option
@json_option
def command(workspace: Path | None, settings: tuple[str, ...], as_json: bool) -> None:
    """Count what people accepted, edited and cleared: by questionnaire, tier, program and engine."""
    from bidproof.cli import feedback_print, show
    from bidproof.flows.feedback import count_feedback, feedback_rows
    from bidproof.flows.session import SessionRequest, open_session

    with open_session(SessionRequest(workspace=workspace, flags=gather_flags(settings))) as session:
        counts = count_feedback(feedback_rows(session))
    if as_json:
        show.print_json(counts)
    else:
        feedback_print.print_counts(counts)
