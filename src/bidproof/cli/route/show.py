"""``bidproof route show``."""

from pathlib import Path

import click

from bidproof.cli.options import gather_flags, json_option, workspace_option


@click.command(name="show")
@workspace_option
@json_option
def command(workspace: Path | None, settings: tuple[str, ...], as_json: bool) -> None:
    """Show every calibration and route of the workspace, the latest first."""
    from bidproof.cli.printing import basics as shown
    from bidproof.cli.printing.route import print_views
    from bidproof.flows.route import show
    from bidproof.runtime.session import SessionRequest, open_session

    with open_session(SessionRequest(workspace=workspace, flags=gather_flags(settings))) as session:
        views = show(session)
    if as_json:
        shown.print_json({"routes": views})
    else:
        print_views(views)
