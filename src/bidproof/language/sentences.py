"""Cut a passage into the segments that can be quoted, each with its offsets.

Sentences of prose, list items with the line that introduces them, and table
rows. Headings, code and bare links are marked as such, so that no answer is
made of them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from bidproof.language.lexicon import word_set

_BLANK_LINE = re.compile(r"\n[ \t]*\n+")
_BULLET = re.compile(r"^\s*(?:[-*+•·▪◦‣–—o]|\(?(?:\d{1,2}|[a-zA-Z]|[ivxIVX]{1,4})[.)])\s+")
_UNSPACED_ENDS = "。！？｡"
SENTENCE_ENDS = f".!?…؟۔।{_UNSPACED_ENDS}"
"""What a sentence ends with, in any script."""
_TERMINATOR = re.compile(rf"[.!?…؟۔।]+[\"'”’)\]*_`]*(?=\s|$)|[{_UNSPACED_ENDS}]+[\"'”’)」』）]*")
_ABBREVIATIONS = map(re.escape, sorted(word_set("abbreviations.shared", "abbreviations.passages")))
_ABBREVIATION = re.compile(rf"(?:^|[\s(\"“])(?:{'|'.join(_ABBREVIATIONS)}|[A-Z])\.$", re.IGNORECASE)
_RULE_ROW = re.compile(r"^[\s|:+=_-]+$")
_HEADING_MARK = re.compile(r"^\s{0,3}#{1,6}\s")
_CODE = re.compile(
    r"^\s*(?:\$ |> \$|```|~~~|[{}\[\]<]|</?\w+[ >]|import |from \w+ import|def |class |function |const "
    r"|var |let |public |apiVersion:|kind:|metadata:|curl |kubectl |aws \w|docker |pip |npm |git |sudo "
    r"|\w+\(.*\);?$)"
)
_CODE_TAIL = re.compile(r"(?:[{;,\\]|\);?|\",?|\],?|\},?)\s*$")
_CODE_CHARS = re.compile(r"[{}<>=;$\\]|\":|--\w|\(\)|::|&&|\|\|")
_LINK = re.compile(r"\[[^\]]*\]\([^)]*\)|https?://\S+|\b\S+\.(?:md|html?|pdf)\b")
_ANNOUNCES = re.compile(r"\b(?:the following|as follows|listed below|below)\b[^.:]*[.:]?\W*$", re.IGNORECASE)
_FIELD = re.compile(
    r"\s*[^\W\d][^:\d]{1,60}:[ \t]+(?=[^:]*(?:\d|@|☒)|(?:[^\W\d_a-z]\w+[ \t]){1,3}[^\W\d_a-z]\w+[ \t]*$)"
)
"""A filled-in field: a label without figures, then a figure, an address or a name."""
_ENDS_LINE = f"{SENTENCE_ENDS}:;："
_HEADING_WORDS = 12
_WRAPPED_CHARS = 55
_LIST_SHARE = 0.8
_CODE_SHARE = 0.06


class SegmentKind(StrEnum):
    """What a segment of a passage is."""

    SENTENCE = "sentence"
    ITEM = "item"
    ROW = "row"
    HEADING = "heading"
    CODE = "code"
    LINKS = "links"


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A quotable stretch; ``source[start:end] == text``.

    Attributes:
        text: Exactly as it stands in the source.
        start: First character, counted in the text that was split.
        end: One past the last character.
        kind: What it is; only sentences, items and rows can answer.
        block: Number of the block it stands in, from 0.
        intro: Number of the segment that introduces it: the line with the colon
            above a list item, the header of a table row. None without one.
    """

    text: str
    start: int
    end: int
    kind: SegmentKind
    block: int
    intro: int | None = None

    @property
    def may_answer(self) -> bool:
        """Whether a reader could take it as a statement."""
        return self.kind in (SegmentKind.SENTENCE, SegmentKind.ITEM, SegmentKind.ROW)


