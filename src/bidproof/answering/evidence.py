"""One statement of a passage as evidence: where it stands, what it says, how it is cited."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bidproof.core.records import Citation, Passage, ScoredPassage, Span
from bidproof.language.sentences import SegmentKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One statement of a passage, verbatim, with how well it speaks to the question.

    Attributes:
        passage: Where it stands.
        spans: Document characters of its quotes; a list item comes after the
            line that introduces it, a table row after its header where that is
            in the passage.
        kind: Sentence, item or row.
        paragraph: Number of the paragraph of the passage that it stands in.
        is_steps: Numbered steps, to be written line by line.
        items: For a whole list quoted in one span: its lead and its items, else empty.
        header: The header row's text for a row, else empty.
        header_citation: Where the header stands, when that is in another passage.
        score: Orders evidence within one question only.
        coverage_0_1: Share of the question's terms that it holds, headings counted in part.
        own_coverage_0_1: The same without headings and titles.
    """

    passage: ScoredPassage
    spans: tuple[Span, ...]
    kind: SegmentKind
    paragraph: int = 0
    is_steps: bool = False
    items: tuple[Span, ...] = ()
    header: str = ""
    header_citation: Citation | None = None
    score: float = 0.0
    coverage_0_1: float = 0.0
    own_coverage_0_1: float = 0.0

    @property
    def quotes(self) -> tuple[str, ...]:
        """The verbatim text of each span."""
        return tuple(_quoted(self.passage.passage, span) for span in self.spans)

    @property
    def lines(self) -> tuple[str, ...]:
        """The lead and the items of a list, each by itself; the quotes of anything else."""
        return tuple(_quoted(self.passage.passage, span) for span in self.items or self.spans)

    @property
    def text(self) -> str:
        """All quotes, in order, as one text."""
        return " ".join(self.quotes)

    @property
    def has_names(self) -> bool:
        """Whether a row has one column name for each of its cells."""
        return bool(self.header) and len(row_cells(self.header)) == len(row_cells(self.quotes[-1]))

    def is_beside(self, other: "Evidence") -> bool:
        """Whether both are sentences of one paragraph."""
        return (
            self.passage.passage.id == other.passage.passage.id
            and self.kind is other.kind is SegmentKind.SENTENCE
            and self.paragraph == other.paragraph
        )

    def meets(self, following: "Evidence") -> bool:
        """Whether the other sentence follows with nothing between; a new line parts unwrapped text."""
        source = self.passage.passage
        between = source.text[self.spans[-1].end - source.start : following.spans[0].start - source.start]
        return not between.strip() and (bool(source.boxes) or "\n" not in between)


def cite(evidence: Evidence) -> tuple[Citation, ...]:
    """The verbatim citations of a statement, each with the exact pages of its span."""
    own = tuple(cite_span(evidence.passage.passage, span) for span in evidence.spans)
    return own if evidence.header_citation is None else (evidence.header_citation, *own)


def cite_span(source: Passage, span: Span) -> Citation:
    """The verbatim citation of a span of a passage, with the exact pages that it stands on."""
    return Citation(
        passage_id=source.id,
        document_id=source.document_id,
        path=source.path,
        title=source.title,
        quote=_quoted(source, span),
        start=span.start,
        end=span.end,
        pages=pages_of(source, span),
    )


def _quoted(source: Passage, span: Span) -> str:
    return source.text[span.start - source.start : span.end - source.start]


def closest_passages(
    cited: Sequence[ScoredPassage], found: Sequence[Sequence[ScoredPassage]], *, top_k: int
) -> tuple[ScoredPassage, ...]:
    """Cited passages first, then the best of each search, ranks from 1, none twice."""
    unique: dict[str, ScoredPassage] = {}
    for item in (*cited, *(own[rank] for rank in range(top_k) for own in found if rank < len(own))):
        unique.setdefault(item.passage.id, item)
    return tuple(replace(item, rank=place) for place, item in enumerate(unique.values(), start=1))


def with_header(evidence: Evidence, passages: Sequence[ScoredPassage]) -> Evidence:
    """Cite the header of a row whose table began in another passage, where that is among these."""
    if not lacks_header(evidence):
        return evidence
    row = evidence.passage.passage
    for scored in passages:
        found = scored.passage.text.find(evidence.header)
        if found < 0 or scored.passage.document_id != row.document_id:
            continue
        start = scored.passage.start + found
        span = Span(start=start, end=start + len(evidence.header))
        header = Evidence(passage=scored, spans=(span,), kind=SegmentKind.ROW)
        return replace(evidence, header_citation=cite(header)[0])
    return evidence


def lacks_header(evidence: Evidence) -> bool:
    """Whether this is a row whose header stands in another passage and is not cited yet."""
    is_bare_row = evidence.kind is SegmentKind.ROW and len(evidence.spans) == 1
    return is_bare_row and bool(evidence.header) and evidence.header_citation is None


def pages_of(passage: Passage, span: Span) -> tuple[int, ...]:
    """Pages that a span of a passage stands on.

    Exact where the passage has one box for each of its lines; the pages of the
    whole passage otherwise; empty where the format has none.
    """
    if len(passage.pages) < 2:
        return passage.pages
    at, lines = passage.start, list[tuple[int, int]]()
    for line in passage.text.split("\n"):
        if line.strip():
            lines.append((at, at + len(line)))
        at += len(line) + 1
    if len(lines) != len(passage.boxes):
        return passage.pages
    touched = {
        box.page
        for (start, end), box in zip(lines, passage.boxes, strict=True)
        if start < span.end and span.start < end
    }
    return tuple(sorted(touched)) or passage.pages


def row_cells(row: str) -> list[str]:
    """The cells of a table's line, as they stand in the text."""
    separator = "\t" if "\t" in row.strip() and "|" not in row else "|"
    return row.strip().strip("|").split(separator) if row.strip() else []
