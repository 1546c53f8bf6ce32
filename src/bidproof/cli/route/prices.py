"""``bidproof route prices``."""

from pathlib import Path

import click

from bidproof.cli.options import gather_flags, json_option, workspace_option


@click.command(name="prices")
@click.option("--init", "is_new", is_flag=True, help="Write prices.toml with its explanation.")
@workspace_option
@json_option
def command(is_new: bool, workspace: Path | None, settings: tuple[str, ...], as_json: bool) -> None:
    """Show the workspace's price table: US dollars per million tokens, by model or pattern.

    The table is yours to edit; nothing is downloaded. Prices said as settings come before it.
    """
    from bidproof.cli.printing.basics import print_json, print_table
    from bidproof.flows.route import show_prices, write_price_template
    from bidproof.runtime.session import SessionRequest, open_session

    with open_session(SessionRequest(workspace=workspace, flags=gather_flags(settings))) as session:
        written = write_price_template(session) if is_new else None
        prices = show_prices(session)
    if as_json:
        print_json({"prices": prices, "written": written})
        return
    if written is not None:
        click.echo(f"written: {written}")
    elif not prices:
        click.echo("no prices here; bidproof route prices --init writes a table to fill in")
    else:
        rows = [
            (
                name,
                f"{item.prompt:g}",
                f"{item.completion:g}",
                "–" if item.cached_prompt is None else f"{item.cached_prompt:g}",
            )
            for name, item in prices.items()
        ]
        print_table("US dollars per million tokens", ("model", "prompt", "completion", "cached prompt"), rows)
