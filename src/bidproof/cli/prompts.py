"""``bidproof prompts``: look at stored programs, change them, exchange them."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from bidproof.cli.inputs import Invocation, inputs, read_pairs
from bidproof.flows.requests.programs import NewRequest, PromoteRequest

if TYPE_CHECKING:
    from bidproof.flows.prompts.exchange import ExportFormat

author_option = click.option(
    "--author", "by", default="", help="Who does it. [default: the user of this machine]"
)


@click.group(name="prompts")
def command() -> None:
    """Keep prompts, examples and settings as programs: versions, labels, proof, rollback.

    A version is named by its digest, the beginning of one, or a label. Every draft and run names the
    digest of the program that made it.
    """


@command.command(name="list")
@inputs()
def list_command(invocation: Invocation) -> int:
    """List versions with their labels, and say which program drafts now.

    Exits 1 when a version is damaged or the chosen program cannot be used.
    """
    from bidproof.cli.printing.prompts import list_document, print_list
    from bidproof.flows.prompts.view import list_programs
    from bidproof.runtime.session import load_configuration

    report = list_programs(load_configuration(invocation.session_request))
    invocation.show(report, print_list, document=list_document(report))
    return 1 if report.problems else 0


@command.command(name="show")
@click.argument("name")
@click.option("--question", default="", help="Show the chat that this question would open.")
@click.option("--option", "options", multiple=True, help="With --question: a choice to offer; repeat.")
@click.option("--sent", is_flag=True, help="Print every text as it is sent, parts put in.")
@inputs(has_settings=False)
def show_command(
    invocation: Invocation, name: str, question: str, options: tuple[str, ...], sent: bool
) -> None:
    """Show one version: origin, settings, texts and their lengths in tokens.

    Passages of the chat are stand-ins: nothing is searched and no model is asked.
    """
    from bidproof.cli.printing.prompts import print_version, show_document
    from bidproof.flows.prompts.view import show_program

    report = show_program(name, workspace=invocation.workspace, question=question, options=options)
    invocation.show(
        report, lambda found: print_version(found, with_sent=sent), document=show_document(report)
    )


@command.command(name="diff")
@click.argument("a")
@click.argument("b")
@inputs(has_settings=False)
def diff_command(invocation: Invocation, a: str, b: str) -> None:
    """Show what version B changes: texts, examples, settings, reply schemas."""
    from bidproof.cli.printing.prompts import print_diff
    from bidproof.flows.prompts.view import diff_programs

    invocation.show(diff_programs(a, b, workspace=invocation.workspace), print_diff)


@command.command(name="log")
@click.option("--label", default="", help="Only this label: where it was, who moved it and why.")
@inputs(has_settings=False)
def log_command(invocation: Invocation, label: str) -> int:
    """Show versions newest first, with parents, labels, and quality, cost and latency of their runs."""
    from bidproof.cli.printing.prompts import log_document, print_log
    from bidproof.flows.prompts.view import log_programs

    report = log_programs(workspace=invocation.workspace, label=label)
    invocation.show(report, print_log, document=log_document(report))
    return 1 if report.problems else 0


@command.command(name="new")
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
    with invocation.session(makes_workspace=True):
        report = new_program(request, workspace=invocation.workspace)
    invocation.show(report, print_new, document=version_document(report))


@command.command(name="label")
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
    by: str,
) -> None:
    """Put LABEL on PROGRAM. A protected label, such as production, moves by promote alone."""
    from bidproof.cli.printing.prompts import print_entry
    from bidproof.flows.prompts.change import author, store_of

    if sum((program is not None, remove, is_protected is not None)) != 1:
        raise click.UsageError("name a program, or give --remove, --protect or --unprotect")
    with invocation.session():
        store = store_of(invocation.workspace)
        if is_protected is not None:
            entry = store.protect(label, is_protected=is_protected, author=author(by), reason=reason)
        else:
            entry = store.label(label, program or "", author=author(by), reason=reason)
    invocation.show(entry, print_entry)


@command.command(name="promote")
@click.argument("program")
@inputs(PromoteRequest, has_settings=False)
def promote_command(invocation: Invocation, request: PromoteRequest) -> None:
    """Put a label on PROGRAM once it is proven: better, or equivalent at lower cost, and nothing worse."""
    from bidproof.cli.printing.prompts import print_entry
    from bidproof.flows.prompts.change import promote_program

    with invocation.session():
        entry = promote_program(request, workspace=invocation.workspace)
    invocation.show(entry, print_entry)


@command.command(name="rollback")
@click.argument("label", default="production")
@click.option("--to", default="", metavar="PROGRAM", help="One of its earlier places. [default: the last]")
@click.option("--reason", required=True, help="Why; kept in the log.")
@author_option
@inputs(has_settings=False)
def rollback_command(invocation: Invocation, label: str, to: str, reason: str, by: str) -> None:
    """Move LABEL back to where it was before; once more goes further back."""
    from bidproof.cli.printing.prompts import print_entry
    from bidproof.flows.prompts.change import author, store_of

    with invocation.session():
        entry = store_of(invocation.workspace).rollback(label, author=author(by), reason=reason, to=to)
    invocation.show(entry, print_entry)


@command.command(name="merge")
@click.argument("ours")
@click.argument("theirs")
@click.option("-m", "--message", required=True, help="Why they are joined.")
@click.option(
    "--take", "takes", multiple=True, metavar="FIELD=ours|theirs", help="Decide a conflict; repeat."
)
@author_option
@inputs(has_settings=False)
def merge_command(
    invocation: Invocation, ours: str, theirs: str, message: str, takes: tuple[str, ...], by: str
) -> int:
    """Join two versions that come from one; with conflicts they are shown, nothing is stored, exit 1."""
    from bidproof.cli.printing.prompts import merge_document, print_merge
    from bidproof.flows.prompts.change import author, store_of
    from bidproof.prompts.merging import Side

    take = read_pairs(takes, flag="--take", metavar="FIELD=ours|theirs")
    if wrong := [value for value in take.values() if value not in ("ours", "theirs")]:
        raise click.BadParameter(f"found {wrong[0]!r}, expected ours or theirs", param_hint="--take")
    with invocation.session():
        result = store_of(invocation.workspace).merge(
            ours, theirs, message=message, author=author(by), take=cast("dict[str, Side]", take)
        )
    invocation.show(result, print_merge, document=merge_document(result))
    return 1 if result.conflicts else 0


@command.command(name="export")
@click.argument("program")
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path), help="Folder, or JSON file.")
@click.option(
    "--format",
    "layout",
    type=click.Choice(["folder", "dspy", "chat"]),
    default="folder",
    show_default=True,
    help="Text files to edit; the state of a DSPy module; a chat template with variables.",
)
@inputs(has_settings=False)
def export_command(invocation: Invocation, program: str, out: Path, layout: str) -> None:
    """Write PROGRAM to files, for an editor or for other tools."""
    from bidproof.flows.prompts.exchange import export_program

    kind = cast("ExportFormat", layout)
    report = export_program(program, out=out, layout=kind, workspace=invocation.workspace)
    invocation.show(report, lambda made: click.echo(f"{made.digest} written to {made.path} ({made.format})"))


@command.command(name="import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("-m", "--message", required=True, help="Why this version is made.")
@click.option(
    "--from",
    "start",
    default="",
    metavar="PROGRAM",
    help="Gives what the file does not hold. [default: production, else packaged]",
)
@author_option
@inputs(has_settings=False)
def import_command(invocation: Invocation, path: Path, message: str, start: str, by: str) -> None:
    """Make a version of an exported folder, a DSPy state (JSON), or a chat template (JSON)."""
    from bidproof.cli.printing.prompts import print_new, version_document
    from bidproof.flows.prompts.exchange import import_program

    with invocation.session(makes_workspace=True):
        report = import_program(path, message=message, start=start, author=by, workspace=invocation.workspace)
    invocation.show(report, print_new, document=version_document(report))
