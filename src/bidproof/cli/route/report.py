"""``bidproof route report [NAME]``."""

from pathlib import Path

import click

from bidproof.cli.options import gather_flags, json_option, workspace_option


@click.command(name="report")
@click.argument("name", required=False, default="")
@click.option(
    "--plot", type=click.Path(dir_okay=False, path_type=Path), help="Draw into a .png or .svg file."
)
@workspace_option
@json_option
def command(
    name: str, plot: Path | None, workspace: Path | None, settings: tuple[str, ...], as_json: bool
) -> None:
    """Show risk, coverage and cost of a fit on the cases it was tested on.

    NAME is the start of a program's or route's digest; without it the latest fit is shown. A cascade
    stands beside always-small, always-large, a random mix, and an oracle that knows who is right.
    """
    from bidproof.cli.printing.basics import print_json
    from bidproof.cli.printing.route import print_curves
    from bidproof.flows.route import report
    from bidproof.runtime.session import SessionRequest, open_session

    with open_session(SessionRequest(workspace=workspace, flags=gather_flags(settings))) as session:
        found = report(name, session=session, picture=plot)
    if as_json:
        print_json(found)
    else:
        print_curves(found)
