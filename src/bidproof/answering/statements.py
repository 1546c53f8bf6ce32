"""Cut a passage into the statements that may answer: sentences, list items, rows, whole lists and steps."""

import re
from collections.abc import Sequence

from bidproof.answering.answer_types import AnswerShape
from bidproof.answering.evidence import Evidence, row_cells
from bidproof.core.records import ScoredPassage, Span
from bidproof.language.rules import read_patterns
from bidproof.language.sentences import SENTENCE_ENDS, Segment, SegmentKind, announces, split_sentences
from bidproof.language.words import count_words

_LIST_ITEMS = 12
_LIST_CHARS = 900
_STEP_CHARS = 1500
_LEAST_CELLS = 2
_LABEL_WORDS = 5
_LEAST_STEPS = 2
_PATTERNS = read_patterns("bidproof.answering", "en")
_ASKING = re.compile(r"[?？؟][\"'”’)*_]*(?:\s|$)")


def statements_of(scored: ScoredPassage, *, shape: AnswerShape) -> list[Evidence]:
    """The statements of a passage in reading order, numbered steps first where these are asked for.

    What can never be an answer is left out: the question itself, headings, labels, placeholders, pointers,
    lines of a contents list or of a document's history, and lead-ins that nothing follows.
    """
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
    is_short = segment.kind is not SegmentKind.ROW and count_words(bare) <= _LABEL_WORDS
    return is_short and bare[-1:] not in f"{SENTENCE_ENDS};" and not re.search(r"[\d:@]", bare)


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


def is_pointer(text: str) -> bool:
    """Whether a statement only says where to read on, or ends before it has said anything."""
    return bool(_PATTERNS["pointer"].search(text)) or text.rstrip("*_ ").endswith(":")
