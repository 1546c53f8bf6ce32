"""Printing judges: what is known of each, and what probes found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from bidproof.cli.printing.basics import print_records, print_table
from bidproof.cli.printing.figures import bracketed, echo_each, figure

if TYPE_CHECKING:
    from bidproof.evaluation.judging.calibration import Calibration
    from bidproof.evaluation.records import Estimate
    from bidproof.flows.judge import CalibrateReport, ProbeReport

_FIGURES = (
    ("AUROC", "auroc", "supported answers score above unsupported ones"),
    ("balanced accuracy", "accuracy", "of the verdict; 0.50 is chance"),
    ("Cohen's kappa", "kappa", "verdict and majority label, beyond chance"),
    ("human ceiling", "ceiling", "raters against the majority of the others"),
    ("Krippendorff's alpha", "alpha", "among the raters"),
    ("flip rate", "flips", "two repeats of the same verdict differ"),
    ("position bias", "position", "verdicts that change with the order of passages"),
    ("verbosity bias", "verbosity", "verdicts that change when polite words are added"),
    ("judged rate", "judged_rate", "answers that the judge calls supported"),
    ("corrected rate", "corrected_rate", "answers that people would call supported"),
)


def print_calibration(report: CalibrateReport) -> None:
    """Show one calibration, then what it means for runs."""
    known = report.calibration
    rows = [(name, _estimate(getattr(known, field)), note) for name, field, note in _FIGURES]
    print_table(f"{known.name} (judge {known.judge})", ("figure", "value, 95% interval", "meaning"), rows)
    click.echo(
        f"{known.answers} answers judged, {known.labelled} with a majority label; {known.failed} failed"
    )
    for pair in report.disagreements:
        rate = figure(pair.rate, absent="unknown")
        click.echo(f"{pair.one} and {pair.other} differ on {rate} of {pair.verdicts} verdicts")
    click.echo(f"stamp of later runs: {report.stamp}")
    click.echo(f"stored: {report.path}")


def print_judges(known: Sequence[Calibration]) -> None:
    """List calibrated judges."""
    if not known:
        click.echo("no judge is calibrated here; bidproof judge calibrate LABELS")
        return
    print_records(
        "Judges",
        known,
        {
            "judge": lambda item: item.judge,
            "name": lambda item: item.name,
            "on": lambda item: item.judged_on,
            "labels": lambda item: item.labelled,
            "AUROC": lambda item: _estimate(item.auroc),
            "balanced accuracy": lambda item: _estimate(item.accuracy),
            "flips": lambda item: _estimate(item.flips),
        },
    )


def print_probes(report: ProbeReport, *, with_missed: bool) -> None:
    """Show what probes found."""
    print_records(
        f"Probes of {report.subject}",
        report.lines,
        {
            "edit": lambda line: line.kind,
            "": lambda line: "detected" if line.is_edit else "false alarms",
            "count": lambda line: f"{line.flagged} of {line.n}",
            "rate, 95% interval": lambda line: _estimate(line.estimate),
            "undecided": lambda line: line.undecided or "",
        },
    )
    click.echo(f"from {report.sources} true claims")
    for item in report.missed if with_missed else ():
        probe = item.probe
        click.echo(f"\n{probe.kind.value}: {probe.claim}")
        if probe.claim != probe.original:
            click.echo(f"  was: {probe.original}")
        echo_each("  ", item.problems)


def _estimate(estimate: Estimate) -> str:
    """An estimate as ``0.91 [0.85, 0.95]``; a dash where there is none."""
    return figure(estimate.value) + bracketed(estimate.low, estimate.high)
