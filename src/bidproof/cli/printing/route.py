"""Printing routes: what was fitted, what is promised, what it costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bidproof.cli.printing.basics import print_records
from bidproof.cli.printing.figures import echo_each, figure

if TYPE_CHECKING:
    from bidproof.evaluation.statistics.certificates import Certificate
    from bidproof.flows.route import CurvesReport, FitReport, RouteView
    from bidproof.llm.prices import Price
    from bidproof.routing.curves import CurvePoint, RoutingCurves
    from bidproof.routing.fit import FittedProgram, FittedRoute
    from bidproof.routing.refusal import FittedRefusal

_ROWS = 10


def print_fit(report: FitReport) -> None:
    """Show a fit: feasibility first, then calibration, certificate, cascade, notes."""
    fit = report.fit
    print_feasibility(fit)
    print_refusal(fit)
    _print_program("calibration" if fit.large is None else "calibration, small model", fit.small)
    if fit.large is not None:
        _print_program("calibration, large model", fit.large)
    print_certificates(fit)
    print_baselines(report.curves)
    if fit.thresholds is not None:
        click.echo(f"the large model is asked below a confidence of {fit.thresholds.up_below:.3f}")
    for reason, count in report.left_out.items():
        click.echo(f"left out: {count} cases, {reason}")
    echo_each("note: ", report.notes)
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


def print_refusal(fit: FittedRoute) -> None:
    """Say what is refused, and what that does on questions that nothing was fitted on."""
    found = fit.refusal
    if found is None or not found.unanswerable:
        return
    click.echo(
        f"refused below a score of {found.threshold:.3f}: of {found.unanswerable} questions that the "
        f"documents do not answer {found.refused} (without it {found.refused_before}); of {found.right} "
        f"right answers {found.kept} stay"
    )


def print_certificates(fit: FittedRoute) -> None:
    """Show what was asked for, then the usual promises, each by itself."""
    click.echo(_promise(fit.promise.certificate))
    print_records(
        "Promises, each by itself",
        fit.others,
        {
            "wrong at most": lambda item: f"{item.error:.0%}",
            "ready from": lambda item: figure(item.threshold, absent="not feasible"),
            "accepted": lambda item: f"{item.accepted} of {item.items}",
            "wrong": lambda item: item.wrong,
            "upper bound": lambda item: figure(item.upper),
        },
    )


def print_baselines(curves: RoutingCurves) -> None:
    """Show a cascade beside what needs no routing."""
    if not curves.baselines:
        return
    print_records(
        f"On {curves.questions} questions that nothing was fitted on",
        curves.baselines,
        {
            "way": lambda item: item.name,
            "right": lambda item: f"{item.operating.quality:.3f}",
            "answered": lambda item: f"{item.operating.coverage:.3f}",
            "USD a question": lambda item: f"{item.operating.cost_usd:.5f}",
            "asked the large model": lambda item: f"{item.operating.large_share:.0%}",
        },
    )


def print_curves(report: CurvesReport) -> None:
    """Show a stored fit."""
    curves, view = report.curves, report.view
    click.echo(f"{view.name}: {view.gold}, {view.metric}" + (f" ({view.stamp})" if view.stamp else ""))
    print_feasibility(report.fit)
    print_refusal(report.fit)
    if report.fit.refusal is not None:
        _print_refusals(report.fit.refusal)
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
        print_records(
            "US dollars per million tokens",
            prices,
            {
                "model": lambda name: name,
                "prompt": lambda name: f"{prices[name].prompt:g}",
                "completion": lambda name: f"{prices[name].completion:g}",
                "cached prompt": lambda name: figure(prices[name].cached_prompt, "g"),
            },
        )


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
        if view.refuse_below:
            click.echo(f"  answers are refused below a score of {view.refuse_below:.3f}")
        if view.up_below is not None:
            click.echo(f"  the large model is asked below a confidence of {view.up_below:.3f}")
        if not view.has_same_documents:
            click.echo(
                "  note: the documents have changed since, or were others; fit again when they differ much"
            )


def _print_refusals(found: FittedRefusal) -> None:
    """A few thresholds, each with the share that is refused and that stays."""
    if not found.unanswerable or not found.curve:
        return
    step = max(1, len(found.curve) // _ROWS)
    print_records(
        "Refusal of what the documents do not answer, as the score rises",
        found.curve[::step],
        {
            "below": lambda point: f"{point.threshold:.3f}",
            "refused": lambda point: f"{point.refused} of {found.unanswerable}",
            "right answers that stay": lambda point: f"{point.kept} of {found.right}",
        },
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
    before, after = program.before, program.after
    click.echo(
        f"{title}: {program.fitted.chosen}; on {program.tested} answers it did not see, Brier score "
        f"{figure(before.brier)} raw, {figure(after.brier)} calibrated, {figure(program.base)} the same for "
        f"all; "
        f"calibration error {figure(before.error)} raw, {figure(after.error)} calibrated"
    )
    print_records(
        "Stated and true",
        after.bins,
        {
            "confidence": lambda item: f"{item.start:.1f}–{item.end:.1f}",
            "answers": lambda item: item.n,
            "stated": lambda item: f"{item.confidence:.2f}",
            "right": lambda item: f"{item.accuracy:.2f}",
        },
    )


def _print_points(title: str, points: Sequence[CurvePoint], *, has_cost: bool) -> None:
    step = max(1, len(points) // _ROWS)
    chosen = [*points[::step], *points[-1:]] if len(points) % step != 1 % step else list(points[::step])
    columns: dict[str, Callable[[CurvePoint], object]] = {
        "from": lambda item: f"{item.threshold:.3f}",
        "accepted": lambda item: f"{item.coverage:.0%}",
        "wrong": lambda item: f"{item.risk:.3f}",
    }
    if has_cost:
        columns["USD a question"] = lambda item: f"{item.cost_usd:.5f}"
        columns["asked the large model"] = lambda item: f"{item.large_share:.0%}"
    print_records(title, chosen, columns)
