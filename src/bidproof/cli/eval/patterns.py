"""``bidproof eval patterns RUN``."""

from pathlib import Path

import click

from bidproof.cli.options import gather_flags, json_option, model_options, workspace_option


@click.command(name="patterns")
@click.argument("run", default="latest")
@click.option("--metric", default="", help="What to slice. [default: the surest sign of a right answer]")
@click.option("--below", type=float, default=0.5, show_default=True, help="A value under it is a failure.")
@click.option("--order", is_flag=True, help="Answer again with the passages shuffled: first-document bias.")
@click.option("--probe-bias", is_flag=True, help="Answer again with names, gender words, regions swapped.")
@click.option(
    "--cases", type=click.IntRange(1), default=50, show_default=True, help="Most cases to answer again."
)
@click.option("--turns", type=click.IntRange(1), default=3, show_default=True, help="Shuffles a case.")
@click.option("--seed", type=int, default=0, show_default=True)
@model_options
@workspace_option
@json_option
def command(
    run: str,
    metric: str,
    below: float,
    order: bool,
    probe_bias: bool,
    cases: int,
    turns: int,
    seed: int,
    workspace: Path | None,
    settings: tuple[str, ...],
    as_json: bool,
    **model: object,
) -> None:
    """Say where and why RUN goes wrong: slices, the step that lost each answer, failures that are alike.

    RUN is an id, a label, or latest (the default). A slice counts as worse only where its corrected
    p-value proves it. --order and --probe-bias answer some cases again with today's settings.
    """
    from bidproof.cli.printing.basics import print_json, progress_bars
    from bidproof.cli.printing.patterns import print_patterns
    from bidproof.flows.patterns import PatternsRequest, patterns
    from bidproof.runtime.session import SessionRequest, open_session

    request = PatternsRequest(
        run=run,
        metric=metric,
        below=below,
        is_order=order,
        is_bias=probe_bias,
        cases=cases,
        turns=turns,
        seed=seed,
    )
    flags = gather_flags(settings, **model)
    with (
        open_session(SessionRequest(workspace=workspace, flags=flags)) as session,
        progress_bars(is_quiet=as_json) as progress,
    ):
        report = patterns(request, session=session, progress=progress)
    if as_json:
        print_json(report)
    else:
        print_patterns(report)
