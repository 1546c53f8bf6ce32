"""``bidproof compare A B`` and ``bidproof compare --live FILE.csv``."""

from pathlib import Path

import click

from bidproof.cli.options import json_option, split_names


@click.command(name="compare")
@click.argument("a", required=False)
@click.argument("b", required=False)
@click.option("--metrics", multiple=True, metavar="NAME", help="Only these; repeat, or separate by commas.")
@click.option(
    "--margin", type=float, default=0.03, show_default=True, help="Shares this close are equivalent."
)
@click.option(
    "--relative-margin",
    type=float,
    default=0.05,
    show_default=True,
    help="Seconds, tokens, dollars: the same as a share of A's mean.",
)
@click.option("--allow-different-gold", is_flag=True, help="Pair cases of equal id and question.")
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
@click.option(
    "--workspace",
    type=click.Path(file_okay=False, path_type=Path),
    help="Workspace folder. [default: the nearest .bidproof upward]",
)
@json_option
def command(
    a: str | None,
    b: str | None,
    metrics: tuple[str, ...],
    margin: float,
    relative_margin: float,
    allow_different_gold: bool,
    live: Path | None,
    weights: str | None,
    bounds: tuple[float, float],
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Hold run B against run A: what differs, whether it is proven, which cases flipped.

    A and B are ids, labels, latest, or folders of runs.
    """
    from bidproof.cli.printing.basics import print_json
    from bidproof.cli.printing.compare import print_comparison, print_live
    from bidproof.flows.compare import CompareRequest, compare, compare_live

    if live is not None:
        if a:
            raise click.UsageError("give two runs or --live, not both")
        report = compare_live(live, weights=parse_weights(weights), bounds=bounds)
        if as_json:
            print_json(report)
        else:
            print_live(report)
        return
    if not a or not b:
        raise click.UsageError("name two runs, or an experiment with --live")
    request = CompareRequest(
        a=a,
        b=b,
        workspace=workspace,
        metrics=split_names(metrics),
        margin=margin,
        relative_margin=relative_margin,
        allow_different_gold=allow_different_gold,
    )
    found = compare(request)
    if as_json:
        print_json(found)
    else:
        print_comparison(found)


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
