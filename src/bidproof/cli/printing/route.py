"""Printing routes: what was fitted, what is promised, what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bidproof.cli.printing.basics import print_table

if TYPE_CHECKING:
    from bidproof.evaluation.statistics.certificates import Certificate
    from bidproof.flows.route import CurvesReport, FitReport, RouteView
    from bidproof.llm.prices import Price
    from bidproof.routing.curves import CurvePoint, RoutingCurves
    from bidproof.routing.fit import FittedProgram, FittedRoute

_ROWS = 10


def print_fit(report: FitReport) -> None:
    """Show a fit: feasibility first, then calibration, certificate, cascade, notes."""
    fit = report.fit
    print_feasibility(fit)
    _print_program("calibration" if fit.large is None else "calibration, small model", fit.small)
    if fit.large is not None:
        _print_program("calibration, large model", fit.large)
    print_certificates(fit)
    print_baselines(report.curves)
    if fit.thresholds is not None:
        click.echo(f"the large model is asked below a confidence of {fit.thresholds.up_below:.3f}")
    for reason, count in report.left_out.items():
        click.echo(f"left out: {count} cases, {reason}")
    for note in report.notes:
        click.echo(f"note: {note}")
    click.echo(f"stored: {report.path}")


def print_feasibility(fit: FittedRoute) -> None:
    """Say whether there are labels enough, and how many it would take."""
    known, asked = fit.feasibility, fit.promise.certificate
    click.echo(
        f"to promise at most {asked.error:.3g} wrong with confidence {asked.confidence:.3g} takes "
        f"{known.needed} accepted answers without any error; {known.testable} can be tested here"
    )
    if asked.threshold is not None:
        return
    if known.wanted is None:
        click.echo("no confidence looks right often enough for this promise: more labels alone will not help")
    else:
        click.echo(f"going by the part fitted on, about {known.wanted} labelled questions would do")


def print_certificates(fit: FittedRoute) -> None:
    """Show what was asked for, then the usual promises, each by itself."""
    click.echo(_promise(fit.promise.certificate))
    rows = [
        (
            f"{item.error:.0%}",
            "not feasible" if item.threshold is None else f"{item.threshold:.3f}",
            f"{item.accepted} of {item.items}",
            str(item.wrong),
            "–" if item.upper is None else f"{item.upper:.3f}",
        )
        for item in fit.others
    ]
    print_table(
        "Promises, each by itself", ("wrong at most", "ready from", "accepted", "wrong", "upper bound"), rows
    )


def print_baselines(curves: RoutingCurves) -> None:
    """Show a cascade beside what needs no routing."""
    if not curves.baselines:
        return
    rows = [
        (
            item.name,
            f"{item.operating.quality:.3f}",
            f"{item.operating.coverage:.3f}",
            f"{item.operating.cost_usd:.5f}",
            f"{item.operating.large_share:.0%}",
        )
        for item in curves.baselines
    ]
    head = ("way", "right", "answered", "USD a question", "asked the large model")
    print_table(f"On {curves.questions} questions that nothing was fitted on", head, rows)


def print_curves(report: CurvesReport) -> None:
    """Show a stored fit."""
    curves, view = report.curves, report.view
    click.echo(f"{view.name}: {view.gold}, {view.metric}" + (f" ({view.stamp})" if view.stamp else ""))
    print_feasibility(report.fit)
    click.echo(_promise(report.fit.promise.certificate))
    _print_points("Risk as less is accepted, by confidence", curves.coverage, has_cost=False)
    if curves.area is not None and curves.oracle_area is not None:
        click.echo(
            f"area under the curve {curves.area:.3f}; at random {curves.base_risk:.3f}, "
            f"knowing who is right {curves.oracle_area:.3f}"
        )
    if curves.cost:
        _print_points("The cascade as its threshold rises", curves.cost, has_cost=True)
    print_baselines(curves)
    if report.picture is not None:
        click.echo(f"drawn: {report.picture}")


def print_prices(prices: Mapping[str, Price], *, written: Path | None) -> None:
    """List prices by model or pattern, or say where the table was written."""
    if written is not None:
        click.echo(f"written: {written}")
    elif not prices:
        click.echo("no prices here; bidproof route prices --init writes a table to fill in")
    else:
        rows = [
            (
                name,
                f"{item.prompt:g}",
                f"{item.completion:g}",
                "–" if item.cached_prompt is None else f"{item.cached_prompt:g}",
            )
            for name, item in prices.items()
        ]
        print_table("US dollars per million tokens", ("model", "prompt", "completion", "cached prompt"), rows)


def print_views(views: Sequence[RouteView]) -> None:
    """List what is fitted."""
    if not views:
        click.echo("nothing is fitted here: answers are uncalibrated; bidproof route fit RUN")
        return
    for view in views:
        kind = "program" if view.up_below is None else "route"
        click.echo(
            f"{kind} {view.name} ({', '.join(view.programs)})" if kind == "route" else f"{kind} {view.name}"
        )
        stamp = f"; {view.stamp}" if view.stamp else ""
        click.echo(f"  fitted {view.made} on {view.answers} answers to {view.gold!r} by {view.metric}{stamp}")
        click.echo(f"  {view.promise or 'no certificate: nothing is marked ready'}")
        if view.up_below is not None:
            click.echo(f"  the large model is asked below a confidence of {view.up_below:.3f}")
        if not view.has_same_documents:
            click.echo(
                "  note: the documents have changed since, or were others; fit again when they differ much"
            )


def _promise(found: Certificate) -> str:
    if found.threshold is None:
        return (
            f"not certified: no threshold keeps at most {found.error:.3g} wrong "
            f"with confidence {found.confidence:.3g}; nothing is marked ready"
        )
    return (
        f"certified: of the answers with a confidence of {found.threshold:.3f} or more at most "
        f"{found.error:.3g} are wrong, confidence {found.confidence:.3g} ({found.accepted} answers, "
        f"{found.wrong} wrong; {found.coverage:.0%} of those tested are ready)"
    )


def _print_program(title: str, program: FittedProgram) -> None:
    def number(value: float | None) -> str:
        return "–" if value is None else f"{value:.3f}"

    before, after = program.before, program.after
    click.echo(
        f"{title}: {program.fitted.chosen}; on {program.tested} answers it did not see, Brier score "
        f"{number(before.brier)} raw, {number(after.brier)} calibrated, {number(program.base)} the same for "
        f"all; "
        f"calibration error {number(before.error)} raw, {number(after.error)} calibrated"
    )
    rows = [
        (f"{item.start:.1f}–{item.end:.1f}", item.n, f"{item.confidence:.2f}", f"{item.accuracy:.2f}")
        for item in after.bins
    ]
    print_table("Stated and true", ("confidence", "answers", "stated", "right"), rows)


def _print_points(title: str, points: Sequence[CurvePoint], *, has_cost: bool) -> None:
    step = max(1, len(points) // _ROWS)
    chosen = [*points[::step], *points[-1:]] if len(points) % step != 1 % step else list(points[::step])
    rows = [
        (
            f"{item.threshold:.3f}",
            f"{item.coverage:.0%}",
            f"{item.risk:.3f}",
            *((f"{item.cost_usd:.5f}", f"{item.large_share:.0%}") if has_cost else ()),
        )
        for item in chosen
    ]
    head = ("from", "accepted", "wrong", *(("USD a question", "asked the large model") if has_cost else ()))
    print_table(title, head, rows)
