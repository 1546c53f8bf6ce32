"""``bidproof eval GOLD``, in full ``bidproof eval run GOLD``."""

from pathlib import Path

import click

from bidproof.cli.options import gather_flags, json_option, model_options, workspace_option


@click.command(name="run")
@click.argument("gold")
@click.option(
    "--docs", multiple=True, type=click.Path(path_type=Path), help="Bring these in and use only them."
)
@click.option(
    "--split",
    type=click.Choice(["train", "dev", "test", "all"]),
    help="Part of the set. [default: dev where the set is split, else all]",
)
@click.option("--metrics", help="Names of metrics, with commas between. [default: all that fit]")
@click.option(
    "--metrics-file", multiple=True, type=click.Path(path_type=Path), help="Python file with your metrics."
)
@click.option("--judge", default="", help="Model that judges; without one, metrics are by code alone.")
@click.option(
    "--with",
    "bridges",
    multiple=True,
    type=click.Choice(["ragas", "deepeval"]),
    help="Run that library's own metrics beside ours, by the same judge.",
)
@click.option(
    "--answers", type=click.Path(path_type=Path), help="JSONL with another system's answers to score."
)
@click.option("--repeats", type=int, default=1, show_default=True, help="Times each case is answered.")
@click.option("--limit", type=int, help="Only so many cases, the first ones.")
@click.option("--label", default="", help="Name for the run, to compare with later.")
@click.option(
    "--error-budget", type=float, default=0.1, show_default=True, help="Share of failures that stops the run."
)
@click.option("--fresh", is_flag=True, help="Answer anew instead of taking finished answers over.")
@click.option("--no-report", is_flag=True, help="Write no HTML report.")
@model_options
@workspace_option
@json_option
def command(
    gold: str,
    docs: tuple[Path, ...],
    split: str | None,
    metrics: str | None,
    metrics_file: tuple[Path, ...],
    judge: str,
    bridges: tuple[str, ...],
    answers: Path | None,
    repeats: int,
    limit: int | None,
    label: str,
    error_budget: float,
    fresh: bool,
    no_report: bool,
    workspace: Path | None,
    settings: tuple[str, ...],
    as_json: bool,
    **model: object,
) -> int:
    """Answer the questions of GOLD, score the answers, and store the run with a report.

    Run the same command again after an interruption: it goes on where it stopped, and no finished
    model call is paid twice. Exit status 1 means that the error budget was spent.
    """
    from bidproof.cli.printing.basics import print_json, progress_bars
    from bidproof.cli.printing.evaluation import print_evaluation
    from bidproof.flows.evaluate import EvaluateRequest, evaluate
    from bidproof.runtime.session import SessionRequest, open_session

    request = EvaluateRequest(
        gold=gold,
        docs=docs,
        split=split or "",
        metrics=tuple(name.strip() for name in (metrics or "").split(",") if name.strip()),
        metric_files=metrics_file,
        judge=judge,
        bridges=bridges,
        answers=answers,
        repeats=repeats,
        limit=limit,
        label=label,
        error_budget=error_budget,
        fresh=fresh,
        has_report=not no_report,
    )
    flags = gather_flags(settings, **model)
    with (
        open_session(SessionRequest(workspace=workspace, flags=flags)) as session,
        progress_bars(is_quiet=as_json) as progress,
    ):
        report = evaluate(request, session=session, progress=progress)
    if as_json:
        print_json(report)
    else:
        print_evaluation(report)
    return 1 if report.info.state == "stopped" else 0
