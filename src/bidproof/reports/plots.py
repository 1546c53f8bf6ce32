"""Plots of a run as SVG text to put into a page: colours follow the page's theme, letters stay letters.

Each plot comes with words that say what it shows; where there is nothing to
plot, the words say why and there is no picture.
"""

# matplotlib's own types are partial.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bidproof.evaluation.metrics.run_metrics import rightness, risk_curve
from bidproof.evaluation.records import Cell, MetricSummary, Outcome, Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_INK, _MUTED, _LINE, _ACCENT, _BAD = "#010101", "#020202", "#030303", "#040404", "#050505"
_THEME = {_INK: "--ink", _MUTED: "--muted", _LINE: "--line", _ACCENT: "--accent", _BAD: "--bad"}
"""Colours that no plot would use, each standing for a colour of the page."""

_BINS = 5
_MOST_BARS = 30
_AMOUNTS = ("latency_s", "cost_usd", "tokens", "model_calls")
"""Not shares, and plotted by their distribution."""
_PROLOGUE = re.compile(r"^.*?(?=<svg)", re.DOTALL)
_METADATA = re.compile(r"<metadata>.*?</metadata>\s*", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """A picture with its title and its content in words; ``svg`` is empty where nothing can be shown."""

    title: str
    words: str
    svg: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityBin:
    """Answers of like confidence: their mean confidence, the share that was right, and how many."""

    confidence: float
    right: float
    n: int


def make_plots(run: Run) -> tuple[Plot, ...]:
    """Every plot of a run, in the order of the report."""
    return (
        plot_metrics(run.summaries),
        plot_risk(run.outcomes, run.cells),
        plot_reliability(run.outcomes, run.cells),
        plot_amounts(
            "Latency", "Seconds an answer", [item.seconds for item in run.outcomes], none="no answers"
        ),
        plot_amounts(
            "Cost",
            "US dollars an answer",
            [item.draft.usage.cost_usd for item in run.outcomes],
            none="no answer cost anything: no model was paid",
        ),
    )


def plot_metrics(summaries: Sequence[MetricSummary]) -> Plot:
    """Means of all shares, best first where higher is better, with their intervals."""
    title = "Metrics with 95% intervals"
    shown = [
        item
        for item in summaries
        if item.estimate.value is not None
        and item.worst is not None
        and item.metric not in _AMOUNTS
        and 0 <= item.estimate.value <= 1
    ][:_MOST_BARS]
    if not shown:
        return Plot(title=title, words="No metric has a value.")
    words = "; ".join(f"{item.metric} {_with_interval(item)}" for item in shown)

    def draw(axes: "Axes") -> None:
        places = range(len(shown), 0, -1)
        for place, item in zip(places, shown, strict=True):
            found = item.estimate
            value = found.value or 0.0
            axes.barh(place, value, color=_ACCENT, alpha=0.28, height=0.62)
            if found.low is not None and found.high is not None:
                axes.plot([found.low, found.high], [place, place], color=_ACCENT, linewidth=2)
            axes.plot([value], [place], "o", color=_ACCENT, markersize=5, clip_on=False)
        names = [item.metric + ("" if item.higher_is_better else " (lower is better)") for item in shown]
        axes.set_yticks(list(places), names)
        axes.set_xlim(0, 1)
        axes.set_ylim(0.4, len(shown) + 0.6)
        axes.grid(axis="x", color=_LINE, linewidth=0.8)

    return Plot(title=title, words=words, svg=_svg(draw, height=0.7 + 0.27 * len(shown), salt="metrics"))


def plot_risk(outcomes: Sequence[Outcome], cells: Sequence[Cell]) -> Plot:
    """Share of wrong answers as the least confident ones are left to people."""
    title = "Risk and coverage"
    curve = risk_curve(outcomes, cells)
    if curve is None:
        return Plot(
            title=title,
            words="Cannot be drawn: the drafts carry no calibrated confidences, or no metric says "
            "which were right.",
        )
    words = (
        f"Of {curve.n} answers, {curve.risks[-1]:.0%} are wrong by {curve.metric} when all are taken; "
        f"area under the curve {curve.area:.3f} (lower is better)."
    )

    def draw(axes: "Axes") -> None:
        axes.step(curve.coverages, curve.risks, where="post", color=_ACCENT, linewidth=2)
        axes.set_xlim(0, 1)
        axes.set_ylim(0, max(0.1, *curve.risks) * 1.08)
        axes.set_xlabel("share of answers taken, the most confident first")
        axes.set_ylabel("share wrong")
        axes.grid(color=_LINE, linewidth=0.8)

    return Plot(title=title, words=words, svg=_svg(draw, height=3.2, salt="risk"))


def reliability(outcomes: Sequence[Outcome], cells: Sequence[Cell]) -> tuple[ReliabilityBin, ...]:
    """Bins of equal size by confidence, with the share that was right; empty without confidences."""
    _, right = rightness(cells)
    pairs = sorted(
        (item.draft.confidence, float(right[item.case_id, item.repeat] >= 0.5))
        for item in outcomes
        if item.draft.confidence is not None and (item.case_id, item.repeat) in right
    )
    if len(pairs) < 2 * _BINS:
        return ()
    size = len(pairs) / _BINS
    bins = [pairs[round(place * size) : round((place + 1) * size)] for place in range(_BINS)]
    return tuple(
        ReliabilityBin(
            confidence=sum(confidence for confidence, _ in own) / len(own),
            right=sum(value for _, value in own) / len(own),
            n=len(own),
        )
        for own in bins
    )


def plot_reliability(outcomes: Sequence[Outcome], cells: Sequence[Cell]) -> Plot:
    """Whether confidences mean what they say."""
    title = "Calibration"
    bins = reliability(outcomes, cells)
    if not bins:
        return Plot(
            title=title,
            words="Cannot be drawn: the drafts are uncalibrated, or fewer than ten answers have "
            "a confidence and a verdict.",
        )
    words = "; ".join(
        f"confidence {item.confidence:.2f}: {item.right:.0%} right of {item.n}" for item in bins
    )

    def draw(axes: "Axes") -> None:
        axes.plot([0, 1], [0, 1], color=_MUTED, linewidth=1, linestyle="--")
        axes.plot([item.confidence for item in bins], [item.right for item in bins], "o-", color=_ACCENT)
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1)
        axes.set_xlabel("stated confidence")
        axes.set_ylabel("share right")
        axes.grid(color=_LINE, linewidth=0.8)

    return Plot(title=title, words=words, svg=_svg(draw, height=3.2, salt="reliability"))


