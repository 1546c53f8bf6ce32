"""Printing: tables and JSON on standard output."""

from __future__ import annotations

import shlex
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, TypeVar

import click

from bidproof.cli.hints import worded
from bidproof.cli.printing.figures import echo_each, echo_some, one_line
from bidproof.core.jsonable import json_text
from bidproof.core.records import Draft, DraftState, Likeness, Tier
from bidproof.documents.media_types import kind_name

if TYPE_CHECKING:
    from rich.console import Console

    from bidproof.flows.answer import AnswerReport
    from bidproof.flows.estimate import EstimateReport
    from bidproof.flows.ingest import IngestReport
    from bidproof.flows.inspect import InspectReport
    from bidproof.flows.status import StatusReport
    from bidproof.flows.trust import RevokeReport
    from bidproof.questionnaires.versions import AmendReport
    from bidproof.runtime.session import Configuration
    from bidproof.runtime.trust import TrustMark


Record = TypeVar("Record")

_LOG_WIDTH = 160
"""Columns where standard output is no terminal."""


def print_json(value: object) -> None:
    """Print one JSON document."""
    click.echo(json_text(value), nl=False)


def console() -> Console:
    """Open standard output for tables; plain text where it is no terminal."""
    from rich.console import Console  # whoever prints no table does without

    width = None if sys.stdout.isatty() else _LOG_WIDTH
    return Console(file=sys.stdout, highlight=False, width=width)


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows under a title; every cell is data and never markup."""
    from rich.markup import escape
    from rich.table import Table

    has_header = any(columns)
    table = Table(
        title=escape(title), title_justify="left", show_edge=False, pad_edge=False, show_header=has_header
    )
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(escape(str(cell)) for cell in row))
    console().print(table)


def print_records(
    title: str, records: Iterable[Record], columns: Mapping[str, Callable[[Record], object]]
) -> None:
    """Print a row a record; a column is its heading and what it shows of a record."""
    print_table(title, tuple(columns), [[show(item) for show in columns.values()] for item in records])


def print_ingest(report: IngestReport) -> None:
    """Say what was read, and name every file that was not; a hint for several stands behind the last."""
    for hint, problems in groupby(report.problems, key=lambda problem: problem.hint):
        for problem in problems:
            click.echo(f"not read [{problem.code}]: {problem.message}")
        click.echo(f"  hint: {worded(hint)}")
    echo_each("note: ", report.warnings)
    for path, answers in report.completed.items():
        click.echo(f"completed questionnaire with {answers} answers: {path}")
        click.echo(f"  to reuse them: bidproof library import {shlex.quote(path)} --approver NAME")
    click.echo(
        f"{report.added} added, {report.changed} changed, {report.unchanged} unchanged, "
        f"{report.removed} removed, {len(report.problems)} not read"
        + (f", {report.stale} of them kept in an earlier version; " if report.stale else "; ")
        + f"{report.passages} passages indexed from {report.pages} pages in {report.seconds:.1f} s"
    )


def print_draft(draft: Draft) -> None:
    """Show an answer with its proof, or the closest passages where there is none."""
    if draft.error:
        click.echo(draft.error)
        return
    click.echo(f"{draft.state}" + (f": {draft.choice}" if draft.choice else ""))
    if draft.text:
        click.echo(f"\n{draft.text}")
    for claim in draft.claims:
        for citation in claim.citations:
            click.echo(f"\n  [{_place(citation.title, citation.path, citation.pages, citation.cells)}]")
            click.echo(f"  “{' '.join(citation.quote.split())}”")
    if not draft.claims and draft.passages:
        click.echo("\nclosest passages:")
        for scored in draft.passages:
            passage = scored.passage
            click.echo(f"  {scored.rank}. [{_place(passage.title, passage.path, passage.pages)}]")
            click.echo(f"     {' '.join(passage.text.split())[:200]}")
    print_suggestions(draft)
    echo_each("\nnote: ", draft.reasons)


def print_suggestions(draft: Draft) -> None:
    """Past answers that come near, each with what speaks against it."""
    if draft.suggestions:
        click.echo("\npast answers:")
    for item in draft.suggestions:
        choice = f"{item.choice}. " if item.choice else ""
        click.echo(f"  {item.likeness}: {one_line(f'{choice}{item.text}', 200)}")
        source = f", in {item.source}" if item.source else ""
        click.echo(f"     to {one_line(item.question, 120)!r}, {item.approved.isoformat()}{source}")
        for reason in item.reasons:
            click.echo(f"     {reason}")


def _place(title: str, path: str, pages: Sequence[int], cells: str = "") -> str:
    where = f", p. {', '.join(map(str, pages))}" if pages else f", {cells}" if cells else ""
    return f"{title} ({path}{where})"


def print_inspection(report: InspectReport) -> None:
    """List the questions found, with their slots, and what was unsure."""
    found = report.questionnaire
    print_records(
        f"{found.path} ({found.format})",
        found.questions,
        {
            "where": lambda item: item.location,
            "id": lambda item: item.buyer_id,
            "kind": lambda item: item.kind,
            "question": lambda item: " ".join(item.text.split())[:90],
            "slots": lambda item: "; ".join(
                f"{slot.purpose} {slot.location.rsplit('!')[-1]}" for slot in item.slots
            ),
        },
    )
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(report.kinds.items()))
    click.echo(f"\n{len(found.questions)} questions ({kinds}); {report.answered} already answered")
    if found.cells:
        click.echo("cells: " + ", ".join(f"{count} {what}" for what, count in found.cells.items()))
    click.echo(f"confidence {found.confidence:.2f}")
    echo_each("unsure: ", found.problems)
    if report.mapping:
        click.echo(f"mapping written to {report.mapping}; correct it and pass it back with --mapping")


def print_answers(report: AnswerReport) -> None:
    """Summarise a filled questionnaire and say where everything lies."""
    if report.ingest:
        print_ingest(report.ingest)
    echo_each("unsure: ", report.problems)
    rows: list[tuple[str, object]] = [("questions in the file", report.questions)]
    if report.kept:
        rows.append(("  already answered, left alone", report.kept))
    rows += [(f"  {state}", count) for state, count in sorted(report.states.items())]
    written = report.written
    rows += [
        ("filled in the file", written.filled),
        ("  in part", written.partly),
        ("  left blank", written.left_blank),
        *((f"  {purpose} slots written", count) for purpose, count in sorted(written.slots.items())),
        ("choices decided", report.choices),
        ("from the answer library", report.from_library),
        ("taken over from an earlier run", report.resumed),
        ("confidence", _confidence(report)),
        ("model calls", report.usage.calls),
        ("spent", f"${report.spent_usd:.4f}{' (estimated)' * bool(report.usage.estimated_calls)}"),
        ("seconds", f"{report.seconds:.1f}"),
    ]
    print_table(f"{report.questionnaire}, {report.engine} engine", ("", ""), rows)
    if report.approved:
        kept = "answer was" if report.approved == 1 else "answers were"
        click.echo(f"\n{report.approved} approved {kept} kept")
    if report.amended:
        _print_amended(report.amended)
    for state in (DraftState.SUGGESTED, DraftState.NEEDS_PERSON, DraftState.NOT_FOUND, DraftState.FAILED):
        names = [key for key, draft in report.drafts.items() if draft.state is state]
        if names:
            click.echo(f"\n{state}: {', '.join(names)}")
    likely = [
        key
        for key, draft in report.drafts.items()
        if draft.state is not DraftState.DRAFTED
        and any(item.likeness is not Likeness.RELATED for item in draft.suggestions)
    ]
    if likely:
        click.echo(f"\na past answer is likely for: {', '.join(likely)}; see the report")
    _print_outputs(report)
    if report.failed:
        click.echo(
            f"{report.failed} questions failed; run the same command again to try just those", err=True
        )


def _print_amended(amended: AmendReport) -> None:
    """The counts of an amended questionnaire, and which questions a person has to look at."""
    click.echo(
        f"\nagainst {amended.amends}: {len(amended.carried)} carried over,"
        f" {len(amended.unanswered)} unchanged without an answer, {len(amended.changed)} changed,"
        f" {len(amended.new)} new, {len(amended.removed)} removed"
    )
    echo_some([f"changed: {item.id}: {one_line(item.text, 90)}" for item in amended.changed])
    echo_some([f"new: {key}" for key in amended.new])
    echo_some([f"removed: {key}: {one_line(text, 90)}" for key, text in amended.removed.items()])


def _print_outputs(report: AnswerReport) -> None:
    click.echo("")
    for label, paths in (
        ("filled file", report.written.files),
        ("evidence (JSON)", (report.evidence_json,)),
        ("report (HTML)", (report.report_html,)),
    ):
        echo_each(f"{label}: ", map(str, paths))
    if report.left_alone:
        names = ", ".join(path.name for path in report.left_alone)
        click.echo(f"left alone, changed since written or not written by this workspace: {names}")
    if report.written.clipped:
        click.echo("not shown whole by their rows:")
        echo_some(report.written.clipped)
    click.echo("why each blank is blank stands in the report and in the evidence")


def _confidence(report: AnswerReport) -> str:
    stated = sum(draft.confidence is not None for draft in report.drafts.values())
    if not stated:
        return "uncalibrated"
    tiers = Counter(draft.tier for draft in report.drafts.values())
    return f"stated for {stated}; " + ", ".join(f"{tiers[tier]} {tier}" for tier in Tier)


def print_estimate(report: EstimateReport) -> None:
    """Say what a model would be sent, and what it could cost."""
    if not report.model:
        click.echo("no model is set: nothing would be sent, nothing would be paid")
        return
    rows: list[tuple[str, object]] = [
        ("questions for the model", report.questions),
        ("from the answer library", report.from_library),
        ("calls", f"{report.calls_least} to {report.calls_most}, failed attempts aside"),
        ("prompt tokens, each question once", f"about {report.prompt_tokens:,}"),
        ("longest prompt", f"about {report.longest_tokens:,}"),
        ("longest reply", f"{report.max_output_tokens:,}"),
    ]
    if report.least_usd is None or report.most_usd is None:
        rows.append(("cost", "unknown: no prices; bidproof route prices --init, or model.prompt_price"))
    else:
        rows.append(("cost", f"${report.least_usd:.4f} to ${report.most_usd:.4f}"))
    print_table(f"{report.questionnaire}, {report.model}", ("", ""), rows)
    click.echo("tokens are counted by the embedding model's tokenizer; nothing was sent")


def print_settings(found: Configuration) -> None:
    """Show every setting, its value, and where that came from."""
    rows = [(item.name, item.value, item.origin) for item in found.origins]
    print_table(f"Settings of {found.folder}", ("setting", "value", "from"), rows)


def print_status(report: StatusReport) -> None:
    """Show the counts of a workspace."""
    named = {kind_name(kind): count for kind, count in report.kinds.items()}
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(named.items()))
    rows = [
        ("documents", f"{report.documents} ({kinds})" if kinds else "0"),
        ("pages", report.pages),
        ("passages", report.passages),
        *([("waiting to be indexed", report.waiting)] if report.waiting else []),
        *([("stale, in an earlier version", report.stale)] if report.stale else []),
        ("approved answers", report.library_entries),
        ("spent", f"${report.spent_usd:.4f}"),
    ]
    print_table(f"Workspace {report.folder}", ("", ""), rows)
    if not report.documents:
        click.echo("no documents here yet: bidproof ingest DOCS brings some in")
    for job in report.jobs:
        state = "finished" if job.finished_at else "unfinished; run the same command again to go on"
        failed = f", {job.failed} failed" if job.failed else ""
        click.echo(f"job {job.id}: {job.kind}, {job.drafted} of {job.total} drafted{failed}, {state}")
    echo_each("not read: ", (report.unreadable[path] for path in sorted(report.unreadable)))
    if report.warnings:
        click.echo("read, with a warning:")
        echo_some([f"{path}: {'; '.join(said)}" for path, said in sorted(report.warnings.items())])
    if report.rebuilt is not None:
        click.echo(f"index built anew: {report.rebuilt} passages")
    for line in report.damage or ():
        click.echo(f"damaged: {line}")
    if report.damage is not None and not report.damage:
        click.echo("checked: everything stored is whole")


def print_trust(mark: TrustMark) -> None:
    """Say what is trusted from now on."""
    addresses = ", ".join(mark.addresses) or "none; those that you name yourself may be sent to"
    click.echo(f"trusted: {mark.folder}\naddresses named by its files: {addresses}")


def print_trusted(marks: Sequence[TrustMark]) -> None:
    """List trusted workspaces."""
    if not marks:
        click.echo("no workspaces are trusted")
    for mark in marks:
        click.echo(" ".join([str(mark.folder), *mark.addresses]))


def print_revoked(report: RevokeReport) -> None:
    """Say that a workspace is trusted no longer."""
    was = "trusted no longer" if report.was_trusted else "was not trusted"
    click.echo(f"{was}: {report.folder}")
