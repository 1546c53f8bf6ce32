"""``bidproof judge show``."""

from pathlib import Path

import click

from bidproof.cli.options import gather_flags, json_option, workspace_option


@click.command(name="show")
@workspace_option
@json_option
def command(workspace: Path | None, settings: tuple[str, ...], as_json: bool) -> None:
    """Show every judge of the workspace that was calibrated, the latest first."""
    from bidproof.cli.printing.basics import print_json
    from bidproof.cli.printing.judge import print_judges
    from bidproof.flows.judge import show_judges
    from bidproof.runtime.session import SessionRequest, open_session

    with open_session(SessionRequest(workspace=workspace, flags=gather_flags(settings))) as session:
        known = show_judges(session)
    if as_json:
        print_json({"judges": known})
    else:
        print_judges(known)
