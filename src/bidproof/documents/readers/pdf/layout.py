"""Rows of a PDF to pieces: headings, paragraphs, lists and tables, in reading order."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bidproof.core.records import BlockKind
from bidproof.documents.readers.pdf.headings import Look, heading_look, is_numbered
from bidproof.documents.readers.pdf.rows import LIST_SIGN, Row
from bidproof.documents.readers.pdf.tables import column_names_above, table_end

_END = re.compile(r"[.!?:;][\"”’)\]]*$")
_OPEN = frozenset({"and", "or", "of", "the", "for", "to", "in", "on", "with", "a", "an", "by", "from"})
_MAX_HEADING_CHARS = 160
_MAX_HEADING_ROWS = 3
_EDGE_ROWS = 3
_MARGIN = 0.1
_MIN_REPEATS = 3


@dataclass(slots=True)
class Piece:
    """A block in the making: its rows, its kind, and for headings the look that ranks it."""

    kind: BlockKind
    rows: list[Row] = field(default_factory=list[Row])
    look: Look | None = None

    @property
    def text(self) -> str:
        """All rows in one line."""
        return " ".join(row.text for row in self.rows)


def drop_running_rows(pages: Sequence[list[Row]], heights: Sequence[float]) -> None:
    """Remove page numbers and what repeats at the top or bottom of many pages, in place.

    ``heights`` are the pages' heights in points.
    """
    placed: Counter[tuple[str, int]] = Counter()
    worded: Counter[str] = Counter()
    for rows, height in zip(pages, heights, strict=True):
        edges = _edges(rows, height)
        placed.update({_edge_key(row) for row in edges})
        worded.update({_edge_key(row)[0] for row in edges})

    def repeats(row: Row) -> bool:
        key = _edge_key(row)
        return placed[key] >= max(_MIN_REPEATS, len(pages) // 5) or worded[key[0]] >= max(
            _MIN_REPEATS, len(pages) // 3
        )

    for rows, height in zip(pages, heights, strict=True):
        edges = {id(row) for row in _edges(rows, height)}
        rows[:] = [
            row
            for row in rows
            if id(row) not in edges or not (repeats(row) or _is_page_number(row, rows, len(pages)))
        ]


def _edges(rows: Sequence[Row], height: float) -> list[Row]:
    """The first and last row of a page, and those in its outer margins."""
    if len(rows) < 2:
        return []
    by_height = sorted(rows, key=lambda row: row.top)
    inner = by_height[1:_EDGE_ROWS] + by_height[-_EDGE_ROWS:-1] if len(rows) > 2 * _EDGE_ROWS else []
    margins = [row for row in inner if row.top < _MARGIN * height or row.bottom > (1 - _MARGIN) * height]
    return [by_height[0], by_height[-1], *margins]


def _edge_key(row: Row) -> tuple[str, int]:
    return re.sub(r"\d+", "#", row.text.lower()), round(row.top / 8)


def _is_page_number(row: Row, rows: Sequence[Row], page_count: int) -> bool:
    number = re.fullmatch(
        r"(?:page\s*)?[-–—]?\s*(\d{1,4}|[ivxl]{1,6})\s*[-–—]?(?:\s*(?:of|/)\s*\d{1,4})?", row.text.lower()
    )
    if number is None or (number[1].isdigit() and int(number[1]) > page_count + 50):
        return False
    return row.top <= min(item.top for item in rows) or row.bottom >= max(item.bottom for item in rows)


def body_size(pages: Sequence[Sequence[Row]]) -> float:
    """The line height that most characters of the document have; 1 without rows."""
    counts: Counter[float] = Counter()
    for rows in pages:
        for row in rows:
            counts[row.size] += len(row.text)
    return counts.most_common(1)[0][0] if counts else 1.0


def page_pieces(rows: Sequence[Row], *, body: float) -> Iterator[Piece]:
    """Cut a page's rows to pieces in reading order."""
    index = 0
    while index < len(rows):
        start = index
        while start < len(rows) and table_end(rows, start) == start:
            start += 1
        end = table_end(rows, start) if start < len(rows) else start
        if end > start:
            start = column_names_above(rows, index, start, end)
        yield from _prose(rows[index:start], body)
        if end > start:
            yield Piece(kind=BlockKind.TABLE, rows=list(rows[start:end]))
        index = end


def _prose(rows: Sequence[Row], body: float) -> Iterator[Piece]:
    piece: Piece | None = None
    width = max((row.right for row in rows), default=0.0) - min((row.left for row in rows), default=0.0)
    for row in rows:
        look = heading_look(row, body=body)
        if piece is not None and _continues(piece, row, look, width):
            piece.rows.append(row)
            continue
        if piece is not None:
            yield _settle(piece)
        kind = BlockKind.PARAGRAPH if look is None else BlockKind.HEADING
        if look is None and LIST_SIGN.match(row.text):
            kind = BlockKind.LIST
        piece = Piece(kind=kind, rows=[row], look=look)
    if piece is not None:
        yield _settle(piece)


def _settle(piece: Piece) -> Piece:
    """A heading that runs on for many lines or words, or is a sentence, is bold prose."""
    text = piece.text
    is_sentence = len(text) > 60 and text.endswith(".") and not is_numbered(text)
    if piece.kind is BlockKind.HEADING and (
        len(piece.rows) > _MAX_HEADING_ROWS or len(text) > _MAX_HEADING_CHARS or is_sentence
    ):
        piece.kind = BlockKind.PARAGRAPH
    return piece


def _continues(piece: Piece, row: Row, look: Look | None, width: float) -> bool:
    above = piece.rows[-1]
    gap = row.top - above.bottom
    if row.top < above.top or gap > 0.55 * max(row.size, above.size):
        return False
    if piece.look is not None:
        return (
            look is not None
            and piece.kind is BlockKind.HEADING
            and (look.size, look.weight) == (piece.look.size, piece.look.weight)
            and not is_numbered(row.text)
            and (row.text[:1].islower() or _goes_on(above, width))
        )
    if look is not None or abs(row.size - above.size) > 0.15 * above.size:
        return False
    is_item = bool(LIST_SIGN.match(row.text))
    if piece.kind is BlockKind.LIST:
        return is_item or row.left > piece.rows[0].left + 2
    if is_item:
        return False
    is_short = above.right < row.right - 0.2 * (row.right - row.left)
    return not (is_short and _END.search(above.text))


def _goes_on(row: Row, width: float) -> bool:
    """Whether a heading's row is full, or ends in a word that asks for more."""
    last = row.text.rsplit(" ", 1)[-1].lower()
    return (
        row.right - row.left > 0.75 * width
        or row.text.endswith((",", "-", "–", "—", "/", "&"))
        or last in _OPEN
    )
