"""Where characters of a document stand: under which headings, on which pages, in which boxes."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from bidproof.core.records import Block, BlockKind, Box, Document, Span
from bidproof.documents.clean import clean_line

_NARROW = frozenset(" ijlftrI.,;:!'’‘|()[]/\\-")
_WIDE = frozenset("mwMW@%—…")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a stretch of text stands.

    Attributes:
        heading_path: Headings that hold for all of it, outermost first; the document's title is left out.
        kind: The kind of block that most of its characters have, headings aside.
        pages: Pages that it touches, ascending; empty where the format has none.
        boxes: One rectangle for each block and page: coarse, for showing a passage.
    """

    heading_path: tuple[str, ...]
    kind: BlockKind
    pages: tuple[int, ...]
    boxes: tuple[Box, ...]


class DocumentPlaces:
    """The places of a document; what holds for all of them is worked out once."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._paths = _heading_paths(document)

    def find(self, span: Span) -> Place:
        """Where a stretch of the document stands."""
        blocks = blocks_in(self.document, span)
        return Place(
            heading_path=_common([self._paths[block.start] for block in blocks]),
            kind=_main_kind(blocks, span),
            pages=span_pages(self.document, span),
            boxes=_outline_boxes(self.document, span),
        )


def span_boxes(document: Document, span: Span) -> tuple[Box, ...]:
    """Rectangles that cover a stretch of text, one for each line it touches, in order.

    A line of prose that is covered in part gives a part of its box, by the
    usual widths of its characters; a table row always gives its whole box.
    Empty where the format has no boxes.
    """
    return tuple(box for block in blocks_in(document, span) for box in _block_boxes(document, block, span))


def span_pages(document: Document, span: Span) -> tuple[int, ...]:
    """Pages that a stretch of text touches, ascending; empty where the format has none."""
    first = bisect_right(document.pages, span.start, key=lambda page: page.end)
    pages: list[int] = []
    for page in document.pages[first:]:
        if page.start >= span.end:
            break
        if page.start < page.end:
            pages.append(page.page)
    return tuple(pages)


def span_cells(document: Document, span: Span) -> str:
    """Cells of a workbook that a stretch of text was read from: ``Prices!A3:D5``; empty elsewhere.

    Neighbouring lines of a sheet give one range, from the first cell of the first to the last of the last.
    """
    ranges: list[tuple[str, str, str]] = []
    for block in blocks_in(document, span):
        for cells in _block_cells(document, block, span):
            sheet, _, area = cells.rpartition("!")
            first, _, last = area.partition(":")
            if ranges and ranges[-1][0] == sheet:
                ranges[-1] = (sheet, ranges[-1][1], last or first)
            else:
                ranges.append((sheet, first, last or first))
    return ", ".join(f"{sheet}!{first}{f':{last}' * (first != last)}" for sheet, first, last in ranges)


def blocks_in(document: Document, span: Span) -> tuple[Block, ...]:
    """Blocks that share characters with a span, in order."""
    first = bisect_right(document.blocks, span.start, key=lambda block: block.end)
    last = bisect_left(document.blocks, span.end, key=lambda block: block.start)
    return document.blocks[first:last]


def _outline_boxes(document: Document, span: Span) -> tuple[Box, ...]:
    """One rectangle for each block and page that a span touches: coarse, for showing a passage."""
    found: list[Box] = []
    for block in blocks_in(document, span):
        lines = list(_block_boxes(document, block, span))
        for page in sorted({box.page for box in lines}):
            found.append(_union([box for box in lines if box.page == page]))
    return tuple(found)


def _block_boxes(document: Document, block: Block, span: Span) -> Iterator[Box]:
    if not block.boxes:
        return
    start = block.start
    for line, box in zip(document.text[block.start : block.end].split("\n"), block.boxes, strict=False):
        end = start + len(line)
        low, high = max(start, span.start), min(end, span.end)
        if low < high:
            is_whole = block.kind is BlockKind.TABLE or (low == start and high == end)
            yield box if is_whole else _part(box, _share(line, low - start), _share(line, high - start))
        start = end + 1


def _block_cells(document: Document, block: Block, span: Span) -> Iterator[str]:
    start = block.start
    for line, cells in zip(document.text[block.start : block.end].split("\n"), block.cells, strict=False):
        if start < span.end and span.start < start + len(line):
            yield cells
        start += len(line) + 1


def _share(line: str, count: int) -> float:
    """How much of a line's width its first characters take, by the usual widths of letters."""
    return sum(map(_width, line[:count])) / sum(map(_width, line))


def _width(sign: str) -> float:
    if sign in _NARROW:
        return 0.28
    if sign in _WIDE:
        return 0.85
    return 0.68 if sign.isupper() else 0.54


def _part(box: Box, low: float, high: float) -> Box:
    width = box.right - box.left
    return Box(
        page=box.page,
        left=round(box.left + width * low, 1),
        top=box.top,
        right=round(box.left + width * high, 1),
        bottom=box.bottom,
    )


def _union(boxes: list[Box]) -> Box:
    return Box(
        page=boxes[0].page,
        left=min(box.left for box in boxes),
        top=min(box.top for box in boxes),
        right=max(box.right for box in boxes),
        bottom=max(box.bottom for box in boxes),
    )


def _heading_paths(document: Document) -> dict[int, tuple[str, ...]]:
    """Headings in force for each block, by its start, outermost first; a heading's path includes itself."""
    stack: list[tuple[int, str]] = []
    paths: dict[int, tuple[str, ...]] = {}
    title = document.title.casefold()
    for block in document.blocks:
        if block.kind is BlockKind.HEADING:
            level = block.level or 1
            while stack and stack[-1][0] >= level:
                stack.pop()
            stack.append((level, clean_line(document.text[block.start : block.end])))
        paths[block.start] = tuple(text for _, text in stack if text.casefold() != title)
    return paths


def _common(paths: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The headings that all paths begin with."""
    levels = takewhile(lambda names: len(set(names)) == 1, zip(*paths, strict=False))
    return tuple(names[0] for names in levels)


def _main_kind(blocks: Sequence[Block], span: Span) -> BlockKind:
    weights: dict[BlockKind, int] = {}
    for block in blocks:
        length = min(block.end, span.end) - max(block.start, span.start)
        weight = 0 if block.kind is BlockKind.HEADING else length
        weights[block.kind] = weights.get(block.kind, 0) + weight
    return max(weights, key=lambda kind: weights[kind]) if weights else BlockKind.PARAGRAPH