def split_sentences(
    text: str,
    *,
    headings: Sequence[str] = (),
    is_table_continued: bool = False,
    is_wrapped: bool = True,
) -> tuple[Segment, ...]:
    """Cut a text into sentences, list items and table rows, in reading order.

    Args:
        text: A passage or any other text; blank lines separate its blocks.
        headings: Headings known to apply; a line that equals one is a heading.
        is_wrapped: A line end may stand inside a sentence, as on a printed page.
            Without wrapping every line is a paragraph or list item of its own.
        is_table_continued: The text starts inside a table, below its header row.

    Returns:
        Segments that do not overlap and together hold every word of the text.
    """
    return _cut(text, tuple(headings), is_table_continued, is_wrapped)


def announces(text: str) -> bool:
    """Whether a line introduces what comes below it: it ends with a colon, or with "the following …"."""
    return text.rstrip("*_` ").endswith((":", "：")) or bool(_ANNOUNCES.search(text))


# The same passage is cut for its evidence, for its quotes and for other questions.
@lru_cache(maxsize=1024)
def _cut(
    text: str, headings: tuple[str, ...], is_table_continued: bool, is_wrapped: bool
) -> tuple[Segment, ...]:
    known = frozenset(_plain(heading) for heading in headings)
    segments: list[Segment] = []
    in_fence = False
    for number, (start, end) in enumerate(_blocks(text)):
        block = text[start:end]
        fences = len(re.findall(r"^\s*(?:```|~~~)", block, re.MULTILINE))
        if in_fence or fences:
            segments.append(_segment(text, start, end, SegmentKind.CODE, number))
            in_fence = in_fence != bool(fences % 2)
            continue
        segments.extend(_split_block(text, start, end, number=number, known=known, is_wrapped=is_wrapped))
    return tuple(_with_intros(segments, is_table_continued=is_table_continued))


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for match in _BLANK_LINE.finditer(text):
        if text[at : match.start()].strip():
            yield at, match.start()
        at = match.end()
    if text[at:].strip():
        yield at, len(text)


def _split_block(
    text: str, start: int, end: int, *, number: int, known: frozenset[str], is_wrapped: bool
) -> Iterator[Segment]:
    lines = list(_lines(text, start, end))
    if _is_code([text[a:b] for a, b in lines]):
        yield _segment(text, start, end, SegmentKind.CODE, number)
        return
    if _is_table([text[a:b] for a, b in lines]):
        for a, b in lines:
            if not _RULE_ROW.match(text[a:b]):
                yield _segment(text, a, b, SegmentKind.ROW, number)
        return
    is_list = _is_list([text[a:b] for a, b in lines]) if is_wrapped else len(lines) > 1
    for a, b in _joined(text, lines, is_list=is_list) if is_wrapped else lines:
        line = text[a:b]
        if _is_heading(line, known, is_alone=len(lines) == 1):
            yield _segment(text, a, b, SegmentKind.HEADING, number)
        elif is_list or _BULLET.match(line):
            yield _segment(text, a, b, _item_kind(line), number)
        else:
            for c, d in _sentences(text, a, b):
                yield _segment(text, c, d, _sentence_kind(text[c:d]), number)


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    for line in text[start:end].split("\n"):
        if line.strip():
            yield at, at + len(line)
        at += len(line) + 1


def _segment(text: str, start: int, end: int, kind: SegmentKind, block: int) -> Segment:
    raw = text[start:end]
    start += len(raw) - len(raw.lstrip())
    end -= len(raw) - len(raw.rstrip())
    return Segment(text=text[start:end], start=start, end=end, kind=kind, block=block)


def _is_table(lines: list[str]) -> bool:
    cells = [line for line in lines if "|" in line or "\t" in line.strip()]
    return len(cells) >= max(1, 0.7 * len(lines)) and any(
        line.count("|") >= 2 or " | " in line or "\t" in line.strip() for line in cells
    )


def _is_code(lines: list[str]) -> bool:
    marked = sum(
        1 for line in lines if _CODE.match(line) or (_CODE_TAIL.search(line) and _CODE_CHARS.search(line))
    )
    joined = " ".join(lines)
    density = len(_CODE_CHARS.findall(joined)) / max(1, len(joined))
    return (marked >= max(1, 0.5 * len(lines)) and density >= _CODE_SHARE / 4) or density >= _CODE_SHARE


