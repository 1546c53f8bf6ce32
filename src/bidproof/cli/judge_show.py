"""``bidproof judge show``."""

from pathlib import Path

import click

from bidproof.cli.options import gather_flags, json_option, workspace_option


@click.command(name="show")
@workspace_option
@json_option
def command(workspace: Path | None, settings: tuple[str, ...], as_json: bool) -> None:
    """Show every judge of the workspace that was calibrated, the latest first."""
    from bidproof.cli import show, show_judge
    from bidproof.flows.judge import show_judges
    from bidproof.flows.session import SessionRequest, open_session

    with open_session(SessionRequest(workspace=workspace, flags=gather_flags(settings))) as session:
        known = show_judges(session)
    if as_json:
        show.print_json({"judges": known})
    else:
        show_judge.print_judges(known)
