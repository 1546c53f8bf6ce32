"""The nouns of evaluation: cases, outcomes, cells, runs and the numbers made of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from bidproof.core.ids import digest
from bidproof.core.jsonable import to_json
from bidproof.core.records import Draft, ScoredPassage

Split = Literal["", "train", "dev", "test"]
"""Which part of a gold set a case belongs to; ``test`` is sealed, empty means not split yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relevant:
    """Something of the documents that answers a case: a document, a page of it, or words on it.

    ``path`` is posix and may be a glob (``*AAPL*.pdf``); it matches a document whose
    path equals it or ends with ``/path``. ``page`` counts from 1; None for any.
    ``quote`` is verbatim up to white space; empty for the whole page or document.
    """

    path: str
    page: int | None = None
    quote: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldCase:
    """One question with what is known to be true about its answer.

    Attributes:
        id: Unique in its set, stable over imports.
        question: As the buyer would ask it.
        reference: The right answer in words; empty when none is written down.
        choice: The right option; empty when none is known.
        options: Options of a choice question, in order.
        relevant: What of the documents answers it; empty when unknown.
        is_answerable: Whether the documents hold the answer; None when unknown.
        group: Questionnaire, author or source document the case comes from:
            standard errors are clustered by it. Empty stands alone.
        tags: Free labels, for slices.
        split: Part of the set.
        is_verified: Whether a person has accepted the case.
        section_path: Headings above the question, outermost first.
        origin: Where it was imported from, for people.
    """

    id: str
    question: str
    reference: str = ""
    choice: str = ""
    options: tuple[str, ...] = ()
    relevant: tuple[Relevant, ...] = ()
    is_answerable: bool | None = None
    group: str = ""
    tags: tuple[str, ...] = ()
    split: Split = ""
    is_verified: bool = True
    section_path: tuple[str, ...] = ()
    origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldSet:
    """Named cases, in file order, with unique ids."""

    name: str
    cases: tuple[GoldCase, ...]

    def digest(self) -> str:
        """Name the set by its cases' content, so that two runs can be told to be on the same one."""
        return digest("gold", json.dumps([to_json(case) for case in self.cases], sort_keys=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an answerer did with one case, once.

    Attributes:
        case_id: The case.
        repeat: Which repeat, from 0; repeats are drawn anew, never taken from a cache.
        draft: The draft; its state may be ``FAILED``.
        retrieved: The ranking behind the draft to some depth, best first, ranks from 1.
            The first ``used`` of them are the context the draft was made from.
        used: How many of ``retrieved`` the engine was given.
        seconds: Wall-clock seconds, waiting for the endpoint included.
    """

    case_id: str
    repeat: int
    draft: Draft
    retrieved: tuple[ScoredPassage, ...] = ()
    used: int = 0
    seconds: float = 0.0

    @property
    def context(self) -> tuple[ScoredPassage, ...]:
        """The passages the draft was made from."""
        return self.retrieved[: self.used]


class CellState(StrEnum):
    """How scoring one case by one metric ended; only ``scored`` has a value.

    ``abstained``: the answerer said "not found" or left it to a person, and the
    metric is about answers given. ``unscorable``: the case lacks what the metric
    needs. ``judge_error``: the judge failed. ``not_run``: the answerer's call
    failed, or the run stopped before.
    """

    SCORED = "scored"
    ABSTAINED = "abstained"
    UNSCORABLE = "unscorable"
    JUDGE_ERROR = "judge_error"
    NOT_RUN = "not_run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One case by one metric. ``value`` is set exactly when the state is ``scored``."""

    case_id: str
    metric: str
    state: CellState
    value: float | None = None
    repeat: int = 0
    group: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        if (self.value is not None) != (self.state is CellState.SCORED):
            raise ValueError(f"a cell that is {self.state} cannot have the value {self.value!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A mean with its uncertainty.

    Attributes:
        value: Mean over scored cells; None when there is none.
        low: Lower end of the interval, None when it cannot be said (fewer than two).
        high: Upper end.
        n: Scored cases (repeats averaged first).
        clusters: Distinct groups among them.
        confidence: Nominal coverage.
        method: How the interval was made, e.g. ``wilson``, ``cluster-t``.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int
    clusters: int
    confidence: float = 0.95
    method: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricSummary:
    """One metric over one run.

    Attributes:
        metric: Its name.
        estimate: Mean and interval over scored cells.
        counts: Cells by state, all five present.
        coverage: Scored cells as a share of all, 0 to 1.
        worst: The mean if every cell without a value that is not ``unscorable`` had the worst value.
        best: The same with the best value.
        stamp: ``uncalibrated``, or what the judge's calibration says; empty for code metrics.
        higher_is_better: Direction.
    """

    metric: str
    estimate: Estimate
    counts: Mapping[str, int]
    coverage: float
    worst: float | None = None
    best: float | None = None
    stamp: str = ""
    higher_is_better: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInfo:
    """What a run was: enough to repeat it, and to refuse comparing what cannot be compared.

    Attributes:
        id: Folder name below the workspace's ``runs/``.
        gold: Name of the gold set.
        gold_digest: Its content.
        split: Split that was run; empty for all.
        program_digest: What answered.
        answerer: Its name for people.
        documents_digest: State of the documents.
        judge: Digest of the judge's program; empty when no model judged.
        repeats: Times each case was answered.
        seed: Of everything random.
        started: ISO time, UTC.
        ended: ISO time, or empty while it is not finished.
        state: ``finished``, ``stopped`` (error budget), or ``running`` (or killed).
        settings: All settings by ``group.name``, secrets never among them.
        counts: Outcomes by draft state.
        label: Free name given by the user.
    """

    id: str
    gold: str
    gold_digest: str
    split: Split
    program_digest: str
    answerer: str
    documents_digest: str = ""
    judge: str = ""
    repeats: int = 1
    seed: int = 0
    started: str = ""
    ended: str = ""
    state: Literal["running", "finished", "stopped"] = "running"
    settings: Mapping[str, object] = field(default_factory=dict[str, object])
    counts: Mapping[str, int] = field(default_factory=dict[str, int])
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run as read back: what it was, its cases, outcomes, cells and summaries."""

    info: RunInfo
    cases: tuple[GoldCase, ...]
    outcomes: tuple[Outcome, ...]
    cells: tuple[Cell, ...]
    summaries: tuple[MetricSummary, ...]
