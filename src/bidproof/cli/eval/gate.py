"""``bidproof eval gate RUN --baseline LABEL``."""

from pathlib import Path

import click

from bidproof.cli.options import json_option, split_names

CLOSED = 3


@click.command(name="gate")
@click.argument("run", default="latest")
@click.option("--baseline", required=True, help="Run held against: its id, label, or folder.")
@click.option("--metrics", multiple=True, metavar="NAME", help="Only these; repeat, or separate by commas.")
@click.option(
    "--coverage-drop",
    type=float,
    default=0.02,
    show_default=True,
    help="Share of cases that may lose their value.",
)
@click.option("--margin", type=float, default=0.03, show_default=True, help="As for bidproof compare.")
@click.option("--allow-different-gold", is_flag=True, help="Pair cases of equal id and question.")
@click.option(
    "--workspace",
    type=click.Path(file_okay=False, path_type=Path),
    help="Workspace folder. [default: the nearest .bidproof upward]",
)
@json_option
@click.pass_context
def command(
    context: click.Context,
    run: str,
    baseline: str,
    metrics: tuple[str, ...],
    coverage_drop: float,
    margin: float,
    allow_different_gold: bool,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Exit with 3 where RUN is proven worse than the baseline, or lost coverage; with 0 otherwise.

    RUN is an id, a label, latest (the default), or a folder. Seconds, tokens and dollars are
    gated only when named with --metrics.
    """
    from bidproof.cli.printing.basics import print_json
    from bidproof.cli.printing.compare import print_gate
    from bidproof.flows.compare import CompareRequest, gate

    result = gate(
        CompareRequest(
            a=baseline,
            b=run,
            workspace=workspace,
            metrics=split_names(metrics),
            margin=margin,
            coverage_drop=coverage_drop,
            allow_different_gold=allow_different_gold,
        )
    )
    if as_json:
        print_json(result)
    else:
        print_gate(result)
    if not result.passed:
        context.exit(CLOSED)
