"""Pick the sentences of the retrieved passages that speak to the question."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bidproof.answering.abbreviations import spell_out
from bidproof.answering.answer_types import AnswerShape, has_shape, is_told_by_form
from bidproof.answering.asked import Asked
from bidproof.core.records import BlockKind, Citation, Passage, ScoredPassage, Span
from bidproof.language.rules import read_patterns
from bidproof.language.sentences import Segment, SegmentKind, announces, split_sentences
from bidproof.language.words import content_stems, term_value

_HEADING_SHARE = 0.6
_TITLE_SHARE = 0.4
_SHAPE_BONUS = 0.12
_TYPE_BONUS = 0.3
_PAIR_BONUS = 0.1
_RANK_BONUS = 0.15
_SUBJECT_BONUS = 0.15
_POINTER_COST = 0.3
_LENGTH_COST = 0.12
_LONG_WORDS = 45
_SHORT_WORDS = 4
_LIST_ITEMS = 12
_LIST_CHARS = 900
_STEP_CHARS = 1500
_ECHO_SHARE = 0.2
_UNENDED_COST = 0.12
_PATTERNS = read_patterns("bidproof.answering", "en")
_LEAST_CELLS = 2
_LABEL_WORDS = 5
_LEAST_STEPS = 2
_ASKING = re.compile(r"\?[\"'”’)*_]*(?:\s|$)")


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


def rank_evidence(asked: Asked, passages: Sequence[ScoredPassage]) -> tuple[Evidence, ...]:
    """Score every statement of the passages against what is asked, best first.

    By the share of the question's terms that a statement holds (rare terms weigh
    more, terms in headings less), by answer shape (``how often`` wants a frequency)
    and by the passage's rank. What can never be an answer is left out: the question itself,
    headings, labels, placeholders, pointers, lines of a contents list or of a document's history,
    and lead-ins that nothing follows.
    """
    if not asked.stems:
        return ()
    weights = term_weights(asked.stems, passages)
    wanted = _Wanted(weights=weights, pairs=frozenset(pairwise(asked.stems)), shape=asked.shape)
    found = [
        _scored(evidence, wanted, place)
        for scored in passages
        if scored.passage.kind is not BlockKind.BOILERPLATE
        for place in [_place(scored.passage)]
        for evidence in _statements(scored, shape=asked.shape)
        if asked.shape is AnswerShape.YES_NO or not _is_echo(evidence, asked.stems)
    ]
    return tuple(sorted(found, key=lambda item: (-item.score, item.passage.rank, item.spans[0].start)))


def term_weights(asked: Sequence[str], passages: Sequence[ScoredPassage]) -> dict[str, float]:
    """Weight of each asked stem: rare among the passages counts more, generic words less."""
    held = [
        frozenset(content_stems(f"{item.passage.title} {item.passage.located_text}")) for item in passages
    ]
    count = len(held)
    return {
        term: term_value(term)
        * (
            0.35
            + math.log((count + 0.5) / (sum(term in stems for stems in held) + 0.5))
            / math.log(2 * count + 1.5)
        )
        for term in asked
    }


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


def _statements(scored: ScoredPassage, *, shape: AnswerShape) -> list[Evidence]:
    source = scored.passage
    segments = split_sentences(
        source.text,
        headings=source.heading_path,
        is_table_continued=bool(source.table_header),
        is_wrapped=bool(source.boxes),
    )
    headers = {segment.intro for segment in segments if segment.kind is SegmentKind.ROW}
    found = _steps(scored, segments) if shape is AnswerShape.STEPS else []
    for number, segment in enumerate(segments):
        if not segment.may_answer or number in headers or not _is_statement(segment):
            continue
        items = _items_of(segments, number)
        if items:
            found.append(_evidence(scored, [segment, *items], header=""))
            continue
        intro = None if segment.intro is None else segments[segment.intro]
        if intro is not None and segment.kind is SegmentKind.ITEM and shape is AnswerShape.LIST:
            continue
        if (intro is None and is_pointer(segment.text)) or announces(segment.text):
            continue
        header = ""
        if segment.kind is SegmentKind.ROW:
            header = intro.text if intro else source.table_header
            if _PATTERNS["history"].search(header):
                continue
        found.append(_evidence(scored, [intro, segment] if intro else [segment], header=header))
    return found


def _steps(scored: ScoredPassage, segments: Sequence[Segment]) -> list[Evidence]:
    """Numbered steps, code between them included, each list with the line above it."""
    found: list[Evidence] = []
    offset, at = scored.passage.start, 0
    while at < len(segments):
        end = at
        while end < len(segments) and segments[end].kind in (SegmentKind.ITEM, SegmentKind.CODE):
            end += 1
        starts = [n for n in range(at, end) if _PATTERNS["step"].match(segments[n].text)]
        if len(starts) >= _LEAST_STEPS:
            places = [segments[n].start for n in starts]
            stops = [segments[n - 1].end for n in starts[1:]] + [segments[end - 1].end]
            lead = segments[starts[0] - 1 : starts[0]]
            lines = [(item.start, item.end) for item in lead] + list(zip(places, stops, strict=True))
            spans = [Span(start=offset + a, end=offset + b) for a, b in lines]
            kept = [span for span in spans if span.end - spans[0].start <= _STEP_CHARS]
            if len(kept) > 1:
                whole = Span(start=kept[0].start, end=kept[-1].end)
                found.append(
                    Evidence(
                        passage=scored,
                        spans=(whole,),
                        kind=SegmentKind.ITEM,
                        items=tuple(kept),
                        paragraph=segments[starts[0]].block,
                        is_steps=True,
                    )
                )
        at = end + 1
    return found


def _is_statement(segment: Segment) -> bool:
    bare = segment.text.strip("\"'“”*_#>- ")
    if _PATTERNS["placeholder"].search(bare) or _PATTERNS["contents"].search(bare):
        return False
    if segment.intro is None and _is_label(segment):
        return False
    is_row = segment.kind is SegmentKind.ROW
    if is_row and sum(bool(cell.strip()) for cell in row_cells(segment.text)) < _LEAST_CELLS:
        return False
    return not (_ASKING.search(bare) or _PATTERNS["request"].match(bare)) and bool(
        re.search(r"[^\W\d_]{2}", bare)
    )


def _is_label(segment: Segment) -> bool:
    """Whether a line names something without saying anything of it."""
    bare = segment.text.rstrip("*_`\"')”’ ")
    is_short = segment.kind is not SegmentKind.ROW and len(bare.split()) <= _LABEL_WORDS
    return is_short and bare[-1:] not in ".!?;" and not re.search(r"[\d:@]", bare)


def _is_echo(evidence: Evidence, asked: Sequence[str]) -> bool:
    """Whether a statement says hardly a word that the question does not say itself."""
    own = frozenset(content_stems(evidence.text))
    return (
        bool(own) and len(own - set(asked)) < _ECHO_SHARE * len(own) and not re.search(r"\d", evidence.text)
    )


def _items_of(segments: Sequence[Segment], number: int) -> list[Segment]:
    items = [
        segment
        for segment in segments[number + 1 :]
        if segment.intro == number and segment.kind is SegmentKind.ITEM
    ]
    stop = next(
        (at for at, item in enumerate(items) if at and _PATTERNS["pointer"].match(item.text)), len(items)
    )
    items = items[:stop]
    if not items:
        return []
    is_interrupted = any(
        segment.intro is None and segment.start < items[-1].start for segment in segments[number + 1 :]
    )
    return [] if is_interrupted else items


def _evidence(scored: ScoredPassage, segments: Sequence[Segment], *, header: str) -> Evidence:
    offset = scored.passage.start
    kind, paragraph = segments[-1].kind, segments[-1].block
    spans = tuple(Span(start=offset + segment.start, end=offset + segment.end) for segment in segments)
    if kind is SegmentKind.ITEM and len(segments) > 2:
        items = spans[: len(_capped(segments))]
        whole = Span(start=items[0].start, end=items[-1].end)
        return Evidence(passage=scored, spans=(whole,), kind=kind, items=items, paragraph=paragraph)
    return Evidence(passage=scored, spans=spans, kind=kind, header=header, paragraph=paragraph)


def _capped(segments: Sequence[Segment]) -> Sequence[Segment]:
    kept = [
        segment for segment in segments[: _LIST_ITEMS + 1] if segment.end - segments[0].start <= _LIST_CHARS
    ]
    return kept if len(kept) > 1 else segments[:2]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What a question asks: its stems with their weights, neighbouring pairs, and the answer's shape."""

    weights: dict[str, float]
    pairs: frozenset[tuple[str, str]]
    shape: AnswerShape


