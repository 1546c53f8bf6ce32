"""What every questionnaire format offers, and the records that pass between them."""

from collections.abc import Mapping
from dataclasses import dataclass
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
class FillPlan:
    """Everything a writer needs: the cells to change and the evidence to list.

    Attributes:
        values: In question order; locations are unique.
        evidence: Rows for an added sheet; empty when none is to be added.
        filled: Questions that get an answer or choice.
        left_blank: Questions that keep their slots empty.
        skipped: ``"question id: why"`` for each blank, untouched or shortened one.
    """

    values: tuple[SlotValue, ...]
    evidence: tuple[EvidenceRow, ...]
    filled: int
    left_blank: int
    skipped: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteReport:
    """What was written.

    Attributes:
        files: The answered questionnaire first, then any companion file.
        filled: Questions that got an answer or choice.
        left_blank: Questions whose slots stayed empty.
        skipped: ``"question id: why"`` for each question or slot not written in full.
    """

    files: tuple[Path, ...]
    filled: int
    left_blank: int
    skipped: tuple[str, ...] = ()


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
