"""The records that leave this room; standard library only."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, Literal, NamedTuple, TypeVar

from bidproof.core.ids import DocumentId, PassageId
from bidproof.core.records import Citation, Trust, Usage

Record = TypeVar("Record")


def record_of(record: type[Record], row: object, **own: Any) -> Record:
    """A record with the values of a table's row of the same names; those in ``own`` are its own."""
    return record(**{name: getattr(row, name) for name in _names(record) if name not in own}, **own)


@cache
def _names(record: Any) -> tuple[str, ...]:
    return tuple(item.name for item in fields(record))


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRow:
    """What is known of a document without loading its text.

    ``is_indexed`` is False from saving the document until its passages are in
    the index. ``is_stale`` is True while the file is there but can no longer be
    read: this is an earlier version of it. ``modified_ns`` is the modification
    time, in nanoseconds, of the file that was read.
    """

    id: DocumentId
    path: str
    source: str
    content_hash: str
    title: str
    media_type: str
    page_count: int
    passage_count: int
    is_indexed: bool
    size_bytes: int
    modified_ns: int
    is_stale: bool = False
    warnings: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    trust: Trust = Trust.OWN
    written: date | None = None
    expires: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentTally:
    """How many documents there are, are not indexed yet, and are stale; and how many passages."""

    documents: int
    waiting: int
    stale: int
    passages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseFailureRow:
    """A file that could not be read, with the two-line error that says why."""

    path: str
    content_hash: str
    code: str
    message: str
    hint: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A run of work and how far it is.

    ``drafted`` counts drafts in any state but failed, ``failed`` the failed ones.
    ``finished_at`` is None while the job may be resumed; ``fence`` counts claims. Times are UTC.
    """

    id: int
    kind: str
    key: str
    total: int
    drafted: int
    failed: int
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None
    detail: Mapping[str, object] = field(default_factory=dict[str, object])
    fence: int = 0


class DraftStatus(StrEnum):
    """Where a draft stands in review."""

    DRAFTED = "drafted"
    IN_REVIEW = "in review"
    APPROVED = "approved"
    REJECTED = "rejected"
    NEEDS_EXPERT = "needs expert"


class DraftRow(NamedTuple):
    """A draft as lists show it; ``id`` is where the next page begins."""

    id: int
    question_id: str
    state: str
    tier: str
    support: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CostLimit:
    """US dollars that a run, or everything in the workspace, may cost; ``setting`` is what raises it."""

    scope: Literal["run", "workspace"]
    usd: float
    setting: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallIntent:
    """A call about to be sent.

    Attributes:
        key: Names prompt, model and settings, at most 200 characters.
        job_id: The job that pays; None for a question asked by itself.
        run: Names what is asked outside of a job and shares a limit; empty within one.
        question_id: Whom the call is for; may be empty.
        model: Name of the model, at most 300 characters.
        attempt: 1 for the first try.
        held_usd: What it may cost at most; held until the outcome is known.
        limits: What has to leave room for that.
        is_anew: A stored reply does not count: it was read, and is none.
    """

    key: str
    model: str
    job_id: int | None = None
    run: str = ""
    question_id: str = ""
    attempt: int = 1
    held_usd: float = 0.0
    limits: tuple[CostLimit, ...] = ()
    is_anew: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CallClaim:
    """What came of an intent.

    ``send``: the row ``call_id`` stands, send the call. ``stored``: the same call ended
    before, its ``response`` is here. ``in flight``: somebody sends it right now. ``full``:
    there is room under the limit once calls in flight have ended. ``spent``: there is none,
    ``spent_usd`` of ``limit`` are gone.
    """

    state: Literal["send", "stored", "in flight", "full", "spent"]
    call_id: int = 0
    response: str = ""
    spent_usd: float = 0.0
    limit: CostLimit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """What one question of a job has cost.

    ``calls`` counts every call sent or about to be sent; ``open`` those without
    an outcome: in flight now, or when the process was killed, and then perhaps
    paid. ``seconds`` is the sum over calls, not elapsed time.
    """

    question_id: str
    calls: int
    failed: int
    open: int
    prompt_tokens: int
    completion_tokens: int
    cost_usd: float
    seconds: float

    @property
    def usage(self) -> Usage:
        """The same of the calls that ended."""
        return Usage(
            calls=self.calls - self.open,
            prompt_tokens=self.prompt_tokens,
            completion_tokens=self.completion_tokens,
            cost_usd=self.cost_usd,
            seconds=self.seconds,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryEntry:
    """An approved answer to a question.

    Attributes:
        question: As it was asked.
        answer: The text; empty where the choice says all.
        choice: In the words of the form that it was given in; None where there was none.
        approver: Who stands behind it.
        approved: The day of it.
        expires: The last day on which it may be used; None means no end.
        citations: Quotes of documents that prove it.
        evidence: What stood in the evidence place of a form it was read from.
        tags: Words of one's own.
        scope: Products, regions or others that it holds for; empty where it holds for all.
        section: Headings above the question, where the same words were asked under several.
        source: Name of the completed form it was read from; empty where a review brought it.
        contradicts: What an earlier answer to the same question said, and when; empty for none.
        id: 0 until it is stored.
    """

    question: str
    answer: str
    choice: str | None
    approver: str
    approved: date
    expires: date | None = None
    citations: tuple[Citation, ...] = ()
    evidence: str = ""
    tags: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()
    section: str = ""
    source: str = ""
    contradicts: str = ""
    id: int = 0

    def is_valid(self, today: date) -> bool:
        """Whether it may be used on a day."""
        return self.approved <= today and (self.expires is None or self.expires >= today)


class ReviewOutcome(StrEnum):
    """What a person made of one question of a file that was filled in.

    ``accepted``: unchanged up to white space. ``edited``: other words or another
    choice. ``rejected``: the answer was cleared. ``written``: a person answered what
    was left open. ``untouched``: left open, and still empty.
    """

    ACCEPTED = "accepted"
    EDITED = "edited"
    REJECTED = "rejected"
    WRITTEN = "written"
    UNTOUCHED = "untouched"

    @property
    def is_answer(self) -> bool:
        """Whether an answer stands behind it that a person approved."""
        return self in (ReviewOutcome.ACCEPTED, ReviewOutcome.EDITED, ReviewOutcome.WRITTEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedPassage:
    """A passage that a draft rested on or was shown, and what the review says of it.

    ``is_accepted`` is True where its words still prove the approved answer, False
    where the answer that cited it was cleared or no longer follows from it.
    """

    passage_id: PassageId
    document_id: DocumentId
    path: str
    rank: int
    is_accepted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackRow:
    """What a person made of the draft of one question; one row for each question of a job.

    Attributes:
        job_id: The answering job.
        question_id: Its question.
        outcome: What became of the draft.
        questionnaire: Name of the buyer's file.
        source: Name of the file that was read back.
        question: The question's text.
        section_path: Headings above it, outermost first.
        options: Its options, in order.
        old_text: What was written into the file; empty where it was left open.
        old_choice: The same of the choice.
        new_text: The answer as approved; empty where there is none.
        new_choice: The choice as approved.
        citations: Quotes that prove the approved answer; none unless they prove all of it.
        passages: What the review says of the passages, best first.
        tier: Of the draft.
        support: Of the draft.
        engine: What drafted; empty where nothing did.
        program_digest: The program of the draft.
        confidence: Of the draft; None while uncalibrated.
        approver: Who reviewed.
        approved: The day of the import.
        expires: The last day on which the answer may be used; None for no end.
        library_id: The entry of the answer library; None where there is none.
        has_added_entry: Whether this row made that entry.
    """

    job_id: int
    question_id: str
    outcome: ReviewOutcome
    questionnaire: str
    source: str
    question: str
    approver: str
    approved: date
    section_path: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    old_text: str = ""
    old_choice: str = ""
    new_text: str = ""
    new_choice: str = ""
    citations: tuple[Citation, ...] = ()
    passages: tuple[JudgedPassage, ...] = ()
    tier: str = ""
    support: str = ""
    engine: str = ""
    program_digest: str = ""
    confidence: float | None = None
    expires: date | None = None
    library_id: int | None = None
    has_added_entry: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedFeedback:
    """What storing feedback changed.

    Attributes:
        rows: Every row as stored, in the order given.
        new: Rows that were not there.
        changed: Rows that said something else before.
        library_added: Entries added to the answer library.
        library_removed: Entries that the same question had from earlier feedback, taken out.
    """

    rows: tuple[FeedbackRow, ...]
    new: int
    changed: int
    library_added: int
    library_removed: int
