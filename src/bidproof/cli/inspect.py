"""``bidproof inspect FILE``."""

from pathlib import Path

import click

from bidproof.cli.options import json_option


@click.command(name="inspect")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--mapping", type=click.Path(path_type=Path), help="Read the file with this mapping.")
@click.option(
    "--save-mapping", type=click.Path(path_type=Path), help="Write the mapping here, to correct it."
)
@json_option
def command(file: Path, mapping: Path | None, save_mapping: Path | None, as_json: bool) -> None:
    """Show what was detected in a questionnaire: questions, answer slots, and how sure it is.

    When something is wrong: save the mapping, correct it in any editor, and pass it back with
    --mapping here and to bidproof answer.
    """
    from bidproof.cli.printing.basics import print_inspection, print_json
    from bidproof.flows.inspect import inspect

    report = inspect(file, mapping=mapping, save_to=save_mapping)
    if as_json:
        print_json(report)
        return
    print_inspection(report)