def _place(source: Passage) -> dict[str, float]:
    """Stems of where a passage stands, each with what it counts for a statement in it."""
    title = content_stems(f"{source.title} {_words_of(source.path)}")
    headings = content_stems(" ".join(source.heading_path))
    return dict.fromkeys(title, _TITLE_SHARE) | dict.fromkeys(headings, _HEADING_SHARE)


def _scored(evidence: Evidence, wanted: _Wanted, place: Mapping[str, float]) -> Evidence:
    said = f"{evidence.header} {evidence.text}"
    long = spell_out(said)
    stems = content_stems(said if long == said else f"{said} {long}")
    own = frozenset(stems)
    total = sum(wanted.weights.values())
    own_coverage = sum(weight for term, weight in wanted.weights.items() if term in own) / total
    coverage = (
        sum(
            weight * (1.0 if term in own else place.get(term, 0.0)) for term, weight in wanted.weights.items()
        )
        / total
    )
    shared = len(wanted.pairs & set(pairwise(stems))) / len(wanted.pairs) if wanted.pairs else 0.0
    score = coverage + _PAIR_BONUS * shared + _RANK_BONUS / math.sqrt(evidence.passage.rank)
    bonus = _TYPE_BONUS if is_told_by_form(wanted.shape) else _SHAPE_BONUS
    if evidence.is_steps or has_shape(evidence.text, wanted.shape):
        score += bonus
    if evidence.kind is SegmentKind.ROW:
        subject = frozenset(content_stems(row_cells(evidence.quotes[-1])[0]))
        score += (
            _SUBJECT_BONUS * sum(wanted.weights[term] for term in subject & wanted.weights.keys()) / total
        )
    score -= _cost(evidence, own_coverage)
    return replace(evidence, score=score, coverage_0_1=coverage, own_coverage_0_1=own_coverage)


