"""Printing of feedback and of the answer library."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from bidproof.cli.printing.basics import print_records, print_table
from bidproof.cli.printing.figures import echo_each, echo_some, figure, interval, one_line

if TYPE_CHECKING:
    from bidproof.evaluation.statistics.paired import PairedTest
    from bidproof.flows.feedback.counts import FeedbackCounts, Rate
    from bidproof.flows.feedback.importing import FeedbackReport
    from bidproof.flows.library_calibrate import LibraryCalibration
    from bidproof.flows.library_import import LibraryImportReport
    from bidproof.flows.reranker import MeasureRow, RerankerReport
    from bidproof.workspace.rows import FeedbackRow, LibraryEntry

_SHOWN_CHARS = 90
_SHOWN_NAMES = 5


def print_removed(entries: Sequence[LibraryEntry]) -> None:
    """Say what was taken out of the answer library."""
    for entry in entries:
        click.echo(f"removed {entry.id}: {' '.join(entry.question.split())}")


def print_library_import(report: LibraryImportReport) -> None:
    """Say what was read from where, what came of it, and what contradicts what."""
    for file in report.files:
        click.echo(
            f"{file.name}, answered {file.answered_on.isoformat()}: {file.answers} answers of"
            f" {file.questions} questions; confidence {file.confidence:.2f}"
        )
        for purpose, labels in file.columns.items():
            click.echo(f"  {purpose} from {', '.join(repr(label) for label in labels[:_SHOWN_NAMES])}")
        echo_some([f"unsure: {problem}" for problem in file.problems])
    click.echo(
        f"answer library: {report.added} added, {report.merged} there already,"
        f" {report.superseded} superseded by newer ones"
    )
    echo_each("contradiction: ", map(str, report.contradictions))


def print_library_calibration(report: LibraryCalibration) -> None:
    """Say from where on past answers are written, or that they are not."""
    silent = f", {report.silent} without probabilities" if report.silent else ""
    click.echo(f"{report.model}: {report.pairs} pairs, {report.flagged} flagged and not asked about{silent}")
    found = report.threshold
    if found is None:
        click.echo("no threshold is right often enough: past answers that only come near are not written")
        return
    click.echo(
        f"past answers are written from log odds {found.log_odds:.2f} on:"
        f" {found.right} of {found.written} right on these pairs"
    )


def print_import(report: FeedbackReport) -> None:
    """Say what was found, and what it was good for."""
    found = ", ".join(f"{count} {name}" for name, count in sorted(report.outcomes.items())) or "no question"
    click.echo(f"{report.questionnaire}, job {report.job_id}: {found}")
    if report.kept:
        click.echo(f"answered by the buyer's file itself, left alone: {report.kept}")
    if report.unmatched:
        more = (
            f" and {len(report.unmatched) - _SHOWN_NAMES} more"
            if len(report.unmatched) > _SHOWN_NAMES
            else ""
        )
        click.echo(f"without a counterpart: {', '.join(report.unmatched[:_SHOWN_NAMES])}{more}")
    saved = report.saved
    click.echo(f"feedback: {saved.new} new, {saved.changed} changed, {_same(report)} as before")
    replaced = f", {saved.library_removed} replaced ones taken out" if saved.library_removed else ""
    click.echo(f"answer library: {saved.library_added} added{replaced}")
    if report.gold is not None:
        gold = report.gold
        click.echo(
            f"gold set {gold.name}: {gold.added} added, {gold.changed} corrected, {gold.same} asked there"
            f" already; {gold.cases} cases"
        )
        if gold.added:
            click.echo(f"  new cases are in no split yet: bidproof gold split {gold.name}")
    click.echo(f"few-shot candidates: {report.examples.examples} in {report.examples.path}")
    for problem, count in report.examples.left_out.items():
        click.echo(f"  left out, {problem}: {count}")
    echo_each("note: ", report.notes)


def _same(report: FeedbackReport) -> int:
    return len(report.saved.rows) - report.saved.new - report.saved.changed


def print_counts(counts: FeedbackCounts) -> None:
    """Say how often drafts are accepted as they are."""
    found = ", ".join(f"{count} {name}" for name, count in sorted(counts.outcomes.items()))
    click.echo(f"{counts.rows} questions reviewed: {found}" if counts.rows else "no feedback yet")
    if not counts.rows:
        return
    rows: list[tuple[str, str, str]] = [("all", "", _rate(counts.rate))]
    groups: tuple[tuple[str, Mapping[str, Rate]], ...] = (
        ("questionnaire", counts.questionnaires),
        ("tier", counts.tiers),
        ("program", counts.programs),
        ("engine", counts.engines),
    )
    rows += [(name, value, _rate(rate)) for name, found in groups for value, rate in found.items()]
    print_table("accepted unchanged, of drafts reviewed (95% interval)", ("by", "", "share"), rows)


def _rate(rate: Rate) -> str:
    if rate.share is None or rate.low is None or rate.high is None:
        return "none drafted"
    return f"{rate.share:.0%} ({rate.low:.0%} to {rate.high:.0%}), {rate.accepted} of {rate.reviewed}"


def print_rows(rows: Sequence[FeedbackRow]) -> None:
    """One line for each question, with what it was and what it became."""
    if not rows:
        click.echo("no feedback yet; bidproof feedback import FILE --approver NAME")
        return
    print_records(
        f"{len(rows)} questions",
        rows,
        {
            "job": lambda row: row.job_id,
            "question": lambda row: row.question_id,
            "outcome": lambda row: row.outcome,
            "drafted": lambda row: _short(row.old_choice, row.old_text),
            "approved": lambda row: _short(row.new_choice, row.new_text),
            "cites": lambda row: len(row.citations),
            "by": lambda row: row.approver,
        },
    )


def print_library(entries: Sequence[LibraryEntry]) -> None:
    """One line for each approved answer."""
    if not entries:
        click.echo(
            "no approved answer yet; bidproof library import PAST --approver NAME takes in a completed form"
        )
        return
    print_records(
        f"{len(entries)} approved answers",
        entries,
        {
            "entry": lambda entry: entry.id,
            "question": lambda entry: _short("", entry.question),
            "answer": lambda entry: _short(entry.choice or "", entry.answer),
            "cites": lambda entry: len(entry.citations),
            "approver": lambda entry: entry.approver,
            "approved": lambda entry: entry.approved,
            "expires": lambda entry: entry.expires or "never",
            "from": lambda entry: entry.source,
        },
    )


def print_entry(entry: LibraryEntry) -> None:
    """An approved answer in full, with what it cites."""
    click.echo(f"{entry.id}: {entry.question}")
    if entry.choice:
        click.echo(f"choice: {entry.choice}")
    if entry.answer:
        click.echo(entry.answer)
    for citation in entry.citations:
        pages = f"page {', '.join(map(str, citation.pages))}" if citation.pages else citation.cells
        click.echo(f"  {citation.path}{', ' * bool(pages)}{pages}: “{' '.join(citation.quote.split())}”")
    for name, value in (
        ("evidence", " ".join(entry.evidence.split())),
        ("tags", ", ".join(entry.tags)),
        ("only for", ", ".join(entry.scope)),
        ("asked under", entry.section),
        ("from", entry.source),
    ):
        if value:
            click.echo(f"{name}: {value}")
    if entry.contradicts:
        click.echo(entry.contradicts)
    until = f", until {entry.expires.isoformat()}" if entry.expires else ""
    click.echo(f"approved by {entry.approver} on {entry.approved.isoformat()}{until}")


def print_reranker(report: RerankerReport) -> None:
    """Say what a re-ranker was fitted on, what it gained, and whether that is proven."""
    fitted = report.fitted
    named = ", ".join(f"{count} from {source}" for source, count in fitted.by_source.items())
    click.echo(
        f"fitted on {fitted.questions} questions ({named}) of {fitted.groups} groups; cross-validated mean"
        f" reciprocal rank {fitted.mrr_before:.3f} before, {fitted.mrr_after:.3f} after"
    )
    for name, rows in (("dev split", report.dev), ("sealed test split", report.test)):
        if rows:
            print_records(f"{name}, {rows[0].test.n} cases", rows, _columns())
    if report.tried > 1:
        click.echo(f"{report.tried} programs were measured on this test split: the bar is higher for each")
    if report.is_proven:
        click.echo(f"proven better; stored as program {report.program}. To switch it on:")
        click.echo(f"  bidproof.toml: {report.setting}, or bidproof prompts promote {report.program}")
    else:
        click.echo("not proven better: it stays off")
    echo_each("note: ", report.notes)


def _columns() -> Mapping[str, Callable[[MeasureRow], object]]:
    return {
        "measure": lambda row: row.measure,
        "before": lambda row: figure(row.before),
        "after": lambda row: figure(row.after),
        "difference (interval)": lambda row: _difference(row.test),
        "adjusted p": lambda row: figure(row.adjusted_p, absent=""),
        "verdict": lambda row: "" if row.adjusted_p is None else row.verdict,
    }


def _difference(test: PairedTest) -> str:
    found = interval(test.low, test.high)
    return "none" if test.effect is None or not found else f"{test.effect:+.3f} ({found})"


def _short(choice: str, text: str) -> str:
    return one_line(f"{choice}. {text}" if choice else text, _SHOWN_CHARS)
