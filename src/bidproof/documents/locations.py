"""Where characters of a document stand: their pages, and tight boxes for highlighting."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from bidproof.core.records import Block, BlockKind, Box, Document, Span

_NARROW = frozenset(" ijlftrI.,;:!'’‘|()[]/\\-")
_WIDE = frozenset("mwMW@%—…")


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


def blocks_in(document: Document, span: Span) -> tuple[Block, ...]:
    """Blocks that share characters with a span, in order."""
    first = bisect_right(document.blocks, span.start, key=lambda block: block.end)
    last = bisect_left(document.blocks, span.end, key=lambda block: block.start)
    return document.blocks[first:last]


def outline_boxes(document: Document, span: Span) -> tuple[Box, ...]:
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
