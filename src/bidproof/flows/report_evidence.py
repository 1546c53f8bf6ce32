"""Drafts and citations as the report shows them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bidproof.core.errors import BidproofError
from bidproof.core.ids import DocumentId, PassageId
from bidproof.core.records import Citation, Claim, Document, Draft, DraftState, Passage, Question, Span
from bidproof.documents.locations import span_boxes
from bidproof.flows.report_pages import PDF, PageAlbum, PageFigure, Sources, make_figure
from bidproof.flows.report_passages import BlockView, heading_path, is_in_place, surroundings

CLOSEST_PASSAGES = 3
CLOSEST_CHARS = 420

SOURCE_NOTES = {
    "changed": "The file has changed since it was read; the words below are as they were then.",
    "missing": "The file is no longer where it was read; the words below are as they were then.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceView:
    """One citation: where it is from, its words in their surroundings, and its page."""

    number: int
    claim: str
    document: str
    path: str
    pages: str
    heading: tuple[str, ...]
    quote: str
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
    draft: Draft | None
    state: str
    current: tuple[str, ...]
    parts: tuple[AnswerPart, ...]
    evidence: tuple[EvidenceView, ...]
    problems: tuple[str, ...]
    closest: tuple[ClosestView, ...]


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
            return QuestionView(
                anchor=f"q{index}",
                label=label,
                question=question,
                draft=None,
                state="kept",
                current=current,
                parts=(),
                evidence=(),
                problems=(),
                closest=(),
            )
        evidence = self._evidence(draft)
        has_answer = draft.state is DraftState.DRAFTED
        return QuestionView(
            anchor=f"q{index}",
            label=label,
            question=question,
            draft=draft,
            state=draft.state.value.replace(" ", "-"),
            current=(),
            parts=_answer_parts(draft, evidence),
            evidence=evidence,
            problems=tuple(dict.fromkeys(item for claim in draft.claims for item in claim.problems)),
            closest=() if has_answer and evidence else self._closest(draft),
        )

    def _evidence(self, draft: Draft) -> tuple[EvidenceView, ...]:
        """Number each distinct citation of a draft once, in the order of the claims."""
        passages = {item.passage.id: item.passage for item in draft.passages}
        found: dict[tuple[str, int, int, str], EvidenceView] = {}
        for claim in draft.claims:
            for citation in claim.citations:
                key = _place(citation)
                if key not in found:
                    found[key] = self._cited(citation, claim, number=len(found) + 1, passages=passages)
        return tuple(found.values())

    def _cited(
        self, citation: Citation, claim: Claim, *, number: int, passages: Mapping[PassageId, Passage]
    ) -> EvidenceView:
        document = self.document(citation.document_id)
        passage = passages.get(citation.passage_id)
        notes: list[str] = []
        blocks: tuple[BlockView, ...] = ()
        figures: tuple[PageFigure, ...] = ()
        in_place = document is not None and is_in_place(citation, document)
        if document is None:
            notes.append("This document is no longer in the workspace; only the quote itself is kept.")
        elif not in_place:
            notes.append("This document was read anew since; the quote is shown as it was cited then.")
        else:
            blocks = surroundings(citation, document, passage=passage)
            figures = self._figures(citation, document, notes)
        heading = passage.heading_path if passage else ()
        if in_place and document is not None and not heading:
            heading = heading_path(document, citation.start)
        return EvidenceView(
            number=number,
            claim=claim.text,
            document=citation.title or citation.path,
            path=citation.path,
            pages=_page_words(citation.pages),
            heading=heading,
            quote=citation.quote,
            blocks=blocks,
            figures=figures,
            notes=tuple(notes),
            is_in_place=in_place,
        )

    def _figures(self, citation: Citation, document: Document, notes: list[str]) -> tuple[PageFigure, ...]:
        state = self.sources.state(document)
        if state != "same":
            notes.append(SOURCE_NOTES[state])
            return ()
        if document.media_type != PDF:
            return ()
        boxes = span_boxes(document, Span(start=citation.start, end=citation.end))
        pages = sorted({box.page for box in boxes} or set(citation.pages))
        drawn = [(page, self.album.page(document, page)) for page in pages]
        if any(image is None for _, image in drawn):
            notes.append("The picture of the page is left out; see the notes at the end of the report.")
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
    numbers = {(item.path, item.quote): item.number for item in evidence}
    parts: list[AnswerPart] = []
    at = 0
    for claim in draft.claims:
        place = draft.text.find(claim.text, at) if claim.text else -1
        if place < 0:
            continue
        if place > at:
            parts.append(AnswerPart(text=draft.text[at:place]))
        marks = dict.fromkeys(numbers.get((item.path, item.quote), 0) for item in claim.citations)
        at = place + len(claim.text)
        parts.append(AnswerPart(text=claim.text, marks=tuple(mark for mark in marks if mark)))
    if draft.text[at:]:
        parts.append(AnswerPart(text=draft.text[at:]))
    return tuple(parts)


def _place(citation: Citation) -> tuple[str, int, int, str]:
    return (citation.document_id, citation.start, citation.end, citation.quote)


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
