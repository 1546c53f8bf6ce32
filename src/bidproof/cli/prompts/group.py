"""``bidproof prompts``: look at stored programs; the commands that change them are beside."""

import click

from bidproof.cli.inputs import Invocation, inputs
from bidproof.cli.prompts.change import (
    label_command,
    merge_command,
    new_command,
    promote_command,
    rollback_command,
)
from bidproof.cli.prompts.exchange import export_command, import_command


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


for _changing in (
    new_command,
    label_command,
    promote_command,
    rollback_command,
    merge_command,
    export_command,
    import_command,
):
    command.add_command(_changing)
