"""``bidproof route fit RUN_SMALL [RUN_LARGE]``."""

from pathlib import Path

import click

from bidproof.cli.options import gather_flags, json_option, workspace_option


@click.command(name="fit")
@click.argument("run_small")
@click.argument("run_large", required=False)
@click.option(
    "--error", type=float, default=0.05, show_default=True, help="Share of ready answers that is wrong."
)
@click.option("--confidence", type=float, default=0.95, show_default=True, help="Of the promise.")
@click.option("--metric", help="What says that an answer is right. [default: the most telling of the run]")
@click.option("--least", type=float, default=0.5, show_default=True, help="Right from this value on.")
@click.option("--quality", type=float, help="Least quality of a cascade. [default: the large model's]")
@click.option("--coverage", type=float, help="Least share answered. [default: the large model's]")
@click.option(
    "--person-usd", type=float, default=0.0, show_default=True, help="What a person's answer costs."
)
@click.option("--share", type=float, default=0.4, show_default=True, help="Of the cases to fit on.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the parting; choose it beforehand.")
@click.option("--one-per-group", is_flag=True, help="Certify on one answer a questionnaire.")
@click.option("--expert-below", type=float, default=0.2, show_default=True, help="To an expert below this.")
@workspace_option
@json_option
def command(
    run_small: str,
    run_large: str | None,
    error: float,
    confidence: float,
    metric: str | None,
    least: float,
    quality: float | None,
    coverage: float | None,
    person_usd: float,
    share: float,
    seed: int,
    one_per_group: bool,
    expert_below: float,
    workspace: Path | None,
    settings: tuple[str, ...],
    as_json: bool,
) -> None:
    """Fit on the stored run RUN_SMALL; with RUN_LARGE, a cascade of both.

    The cases are parted once: one part is fitted on, the other tested. An answer is marked ready
    where the certificate allows it: of those at most --error are wrong, with --confidence.
    """
    from bidproof.cli.printing.basics import print_json
    from bidproof.cli.printing.route import print_fit
    from bidproof.flows.route import FitRequest, fit
    from bidproof.routing.promises import RouteOptions
    from bidproof.runtime.session import SessionRequest, open_session

    request = FitRequest(
        small=run_small,
        large=run_large or "",
        metric=metric or "",
        least_right=least,
        options=RouteOptions(
            error=error,
            confidence=confidence,
            share=share,
            seed=seed,
            is_one_a_group=one_per_group,
            target=quality,
            least_coverage=coverage,
            person_usd=person_usd,
            expert_below=expert_below,
        ),
    )
    with open_session(SessionRequest(workspace=workspace, flags=gather_flags(settings))) as session:
        report = fit(request, session=session)
    if as_json:
        print_json(report)
    else:
        print_fit(report)
