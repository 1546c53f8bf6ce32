"""``bidproof prompts new/label/promote/rollback/merge``."""

from pathlib import Path
from typing import cast

import click

from bidproof.cli.options import json_option
from bidproof.cli.prompts.options import author_option, pairs, place_option


@click.command(name="new")
@click.option("-m", "--message", required=True, help="Why this version is made.")
@click.option(
    "--from",
    "start",
    default="",
    metavar="PROGRAM|FOLDER",
    help="What it starts from: a version, an exported folder, packaged, or extractive. "
    "[default: production, else packaged]",
)
@click.option("--text", "texts", multiple=True, metavar="NAME=FILE", help="Take a text from a file; repeat.")
@click.option("--var", "variables", multiple=True, metavar="NAME=TEXT", help="Value of {{NAME}}; repeat.")
@click.option(
    "--set",
    "values",
    multiple=True,
    metavar="NAME=VALUE",
    help="Any other field: retrieval.top_k=5, calls=two, …",
)
@click.option("--examples", type=click.Path(path_type=Path), help="JSON file with the few-shot examples.")
@click.option("--label", default="", help="Put this label on it, when it is not protected.")
@author_option
@place_option
@json_option
def new_command(
    message: str,
    start: str,
    texts: tuple[str, ...],
    variables: tuple[str, ...],
    values: tuple[str, ...],
    examples: Path | None,
    label: str,
    author: str,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Make a version from another one.

    To use a text editor, export a folder, change its files, and name the folder with --from.
    Texts may hold {{parts}} and {{variables}}; one without a value is refused here, never while drafting.
    """
    from bidproof.cli.printing.basics import print_json
    from bidproof.cli.printing.prompts import print_new
    from bidproof.flows.prompts.change import NewRequest, new_program
    from bidproof.flows.prompts.change import as_json as version_json
    from bidproof.flows.prompts.exchange import read_text

    request = NewRequest(
        message=message,
        start=start,
        texts={name: read_text(Path(path)) for name, path in pairs(texts, "--text").items()},
        variables=pairs(variables, "--var"),
        values=pairs(values, "--set"),
        examples=examples,
        label=label,
        author=author,
    )
    report = new_program(request, workspace=workspace)
    if as_json:
        print_json({**version_json(report.version), "is_new": report.is_new})
    else:
        print_new(report)


@click.command(name="label")
@click.argument("label")
@click.argument("program", required=False)
@click.option("--remove", is_flag=True, help="Take the label away.")
@click.option(
    "--protect/--unprotect", "is_protected", default=None, help="Ask for a proof to move it, or not."
)
@click.option("--reason", default="", help="Why; kept in the log.")
@author_option
@place_option
@json_option
def label_command(
    label: str,
    program: str | None,
    remove: bool,
    is_protected: bool | None,
    reason: str,
    author: str,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Put LABEL on PROGRAM. A protected label, such as production, moves by promote alone."""
    from bidproof.cli.printing.basics import print_json
    from bidproof.cli.printing.prompts import print_entry
    from bidproof.flows.prompts.change import label_program, protect_label

    if sum((program is not None, remove, is_protected is not None)) != 1:
        raise click.UsageError("name a program, or give --remove, --protect or --unprotect")
    if is_protected is not None:
        entry = protect_label(label, is_protected=is_protected, workspace=workspace, reason=reason, by=author)
    else:
        entry = label_program(label, program or "", workspace=workspace, reason=reason, by=author)
    if as_json:
        print_json(entry)
    else:
        print_entry(entry)


@click.command(name="promote")
@click.argument("program")
@click.option("--to", "label", default="production", show_default=True, help="The label to move.")
@click.option("--proof", default="", metavar="RUN|FILE", help="A run of it, or bidproof compare … --json.")
@click.option("--baseline", default="", metavar="RUN", help="Run to hold it against. [default: found]")
@click.option("--force", is_flag=True, help="Move it without a proof; needs --reason.")
@click.option("--reason", default="", help="Why; kept in the log.")
@author_option
@place_option
@json_option
def promote_command(
    program: str,
    label: str,
    proof: str,
    baseline: str,
    force: bool,
    reason: str,
    author: str,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Put a label on PROGRAM once it is proven: better, or equivalent at lower cost, and nothing worse."""
    from bidproof.cli.printing.basics import print_json
    from bidproof.cli.printing.prompts import print_entry
    from bidproof.flows.prompts.change import PromoteRequest, promote_program

    request = PromoteRequest(
        program=program,
        label=label,
        proof=proof,
        baseline=baseline,
        force=force,
        reason=reason,
        author=author,
    )
    entry = promote_program(request, workspace=workspace)
    if as_json:
        print_json(entry)
    else:
        print_entry(entry)


@click.command(name="rollback")
@click.argument("label", default="production")
@click.option("--to", default="", metavar="PROGRAM", help="One of its earlier places. [default: the last]")
@click.option("--reason", required=True, help="Why; kept in the log.")
@author_option
@place_option
@json_option
def rollback_command(
    label: str, to: str, reason: str, author: str, workspace: Path | None, as_json: bool
) -> None:
    """Move LABEL back to where it was before; once more goes further back."""
    from bidproof.cli.printing.basics import print_json
    from bidproof.cli.printing.prompts import print_entry
    from bidproof.flows.prompts.change import rollback_label

    entry = rollback_label(label, workspace=workspace, reason=reason, to=to, by=author)
    if as_json:
        print_json(entry)
    else:
        print_entry(entry)


@click.command(name="merge")
@click.argument("ours")
@click.argument("theirs")
@click.option("-m", "--message", required=True, help="Why they are joined.")
@click.option(
    "--take", "takes", multiple=True, metavar="FIELD=ours|theirs", help="Decide a conflict; repeat."
)
@author_option
@place_option
@json_option
def merge_command(
    ours: str,
    theirs: str,
    message: str,
    takes: tuple[str, ...],
    author: str,
    workspace: Path | None,
    as_json: bool,
) -> int:
    """Join two versions that come from one; with conflicts they are shown, nothing is stored, exit 1."""
    from bidproof.cli.printing.basics import print_json
    from bidproof.cli.printing.prompts import print_merge
    from bidproof.flows.prompts.change import as_json as version_json
    from bidproof.flows.prompts.change import merge_programs
    from bidproof.prompts.merging import Side

    take = pairs(takes, "--take")
    if wrong := [value for value in take.values() if value not in ("ours", "theirs")]:
        raise click.BadParameter(f"found {wrong[0]!r}, expected ours or theirs", param_hint="--take")
    result = merge_programs(
        ours, theirs, workspace=workspace, message=message, take=cast("dict[str, Side]", take), by=author
    )
    if as_json:
        made = version_json(result.version) if result.version else None
        print_json(
            {"version": made, "base": result.base, "conflicts": result.conflicts, "theirs": result.theirs}
        )
    else:
        print_merge(result)
    return 1 if result.conflicts else 0
