"""What an optimisation is asked for and what came of it."""

from dataclasses import dataclass
from pathlib import Path

from bidproof.core.records import Usage
from bidproof.evaluation.comparing.comparisons import Comparison
from bidproof.evaluation.statistics.paired import PairedTest
from bidproof.optimization.records import Measured
from bidproof.optimization.settings.selection import PickedGain
from bidproof.prompts.labels import Proof
from bidproof.prompts.program import Program


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateRow:
    """A program that was tried on the whole dev split, or why it was not.

    ``worst`` counts failed calls as 0; ``mean`` leaves them out. ``changes`` say what
    is different from the incumbent.
    """

    digest: str
    kind: str
    mean: float | None
    worst: float | None
    cases: int
    usage: Usage
    changes: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One setting of the winner put back to the incumbent's value, on the dev cases.

    ``test`` is the objective with ``value`` less that ``without`` it.
    """

    name: str
    without: str | int | float | bool
    value: str | int | float | bool
    test: PairedTest


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search gives the flow: its best program and everything it tried."""

    best: Program
    rows: tuple[CandidateRow, ...]
    reason: str
    pareto: tuple[CandidateRow, ...] = ()
    importance: tuple[tuple[str, float], ...] = ()
    ablation: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """The winner held against the incumbent on the sealed test split.

    Attributes:
        comparison: Metric by metric, the objective first.
        proof: What it proves, as ``promote`` reads it.
        tried: Programs that were held against others on this test split so far, this one included.
        confidence: Of the intervals, raised so that all of them together keep 95%.
        effect: The objective's effect with its interval, in words.
        file: Where the comparison lies, to be given to ``promote --proof``.
        warnings: What a reader must know.
    """

    comparison: Comparison
    proof: Proof
    tried: int
    confidence: float
    effect: str
    file: Path
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizeReport:
    """What came of an optimisation.

    Attributes:
        id: Folder name below the workspace's ``optimization/``.
        incumbent: Digest of the program to beat.
        winner: Digest of the best program on dev; the incumbent's where nothing beat it.
        gain: Lead on dev, as seen and corrected for having been picked.
        proof: The comparison on the sealed test split; None when there was none.
        verdict: One line for people.
        candidates: Tried in full, best first.
        pareto: Best objective for each cost, where a model is asked.
        importance: Settings by their share of the objective's variance.
        ablation: The winner with one change taken back at a time.
        reason: Why the search ended.
        calls: Model calls, replayed ones included.
        spent_usd: What the job has cost so far.
        train: Cases that examples and instructions were made from.
        dev: Cases that candidates were chosen on; for settings, the train cases are among them.
        test: Cases of the sealed test split.
        warnings: What a reader must know.
    """

    id: str
    gold: str
    method: str
    metric: str
    incumbent: str
    winner: str
    gain: PickedGain | None
    proof: Proven | None
    verdict: str
    candidates: tuple[CandidateRow, ...]
    pareto: tuple[CandidateRow, ...]
    importance: tuple[tuple[str, float], ...]
    ablation: tuple[Change, ...]
    reason: str
    calls: int
    spent_usd: float
    seconds: float
    train: int
    dev: int
    test: int
    warnings: tuple[str, ...]
    folder: Path


def row_of(measured: Measured, *, kind: str, changes: tuple[str, ...] = (), note: str = "") -> CandidateRow:
    """A measured program as a row of the report."""
    return CandidateRow(
        digest=measured.program,
        kind=kind,
        mean=measured.mean,
        worst=measured.worst,
        cases=len(measured.results),
        usage=measured.usage,
        changes=changes,
        note=note,
    )
