"""What an optimisation of prompts reports: every candidate, and why one was chosen or none."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from bidproof.core.records import Usage
from bidproof.optimization.records import Measured
from bidproof.prompts.program import Program

Method = Literal["labeled", "bootstrap", "mipro", "gepa"]

Kind = Literal["incumbent", "examples", "instructions", "both"]
"""In what a candidate differs from the program to start from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptCandidate:
    """One program that was found.

    Attributes:
        digest: Of the program.
        kind: What was changed.
        program: Itself.
        measured: On all dev cases; None where it was rejected, or the budget ended before.
        prompt_tokens: Of instructions and examples, which every call repeats.
        rejected: Why it could not win; empty where it could.
    """

    digest: str
    kind: Kind
    program: Program
    measured: Measured | None
    prompt_tokens: int
    rejected: str = ""

    @property
    def mean(self) -> float | None:
        """Over scored dev cases."""
        return None if self.measured is None else self.measured.mean

    @property
    def worst(self) -> float | None:
        """What candidates are compared by."""
        return None if self.measured is None else self.measured.worst

    @property
    def n(self) -> int:
        """Dev cases with a value."""
        return 0 if self.measured is None else len(self.measured.values)

    @property
    def usage(self) -> Usage:
        """What measuring it cost."""
        return Usage() if self.measured is None else self.measured.usage


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptReport:
    """How an optimisation of prompts ended.

    Attributes:
        method: Which one.
        best: The winner; the program to start from where nothing was better.
        candidates: All that were found, the incumbent first, then as they were found.
        reason: In plain words, why this one.
        rejections: What never ran, by reason: instructions and examples of no use.
        is_stopped: Whether a limit ended the search early.
    """

    method: Method
    best: Program
    candidates: tuple[PromptCandidate, ...]
    reason: str
    rejections: Mapping[str, int] = field(default_factory=dict[str, int])
    is_stopped: bool = False


Stage = Literal["incumbent", "examples", "search", "measured"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptStep:
    """Progress: what is being done, and how many candidates there are."""

    stage: Stage
    note: str
    candidates: int = 0


Progress = Callable[[PromptStep], None]


def silent(step: PromptStep) -> None:
    """Tell nobody."""
    del step