def _is_list(lines: list[str]) -> bool:
    if len(lines) < 2:
        return bool(lines and _BULLET.match(lines[0]))
    bullets = sum(1 for line in lines if _BULLET.match(line))
    if bullets >= 2 or (bullets and _BULLET.match(lines[0])):
        return True
    opening = sum(1 for line in lines[1:] if not line.strip()[:1].islower())
    is_short = any(len(line) < _WRAPPED_CHARS for line in lines[:-1])
    ends = sum(1 for line in lines[:-1] if line.rstrip()[-1:] in f"{SENTENCE_ENDS};")
    return opening >= _LIST_SHARE * (len(lines) - 1) and (is_short or ends >= 0.5 * (len(lines) - 1))


def _joined(text: str, lines: list[tuple[int, int]], *, is_list: bool) -> Iterator[tuple[int, int]]:
    """Join wrapped lines; a list breaks at each item, prose only before a bullet."""
    has_bullets = any(_BULLET.match(text[a:b]) for a, b in lines)
    start, end = lines[0]
    for a, b in lines[1:]:
        line = text[a:b]
        is_item = bool(_BULLET.match(line)) or (
            is_list and not has_bullets and not line.strip()[:1].islower()
        )
        if is_item:
            yield start, end
            start = a
        end = b
    yield start, end


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    for match in _TERMINATOR.finditer(text, start, end):
        rest = text[match.end() : end].lstrip()
        if not rest:
            break
        if rest[0].islower() or _ABBREVIATION.search(text[at : match.end()]):
            continue
        if text[at : match.end()].strip(" .()").isdigit():
            continue
        yield at, match.end()
        at = match.end()
    if text[at:end].strip():
        yield at, end


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.lower()))


def _is_heading(line: str, known: frozenset[str], *, is_alone: bool) -> bool:
    plain = _plain(line)
    if not plain or _HEADING_MARK.match(line) or plain in known:
        return True
    bare = line.strip().strip("*_: ")
    is_bold = line.strip().startswith("**") and line.strip().endswith("**")
    is_open = bare[-1:] not in _ENDS_LINE and not line.strip().endswith(":")
    is_short = len(plain.split()) <= _HEADING_WORDS
    is_plain_line = not _BULLET.match(line) and not _FIELD.match(line)
    return is_alone and is_short and (is_bold or is_open) and is_plain_line


def _item_kind(line: str) -> SegmentKind:
    kind = _sentence_kind(line)
    return SegmentKind.ITEM if kind is SegmentKind.SENTENCE else kind


def _sentence_kind(line: str) -> SegmentKind:
    if not re.search(r"[^\W\d_]{2}", line):
        return SegmentKind.HEADING
    rest = _plain(_LINK.sub(" ", _BULLET.sub("", line)))
    if _LINK.search(line) and len(rest.split()) <= 2:
        return SegmentKind.LINKS
    return SegmentKind.CODE if _is_code([line]) else SegmentKind.SENTENCE


def _with_intros(segments: list[Segment], *, is_table_continued: bool) -> Iterator[Segment]:
    lead: int | None = None
    lead_block = -1
    header: int | None = None
    header_block = 0 if is_table_continued else -1
    for number, segment in enumerate(segments):
        intro: int | None = None
        if segment.kind is SegmentKind.ROW:
            if segment.block != header_block:
                header, header_block = number, segment.block
            intro = header if header != number else None
        elif segment.kind is SegmentKind.ITEM:
            intro = lead if lead is not None and segment.block - lead_block <= 1 else None
            lead_block = segment.block if intro is not None else lead_block
        is_label = segment.kind is SegmentKind.HEADING and segment.text.endswith(":")
        if segment.kind is SegmentKind.SENTENCE or is_label:
            is_lead = announces(segment.text)
            lead, lead_block = (number, segment.block) if is_lead else (None, -1)
        elif segment.kind in (SegmentKind.HEADING, SegmentKind.ROW):
            lead = None
        yield segment if intro is None else replace(segment, intro=intro)
