"""``bidproof finetune``: training data out, tuned models held against the old one."""

from pathlib import Path

import click

from bidproof.cli.inputs import Invocation, inputs
from bidproof.cli.lazy import OrderedGroup
from bidproof.flows.requests.programs import ExportRequest, ModelsRequest


@click.group(name="finetune", cls=OrderedGroup)
def command() -> None:
    """Hand approved answers over for fine-tuning elsewhere, and measure what came of it.

    Nothing is tuned here. What a gold set measures with is never among the training data.
    """


@command.command(name="export", short_help="Write approved answers as training data.")
@click.argument("out", metavar="FOLDER", type=click.Path(file_okay=False, path_type=Path))
@inputs(ExportRequest)
def export_command(invocation: Invocation, request: ExportRequest) -> None:
    """Write train.jsonl, valid.jsonl and manifest.json to FOLDER: chat-format lines for fine-tuning.

    Only answers whose reply passes every check are written. Questions that a gold set measures with, and
    answers that repeat its answers, are left out and counted.
    """
    from bidproof.cli.printing.finetune import print_export
    from bidproof.flows.finetune import export_training_data

    with invocation.working(makes_workspace=False) as (session, progress):
        report = export_training_data(request, session=session, progress=progress)
    invocation.show(report, lambda written: print_export(written, request.out))


@command.command(name="check", short_help="Check a file of training data, line by line.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@inputs(has_workspace=False, has_settings=False)
def check_command(invocation: Invocation, file: Path) -> int:
    """Check FILE line by line: roles, the reply's schema, quotes and proof, lengths. Exit 1 on a problem."""
    from bidproof.cli.printing.finetune import print_check
    from bidproof.flows.finetune import check_training_file

    report = check_training_file(file)
    invocation.show(report, print_check)
    return 1 if report.problems else 0


@command.command(name="compare", short_help="Hold a tuned model against the one in use.")
@inputs(ModelsRequest)
def compare_command(invocation: Invocation, request: ModelsRequest) -> None:
    """Hold a tuned model against the one that the settings name: same program, same cases, paired test.

    The same as two bidproof eval runs, the second with --model, and bidproof compare.
    """
    from bidproof.cli.printing.compare import print_comparison
    from bidproof.flows.finetune import compare_models

    with invocation.progress() as progress:
        report = compare_models(request, base=invocation.session_request, progress=progress)
    invocation.show(report.comparison, print_comparison)
