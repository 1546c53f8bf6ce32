"""The records that leave this room; standard library only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bidproof.core.ids import DocumentId
from bidproof.core.records import Citation, Trust


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRow:
    """What is known of a document without loading its text.

    ``is_indexed`` is False from saving the document until its passages are in
    the index. ``modified_ns`` is the file's modification time in nanoseconds.
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
    warnings: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    trust: Trust = Trust.OWN
    written: date | None = None
    expires: date | None = None


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
    ``finished_at`` is None while the job may be resumed. Times are UTC.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryEntry:
    """An approved answer to a question.

    ``expires`` is the last day on which it may be used; None means no end.
    ``id`` is 0 until it is stored.
    """

    question: str
    answer: str
    choice: str | None
    approver: str
    approved: date
    expires: date | None = None
    citations: tuple[Citation, ...] = ()
    tags: tuple[str, ...] = ()
    id: int = 0
