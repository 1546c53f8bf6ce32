"""``bidproof finetune export``."""

from pathlib import Path

import click

from bidproof.cli.options import gather_flags, json_option, workspace_option


@click.command(name="export")
@click.argument("out", metavar="FOLDER", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--from",
    "sources",
    default="feedback,library,gold",
    show_default=True,
    metavar="SOURCES",
    help="Of feedback, library, gold (train splits only).",
)
@click.option("--program", default="", help="Whose prompts are written. [default: production, else packaged]")
@click.option(
    "--test-share",
    type=click.FloatRange(0, 0.9),
    default=0.1,
    show_default=True,
    help="Share that goes into valid.jsonl.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of the split.")
@workspace_option
@json_option
def command(
    out: Path,
    sources: str,
    program: str,
    test_share: float,
    seed: int,
    workspace: Path | None,
    settings: tuple[str, ...],
    as_json: bool,
) -> None:
    """Write train.jsonl, valid.jsonl and manifest.json to FOLDER: chat-format lines for fine-tuning.

    Only answers whose reply passes every check are written. Questions that a gold set measures with, and
    answers that repeat its answers, are left out and counted.
    """
    from bidproof.cli.printing.basics import print_json, progress_bars
    from bidproof.cli.printing.finetune import print_export
    from bidproof.flows.finetune import ExportRequest, export_training_data
    from bidproof.runtime.session import SessionRequest, open_session

    request = ExportRequest(
        out=out,
        sources=tuple(name.strip() for name in sources.split(",") if name.strip()),
        program=program,
        valid_share=test_share,
        seed=seed,
    )
    with (
        open_session(SessionRequest(workspace=workspace, flags=gather_flags(settings))) as session,
        progress_bars(is_quiet=as_json) as progress,
    ):
        report = export_training_data(request, session=session, progress=progress)
    if as_json:
        print_json(report)
    else:
        print_export(report, out)
