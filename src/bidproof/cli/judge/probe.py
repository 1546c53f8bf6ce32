"""``bidproof judge probe``."""

from pathlib import Path

import click

from bidproof.cli.options import gather_flags, json_option, workspace_option


@click.command(name="probe")
@click.option("--model", "models", multiple=True, help="Judge; name several for a panel. [default: offline]")
@click.option("--base-url", help="OpenAI-compatible address; the key comes from BIDPROOF_API_KEY.")
@click.option("--system", is_flag=True, help="Probe the checks of the answering system instead of a judge.")
@click.option(
    "--labels", type=click.Path(path_type=Path), help="Take true claims from labels, not from stored answers."
)
@click.option("--map", "columns", multiple=True, metavar="ROLE=COLUMN", help="Say which column holds what.")
@click.option("--per-kind", type=click.IntRange(1), default=25, show_default=True, help="Edits of each kind.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the choice of edits.")
@click.option("--missed", is_flag=True, help="Also print what went unnoticed and what was refused wrongly.")
@workspace_option
@json_option
def command(
    models: tuple[str, ...],
    base_url: str | None,
    system: bool,
    labels: Path | None,
    columns: tuple[str, ...],
    per_kind: int,
    seed: int,
    missed: bool,
    workspace: Path | None,
    settings: tuple[str, ...],
    as_json: bool,
) -> None:
    """Change one thing in claims that are true (a number, a negation, a name, a word of scope).

    Shows how often the change is noticed, and how often a true claim is refused. The claims are
    those of the workspace's stored answers, held against what they cite.
    """
    from bidproof.cli.printing.basics import print_json, progress_bars
    from bidproof.cli.printing.judge import parse_columns, print_probes
    from bidproof.flows.judge import ProbeRequest, probe_judge
    from bidproof.runtime.session import SessionRequest, open_session

    request = ProbeRequest(
        models=models,
        subject="system" if system else "judge",
        labels=labels,
        columns=parse_columns(columns),
        per_kind=per_kind,
        seed=seed,
    )
    flags = gather_flags(settings, base_url=base_url)
    with (
        open_session(SessionRequest(workspace=workspace, flags=flags)) as session,
        progress_bars(is_quiet=as_json) as progress,
    ):
        report = probe_judge(request, session=session, progress=progress)
    if as_json:
        print_json(report)
    else:
        print_probes(report, with_missed=missed)
