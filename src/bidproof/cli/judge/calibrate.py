"""``bidproof judge calibrate LABELS``."""

from pathlib import Path

import click

from bidproof.cli.options import gather_flags, json_option, workspace_option


@click.command(name="calibrate")
@click.argument("labels", type=click.Path(path_type=Path))
@click.option("--model", "models", multiple=True, help="Judge; name several for a panel. [default: offline]")
@click.option("--base-url", help="OpenAI-compatible address; the key comes from BIDPROOF_API_KEY.")
@click.option("--map", "columns", multiple=True, metavar="ROLE=COLUMN", help="Say which column holds what.")
@click.option("--repeats", type=int, default=3, show_default=True, help="Readings of each answer.")
@click.option("--no-biases", is_flag=True, help="Do not measure position and verbosity bias.")
@workspace_option
@json_option
def command(
    labels: Path,
    models: tuple[str, ...],
    base_url: str | None,
    columns: tuple[str, ...],
    repeats: int,
    no_biases: bool,
    workspace: Path | None,
    settings: tuple[str, ...],
    as_json: bool,
) -> None:
    """Hold a judge against LABELS, and keep what was found for later runs.

    LABELS is a CSV or JSONL file with the columns question, answer, evidence and label (yes or no;
    several label columns for several raters).
    """
    from bidproof.cli.printing.basics import print_json, progress_bars
    from bidproof.cli.printing.judge import parse_columns, print_calibration
    from bidproof.flows.judge import CalibrateRequest, calibrate_judge
    from bidproof.runtime.session import SessionRequest, open_session

    request = CalibrateRequest(
        labels=labels,
        models=models,
        columns=parse_columns(columns),
        repeats=repeats,
        has_biases=not no_biases,
    )
    flags = gather_flags(settings, base_url=base_url)
    with (
        open_session(SessionRequest(workspace=workspace, flags=flags)) as session,
        progress_bars(is_quiet=as_json) as progress,
    ):
        report = calibrate_judge(request, session=session, progress=progress)
    if as_json:
        print_json(report)
    else:
        print_calibration(report)
