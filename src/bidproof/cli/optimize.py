"""``bidproof optimize --gold SET``."""

from pathlib import Path

import click

from bidproof.cli.options import gather_flags, json_option, model_options, workspace_option


@click.command(name="optimize")
@click.option("--gold", required=True, metavar="SET", help="Gold set with train, dev and test splits.")
@click.option(
    "--method",
    type=click.Choice(["settings", "labeled", "bootstrap", "mipro", "gepa", "combined"]),
    default="settings",
    show_default=True,
    help="What is searched: settings, examples (labeled, bootstrap), instructions too (mipro, gepa), or "
    "settings, prompts and settings again.",
)
@click.option("--metric", default="task_score", show_default=True, help="The objective.")
@click.option("--judge", default="", help="Model that judges, for a judged objective.")
@click.option("--budget-calls", type=click.IntRange(1), help="Model calls in all, the test included.")
@click.option("--budget-usd", type=click.FloatRange(0, min_open=True), help="US dollars in all.")
@click.option("--minutes", type=click.FloatRange(0, min_open=True), help="Time for the search.")
@click.option("--trials", type=click.IntRange(1), default=30, show_default=True, help="Settings to try.")
@click.option(
    "--max-prompt-tokens",
    type=click.IntRange(100),
    default=3000,
    show_default=True,
    help="Longest prompt, examples included.",
)
@click.option("--models", default="", metavar="A,B", help="Further models to choose among.")
@click.option("--proposer", default="", metavar="MODEL", help="Model that proposes instructions.")
@click.option("--limit", type=click.IntRange(2), help="Only so many cases of train and of dev.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--no-test", is_flag=True, help="Leave the sealed test split closed.")
@model_options
@workspace_option
@json_option
def command(
    gold: str,
    method: str,
    metric: str,
    judge: str,
    budget_calls: int | None,
    budget_usd: float | None,
    minutes: float | None,
    trials: int,
    max_prompt_tokens: int,
    models: str,
    proposer: str,
    limit: int | None,
    seed: int,
    no_test: bool,
    workspace: Path | None,
    settings: tuple[str, ...],
    as_json: bool,
    **model: object,
) -> None:
    """Search for a better program; prove it on the sealed test split.

    The winner is labelled candidate. Promote it with bidproof prompts promote, which asks for the
    proof. Run the same command again after an interruption: it goes on where it stopped.
    """
    from typing import cast

    from bidproof.cli.printing.basics import print_json, progress_bars
    from bidproof.cli.printing.optimize import print_optimization
    from bidproof.flows.optimize.records import Method, OptimizeRequest
    from bidproof.flows.optimize.run import optimize
    from bidproof.runtime.session import SessionRequest, open_session

    request = OptimizeRequest(
        gold=gold,
        method=cast("Method", method),
        metric=metric,
        judge=judge,
        budget_calls=budget_calls,
        budget_usd=budget_usd,
        minutes=minutes,
        trials=trials,
        max_prompt_tokens=max_prompt_tokens,
        models=tuple(name.strip() for name in models.split(",") if name.strip()),
        proposer=proposer,
        limit=limit,
        seed=seed,
        has_test=not no_test,
    )
    flags = gather_flags(settings, **model)
    with (
        open_session(SessionRequest(workspace=workspace, flags=flags)) as session,
        progress_bars(is_quiet=as_json) as progress,
    ):
        report = optimize(request, session=session, progress=progress)
    if as_json:
        print_json(report)
    else:
        print_optimization(report)