def is_pointer(text: str) -> bool:
    """Whether a statement only says where to read on, or ends before it has said anything."""
    return bool(_PATTERNS["pointer"].search(text)) or text.rstrip("*_ ").endswith(":")


def points_back(evidence: Evidence) -> bool:
    """Whether a sentence is about what stands before it."""
    is_sentence = evidence.kind is SegmentKind.SENTENCE
    return is_sentence and bool(_PATTERNS["deictic"].match(evidence.quotes[-1]))


def row_cells(row: str) -> list[str]:
    """The cells of a table's line, as they stand in the text."""
    separator = "\t" if "\t" in row.strip() and "|" not in row else "|"
    return row.strip().strip("|").split(separator) if row.strip() else []


def _words_of(path: str) -> str:
    return re.sub(r"\.\w{2,5}$", "", re.sub(r"(?<=[a-z])(?=[A-Z])|[/_.-]", " ", path))


def _cost(evidence: Evidence, own_coverage: float) -> float:
    text = evidence.quotes[-1]
    count = len(evidence.lines[0].split()) if evidence.is_steps else len(text.split())
    usual = _LONG_WORDS * (2 if evidence.kind is SegmentKind.ROW else 1)
    cost = _LENGTH_COST * max(0.0, count / usual - 1)
    if _PATTERNS["pointer"].match(evidence.quotes[0]):
        cost += _POINTER_COST
    if count < _SHORT_WORDS and len(evidence.spans) == 1:
        cost += _POINTER_COST
    if points_back(evidence):
        cost += _POINTER_COST / 3
    is_fragment = evidence.kind is not SegmentKind.ROW and text.rstrip("*_`\"')”’ ")[-1:] not in ".!?:;"
    if is_fragment and len(evidence.spans) == 1:
        cost += _UNENDED_COST
    if evidence.kind is SegmentKind.SENTENCE and text.rstrip("*_ ").endswith(":"):
        cost += _POINTER_COST
    if own_coverage == 0.0:
        cost += _POINTER_COST
    return cost
