"""The seams of evaluation: what answers, what checks a claim, what scores a case."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from bidproof.evaluation.records import CellState, GoldCase, Outcome


class Answerer(Protocol):
    """Anything that answers a case; the product's engines are wrapped by one."""

    @property
    def name(self) -> str:
        """For people: ``extractive``, a model's name, a file of recorded answers."""
        ...

    @property
    def program_digest(self) -> str:
        """Everything that decides an answer."""
        ...

    async def answer(self, case: GoldCase, *, repeat: int) -> Outcome:
        """Answer once; a failed model call is an outcome whose draft is ``FAILED``, never an exception."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Entailment:
    """Whether a text holds a claim.

    ``is_held`` is None when it could not be judged; ``score`` is 0 to 1, for
    calibration and thresholds; ``problems`` say what contradicts or is missing.
    """

    is_held: bool | None
    score: float
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimMatrix:
    """Claims of answer and reference against passages and against each other; every claim metric reads it.

    Shapes: ``answer_by_passage[a][p]``, ``reference_by_passage[r][p]``,
    ``answer_by_reference[a]`` (held by the reference as a whole) and
    ``reference_by_answer[r]`` (held by the answer as a whole). Follows RAGChecker
    (arXiv 2408.08067).

    Beside the matrix stands what the same reading gives at no further call:
    ``implied_questions`` that the answer alone would answer, whether it
    ``is_evasive`` (None when not judged), and whether the answer deals with each
    of the question's ``parts`` (``part_by_answer[i]``). ``is_model`` tells whether
    a model filled it in.
    """

    answer_claims: tuple[str, ...]
    reference_claims: tuple[str, ...]
    passages: int
    answer_by_passage: tuple[tuple[Entailment, ...], ...] = ()
    reference_by_passage: tuple[tuple[Entailment, ...], ...] = ()
    answer_by_reference: tuple[Entailment, ...] = ()
    reference_by_answer: tuple[Entailment, ...] = ()
    verifier: str = ""
    is_model: bool = False
    implied_questions: tuple[str, ...] = ()
    is_evasive: bool | None = None
    parts: tuple[str, ...] = ()
    part_by_answer: tuple[Entailment, ...] = ()


class MatrixMaker(Protocol):
    """Fills a claim matrix: offline by code, or by a judge model."""

    @property
    def name(self) -> str:
        """Identity, e.g. ``offline-2`` or a judge program's digest."""
        ...

    @property
    def is_model(self) -> bool:
        """Whether a model judges, so that results need calibration."""
        ...

    async def make(self, case: GoldCase, outcome: Outcome) -> ClaimMatrix:
        """Fill the matrix for one outcome.

        Raises:
            ModelError: The judge failed; the caller turns it into ``judge_error``.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What a metric says of one outcome: a value when ``scored``, else why not."""

    state: CellState
    value: float | None = None
    reason: str = ""


MetricKind = Literal["binary", "proportion", "amount"]
"""``binary``: 0 or 1; ``proportion``: 0 to 1; ``amount``: any number (seconds, tokens, dollars)."""


class Scoring(Protocol):
    """What a metric may ask for beside case and outcome; each part is made once an outcome."""

    async def matrix(self, case: GoldCase, outcome: Outcome) -> ClaimMatrix:
        """The claim matrix, by the run's matrix maker."""
        ...

    async def offline_matrix(self, case: GoldCase, outcome: Outcome) -> ClaimMatrix:
        """The claim matrix by code alone, also where a model judges the run."""
        ...

    def similarity(self, one: str, others: Sequence[str]) -> list[float]:
        """Cosine similarity by the workspace's embedder, -1 to 1; empty without an embedder."""
        ...


class Metric(Protocol):
    """Scores one outcome."""

    @property
    def name(self) -> str:
        """Snake case; metrics by code that only resemble a judged one carry another name."""
        ...

    @property
    def kind(self) -> MetricKind:
        """What values it gives; decides the interval and the test."""
        ...

    @property
    def higher_is_better(self) -> bool:
        """Direction."""
        ...

    @property
    def is_judged(self) -> bool:
        """Whether its value rests on the run's matrix maker or judge, and so on that one's calibration."""
        ...

    async def score(self, case: GoldCase, outcome: Outcome, scoring: Scoring) -> Score:
        """Score one outcome.

        Raises:
            ModelError: The judge failed.
        """
        ...
