"""Drafts and citations as the report shows them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from bidproof.core.errors import BidproofError
from bidproof.core.ids import DocumentId
from bidproof.core.records import Citation, Document, Draft, Passage, Question, Span
from bidproof.documents.locations import blocks_in, span_boxes
from bidproof.reports.answers.pages import PDF, PageAlbum, PageFigure, Sources, make_figure
from bidproof.reports.answers.passages import BlockView, heading_path, is_in_place, surroundings

CLOSEST_PASSAGES = 3
CLOSEST_CHARS = 420

SAID_ONCE = "confidence: uncalibrated"
"""A reason that the head of the report states for all."""

SOURCE_NOTES = {
    "changed": "The file has changed since it was read; the words below are as they were then.",
    "missing": "The file is no longer where it was read; the words below are as they were then.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceView:
    """What one block is cited for: where it is, its words with the quotes marked, and its page."""

    number: int
    citations: tuple[Citation, ...]
    document: str
    path: str
    pages: str
    heading: tuple[str, ...]
    blocks: tuple[BlockView, ...]
    figures: tuple[PageFigure, ...]
    notes: tuple[str, ...]
    is_in_place: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPart:
    """A stretch of the answer with the numbers of the evidence for it."""

    text: str
    marks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosestView:
    """A passage that was looked at and did not hold the answer."""

    document: str
    pages: str
    heading: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionView:
    """One question with everything that the report says about it."""

    anchor: str
    label: str
    question: Question
    draft: Draft | None = None
    state: str = "kept"
    current: tuple[str, ...] = ()
    parts: tuple[AnswerPart, ...] = ()
    evidence: tuple[EvidenceView, ...] = ()
    reasons: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    closest: tuple[ClosestView, ...] = ()


@dataclass(kw_only=True)
class EvidenceRoom:
    """Turns drafts into views; loads each document and draws each page once.

    ``documents`` raises ``BidproofError`` for one that is not in the workspace.
    """

    documents: Callable[[DocumentId], Document]
    album: PageAlbum
    sources: Sources = field(default_factory=Sources)
    _loaded: dict[DocumentId, Document | None] = field(default_factory=dict[DocumentId, Document | None])

    def document(self, document_id: DocumentId) -> Document | None:
        """The document, or None when the workspace no longer has it."""
        if document_id not in self._loaded:
            try:
                self._loaded[document_id] = self.documents(document_id)
            except BidproofError:
                self._loaded[document_id] = None
        return self._loaded[document_id]

    def view(self, question: Question, draft: Draft | None, *, index: int) -> QuestionView:
        """Everything the report says about one question."""
        label = question.buyer_id or question.id
        if draft is None:
            current = tuple(slot.current for slot in question.slots if slot.current.strip())
            return QuestionView(anchor=f"q{index}", label=label, question=question, current=current)
        evidence = self._evidence(draft)
        has_answer = draft.state.is_answer
        return QuestionView(
            anchor=f"q{index}",
            label=label,
            question=question,
            draft=draft,
            state=draft.state.value.replace(" ", "-"),
            parts=_answer_parts(draft, evidence),
            evidence=evidence,
            reasons=tuple(item for item in draft.reasons if item != SAID_ONCE),
            problems=tuple(dict.fromkeys(item for claim in draft.claims for item in claim.problems)),
            closest=() if has_answer and evidence else self._closest(draft),
        )

    def _evidence(self, draft: Draft) -> tuple[EvidenceView, ...]:
        """Show each cited block once, with every quote from it marked, in the order of the claims."""
        groups: dict[tuple[str, int, str], list[Citation]] = {}
        for claim in draft.claims:
            for citation in claim.citations:
                group = groups.setdefault(self._group(citation), [])
                if citation not in group:
                    group.append(citation)
        passages = {item.passage.id: item.passage for item in draft.passages}
        return tuple(
            self._cited(group, number=number, passage=passages.get(group[0].passage_id))
            for number, group in enumerate(groups.values(), start=1)
        )

    def _group(self, citation: Citation) -> tuple[str, int, str]:
        """Name what is shown together: the block that a quote starts in, or the lone quote."""
        document = self.document(citation.document_id)
        if document is None or not is_in_place(citation, document):
            return (citation.document_id, -1, citation.quote)
        blocks = blocks_in(document, Span(start=citation.start, end=citation.end))
        return (citation.document_id, blocks[0].start if blocks else citation.start, "")

    def _cited(self, citations: list[Citation], *, number: int, passage: Passage | None) -> EvidenceView:
        first = citations[0]
        document = self.document(first.document_id)
        notes: list[str] = []
        blocks: tuple[BlockView, ...] = ()
        figures: tuple[PageFigure, ...] = ()
        heading = passage.heading_path if passage else ()
        in_place = document is not None and is_in_place(first, document)
        if document is None:
            notes.append("This document is no longer in the workspace; only the quote itself is kept.")
        elif not in_place:
            notes.append("This document was read anew since; the quote is shown as it was cited then.")
        else:
            spans = [Span(start=item.start, end=item.end) for item in citations]
            blocks = surroundings(spans, document, passage=passage)
            figures = self._figures(citations, document, notes)
            heading = heading or heading_path(document, first.start)
        return EvidenceView(
            number=number,
            citations=tuple(citations),
            document=first.title or first.path,
            path=first.path,
            pages=_page_words(tuple(page for item in citations for page in item.pages)) or first.cells,
            heading=heading,
            blocks=blocks,
            figures=figures,
            notes=tuple(notes),
            is_in_place=in_place,
        )

    def _figures(
        self, citations: list[Citation], document: Document, notes: list[str]
    ) -> tuple[PageFigure, ...]:
        state = self.sources.state(document)
        if state != "same":
            notes.append(SOURCE_NOTES[state])
            return ()
        if document.media_type != PDF:
            return ()
        spans = [Span(start=item.start, end=item.end) for item in citations]
        boxes = tuple(box for span in spans for box in span_boxes(document, span))
        pages = sorted({box.page for box in boxes} or {page for item in citations for page in item.pages})
        drawn = [(page, self.album.page(document, page)) for page in pages]
        missing = {(document.id, page) for page, image in drawn if image is None}
        if missing & self.album.left_out:
            notes.append("The picture of the page is left out; see the note at the end of the report.")
        elif missing:
            notes.append("The page could not be drawn.")
        return tuple(
            make_figure(document, image, page=page, boxes=boxes) for page, image in drawn if image is not None
        )

    def _closest(self, draft: Draft) -> tuple[ClosestView, ...]:
        return tuple(
            ClosestView(
                document=item.passage.title or item.passage.path,
                pages=_page_words(item.passage.pages),
                heading=item.passage.heading_path,
                text=_shorten(item.passage.located_text),
            )
            for item in draft.passages[:CLOSEST_PASSAGES]
        )


def _answer_parts(draft: Draft, evidence: tuple[EvidenceView, ...]) -> tuple[AnswerPart, ...]:
    """Put the numbers of the evidence behind the sentence that each supports, where it is found."""
    numbers = {citation: item.number for item in evidence for citation in item.citations}
    parts: list[AnswerPart] = []
    at = 0
    for claim in draft.claims:
        place = draft.text.find(claim.text, at) if claim.text else -1
        if place < 0:
            continue
        if place > at:
            parts.append(AnswerPart(text=draft.text[at:place]))
        at = place + len(claim.text)
        marks = dict.fromkeys(numbers[item] for item in claim.citations)
        parts.append(AnswerPart(text=claim.text, marks=tuple(marks)))
    if draft.text[at:]:
        parts.append(AnswerPart(text=draft.text[at:]))
    return tuple(parts)


def _page_words(pages: tuple[int, ...]) -> str:
    if not pages:
        return ""
    first, last = min(pages), max(pages)
    if first == last:
        return f"page {first}"
    return f"pages {first} {'and' if last == first + 1 else 'to'} {last}"


def _shorten(text: str) -> str:
    if len(text) <= CLOSEST_CHARS:
        return text
    return text[:CLOSEST_CHARS].rsplit(" ", 1)[0] + " …"
