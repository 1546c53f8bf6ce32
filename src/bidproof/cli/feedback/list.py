"""``bidproof feedback list``."""

from pathlib import Path

import click

from bidproof.cli.options import gather_flags, json_option, workspace_option


@click.command(name="list")
@workspace_option
@json_option
def command(workspace: Path | None, settings: tuple[str, ...], as_json: bool) -> None:
    """Count what people accepted, edited and cleared: by questionnaire, tier, program and engine."""
    from bidproof.cli.printing.basics import print_json
    from bidproof.cli.printing.feedback import print_counts
    from bidproof.flows.feedback.importing import count_feedback, feedback_rows
    from bidproof.runtime.session import SessionRequest, open_session

    with open_session(SessionRequest(workspace=workspace, flags=gather_flags(settings))) as session:
        counts = count_feedback(feedback_rows(session))
    if as_json:
        print_json(counts)
    else:
        print_counts(counts)
