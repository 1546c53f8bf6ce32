"""The nouns of Bidproof as frozen records; see ``docs/glossary.md``.

Offsets are document characters everywhere: start inclusive, end exclusive.
Pages are numbered from 1. Boxes are PDF points with the origin at the top left.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from bidproof.core.ids import DocumentId, PassageId, QuestionId


class Trust(StrEnum):
    """Who stands behind a document."""

    OWN = "own"
    APPROVED_ANSWER = "approved answer"
    THIRD_PARTY = "third party"


class BlockKind(StrEnum):
    """What a stretch of a document is; nothing is drafted from boilerplate."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST = "list"
    TABLE = "table"
    CAPTION = "caption"
    CODE = "code"
    BOILERPLATE = "boilerplate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle on a page, in PDF points, origin at the top left."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Document characters, start inclusive, end exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A heading, paragraph, list, table or caption; ``document.text[start:end]`` is its text.

    ``level`` is a heading's rank (1 is highest), None for other kinds.
    ``page`` is None where the format has no pages. ``header_rows`` counts the
    leading lines of a table block that name its columns. ``cells`` says of each
    line of a workbook's block where it was read: ``Prices!A3:D3``. ``names`` are the
    lines of an earlier block that name a table's columns, where it goes on over a page.
    """

    kind: BlockKind
    start: int
    end: int
    level: int | None = None
    page: int | None = None
    boxes: tuple[Box, ...] = ()
    header_rows: int = 0
    cells: tuple[str, ...] = ()
    names: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSpan:
    """The characters of one page; ``is_ocr`` when they were read from its image."""

    page: int
    start: int
    end: int
    is_ocr: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An ingested file as text with structure.

    ``text`` is the whole text; blocks are ordered, do not overlap, and cover
    every character that is not white space. ``content_hash`` is the SHA-256 of
    the file's bytes. ``path`` is posix, below the documents folder; ``source``
    is the absolute path it was read from.
    """

    id: DocumentId
    path: str
    source: str
    content_hash: str
    media_type: str
    title: str
    text: str
    blocks: tuple[Block, ...]
    pages: tuple[PageSpan, ...] = ()
    written: date | None = None
    expires: date | None = None
    tags: tuple[str, ...] = ()
    trust: Trust = Trust.OWN
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """The unit of retrieval: whole blocks of one document, within a token budget.

    ``document.text[start:end] == text``. ``heading_path`` is outermost first and
    excludes the document title. ``table_header`` repeats the column names for a
    passage that starts below them. ``pages`` and ``boxes`` are empty where the
    format has none.
    """

    id: PassageId
    document_id: DocumentId
    path: str
    title: str
    start: int
    end: int
    text: str
    heading_path: tuple[str, ...] = ()
    table_header: str = ""
    kind: BlockKind = BlockKind.PARAGRAPH
    pages: tuple[int, ...] = ()
    boxes: tuple[Box, ...] = ()
    written: date | None = None
    tags: tuple[str, ...] = ()
    trust: Trust = Trust.OWN

    @property
    def located_text(self) -> str:
        """The text a reader or model sees: table header first where one is repeated."""
        return f"{self.table_header}\n{self.text}" if self.table_header else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredPassage:
    """A passage with its place in a ranking.

    ``score`` orders passages within one query only. ``parts`` holds each
    contributing signal by name (``keyword``, ``dense``, ``document``, …), for
    explanation and for later calibration.
    """

    passage: Passage
    score: float
    rank: int
    parts: Mapping[str, float] = field(default_factory=dict[str, float])


class QuestionKind(StrEnum):
    """What shape of answer a question asks for."""

    FREE = "free"
    YES_NO = "yes/no"
    CHOICE = "choice"
    NUMBER = "number"
    DATE = "date"
    REQUIREMENT = "requirement"


