"""``bidproof prompts``: look at stored programs; the commands that change them are beside."""

from pathlib import Path

import click

from bidproof.cli.options import gather_flags, json_option, workspace_option
from bidproof.cli.prompts.change import (
    label_command,
    merge_command,
    new_command,
    promote_command,
    rollback_command,
)
from bidproof.cli.prompts.exchange import export_command, import_command
from bidproof.cli.prompts.options import place_option


@click.group(name="prompts")
def command() -> None:
    """Keep prompts, examples and settings as programs: versions, labels, proof, rollback.

    A version is named by its digest, the beginning of one, or a label. Every draft and run names the
    digest of the program that made it.
    """


@command.command(name="list")
@workspace_option
@json_option
def list_command(workspace: Path | None, settings: tuple[str, ...], as_json: bool) -> int:
    """List versions with their labels, and say which program drafts now.

    Exits 1 when a version is damaged or the chosen program cannot be used.
    """
    from bidproof.cli.printing.basics import print_json
    from bidproof.cli.printing.prompts import print_list, problem_lines
    from bidproof.flows.prompts.change import as_json as version_json
    from bidproof.flows.prompts.view import list_programs
    from bidproof.runtime.session import SessionRequest, load_configuration

    configuration = load_configuration(SessionRequest(workspace=workspace, flags=gather_flags(settings)))
    report = list_programs(configuration)
    if as_json:
        print_json(
            {
                "versions": [version_json(version) for version in report.versions],
                "labels": report.labels,
                "protected": report.protected,
                "in_use": report.in_use,
                "problems": problem_lines(report.problems),
            }
        )
    else:
        print_list(report)
    return 1 if report.problems else 0


@command.command(name="show")
@click.argument("name")
@click.option("--question", default="", help="Show the chat that this question would open.")
@click.option("--option", "options", multiple=True, help="With --question: a choice to offer; repeat.")
@click.option("--sent", is_flag=True, help="Print every text as it is sent, parts put in.")
@place_option
@json_option
def show_command(
    name: str, question: str, options: tuple[str, ...], sent: bool, workspace: Path | None, as_json: bool
) -> None:
    """Show one version: origin, settings, texts and their lengths in tokens.

    Passages of the chat are stand-ins: nothing is searched and no model is asked.
    """
    from bidproof.cli.printing.basics import print_json
    from bidproof.cli.printing.prompts import print_version
    from bidproof.flows.prompts.change import as_json as version_json
    from bidproof.flows.prompts.view import TOKENS, show_program

    report = show_program(name, workspace=workspace, question=question, options=options)
    if as_json:
        print_json(
            {
                **version_json(report.version),
                "labels": report.labels,
                "sent": report.sent,
                "tokens": report.tokens,
                "tokens_are": TOKENS,
                "chat": report.chat,
                "misfit": report.misfit,
            }
        )
    else:
        print_version(report, with_sent=sent)


@command.command(name="diff")
@click.argument("a")
@click.argument("b")
@place_option
@json_option
def diff_command(a: str, b: str, workspace: Path | None, as_json: bool) -> None:
    """Show what version B changes: texts, examples, settings, reply schemas."""
    from bidproof.cli.printing.basics import print_json
    from bidproof.cli.printing.prompts import print_diff
    from bidproof.flows.prompts.view import diff_programs

    found = diff_programs(a, b, workspace=workspace)
    if as_json:
        print_json(found)
    else:
        print_diff(found)


@command.command(name="log")
@click.option("--label", default="", help="Only this label: where it was, who moved it and why.")
@place_option
@json_option
def log_command(label: str, workspace: Path | None, as_json: bool) -> int:
    """Show versions newest first, with parents, labels, and quality, cost and latency of their runs."""
    from bidproof.cli.printing.basics import print_json
    from bidproof.cli.printing.prompts import print_log, problem_lines
    from bidproof.flows.prompts.change import as_json as version_json
    from bidproof.flows.prompts.view import log_programs

    report = log_programs(workspace=workspace, label=label)
    if as_json:
        rows = [
            {**version_json(row.version), "labels": row.labels, "runs": row.runs} for row in report.versions
        ]
        problems = problem_lines(report.problems)
        print_json({"versions": rows, "movements": report.movements, "problems": problems})
    else:
        print_log(report)
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
