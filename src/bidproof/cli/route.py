"""``bidproof route``: how sure to be, which model to ask, what may be promised."""

from pathlib import Path

import click

from bidproof.cli.inputs import Invocation, inputs
from bidproof.cli.lazy import OrderedGroup
from bidproof.flows.requests.routing import FitRequest


@click.group(name="route", cls=OrderedGroup)
def command() -> None:
    """Say how likely answers are right, and ask a larger model only where that pays.

    Everything is fitted on runs of a gold set (bidproof eval) and holds for the program of the run alone:
    change the program or the model, and answers are uncalibrated again.
    """


@command.command(name="fit", short_help="Fit confidence, thresholds and a certificate from runs.")
@click.argument("small", metavar="RUN_SMALL")
@click.argument("large", metavar="[RUN_LARGE]", required=False)
@inputs(FitRequest)
def fit_command(invocation: Invocation, request: FitRequest) -> None:
    """Fit on the stored run RUN_SMALL; with RUN_LARGE, a cascade of both.

    The cases are parted once: one part is fitted on, the other tested. An answer is marked ready
    where the certificate allows it: of those at most --error are wrong, with --confidence.
    """
    from bidproof.cli.printing.route import print_fit
    from bidproof.flows.route import fit

    with invocation.session() as session:
        report = fit(request, session=session)
    invocation.show(report, print_fit)


@command.command(name="show", short_help="Show what is fitted, and what it promises.")
@inputs()
def show_command(invocation: Invocation) -> None:
    """Show every calibration and route of the workspace, the latest first."""
    from bidproof.cli.printing.route import print_views
    from bidproof.flows.route import show

    with invocation.session() as session:
        views = show(session)
    invocation.show(views, print_views, document={"routes": views})


@command.command(name="report", short_help="Show risk, coverage and cost of a fit; draw them.")
@click.argument("name", required=False, default="")
@click.option(
    "--plot", type=click.Path(dir_okay=False, path_type=Path), help="Draw into a .png or .svg file."
)
@inputs()
def report_command(invocation: Invocation, name: str, plot: Path | None) -> None:
    """Show risk, coverage and cost of a fit on the cases it was tested on.

    NAME is the start of a program's or route's digest; without it the latest fit is shown. A cascade
    stands beside always-small, always-large, a random mix, and an oracle that knows who is right.
    """
    from bidproof.cli.printing.route import print_curves
    from bidproof.flows.route import report

    with invocation.session() as session:
        found = report(name, session=session, picture=plot)
    invocation.show(found, print_curves)


@command.command(name="prices", short_help="Show the price table; --init writes one.")
@click.option("--init", "is_new", is_flag=True, help="Write prices.toml with its explanation.")
@inputs()
def prices_command(invocation: Invocation, is_new: bool) -> None:
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
