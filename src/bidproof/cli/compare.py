"""``bidproof compare A B`` and ``bidproof compare --live FILE.csv``."""

from pathlib import Path

import click

from bidproof.cli.inputs import Invocation, inputs
from bidproof.flows.requests.evaluating import CompareRequest


@click.command(name="compare")
@click.argument("a", required=False)
@click.argument("b", required=False)
@click.option(
    "--live",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE.csv",
    help="Instead of two runs: an experiment's rows arm,outcome[,unit], in order of arrival.",
)
@click.option(
    "--weights", metavar="OLD=0.5,NEW=0.5", help="With --live: planned shares, the arm held against first."
)
@click.option(
    "--range", "bounds", type=(float, float), default=(0.0, 1.0), help="With --live: LOW HIGH of outcomes."
)
@inputs(CompareRequest, has_settings=False)
def command(
    invocation: Invocation,
    request: CompareRequest,
    live: Path | None,
    weights: str | None,
    bounds: tuple[float, float],
) -> None:
    """Hold run B against run A: what differs, whether it is proven, which cases flipped.

    A and B are ids, labels, latest, or folders of runs.
    """
    from bidproof.cli.printing.compare import print_comparison, print_live
    from bidproof.flows.compare import compare, compare_live

    if live is None and not (request.a and request.b):
        raise click.UsageError("name two runs, or an experiment with --live")
    if live is None:
        invocation.show(compare(request, workspace=invocation.workspace), print_comparison)
    elif request.a:
        raise click.UsageError("give two runs or --live, not both")
    else:
        invocation.show(compare_live(live, weights=parse_weights(weights), bounds=bounds), print_live)


def parse_weights(text: str | None) -> dict[str, float] | None:
    """Read ``old=0.5,new=0.5``, in that order; None where nothing was said."""
    if text is None:
        return None
    weights: dict[str, float] = {}
    for part in text.split(","):
        arm, equals, share = part.partition("=")
        try:
            weights[arm.strip()] = float(share)
        except ValueError:
            equals = ""
        if not equals or not arm.strip():
            raise click.BadParameter(f"found {part!r}, expected ARM=SHARE", param_hint="--weights")
    return weights
