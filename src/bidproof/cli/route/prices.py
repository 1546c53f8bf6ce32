"""``bidproof route prices``."""

import click

from bidproof.cli.inputs import Invocation, inputs


@click.command(name="prices")
@click.option("--init", "is_new", is_flag=True, help="Write prices.toml with its explanation.")
@inputs()
def command(invocation: Invocation, is_new: bool) -> None:
    """Show the workspace's price table: US dollars per million tokens, by model or pattern.

    The table is yours to edit; nothing is downloaded. Prices said as settings come before it.
    """
    from bidproof.cli.printing.route import print_prices
    from bidproof.flows.route import show_prices, write_price_template

    with invocation.session(makes_workspace=True) as session:
        written = write_price_template(session) if is_new else None
        prices = show_prices(session)
    document = {"prices": prices, "written": written}
    invocation.show(prices, lambda known: print_prices(known, written=written), document=document)
