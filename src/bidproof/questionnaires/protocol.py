"""What every questionnaire format offers, and the records that pass between them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bidproof.core.choices import EvidenceMode
from bidproof.core.ids import QuestionId
from bidproof.core.records import Draft, Questionnaire, SlotPurpose


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotValue:
    """What to write into one slot; an empty ``value`` clears it."""

    location: str
    value: str
    purpose: SlotPurpose


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRow:
    """One line of the added evidence list: a question with one of its citations.

    ``document`` and the fields after it are empty where nothing was cited.
    ``page`` is text such as ``12`` or ``12, 13``; ``place`` is the citation's
    character span in the document.
    """

    question_id: str
    question: str
    answer: str
    status: str
    document: str = ""
    page: str = ""
    quote: str = ""
    place: str = ""
    location: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteReport:
    """What was written.

    Attributes:
        files: The answered questionnaire first, then any companion file.
        filled: Questions with all that they ask for: an answer, and a choice where one is to be made.
        partly: Questions with some of it, or with a comment alone.
        left_blank: Questions with nothing.
        slots: Written places by purpose: answers, choices, marks, comments, evidence.
        skipped: ``"question id: why"`` for each question or slot not written in full.
        clipped: ``"cell: how much shows"`` for each text that its row does not show whole.
    """

    files: tuple[Path, ...]
    filled: int
    left_blank: int
    partly: int = 0
    slots: Mapping[str, int] = field(default_factory=dict[str, int])
    skipped: tuple[str, ...] = ()
    clipped: tuple[str, ...] = ()

    def joined(self, other: "WriteReport") -> "WriteReport":
        """This report and another one of the same run, as one."""
        return WriteReport(
            files=(*self.files, *other.files),
            filled=self.filled + other.filled,
            left_blank=self.left_blank + other.left_blank,
            partly=self.partly + other.partly,
            slots=Counter(self.slots) + Counter(other.slots),
            skipped=(*self.skipped, *other.skipped),
            clipped=(*self.clipped, *other.clipped),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FillPlan:
    """Everything a writer needs: the cells to change and the evidence to list.

    Attributes:
        values: In question order; locations are unique.
        evidence: Rows for an added sheet; empty when none is to be added.
        filled: As :class:`WriteReport` counts, and so the next three.
        partly: Questions with some of what they ask for.
        left_blank: Questions with nothing.
        skipped: ``"question id: why"`` for each blank, untouched or shortened one.
    """

    values: tuple[SlotValue, ...]
    evidence: tuple[EvidenceRow, ...]
    filled: int
    partly: int
    left_blank: int
    skipped: tuple[str, ...]

    def report(
        self, files: Sequence[Path], *, notes: Sequence[str] = (), clipped: Sequence[str] = ()
    ) -> WriteReport:
        """The report of a file that now holds this plan's values."""
        return WriteReport(
            files=tuple(files),
            filled=self.filled,
            partly=self.partly,
            left_blank=self.left_blank,
            slots=Counter(str(item.purpose) for item in self.values if item.value),
            skipped=(*self.skipped, *notes),
            clipped=tuple(clipped),
        )


class QuestionnaireReader(Protocol):
    """A format's ``read`` function."""

    def __call__(self, path: Path, mapping: Mapping[str, object] | None) -> Questionnaire:
        """Read the file; raises UnreadableFile, UnsureMapping or InvalidMapping."""
        ...


class QuestionnaireWriter(Protocol):
    """A format's ``write`` function."""

    def __call__(
        self,
        questionnaire: Questionnaire,
        drafts: Mapping[QuestionId, Draft],
        *,
        out: Path,
        evidence: EvidenceMode,
        overwrite: bool,
    ) -> WriteReport:
        """Write a copy of the questionnaire with its slots filled; raises WriteFailed."""
        ...
