"""``bidproof inspect FILE``."""

from pathlib import Path

import click

from bidproof.cli.inputs import MODEL_FLAGS, Invocation, inputs


@click.command(name="inspect")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--mapping", type=click.Path(path_type=Path), help="Read the file with this mapping.")
@click.option(
    "--save-mapping", type=click.Path(path_type=Path), help="Write the mapping here, to correct it."
)
@click.option(
    "--map-with-model/--no-map-with-model",
    default=None,
    help="Ask the model what the columns are for. [default: where one is set and the evidence disagrees]",
)
@inputs(flags=MODEL_FLAGS)
def command(
    invocation: Invocation,
    file: Path,
    mapping: Path | None,
    save_mapping: Path | None,
    map_with_model: bool | None,
) -> None:
    """Show what was detected in a questionnaire: questions, answer slots, and how sure it is.

    When something is wrong: save the mapping, correct it in any editor, and pass it back with
    --mapping here and to bidproof answer.
    """
    from bidproof.cli.printing.basics import print_inspection
    from bidproof.flows.inspect import inspect
    from bidproof.flows.mapping import ModelUse
    from bidproof.runtime.session import load_configuration

    use = ModelUse(
        asks=map_with_model,
        model=load_configuration(invocation.session_request).settings.model,
        opened=lambda: invocation.session(makes_workspace=True),
    )
    invocation.show(inspect(file, mapping=mapping, save_to=save_mapping, use=use), print_inspection)
