"""``bidproof prompts new/label/promote/rollback/merge``."""

from dataclasses import replace
from pathlib import Path
from typing import cast

import click

from bidproof.cli.inputs import Invocation, inputs, read_pairs
from bidproof.flows.requests.programs import NewRequest, PromoteRequest

author_option = click.option("--author", default="", help="Who does it. [default: the user of this machine]")


@click.command(name="new")
@click.option("--text", "files", multiple=True, metavar="NAME=FILE", help="Take a text from a file; repeat.")
@inputs(NewRequest, has_settings=False)
def new_command(invocation: Invocation, request: NewRequest, files: tuple[str, ...]) -> None:
    """Make a version from another one.

    To use a text editor, export a folder, change its files, and name the folder with --from.
    Texts may hold {{parts}} and {{variables}}; one without a value is refused here, never while drafting.
    """
    from bidproof.cli.printing.prompts import print_new, version_document
    from bidproof.flows.prompts.change import new_program
    from bidproof.flows.prompts.exchange import read_text

    named = read_pairs(files, flag="--text", metavar="NAME=FILE")
    request = replace(request, texts={name: read_text(Path(path)) for name, path in named.items()})
    report = new_program(request, workspace=invocation.workspace)
    invocation.show(report, print_new, document=version_document(report))


@click.command(name="label")
@click.argument("label")
@click.argument("program", required=False)
@click.option("--remove", is_flag=True, help="Take the label away.")
@click.option(
    "--protect/--unprotect", "is_protected", default=None, help="Ask for a proof to move it, or not."
)
@click.option("--reason", default="", help="Why; kept in the log.")
@author_option
@inputs(has_settings=False)
def label_command(
    invocation: Invocation,
    label: str,
    program: str | None,
    remove: bool,
    is_protected: bool | None,
    reason: str,
    author: str,
) -> None:
    """Put LABEL on PROGRAM. A protected label, such as production, moves by promote alone."""
    from bidproof.cli.printing.prompts import print_entry
    from bidproof.flows.prompts.change import label_program, protect_label

    if sum((program is not None, remove, is_protected is not None)) != 1:
        raise click.UsageError("name a program, or give --remove, --protect or --unprotect")
    place = invocation.workspace
    if is_protected is not None:
        entry = protect_label(label, is_protected=is_protected, workspace=place, reason=reason, by=author)
    else:
        entry = label_program(label, program or "", workspace=place, reason=reason, by=author)
    invocation.show(entry, print_entry)


@click.command(name="promote")
@click.argument("program")
@inputs(PromoteRequest, has_settings=False)
def promote_command(invocation: Invocation, request: PromoteRequest) -> None:
    """Put a label on PROGRAM once it is proven: better, or equivalent at lower cost, and nothing worse."""
    from bidproof.cli.printing.prompts import print_entry
    from bidproof.flows.prompts.change import promote_program

    invocation.show(promote_program(request, workspace=invocation.workspace), print_entry)


@click.command(name="rollback")
@click.argument("label", default="production")
@click.option("--to", default="", metavar="PROGRAM", help="One of its earlier places. [default: the last]")
@click.option("--reason", required=True, help="Why; kept in the log.")
@author_option
@inputs(has_settings=False)
def rollback_command(invocation: Invocation, label: str, to: str, reason: str, author: str) -> None:
    """Move LABEL back to where it was before; once more goes further back."""
    from bidproof.cli.printing.prompts import print_entry
    from bidproof.flows.prompts.change import rollback_label

    entry = rollback_label(label, workspace=invocation.workspace, reason=reason, to=to, by=author)
    invocation.show(entry, print_entry)


@click.command(name="merge")
@click.argument("ours")
@click.argument("theirs")
@click.option("-m", "--message", required=True, help="Why they are joined.")
@click.option(
    "--take", "takes", multiple=True, metavar="FIELD=ours|theirs", help="Decide a conflict; repeat."
)
@author_option
@inputs(has_settings=False)
def merge_command(
    invocation: Invocation, ours: str, theirs: str, message: str, takes: tuple[str, ...], author: str
) -> int:
    """Join two versions that come from one; with conflicts they are shown, nothing is stored, exit 1."""
    from bidproof.cli.printing.prompts import merge_document, print_merge
    from bidproof.flows.prompts.change import merge_programs
    from bidproof.prompts.merging import Side

    take = read_pairs(takes, flag="--take", metavar="FIELD=ours|theirs")
    if wrong := [value for value in take.values() if value not in ("ours", "theirs")]:
        raise click.BadParameter(f"found {wrong[0]!r}, expected ours or theirs", param_hint="--take")
    result = merge_programs(
        ours,
        theirs,
        workspace=invocation.workspace,
        message=message,
        take=cast("dict[str, Side]", take),
        by=author,
    )
    invocation.show(result, print_merge, document=merge_document(result))
    return 1 if result.conflicts else 0
