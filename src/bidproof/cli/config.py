"""``bidproof config``: every setting, its value, and where that came from."""

from pathlib import Path

import click

from bidproof.cli.options import gather_flags, json_option, workspace_option


@click.command(name="config")
@workspace_option
@json_option
def command(workspace: Path | None, settings: tuple[str, ...], as_json: bool) -> None:
    """Show every setting and where it came from.

    Set one for good in bidproof.toml inside the workspace folder ([retrieval] top_k = 5), for a
    shell with BIDPROOF_RETRIEVAL_TOP_K=5, or for one command with --set retrieval.top_k=5.
    """
    from bidproof.cli.printing.basics import print_json, print_table
    from bidproof.runtime.session import SessionRequest, load_configuration

    found = load_configuration(SessionRequest(workspace=workspace, flags=gather_flags(settings)))
    if as_json:
        print_json({"workspace": str(found.folder), "settings": found.origins})
        return
    rows = [(item.name, item.value, item.origin) for item in found.origins]
    print_table(f"Settings of {found.folder}", ("setting", "value", "from"), rows)
