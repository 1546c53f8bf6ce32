"""``bidproof status``."""

from pathlib import Path

import click

from bidproof.cli.options import gather_flags, json_option, workspace_option


@click.command(name="status")
@workspace_option
@json_option
def command(workspace: Path | None, settings: tuple[str, ...], as_json: bool) -> None:
    """Show what the workspace holds: documents, passages, unreadable files, jobs, money spent."""
    from bidproof.cli.printing.basics import print_json, print_status
    from bidproof.flows.status import status
    from bidproof.runtime.session import SessionRequest, open_session

    with open_session(SessionRequest(workspace=workspace, flags=gather_flags(settings))) as session:
        report = status(session)
    if as_json:
        print_json(report)
        return
    print_status(report)
