"""Run a gold set, hold runs against each other, say where they go wrong, and what techniques are worth."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bidproof.core.options import option


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluateRequest:
    """One evaluation; ``gold`` names a stored set, or is the path of a file that can be imported."""

    gold: str
    docs: tuple[Path, ...] = option((), help="Bring these in and use only them.")
    split: str = option(
        "",
        choices=("train", "dev", "test", "all"),
        help="Part of the set. [default: dev where the set is split, else all]",
    )
    metrics: tuple[str, ...] = option(
        (), has_commas=True, help="Names of metrics, with commas between. [default: all that fit]"
    )
    metric_files: tuple[Path, ...] = option(
        (), flags=("--metrics-file",), help="Python file with your metrics."
    )
    judge: str = option("", help="Model that judges; without one, metrics are by code alone.")
    bridges: tuple[str, ...] = option(
        (),
        flags=("--with",),
        choices=("ragas", "deepeval"),
        help="Run that library's own metrics beside ours, by the same judge.",
    )
    answers: Path | None = option(None, help="JSONL with another system's answers to score.")
    repeats: int = option(1, help="Times each case is answered.")
    limit: int | None = option(None, help="Only so many cases, the first ones.")
    label: str = option("", help="Name for the run, to compare with later.")
    error_budget: float = option(0.1, help="Share of failures that stops the run.")
    fresh: bool = option(False, help="Answer anew instead of taking finished answers over.")
    has_report: bool = option(True, flags=("--no-report",), help="Write no HTML report.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRequest:
    """Metrics by code to add to a stored run; ``run`` is an id, a label, or ``latest``."""

    run: str
    metrics: tuple[str, ...] = option(
        (),
        has_commas=True,
        help="Names of metrics, with commas between. [default: all by code that the run lacks]",
    )
    metric_files: tuple[Path, ...] = option(
        (), flags=("--metrics-file",), help="Python file with your metrics."
    )
    again: bool = option(False, help="Compute metrics anew that the run has already.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPair:
    """Two runs; ``b`` is held against ``a``.

    Both are ids or labels in the workspace, ``latest``, or folders of runs.
    """

    a: str
    b: str
    metrics: tuple[str, ...] = option(
        (), metavar="NAME", has_commas=True, help="Only these; repeat, or separate by commas."
    )
    primary: str = option(
        "",
        metavar="NAME",
        help="Metric that decides, tested alone; the others are exploratory. "
        "[default: the surest sign of a right answer]",
    )
    margin: float = option(0.03, help="Shares this close are equivalent.")
    confidence: float = 0.95
    allow_different_gold: bool = option(False, help="Pair cases of equal id and question.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareRequest(RunPair):
    """Two runs, and what counts as a difference."""

    relative_margin: float = option(0.05, help="Seconds, tokens, dollars: the same as a share of A's mean.")


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRequest(RunPair):
    """Two runs, and what closes the gate: what is proven worse, and cases that lost their value."""

    coverage_drop: float = option(0.02, most=1, help="Share of cases that may lose their value.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternsRequest:
    """What to look for in a run: its id, its label, or ``latest``."""

    run: str = "latest"
    metric: str = option("", help="What to slice. [default: the surest sign of a right answer]")
    below: float = option(0.5, help="A value under it is a failure.")
    is_order: bool = option(
        False, flags=("--order",), help="Answer again with the passages shuffled: first-document bias."
    )
    is_bias: bool = option(
        False, flags=("--probe-bias",), help="Answer again with names, gender words, regions swapped."
    )
    cases: int = option(50, least=1, help="Most cases to answer again.")
    turns: int = option(3, least=1, help="Shuffles a case.")
    seed: int = option(0, help="")


@dataclass(frozen=True, slots=True, kw_only=True)
class AblateRequest:
    """One ablation; ``gold`` names a stored set, or is the path of a file that can be imported."""

    gold: str = option(metavar="SET", help="Gold set, by name or file.")
    split: str = option(
        "",
        choices=("train", "dev", "all"),
        help="Part of the set. [default: dev where the set is split, else all]",
    )
    techniques: tuple[str, ...] = option(
        (),
        flags=("--technique",),
        metavar="NAME",
        help="Only this one; repeat. [default: all that the program can have]",
    )
    metric: str = option("task_score", help="What is compared.")
    judge: str = option("", help="Model that judges, for a judged metric.")
    margin: float = option(0.03, help="Differences this small are equivalent.")
    limit: int | None = option(None, least=2, help="Only so many cases, the first ones.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrateRequest:
    """What to calibrate, and on which labels; several ``models`` mean a panel."""

    labels: Path
    models: tuple[str, ...] = option(
        (), flags=("--model",), help="Judge; name several for a panel. [default: offline]"
    )
    columns: Mapping[str, str] = option(
        {}, flags=("--map",), metavar="ROLE=COLUMN", has_commas=True, help="Say which column holds what."
    )
    repeats: int = option(3, help="Readings of each answer.")
    has_biases: bool = option(
        True, flags=("--no-biases",), help="Do not measure position and verbosity bias."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeRequest:
    """What to probe, and with which true claims.

    ``is_system`` probes the checks of the answering system instead of a judge. Without ``labels``,
    the claims and quotes of the workspace's stored answers are taken.
    """

    models: tuple[str, ...] = option(
        (), flags=("--model",), help="Judge; name several for a panel. [default: offline]"
    )
    is_system: bool = option(
        False, flags=("--system",), help="Probe the checks of the answering system instead of a judge."
    )
    labels: Path | None = option(None, help="Take true claims from labels, not from stored answers.")
    columns: Mapping[str, str] = option(
        {}, flags=("--map",), metavar="ROLE=COLUMN", has_commas=True, help="Say which column holds what."
    )
    per_kind: int = option(25, least=1, help="Edits of each kind.")
    seed: int = option(0, help="Of the choice of edits.")
