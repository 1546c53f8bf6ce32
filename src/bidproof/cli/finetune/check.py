"""``bidproof finetune check``."""

from pathlib import Path

import click

from bidproof.cli.inputs import Invocation, inputs


@click.command(name="check")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@inputs(has_workspace=False, has_settings=False)
def command(invocation: Invocation, file: Path) -> int:
    """Check FILE line by line: roles, the reply's schema, quotes and proof, lengths. Exit 1 on a problem."""
    from bidproof.cli.printing.finetune import print_check
    from bidproof.flows.finetune import check_training_file

    report = check_training_file(file)
    invocation.show(report, print_check)
    return 1 if report.problems else 0
