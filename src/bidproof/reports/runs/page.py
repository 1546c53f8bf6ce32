"""The report of a run: one HTML file with its figures, plots and every case, complete in itself.

It loads nothing from anywhere. Its one script is ours, sorts and filters the case
table, and is named by its hash in the page's policy, so that no other script can
run. Everything from documents, gold sets and models is text in it, never markup.
"""

from datetime import datetime
from pathlib import Path

from markupsafe import Markup

from bidproof.core.files import write_whole
from bidproof.evaluation.records import Run
from bidproof.reports.plots import make_plots
from bidproof.reports.runs.view import case_views, count_cell_states, count_states, headline_metrics
from bidproof.reports.templates import render_page


def write_run_report(run: Run, out: Path, *, reason: str = "", now: datetime | None = None) -> Path:
    """Write the report of a run, whole or not at all.

    Args:
        run: As stored.
        out: The HTML file; what stands there is replaced.
        reason: Why the run was stopped, where it was.
        now: The time stated in the report; None means the present.

    Returns:
        Where it is.

    Raises:
        WriteFailed: Disk full, no permission or no such folder.
    """
    write_whole(out, render_run_report(run, reason=reason, now=now).encode("utf-8"))
    return out


def render_run_report(run: Run, *, reason: str = "", now: datetime | None = None) -> str:
    """The report of a run as HTML text."""
    headline = headline_metrics(run)
    views = case_views(run, headline)
    return render_page(
        "run.html",
        script="run.js",
        now=now,
        info=run.info,
        reason=reason,
        summaries=run.summaries,
        plots=make_plots(run),
        headline=headline,
        views=views,
        states=count_states(views),
        cell_states=count_cell_states(run),
        figure=_figure,
        stamped=any(item.stamp == "uncalibrated" for item in run.summaries),
        raw=Markup,
    )


def _figure(value: float | None) -> str:
    """A figure with the digits that matter; a dash for none."""
    if value is None:
        return "–"
    if value and abs(value) < 0.001:
        return f"{value:.2g}"
    return f"{value:.3f}" if abs(value) < 100 else f"{value:,.0f}"
