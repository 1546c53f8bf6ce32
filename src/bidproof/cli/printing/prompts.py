"""Printing of programs: tables, texts, coloured differences."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from bidproof.cli.hints import worded
from bidproof.cli.printing.basics import print_records, print_table
from bidproof.cli.printing.figures import bracketed, figure
from bidproof.core.errors import BidproofError
from bidproof.flows.prompts.change import as_json
from bidproof.flows.prompts.view import TOKENS
from bidproof.prompts.fields import fields_of
from bidproof.prompts.labels import PACKAGED, PRODUCTION, LogEntry
from bidproof.prompts.merging import Merge

if TYPE_CHECKING:
    from bidproof.evaluation.records import MetricSummary
    from bidproof.flows.prompts.change import NewReport
    from bidproof.flows.prompts.view import ListReport, LogReport, RunFigures, ShowReport
    from bidproof.prompts.differences import ProgramDifference
    from bidproof.prompts.versions import Version

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}
_FIRST = ("choice_accuracy", "answer_f1", "faithfulness", "latency_p50_s", "latency_p95_s", "total_cost_usd")
_METRICS = 6


def list_document(report: ListReport) -> dict[str, object]:
    """The versions as JSON."""
    return {
        "versions": [as_json(version) for version in report.versions],
        "labels": report.labels,
        "protected": report.protected,
        "in_use": report.in_use,
        "problems": problem_lines(report.problems),
    }


def show_document(report: ShowReport) -> dict[str, object]:
    """One version with its texts and chat as JSON."""
    return {
        **as_json(report.version),
        "labels": report.labels,
        "sent": report.sent,
        "tokens": report.tokens,
        "tokens_are": TOKENS,
        "chat": report.chat,
        "misfit": report.misfit,
    }


def log_document(report: LogReport) -> dict[str, object]:
    """Versions with their runs, and the movements of labels, as JSON."""
    rows = [{**as_json(row.version), "labels": row.labels, "runs": row.runs} for row in report.versions]
    return {"versions": rows, "movements": report.movements, "problems": problem_lines(report.problems)}


def version_document(report: NewReport) -> dict[str, object]:
    """A version that was made as JSON."""
    return {**as_json(report.version), "is_new": report.is_new}


def merge_document(result: Merge) -> dict[str, object]:
    """What came of a merge as JSON."""
    made = as_json(result.version) if result.version else None
    return {"version": made, "base": result.base, "conflicts": result.conflicts, "theirs": result.theirs}


def print_list(report: ListReport) -> None:
    """Show one row a version, and what drafts now."""
    columns: Mapping[str, Callable[[Version], object]] = {
        "digest": lambda version: version.digest,
        "labels": lambda version: ", ".join(
            sorted(name for name, place in report.labels.items() if place == version.digest)
        ),
        "created (UTC)": lambda version: version.created[:16],
        "author": lambda version: version.author,
        "for": lambda version: version.program.engine or version.program.model_name or "any model",
        "message": lambda version: version.message,
    }
    if report.versions:
        print_records("Programs", report.versions, columns)
    else:
        click.echo("no stored programs yet; the first draft stores the one that made it")
    click.echo(f"\ndrafting now: {report.in_use or 'the packaged program'}, under the settings in force")
    click.echo(f"protected labels: {', '.join(report.protected) or 'none'}")
    print_problems(report.problems)


def print_version(report: ShowReport, *, with_sent: bool) -> None:
    """Show one version, its texts, and the chat it would open."""
    version = report.version
    click.echo(f"{version.digest}  {version.message}")
    click.echo(f"made {version.created} by {version.author}")
    click.echo(
        f"parents: {', '.join(version.parents) or 'none'}; labels: {', '.join(report.labels) or 'none'}"
    )
    click.echo(f"reply schema: {version.schema_hash or 'not known'}")
    if report.misfit:
        click.echo(f"not runnable: {report.misfit}")
    fields = fields_of(version.program)
    settings = [
        (name, value) for name, value in fields.items() if not name.startswith(("texts.", "examples"))
    ]
    print_table("\nSettings", ("", ""), settings)
    texts = report.sent if with_sent else version.program.texts
    for name, text in texts.items():
        click.echo(click.style(f"\n== {name} ({report.tokens[name]} tokens)", bold=True))
        click.echo(text)
    for number, example in enumerate(version.program.examples, start=1):
        click.echo(f"\nexample {number}: {example.question}")
    for item in report.chat:
        click.echo(click.style(f"\n-- {item.message.role} ({item.tokens} tokens)", bold=True))
        click.echo(item.message.content)
    if report.chat:
        click.echo(f"\nthe whole chat: {sum(item.tokens for item in report.chat)} tokens")
    click.echo(f"\n(counted in {TOKENS})")


def print_diff(found: ProgramDifference) -> None:
    """Show a unified diff a text, and settings side by side; colours where the output is a terminal."""
    if found.is_empty:
        click.echo(f"{found.a} and {found.b} are the same program")
        return
    for section in (*found.texts, *found.schemas):
        click.echo(click.style(f"{section.change}: {section.name}", bold=True))
        _print_lines(section.lines)
    if found.examples:
        click.echo(click.style("changed: examples", bold=True))
        _print_lines(found.examples)
    if found.settings:
        rows = [(row.name, _value(row.a), _value(row.b)) for row in found.settings]
        print_table("Settings", ("", found.a, found.b), rows)


def print_log(report: LogReport) -> None:
    """Show versions with their figures, then the movements of labels."""
    for row in report.versions:
        version = row.version
        labels = f"  [{', '.join(row.labels)}]" if row.labels else ""
        click.echo(click.style(f"{version.digest}{labels}", bold=True))
        click.echo(f"  {version.created[:16]} {version.author}: {version.message}")
        if version.parents:
            click.echo(f"  from {', '.join(version.parents)}")
        for figures in row.runs:
            _print_run(figures)
    if report.movements:
        click.echo("\nlabels, newest movement first:")
    for entry in report.movements:
        print_entry(entry, with_time=True)
    if not report.versions and not report.movements:
        click.echo("nothing yet")
    print_problems(report.problems)


def print_new(report: NewReport) -> None:
    """Say which version was made, and how to go on."""
    version = report.version
    if not report.is_new:
        click.echo(f"{version.digest} is stored already: {version.message}")
        return
    click.echo(f"{version.digest} stored" + (f", labelled {report.label}" if report.label else ""))
    click.echo(f"measure it with bidproof eval run --set prompts.program={version.digest}")


def print_entry(entry: LogEntry, *, with_time: bool = False) -> None:
    """Say how a label moved, by whom and why."""
    start = f"  {entry.at[:16]} " if with_time else ""
    if entry.action in ("protect", "unprotect"):
        moved = (
            f"{entry.label} is {entry.action}ed" if entry.action == "protect" else f"{entry.label} is free"
        )
    else:
        no_program = PACKAGED if entry.label == PRODUCTION else "nowhere"
        was, now = entry.previous or no_program, entry.digest or no_program
        moved = f"{entry.label}: {was} -> {now} ({entry.action}"
        moved += ", forced)" if entry.forced else ")"
    click.echo(f"{start}{moved} by {entry.author}" + (f": {entry.reason}" if entry.reason else ""))
    if entry.proof is not None:
        click.echo(f"    proof {entry.proof.source}: {'; '.join(entry.proof.summary)}")


def print_merge(result: Merge) -> None:
    """Say what came of a merge, or show every conflict with both sides."""
    if result.version is not None:
        came = ", ".join(result.theirs) or "nothing"
        click.echo(f"{result.version.digest} stored; taken over: {came}")
        return
    for conflict in result.conflicts:
        click.echo(click.style(f"conflict: {conflict.field}", bold=True))
        for side, value in (("base", conflict.base), ("ours", conflict.ours), ("theirs", conflict.theirs)):
            click.echo(click.style(f"{side}:", fg="cyan"))
            click.echo("\n".join(f"  {line}" for line in _value(value).split("\n")))
    fields = " ".join(f"--take {conflict.field}=ours|theirs" for conflict in result.conflicts)
    start = f"both come from {result.base}" if result.base else "they have no version in common"
    click.echo(f"\nnothing stored: {start}, and both changed what is above. Decide with {fields}")


def print_problems(problems: Sequence[BidproofError]) -> None:
    """Print two lines a problem, on standard error."""
    for line in problem_lines(problems):
        click.echo(line, err=True)


def problem_lines(problems: Sequence[BidproofError]) -> tuple[str, ...]:
    """Each problem as its two lines."""
    return tuple(
        line
        for item in problems
        for line in (f"error[{item.code}]: {item.message}", f"hint: {worded(item.hint)}")
    )


def _print_lines(lines: Sequence[str]) -> None:
    for line in lines:
        click.echo(click.style(line, fg=_COLOURS.get(line[:1])) if line[:1] in _COLOURS else line)
    click.echo("")


def _print_run(figures: RunFigures) -> None:
    run = figures.run
    known = [item for item in figures.summaries if item.estimate.value is not None]
    known.sort(key=lambda item: _FIRST.index(item.metric) if item.metric in _FIRST else len(_FIRST))
    shown = "; ".join(_figure(item) for item in known[:_METRICS])
    more = f"; {len(known) - _METRICS} more with --json" if len(known) > _METRICS else ""
    where = f"{run.gold} {run.split}".strip()
    state = "" if run.state == "finished" else f" ({run.state})"
    click.echo(f"  run {run.label or run.id} on {where}{state}: {shown or 'no figures'}{more}")


def _figure(item: MetricSummary) -> str:
    estimate = item.estimate
    spread = bracketed(estimate.low, estimate.high, ".3g")
    return f"{item.metric} {figure(estimate.value, '.3g')}{spread} (n {estimate.n})"


def _value(value: object) -> str:
    if value is None:
        return "(none)"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
