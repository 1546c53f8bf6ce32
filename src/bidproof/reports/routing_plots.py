"""The risk-coverage and the quality-cost curve as a picture."""

# matplotlib's own types are partial.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from pathlib import Path

from bidproof.routing.curves import RoutingCurves

_MARKERS = {"cascade": "*", "always small": "o", "always large": "s", "random mix": "x", "oracle": "^"}


def draw_curves(curves: RoutingCurves, path: Path, *, title: str) -> None:
    """Draw the curves of a fit into a PNG or SVG file, by the path's ending.

    Raises:
        OSError: The file cannot be written.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    panels = 2 if curves.baselines else 1
    figure = Figure(figsize=(5.4 * panels, 4.2), layout="constrained")
    FigureCanvasAgg(figure)
    left = figure.add_subplot(1, panels, 1)
    left.step(
        [point.coverage for point in curves.coverage],
        [point.risk for point in curves.coverage],
        where="post",
        label="by confidence",
    )
    left.axhline(curves.base_risk, linestyle="--", color="grey", label="at random")
    left.set_xlabel("share of all questions accepted")
    left.set_ylabel("share of them wrong")
    left.set_title(title)
    left.set_xlim(0, 1)
    left.set_ylim(bottom=0)
    left.legend()
    if curves.baselines:
        right = figure.add_subplot(1, panels, 2)
        right.plot(
            [point.cost_usd for point in curves.cost],
            [1 - point.risk for point in curves.cost],
            label="cascade",
        )
        for item in curves.baselines:
            found = item.operating
            right.plot([found.cost_usd], [found.quality], _MARKERS[item.name], label=item.name, markersize=9)
        right.set_xlabel("US dollars a question")
        right.set_ylabel("share of answers right")
        right.legend()
    figure.savefig(path, dpi=120)
