"""A quote inside its surroundings: the blocks around a citation, with the quoted characters marked."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bidproof.core.records import Block, BlockKind, Citation, Document, Passage, Span

CONTEXT_CHARS = 320
CONTEXT_ROWS = 2
CELL_GAP = " | "
ELLIPSIS = "…"
_LIST_MARK = re.compile(r"\s*(?:[•▪◦‣·●○*–—-]|\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,4})[.)])\s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A run of text, marked or not."""

    text: str
    is_quote: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """A paragraph, a list item or a table row; only table rows have more than one cell.

    ``is_gap`` stands for rows left out; ``is_marked`` says that a list item
    brings its own bullet or number.
    """

    cells: tuple[tuple[Segment, ...], ...]
    is_header: bool = False
    is_gap: bool = False
    is_marked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockView:
    """One block as it is shown."""

    kind: BlockKind
    rows: tuple[RowView, ...]


_GAP = RowView(cells=((Segment(text=ELLIPSIS),),), is_gap=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    """The quoted spans of one document, ordered and apart from each other."""

    text: str
    spans: tuple[Span, ...]

    def segments(self, start: int, end: int) -> tuple[Segment, ...]:
        """Cut ``[start, end)`` where quotes begin and end; line ends become spaces."""
        inner = {cut for span in self.spans for cut in (span.start, span.end) if start < cut < end}
        return tuple(
            Segment(text=self.text[a:b].replace("\n", " "), is_quote=self.is_quoted(a, b))
            for a, b in pairwise(sorted({start, end, *inner}))
        )

    def is_quoted(self, start: int, end: int) -> bool:
        """Whether a quote covers all of it."""
        return any(span.start <= start and end <= span.end for span in self.spans)

    def touching(self, block: Block) -> tuple[Span, ...]:
        """The quotes that touch a block."""
        return tuple(span for span in self.spans if block.start < span.end and span.start < block.end)

    def is_in(self, start: int, end: int) -> bool:
        """Whether a quote touches it."""
        return any(start < span.end and span.start < end for span in self.spans)


def is_in_place(citation: Citation, document: Document) -> bool:
    """Whether the quote stands word for word where the citation says."""
    return (
        0 <= citation.start < citation.end and document.text[citation.start : citation.end] == citation.quote
    )


def surroundings(
    spans: Sequence[Span], document: Document, *, passage: Passage | None
) -> tuple[BlockView, ...]:
    """Show the blocks that hold quotes, with a neighbour on each side where those are short.

    Args:
        spans: At least one, all inside the document.
        document: The cited document.
        passage: The cited passage when it is at hand: neighbours are then taken
            from inside it only.
    """
    window = _Window(text=document.text, spans=_merged(spans))
    first, last = window.spans[0].start, window.spans[-1].end
    if passage is not None:
        first, last = min(first, passage.start), max(last, passage.end)
    blocks = [block for block in document.blocks if block.start < last and first < block.end]
    hits = [index for index, block in enumerate(blocks) if window.is_in(block.start, block.end)]
    if not hits:
        return ()
    shown = [
        block
        for index, block in enumerate(blocks)
        if index in hits or (min(hits) - 1 <= index <= max(hits) + 1 and _is_short_neighbour(block))
    ]
    return tuple(_block_view(block, window) for block in shown)


def _merged(spans: Sequence[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for span in sorted(spans, key=lambda item: (item.start, item.end)):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(start=merged[-1].start, end=max(span.end, merged[-1].end))
        else:
            merged.append(span)
    return tuple(merged)


def heading_path(document: Document, position: int) -> tuple[str, ...]:
    """The headings above a place in a document, outermost first, without the document's title."""
    path: list[Block] = []
    for block in document.blocks:
        if block.start > position:
            break
        if block.kind is BlockKind.HEADING:
            path = [item for item in path if (item.level or 1) < (block.level or 1)] + [block]
    texts = [" ".join(document.text[block.start : block.end].split()) for block in path]
    return tuple(text for text in texts if text != document.title)


def _is_short_neighbour(block: Block) -> bool:
    return block.kind not in (BlockKind.HEADING, BlockKind.TABLE) and block.end - block.start <= CONTEXT_CHARS


def _block_view(block: Block, window: _Window) -> BlockView:
    if block.kind is BlockKind.TABLE:
        rows = tuple(_table_rows(block, window))
    elif block.kind in (BlockKind.LIST, BlockKind.CODE):
        lines = list(_lines(block, window.text))
        if block.kind is BlockKind.LIST:
            lines = _items(lines, window.text)
        rows = tuple(_GAP if line is None else _line_row(*line, window) for line in _near(lines, window))
    else:
        rows = (RowView(cells=(_trimmed(block, window),)),)
    return BlockView(kind=block.kind, rows=rows)


def _trimmed(block: Block, window: _Window) -> tuple[Segment, ...]:
    """Keep the quotes with some words on each side of them, cut between words."""
    if not window.is_in(block.start, block.end):
        return window.segments(block.start, block.end)
    kept = _merged([_with_context(span, block, window.text) for span in window.touching(block)])
    segments: list[Segment] = []
    for span in kept:
        if segments or span.start > block.start:
            segments.append(Segment(text=f" {ELLIPSIS} " if segments else f"{ELLIPSIS} "))
        segments.extend(window.segments(span.start, span.end))
    if kept[-1].end < block.end:
        segments.append(Segment(text=f" {ELLIPSIS}"))
    return tuple(segments)


def _with_context(span: Span, block: Block, text: str) -> Span:
    """Widen a span by whole words inside its block, or to the block's own edge where that is near."""
    start, end = max(block.start, span.start), min(block.end, span.end)
    if start - block.start > CONTEXT_CHARS:
        cut = text.find(" ", start - CONTEXT_CHARS, start)
        start = cut + 1 if cut >= 0 else start
    else:
        start = block.start
    if block.end - end > CONTEXT_CHARS:
        cut = text.rfind(" ", end, end + CONTEXT_CHARS)
        end = cut if cut >= 0 else end
    else:
        end = block.end
    return Span(start=start, end=end)


def _table_rows(block: Block, window: _Window) -> Iterable[RowView]:
    lines = list(_lines(block, window.text))
    for start, end in lines[: block.header_rows]:
        yield RowView(cells=_cells(start, end, window), is_header=True)
    for line in _near(lines[block.header_rows :], window):
        yield _GAP if line is None else RowView(cells=_cells(*line, window))


def _items(lines: Sequence[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    """Join a wrapped line to the list item above it, where the items have marks of their own."""
    if not any(_LIST_MARK.match(text, start, end) for start, end in lines):
        return list(lines)
    items: list[tuple[int, int]] = []
    for start, end in lines:
        if items and not _LIST_MARK.match(text, start, end):
            items[-1] = (items[-1][0], end)
        else:
            items.append((start, end))
    return items


def _line_row(start: int, end: int, window: _Window) -> RowView:
    mark = _LIST_MARK.match(window.text, start, end)
    return RowView(cells=(window.segments(start, end),), is_marked=mark is not None)


def _near(lines: Sequence[tuple[int, int]], window: _Window) -> list[tuple[int, int] | None]:
    """The quoted lines with a few around each; None stands where lines are left out.

    The first few lines when none is quoted.
    """
    hits = [index for index, (start, end) in enumerate(lines) if window.is_in(start, end)]
    near = {index + step for index in hits or [0] for step in range(-CONTEXT_ROWS, CONTEXT_ROWS + 1)}
    kept = sorted(near & set(range(len(lines))))
    shown: list[tuple[int, int] | None] = []
    last = -1
    for index in kept:
        if index != last + 1:
            shown.append(None)
        shown.append(lines[index])
        last = index
    if kept and last != len(lines) - 1:
        shown.append(None)
    return shown


def _lines(block: Block, text: str) -> Iterable[tuple[int, int]]:
    start = block.start
    for line in text[block.start : block.end].split("\n"):
        yield start, start + len(line)
        start += len(line) + 1


def _cells(start: int, end: int, window: _Window) -> tuple[tuple[Segment, ...], ...]:
    cells: list[tuple[Segment, ...]] = []
    for cell in window.text[start:end].split(CELL_GAP):
        cells.append(window.segments(start, start + len(cell)))
        start += len(cell) + len(CELL_GAP)
    return tuple(cells)
