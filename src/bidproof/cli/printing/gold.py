"""Printing of gold sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from bidproof.cli.printing.basics import print_records, print_table
from bidproof.cli.printing.figures import echo_each, echo_some, figure, one_line

if TYPE_CHECKING:
    from bidproof.evaluation.gold.check import GoldCheck
    from bidproof.evaluation.gold.relevance import PathChange
    from bidproof.evaluation.gold.split import SplitGold
    from bidproof.evaluation.records import GoldCase
    from bidproof.flows.gold import CheckReport, ExportReport, GoldCounts, GoldReport, ImportReport
    from bidproof.flows.gold_draft import DraftReport

_SHOWN = 10
_CHARS = 200


def print_import(report: ImportReport) -> None:
    """Say what became of each column and row."""
    found = report.imported
    for role, columns in found.columns.items():
        click.echo(f"{role}: {', '.join(columns)}")
    if found.unused:
        click.echo(f"not used: {', '.join(found.unused)}")
    if found.options:
        click.echo(f"options, read off the choices: {', '.join(found.options)}")
    print_counts(f"{found.gold.name}: {len(found.gold.cases)} cases imported", report.counts)
    click.echo(f"grouped by {found.grouping}")
    _print_paths("paths rewritten to the stored document", found.changed)
    _print_paths("paths that fit no stored document", found.unknown)
    if found.problems:
        click.echo(f"{len(found.problems)} rows are no case:")
        echo_some([f"{item.row}: {item.problem}" for item in found.problems])
    if report.cases != len(found.gold.cases):
        click.echo(f"the set now holds {report.cases} cases")


def print_counts(title: str, counts: GoldCounts) -> None:
    """Count cases in one table."""
    rows: list[tuple[str, object]] = [
        ("splits", _counted(counts.splits)),
        ("kinds", _counted(counts.kinds)),
        ("right choices", _counted(counts.choices)),
        ("answerable", _counted(counts.answerable)),
        ("with reference", counts.with_reference),
        ("with documents", counts.with_documents),
        ("groups", f"{len(counts.groups)}, largest {max(counts.groups.values(), default=0)} cases"),
    ]
    if counts.tags:
        rows.append(("tags", _counted(counts.tags)))
    if counts.unverified:
        rows.append(("waiting for a person", counts.unverified))
    print_table(title, ("", ""), rows)


def _counted(counts: Mapping[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    more = f", and {len(ordered) - _SHOWN} more" if len(ordered) > _SHOWN else ""
    return ", ".join(f"{count} {name}" for name, count in ordered[:_SHOWN]) + more


def _print_paths(title: str, changes: Sequence[PathChange]) -> None:
    if not changes:
        return
    click.echo(f"{len(changes)} {title}:")
    distinct = dict.fromkeys(
        f"{item.written} → {item.found}" if item.found else item.written for item in changes
    )
    echo_some(list(distinct))


def print_sets(reports: Sequence[GoldReport]) -> None:
    """List the sets of a workspace."""
    if not reports:
        click.echo("no gold sets; bidproof gold import FILE brings one in")
        return
    print_records(
        "Gold sets",
        reports,
        {
            "name": lambda item: item.name,
            "cases": lambda item: item.counts.cases,
            "splits": lambda item: _counted(item.counts.splits),
            "unverified": lambda item: item.counts.unverified,
            "test openings": lambda item: len(item.openings),
        },
    )


def print_set(report: GoldReport) -> None:
    """Show one set."""
    print_counts(f"{report.name} ({report.digest})", report.counts)
    if report.counts.splits.get("test") or report.openings:
        click.echo(f"test split opened {len(report.openings)} times")
    for opening in report.openings[-_SHOWN:]:
        program = f", program {opening.program}" if opening.program else ""
        click.echo(f"  {opening.at}: {opening.purpose}{program}, {opening.cases} cases")
    for case in report.examples:
        _print_case(case)


def _print_case(case: GoldCase) -> None:
    click.echo(f"\n{case.id}" + (f" [{case.split}]" if case.split else ""))
    click.echo(f"  question: {one_line(case.question, _CHARS)}")
    if case.choice:
        click.echo(f"  choice: {case.choice} of {', '.join(case.options)}")
    if case.reference:
        click.echo(f"  reference: {one_line(case.reference, _CHARS)}")
    for item in case.relevant:
        page = f", p. {item.page}" if item.page else ""
        quote = f": “{one_line(item.quote, _CHARS)}”" if item.quote else ""
        click.echo(f"  in {item.path}{page}{quote}")
    if case.is_answerable is False:
        click.echo("  not answerable from the documents")
    if not case.is_verified:
        click.echo("  waits for a person to accept it")


def print_check(report: CheckReport) -> None:
    """Show the findings on a set."""
    found = report.check
    print_records(
        f"What {found.name} can resolve",
        found.resolution,
        {
            "split": lambda item: item.split,
            "cases": lambda item: item.cases,
            "groups": lambda item: item.groups,
            "least difference": lambda item: _points(item.minimum_difference),
            "if groups are alike": lambda item: _points(item.cautious_difference),
            "certifiable error rate": lambda item: figure(item.certifiable_error_rate, ".1%"),
        },
    )
    _print_findings(found)
    if not found.documents:
        click.echo("no documents in the workspace: paths, pages and quotes were not checked")
    if report.resolvable:
        done = "rewritten" if report.is_fixed else "can be rewritten with --fix-paths"
        _print_paths(f"paths that mean one stored document, {done}", report.resolvable)
    if found.is_clean:
        click.echo("nothing to correct")


def _print_findings(found: GoldCheck) -> None:
    groups = (
        ("duplicates", [f"{pair.first} = {pair.second}" for pair in found.duplicates if pair.is_exact]),
        (
            "near duplicates",
            [
                f"{pair.first} ~ {pair.second} ({pair.similarity:.2f})"
                for pair in found.duplicates
                if not pair.is_exact
            ],
        ),
        ("leaks between splits", [f"{pair.first} ~ {pair.second}" for pair in found.leaks]),
        ("groups that straddle splits", list(found.straddling_groups)),
        ("not in the documents", [f"{item.case_id}: {item.problem}" for item in found.unheld]),
        ("choices outside their options", list(found.bad_choices)),
        ("cases with nothing to score", list(found.without_answer)),
    )
    for title, lines in groups:
        if lines:
            click.echo(f"{len(lines)} {title}:")
            echo_some(lines)
    if found.unverified:
        click.echo(
            f"{found.unverified} cases wait for a person and do not count: bidproof gold accept {found.name}"
        )


def _points(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.0f} points"


def print_split(name: str, found: SplitGold) -> None:
    """Show how a set was dealt."""
    rows = [(split, count, found.families[split]) for split, count in found.cases.items()]
    print_table(f"{name}, split", ("split", "cases", "families"), rows)
    click.echo(f"the largest family of related cases has {100 * found.largest:.0f}% of all")
    for split, groups in found.unprovable.items():
        click.echo(
            f"warning: {split} has {groups} groups: no difference between two programs can be proven on it; "
            "where cases are independent, import them with --group-by none and split again, else add groups"
        )
    if "test" in found.cases:
        click.echo("the test split is sealed: each opening is counted")


def print_export(report: ExportReport) -> None:
    """Say what was written."""
    click.echo(f"{report.cases} cases written to {report.out}")
    if report.left_out:
        click.echo(f"{report.left_out} test cases left out; --open-test writes them and is counted")
    if report.openings:
        click.echo(f"the test split has been opened {report.openings} times")


def print_draft(report: DraftReport) -> None:
    """Show proposed cases by how they came to be."""
    rows: list[tuple[str, object]] = [("proposed", len(report.cases))]
    rows += [(f"  {name}", count) for name, count in report.kinds.items()]
    rows += [("documents they come from", report.documents), ("asked of", report.engine)]
    if report.calls:
        rows += [
            ("model calls", report.calls),
            ("  failed", report.failed),
            ("spent", f"${report.spent_usd:.4f}"),
        ]
    print_table(f"{report.name}, drafted", ("", ""), rows)
    for reason, count in report.refused.items():
        click.echo(f"{count} proposals refused: {reason}")
    echo_each("failed: ", report.errors[:_SHOWN])
    for case in report.cases[:3]:
        _print_case(case)
    click.echo(
        f"\nread them (bidproof gold export {report.name} --out cases.csv), then"
        f" bidproof gold accept {report.name} IDS…"
    )