def plot_amounts(title: str, label: str, values: Sequence[float], *, none: str) -> Plot:
    """How an amount is distributed over answers, with median and 95th percentile."""
    ordered = sorted(values)
    if len(ordered) < 2 or ordered[-1] <= 0:
        return Plot(
            title=title, words=f"Not drawn: {none if not any(ordered) else 'fewer than two answers'}."
        )
    middle, high = _quantile(ordered, 0.5), _quantile(ordered, 0.95)
    words = (
        f"{label}: median {middle:.3g}, 95th percentile {high:.3g}, most {ordered[-1]:.3g}, "
        f"{len(ordered)} answers."
    )

    def draw(axes: "Axes") -> None:
        axes.hist(ordered, bins=min(30, max(5, len(ordered) // 4)), color=_ACCENT, alpha=0.45)
        for value, style in ((middle, "-"), (high, "--")):
            axes.axvline(value, color=_BAD if style == "--" else _INK, linewidth=1.4, linestyle=style)
        axes.set_xlim(left=0)
        axes.set_xlabel(f"{label.lower()} (line: median, dashed: 95th percentile)")
        axes.set_ylabel("answers")
        axes.grid(axis="y", color=_LINE, linewidth=0.8)

    return Plot(title=title, words=words, svg=_svg(draw, height=2.6, salt=title))


def _quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 100 * len(ordered)) // 100) - 1))]


def _with_interval(item: MetricSummary) -> str:
    found = item.estimate
    if found.low is None or found.high is None:
        return f"{found.value:.2f}, no interval"
    return f"{found.value:.2f} ({found.low:.2f} to {found.high:.2f})"


def _svg(draw: Callable[["Axes"], None], *, height: float, salt: str) -> str:
    """Draw on fresh axes and give the SVG element alone, themed by the page's own colours."""
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    style: Any = {
        "svg.fonttype": "none",
        "svg.hashsalt": salt,
        "text.parse_math": False,
        "font.size": 10,
        "text.color": _INK,
        "axes.labelcolor": _MUTED,
        "axes.edgecolor": _LINE,
        "xtick.color": _MUTED,
        "ytick.color": _MUTED,
        "ytick.labelcolor": _INK,
    }
    packed = io.StringIO()
    with mpl.rc_context(style):
        figure = Figure(figsize=(7.2, height), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_axisbelow(True)
        draw(axes)
        figure.savefig(packed, format="svg", transparent=True)
    text = _METADATA.sub("", _PROLOGUE.sub("", packed.getvalue(), count=1))
    for colour, name in _THEME.items():
        text = text.replace(colour, f"var({name})")
    return text.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)
