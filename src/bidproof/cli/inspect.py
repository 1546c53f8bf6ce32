"""``bidproof inspect FILE``."""

from pathlib import Path

import click

from bidproof.cli.inputs import Invocation, inputs


@click.command(name="inspect")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--mapping", type=click.Path(path_type=Path), help="Read the file with this mapping.")
@click.option(
    "--save-mapping", type=click.Path(path_type=Path), help="Write the mapping here, to correct it."
)
@inputs(has_workspace=False, has_settings=False)
def command(invocation: Invocation, file: Path, mapping: Path | None, save_mapping: Path | None) -> None:
    """Show what was detected in a questionnaire: questions, answer slots, and how sure it is.

    When something is wrong: save the mapping, correct it in any editor, and pass it back with
    --mapping here and to bidproof answer.
    """
    from bidproof.cli.printing.basics import print_inspection
    from bidproof.flows.inspect import inspect

    invocation.show(inspect(file, mapping=mapping, save_to=save_mapping), print_inspection)
