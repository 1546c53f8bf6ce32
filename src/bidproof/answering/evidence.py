"""Pick the sentences of the retrieved passages that speak to the question."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bidproof.answering.answer_types import AnswerShape, has_shape
from bidproof.answering.asked import Asked
from bidproof.core.records import BlockKind, Citation, Passage, ScoredPassage, Span
from bidproof.language.rules import read_patterns
from bidproof.language.sentences import Segment, SegmentKind, split_sentences
from bidproof.language.words import content_stems, term_value

_HEADING_SHARE = 0.6
_TITLE_SHARE = 0.4
_SHAPE_BONUS = 0.12
_PAIR_BONUS = 0.1
_RANK_BONUS = 0.15
_POINTER_COST = 0.3
_LENGTH_COST = 0.12
_LONG_WORDS = 45
_SHORT_WORDS = 4
_LIST_ITEMS = 12
_LIST_CHARS = 900
_REDUNDANT = 0.6
_NEXT_SHARE = 0.8
_NEXT_FACT_SHARE = 0.92
_FEW = 2
_UNENDED_COST = 0.12
_PATTERNS = read_patterns("bidproof.answering", "en")
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


def rank_evidence(asked: Asked, passages: Sequence[ScoredPassage]) -> tuple[Evidence, ...]:
    """Score every statement of the passages against what is asked, best first.

    By the share of the question's terms that a statement holds (rare terms weigh
    more, terms in headings less), by answer shape (``how often`` wants a frequency)
    and by the passage's rank.
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
        for evidence in _statements(scored, wants_list=asked.shape is AnswerShape.LIST)
    ]
    return tuple(sorted(found, key=lambda item: (-item.score, item.passage.rank, item.spans[0].start)))


def choose_evidence(asked: Asked, ranked: Sequence[Evidence], *, limit: int) -> tuple[Evidence, ...]:
    """Keep the best statements that do not repeat one another, in reading order.

    The best one stays first by its passage; the next ones must be nearly as
    good, and a question for a fact takes two at most. Items of one list are
    joined under the line that introduces them.
    """
    if not ranked:
        return ()
    chosen: list[Evidence] = []
    is_prose = asked.shape is AnswerShape.PROSE
    limit = limit if is_prose else min(limit, _FEW)
    least = ranked[0].score * (_NEXT_SHARE if is_prose else _NEXT_FACT_SHARE)
    for evidence in ranked:
        if evidence.score < least:
            break
        if any(_repeats(evidence, other) for other in chosen):
            continue
        sibling = next((at for at, other in enumerate(chosen) if _is_sibling(evidence, other)), None)
        if sibling is not None and len(chosen[sibling].spans) <= _LIST_ITEMS:
            chosen[sibling] = _merged(chosen[sibling], evidence)
        elif len(chosen) < limit:
            chosen.append(evidence)
    order = {item.passage.passage.id: place for place, item in reversed(list(enumerate(chosen)))}
    return tuple(sorted(chosen, key=lambda item: (order[item.passage.passage.id], item.spans[-1].start)))


def _is_sibling(one: Evidence, other: Evidence) -> bool:
    return (
        one.kind is other.kind is SegmentKind.ITEM
        and one.passage.passage.id == other.passage.passage.id
        and min(len(one.spans), len(other.spans)) > 1
        and one.spans[0] == other.spans[0]
    )


def _merged(one: Evidence, other: Evidence) -> Evidence:
    items = sorted({*one.spans[1:], *other.spans[1:]}, key=lambda span: span.start)
    return replace(one, spans=(one.spans[0], *items))


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


def _statements(scored: ScoredPassage, *, wants_list: bool) -> list[Evidence]:
    source = scored.passage
    segments = split_sentences(
        source.text,
        headings=source.heading_path,
        is_table_continued=bool(source.table_header),
        is_wrapped=bool(source.boxes),
    )
    headers = {segment.intro for segment in segments if segment.kind is SegmentKind.ROW}
    found: list[Evidence] = []
    for number, segment in enumerate(segments):
        if not segment.may_answer or number in headers or not _is_statement(segment):
            continue
        items = _items_of(segments, number)
        if items:
            found.append(_evidence(scored, [segment, *items], header=""))
            continue
        intro = None if segment.intro is None else segments[segment.intro]
        if intro is not None and segment.kind is SegmentKind.ITEM and wants_list:
            continue
        header = ""
        if segment.kind is SegmentKind.ROW:
            header = intro.text if intro else source.table_header
        found.append(_evidence(scored, [intro, segment] if intro else [segment], header=header))
    return found


def _is_statement(segment: Segment) -> bool:
    bare = segment.text.strip("\"'“”*_#>- ")
    if _PATTERNS["placeholder"].search(bare):
        return False
    return not _ASKING.search(bare) and bool(re.search(r"[^\W\d_]{2}", bare))


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
    kind = segments[-1].kind
    spans = tuple(Span(start=offset + segment.start, end=offset + segment.end) for segment in segments)
    if kind is SegmentKind.ITEM and len(segments) > 2:
        items = spans[: len(_capped(segments))]
        whole = Span(start=items[0].start, end=items[-1].end)
        return Evidence(passage=scored, spans=(whole,), kind=kind, items=items)
    return Evidence(passage=scored, spans=spans, kind=kind, header=header)


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
    stems = content_stems(f"{evidence.header} {evidence.text}")
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
    score += _SHAPE_BONUS * has_shape(evidence.text, wanted.shape) - _cost(evidence, own_coverage)
    return replace(evidence, score=score, coverage_0_1=coverage, own_coverage_0_1=own_coverage)


def is_pointer(text: str) -> bool:
    """Whether a statement only says where to read on, or ends before it has said anything."""
    return bool(_PATTERNS["pointer"].match(text)) or text.rstrip("*_ ").endswith(":")


def _words_of(path: str) -> str:
    return re.sub(r"\.\w{2,5}$", "", re.sub(r"(?<=[a-z])(?=[A-Z])|[/_.-]", " ", path))


def _cost(evidence: Evidence, own_coverage: float) -> float:
    text = evidence.quotes[-1]
    count = len(text.split())
    usual = _LONG_WORDS * (2 if evidence.kind is SegmentKind.ROW else 1)
    cost = _LENGTH_COST * max(0.0, count / usual - 1)
    if _PATTERNS["pointer"].match(evidence.quotes[0]):
        cost += _POINTER_COST
    if count < _SHORT_WORDS and len(evidence.spans) == 1:
        cost += _POINTER_COST
    if evidence.kind is SegmentKind.SENTENCE and _PATTERNS["deictic"].match(text):
        cost += _POINTER_COST / 3
    is_fragment = evidence.kind is not SegmentKind.ROW and text.rstrip("*_`\"')”’ ")[-1:] not in ".!?:;"
    if is_fragment and len(evidence.spans) == 1:
        cost += _UNENDED_COST
    if evidence.kind is SegmentKind.SENTENCE and text.rstrip("*_ ").endswith(":"):
        cost += _POINTER_COST
    if own_coverage == 0.0:
        cost += _POINTER_COST
    return cost


def _repeats(one: Evidence, other: Evidence) -> bool:
    if one.passage.passage.id == other.passage.passage.id:
        mine, theirs = one.spans[-1], other.spans[-1]
        if mine.start < theirs.end and theirs.start < mine.end:
            return True
    a, b = frozenset(content_stems(one.quotes[-1])), frozenset(content_stems(other.quotes[-1]))
    return bool(a and b) and len(a & b) >= _REDUNDANT * min(len(a), len(b))
