"""``bidproof finetune check``."""

from pathlib import Path

import click

from bidproof.cli.options import json_option


@click.command(name="check")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
def command(file: Path, as_json: bool) -> int:
    """Check FILE line by line: roles, the reply's schema, quotes and proof, lengths. Exit 1 on a problem."""
    from bidproof.cli.printing.basics import print_json
    from bidproof.cli.printing.finetune import print_check
    from bidproof.flows.finetune import check_training_file

    report = check_training_file(file)
    if as_json:
        print_json(report)
    else:
        print_check(report)
    return 1 if report.problems else 0
