"""Printing of error patterns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bidproof.cli.printing.basics import print_table

if TYPE_CHECKING:
    from bidproof.evaluation.judging.bias_probes import ProbeResult
    from bidproof.evaluation.patterns.find import Patterns, Slice
    from bidproof.evaluation.patterns.order import OrderBias
    from bidproof.evaluation.records import Estimate
    from bidproof.flows.patterns import PatternsReport

_SHOWN = 20
_EXAMPLES = 3


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
            click.echo(f"      {case}: {_short(question)}")
    if report.is_other_program:
        click.echo("\nnote: today's settings are not those of the run; what follows is about today's program")
    if report.order:
        _print_order(report.order)
    if report.probes:
        _print_probes(report.probes)


def _print_slices(found: Patterns) -> None:
    tested = [item for item in found.slices if item.effect.p_value is not None]
    rows = [_slice_row(item) for item in tested[:_SHOWN]]
    mean = "–" if found.mean is None else f"{found.mean:.3f}"
    print_table(
        f"{found.metric} of run {found.run}: mean {mean} over {found.n} cases",
        ("slice", "n", "mean", "rest", "effect [95% interval]", "p", "Holm", "BH", "verdict"),
        rows,
    )
    if len(tested) > _SHOWN:
        click.echo(f"and {len(tested) - _SHOWN} more slices, none with a smaller p; --json lists all")
    few = [item for item in found.slices if item.effect.p_value is None]
    if few:
        click.echo(f"{len(few)} slices have too few cases or groups to test")
    if found.left_out:
        states = ", ".join(f"{count} {state}" for state, count in sorted(found.left_out.items()))
        click.echo(f"cells without a value, in no slice: {states}")


def _slice_row(item: Slice) -> tuple[object, ...]:
    effect = item.effect
    interval = (
        "" if effect.low is None or effect.high is None else f" [{effect.low:+.2f}, {effect.high:+.2f}]"
    )
    return (
        f"{item.dimension}: {_short(item.value, 60)}",
        item.n,
        f"{effect.mean:.3f}",
        f"{effect.rest_mean:.3f}",
        f"{effect.effect:+.3f}{interval}",
        _p(effect.p_value),
        _p(item.holm_p),
        _p(item.bh_p),
        item.verdict,
    )


def _p(value: float | None) -> str:
    if value is None:
        return "–"
    return "<.001" if value < 0.001 else f"{value:.3f}"


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
    rows = [
        (
            names[item.kind],
            item.pairs,
            item.inside,
            _percent(item.changed),
            item.failed,
            ", ".join(item.changed_cases[:_EXAMPLES]),
        )
        for item in probes
    ]
    click.echo("")
    print_table(
        "Who asks must not matter",
        ("swapped", "pairs", "in the question", "answer changed", "failed", "for example"),
        rows,
    )


def _percent(estimate: Estimate) -> str:
    if estimate.value is None:
        return "–"
    if estimate.low is None or estimate.high is None:
        return f"{100 * estimate.value:.1f}%"
    return f"{100 * estimate.value:.1f}% [{100 * estimate.low:.1f}, {100 * estimate.high:.1f}]"


def _points(estimate: Estimate) -> str:
    if estimate.value is None:
        return "– (nothing was cited)"
    if estimate.low is None or estimate.high is None:
        return f"{100 * estimate.value:+.1f} points"
    return f"{100 * estimate.value:+.1f} points [{100 * estimate.low:+.1f}, {100 * estimate.high:+.1f}]"


def _short(text: str, most: int = 110) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"
