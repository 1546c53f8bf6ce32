"""``bidproof ablate --gold SET``."""

from pathlib import Path

import click

from bidproof.cli.options import gather_flags, json_option, model_options, workspace_option


@click.command(name="ablate")
@click.option("--gold", required=True, metavar="SET", help="Gold set, by name or file.")
@click.option(
    "--split",
    type=click.Choice(["train", "dev", "all"]),
    help="Part of the set. [default: dev where the set is split, else all]",
)
@click.option(
    "--technique",
    "techniques",
    multiple=True,
    metavar="NAME",
    help="Only this one; repeat. [default: all that the program can have]",
)
@click.option("--metric", default="task_score", show_default=True, help="What is compared.")
@click.option("--judge", default="", help="Model that judges, for a judged metric.")
@click.option(
    "--margin", type=float, default=0.03, show_default=True, help="Differences this small are equivalent."
)
@click.option("--limit", type=click.IntRange(2), help="Only so many cases, the first ones.")
@model_options
@workspace_option
@json_option
def command(
    gold: str,
    split: str | None,
    techniques: tuple[str, ...],
    metric: str,
    judge: str,
    margin: float,
    limit: int | None,
    workspace: Path | None,
    settings: tuple[str, ...],
    as_json: bool,
    **model: object,
) -> None:
    """Turn each technique of the program the other way, one at a time, and say what it is worth.

    One row a technique: its effect with an interval, whether that is proven, and what it costs. Run the
    same command again after an interruption: it goes on where it stopped.
    """
    from bidproof.cli.printing.ablate import print_ablation
    from bidproof.cli.printing.basics import print_json, progress_bars
    from bidproof.flows.ablate import AblateRequest, ablate
    from bidproof.runtime.session import SessionRequest, open_session

    request = AblateRequest(
        gold=gold,
        split=split or "",
        techniques=techniques,
        metric=metric,
        judge=judge,
        limit=limit,
        margin=margin,
    )
    flags = gather_flags(settings, **model)
    with (
        open_session(SessionRequest(workspace=workspace, flags=flags)) as session,
        progress_bars(is_quiet=as_json) as progress,
    ):
        report = ablate(request, session=session, progress=progress)
    if as_json:
        print_json(report)
    else:
        print_ablation(report)