class SlotPurpose(StrEnum):
    """What goes into an answer slot."""

    ANSWER = "answer"
    CHOICE = "choice"
    COMMENT = "comment"
    EVIDENCE = "evidence"
    OWNERSHIP = "ownership"
    CUSTOMER = "customer responsibility"
    MARK = "mark"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSlot:
    """One place in the buyer's file that takes a part of the answer.

    Attributes:
        purpose: What belongs here. ``MARK`` is one of several "x" columns.
        location: Address in the reader's own syntax, e.g. ``'Sheet1'!C5``,
            ``table:3/row:4/cell:1`` or ``after-paragraph:17``.
        label: The column header or cue in front of the slot.
        options: The cell's own dropdown values, in order; empty when free.
        codes: What to write for each option where the cell takes a code for it (``5``); else empty.
        option: For ``MARK``: the choice that an "x" here stands for.
        current: What the file holds there now; empty string when blank.
        is_writable: False for slots that hold formulas or are otherwise not ours.
        is_short: It has room for a word or two; text belongs into the comment beside it.
    """

    purpose: SlotPurpose
    location: str
    label: str = ""
    options: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    option: str = ""
    current: str = ""
    is_writable: bool = True
    is_short: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing the buyer asks or requires.

    ``buyer_id`` is the id printed in the file (empty when none); ``id`` is
    unique in the questionnaire. ``section_path`` is outermost first, sheet name
    included where it means something. ``location`` says where the question
    stands (``'Sheet1'!A5``, ``page 12``). ``options`` are the allowed choices.
    ``guidance`` is help text the buyer put beside the question.
    """

    id: QuestionId
    text: str
    kind: QuestionKind = QuestionKind.FREE
    buyer_id: str = ""
    section_path: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    guidance: str = ""
    max_words: int | None = None
    max_chars: int | None = None
    is_mandatory: bool | None = None
    slots: tuple[AnswerSlot, ...] = ()
    location: str = ""
    page: int | None = None

    @property
    def is_answered(self) -> bool:
        """Whether the file already holds an answer or choice for this question."""
        main = (SlotPurpose.ANSWER, SlotPurpose.CHOICE, SlotPurpose.MARK)
        return any(slot.current.strip() for slot in self.slots if slot.purpose in main)


class Support(StrEnum):
    """What the cited passages do for a claim or draft."""

    SUPPORTED = "supported"
    PARTIAL = "partial"
    CONTRADICTED = "contradicted"
    NOT_FOUND = "not found"


class Tier(StrEnum):
    """Who has to look at a draft next."""

    READY = "ready"
    REVIEW = "review"
    EXPERT = "expert"


class DraftState(StrEnum):
    """How drafting one question ended; a failure is a state of its own.

    What is ``drafted`` is written into the file; what is ``suggested`` is shown with its source,
    and a person decides whether it is an answer.
    """

    DRAFTED = "drafted"
    SUGGESTED = "suggested"
    NOT_FOUND = "not found"
    NEEDS_PERSON = "needs person"
    FAILED = "failed"

    @property
    def is_answer(self) -> bool:
        """Whether there is an answer to judge: one that is written, or one that is suggested."""
        return self in (DraftState.DRAFTED, DraftState.SUGGESTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A verbatim quote with its place: ``document.text[start:end] == quote``.

    ``cells`` are those of a workbook that it was read from: ``Prices!A3:D3``; empty elsewhere.
    """

    passage_id: PassageId
    document_id: DocumentId
    path: str
    title: str
    quote: str
    start: int
    end: int
    pages: tuple[int, ...] = ()
    cells: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One sentence of an answer with what proves it."""

    text: str
    citations: tuple[Citation, ...] = ()
    support: Support = Support.NOT_FOUND
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What drafting cost. Calls include failed ones.

    Tokens are what the endpoint counted; of ``estimated_calls`` it reported none, or counts that
    its bytes cannot hold, and they are our own estimate.
    """

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float = 0.0
    seconds: float = 0.0
    estimated_calls: int = 0


class Likeness(StrEnum):
    """How near a past answer is: to the ``same`` words, ``likely`` an answer, or ``related``."""

    SAME = "same"
    LIKELY = "likely"
    RELATED = "related"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A past answer that may answer the question: shown to a person, never written by itself.

    Attributes:
        library_id: Its number in the answer library.
        question: As it was asked then.
        text: The answer.
        choice: In the words of this form; None where none of its options says the same.
        likeness: How near it is.
        reasons: What speaks against it, and what a person has to check.
        approver: Who stands behind it.
        approved: The day of it.
        source: The completed form that it comes from; empty where a review brought it.
    """

    library_id: int
    question: str
    text: str
    choice: str | None
    likeness: Likeness
    reasons: tuple[str, ...] = ()
    approver: str
    approved: date
    source: str = ""


LIBRARY_ENGINE = "library"
"""The engine of a draft that is an approved answer of the answer library."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An answer as drafted, before any person has seen it.

    ``choice`` is one of the question's options or None when the evidence does
    not decide. ``confidence`` is None while uncalibrated. ``reasons`` say in
    the reader's words why the draft has its state and tier. ``passages`` are
    the closest ones, best first, kept also when nothing was found. ``error`` is
    the two-line error of a ``FAILED`` draft. ``signals`` are numbers that the
    engine knew when it drafted, by name, for calibration; none is a probability
    of being right. ``suggestions`` are past answers that come near, best first.
    """

    question_id: QuestionId
    state: DraftState
    text: str = ""
    choice: str | None = None
    claims: tuple[Claim, ...] = ()
    support: Support = Support.NOT_FOUND
    confidence: float | None = None
    tier: Tier = Tier.EXPERT
    reasons: tuple[str, ...] = ()
    passages: tuple[ScoredPassage, ...] = ()
    engine: str = ""
    program_digest: str = ""
    usage: Usage = Usage()
    trace_id: str = ""
    error: str = ""
    signals: Mapping[str, float] = field(default_factory=dict[str, float])
    suggestions: tuple[Suggestion, ...] = ()


class CellRole(StrEnum):
    """What a cell, paragraph or table cell of a buyer's file is for."""

    QUESTION = "question"
    ID = "id"
    SECTION = "section"
    HEADER = "header"
    GUIDANCE = "guidance"
    SLOT = "answer slot"
    BUYER = "buyer's own"
    COMPUTED = "computed"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Questionnaire:
    """A buyer's file as read: its questions and how sure the reader is.

    ``confidence`` is the probability, 0 to 1, that a question is read rightly,
    over the whole file; ``problems`` say what was unsure or stayed unexplained,
    each with its place and count. ``cells`` counts what each visible cell that
    holds something, or takes an answer, is for; empty where a format does not
    count. ``layout`` is the mapping as plain JSON values, ready to be saved,
    corrected and passed back.
    """

    path: str
    content_hash: str
    format: str
    questions: tuple[Question, ...]
    confidence: float
    problems: tuple[str, ...] = ()
    layout: Mapping[str, object] = field(default_factory=dict[str, object])
    cells: Mapping[str, int] = field(default_factory=dict[str, int])
