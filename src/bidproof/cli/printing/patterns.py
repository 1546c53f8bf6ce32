"""Printing of error patterns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bidproof.cli.printing.basics import print_records, print_table
from bidproof.cli.printing.figures import bracketed, figure, one_line

if TYPE_CHECKING:
    from bidproof.evaluation.judging.bias_probes import ProbeResult
    from bidproof.evaluation.patterns.find import Patterns
    from bidproof.evaluation.patterns.order import OrderBias
    from bidproof.evaluation.records import Estimate
    from bidproof.flows.patterns import PatternsReport

_SHOWN = 20
_EXAMPLES = 3
_CHARS = 110


def print_patterns(report: PatternsReport) -> None:
    """Show slices, blame, clusters and what was measured anew."""
    found = report.patterns
    _print_slices(found)
    _print_blame(report)
    if report.clusters:
        click.echo(f"\nfailures that are alike (by {report.clustered_by}):")
    for cluster in report.clusters:
        name = ", ".join(cluster.terms) or "no common words"
        click.echo(f"  {len(cluster.case_ids)} × {name}")
        for case, question in zip(cluster.case_ids, cluster.examples, strict=False):
            click.echo(f"      {case}: {one_line(question, _CHARS)}")
    if report.is_other_program:
        click.echo("\nnote: today's settings are not those of the run; what follows is about today's program")
    if report.order:
        _print_order(report.order)
    if report.probes:
        _print_probes(report.probes)


def _print_slices(found: Patterns) -> None:
    tested = [item for item in found.slices if item.effect.p_value is not None]
    print_records(
        f"{found.metric} of run {found.run}: mean {figure(found.mean)} over {found.n} cases",
        tested[:_SHOWN],
        {
            "slice": lambda item: f"{item.dimension}: {one_line(item.value, 60)}",
            "n": lambda item: item.n,
            "mean": lambda item: figure(item.effect.mean),
            "rest": lambda item: figure(item.effect.rest_mean),
            "effect [95% interval]": lambda item: (
                figure(item.effect.effect, "+.3f") + bracketed(item.effect.low, item.effect.high, "+.2f")
            ),
            "p": lambda item: _p(item.effect.p_value),
            "Holm": lambda item: _p(item.holm_p),
            "BH": lambda item: _p(item.bh_p),
            "verdict": lambda item: item.verdict,
        },
    )
    if len(tested) > _SHOWN:
        click.echo(f"and {len(tested) - _SHOWN} more slices, none with a smaller p; --json lists all")
    few = [item for item in found.slices if item.effect.p_value is None]
    if few:
        click.echo(f"{len(few)} slices have too few cases or groups to test")
    if found.left_out:
        states = ", ".join(f"{count} {state}" for state, count in sorted(found.left_out.items()))
        click.echo(f"cells without a value, in no slice: {states}")


def _p(value: float | None) -> str:
    return "<.001" if value is not None and value < 0.001 else figure(value)


def _print_blame(report: PatternsReport) -> None:
    found = report.patterns
    total = len(found.failures)
    title = f"{total} failures of {found.of} outcomes that could be judged"
    rows = [
        (blame, count, f"{100 * count / total:.0f}%", ", ".join(_examples(report, blame)))
        for blame, count in report.blame.items()
    ]
    click.echo("")
    print_table(title, ("where it went wrong", "outcomes", "share", "for example"), rows)
    if report.rooms:
        click.echo("; ".join(f"{count} {room}" for room, count in report.rooms.items()))
    if any(not item.is_passage_known for item in found.failures):
        click.echo(
            "note: some cases name a document and no page or quote; there any passage of it counts as gold"
        )


def _examples(report: PatternsReport, blame: str) -> list[str]:
    names = dict.fromkeys(item.case_id for item in report.patterns.failures if item.blame == blame)
    return list(names)[:_EXAMPLES]


def _print_order(order: OrderBias) -> None:
    click.echo(f"\npassages shuffled, {order.turns} times each for {order.cases} cases:")
    click.echo(f"  answer changed: {_percent(order.changed)}")
    click.echo(f"  the passage shown first is cited more often than by chance: {_points(order.first_cited)}")
    if order.failed:
        click.echo(f"  {order.failed} cases left out because a call failed")
    if order.changed_cases:
        click.echo(f"  for example: {', '.join(order.changed_cases[:_EXAMPLES])}")


def _print_probes(probes: tuple[ProbeResult, ...]) -> None:
    names = {"none": "nothing (asked twice)", "name": "names", "gender": "gender words", "region": "regions"}
    click.echo("")
    print_records(
        "Who asks must not matter",
        probes,
        {
            "swapped": lambda item: names[item.kind],
            "pairs": lambda item: item.pairs,
            "in the question": lambda item: item.inside,
            "answer changed": lambda item: _percent(item.changed),
            "failed": lambda item: item.failed,
            "for example": lambda item: ", ".join(item.changed_cases[:_EXAMPLES]),
        },
    )


def _percent(estimate: Estimate) -> str:
    if estimate.value is None:
        return "–"
    return f"{100 * estimate.value:.1f}%" + _percents(estimate, ".1f")


def _points(estimate: Estimate) -> str:
    if estimate.value is None:
        return "– (nothing was cited)"
    return f"{100 * estimate.value:+.1f} points" + _percents(estimate, "+.1f")


def _percents(estimate: Estimate, form: str) -> str:
    low, high = (None if edge is None else 100 * edge for edge in (estimate.low, estimate.high))
    return bracketed(low, high, form)
