"""``bidproof status``."""

from pathlib import Path

import click

from bidproof.cli.options import gather_flags, json_option, workspace_option


@click.command(name="status")
@workspace_option
@json_option
def command(workspace: Path | None, settings: tuple[str, ...], as_json: bool) -> None:
    """Show what the workspace holds: documents, passages, unreadable files, jobs, money spent."""
    from bidproof.cli import show
    from bidproof.flows.session import SessionRequest, open_session
    from bidproof.flows.status import status

    with open_session(SessionRequest(workspace=workspace, flags=gather_flags(settings))) as session:
        report = status(session)
    if as_json:
        show.print_json(report)
        return
    show.print_status(report)
