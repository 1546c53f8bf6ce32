"""Rows of a PDF to blocks: headings, paragraphs, lists and tables."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bidproof.core.records import BlockKind
from bidproof.documents.readers.pdf_rows import Row

_BULLET = re.compile(r"^([•▪◦●○■□·‣➢✓]|[-–—*](?=\s)|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)](?=\s))\s*\S")
_NUMBERISH = re.compile(r"^[(\[]?[$€£¥]?[(]?-?[\d.,]+[)%]*[)]?$|^[—–-]$|^N/?[AM]$|^\*+$", re.IGNORECASE)
_YEARISH = re.compile(r"^(19|20)\d\d$")
_END = re.compile(r"[.!?:;][\"”’)\]]*$")
_PART = re.compile(
    r"^(part|chapter|section|appendix|annex|attachment|exhibit|schedule|volume)\s+[\dIVXA-Z]+\b",
    re.IGNORECASE,
)
_ITEM = re.compile(r"^(item|article|clause)\s+\d+[a-z]?\b", re.IGNORECASE)
_NOTE = re.compile(r"^(note\s+\d+|\d{1,2}\.?)\s", re.IGNORECASE)
_DECIMAL = re.compile(r"^([A-Z]\.)?\d{1,3}(\.\d{1,3})+\.?\s")
_LARGER = 1.12
_MAX_HEADING_CHARS = 160
_MAX_HEADING_ROWS = 3
_EDGE_ROWS = 2
_MIN_REPEATS = 3


@dataclass(slots=True)
class Piece:
    """A block in the making: its rows, kind, and for headings the look that ranks it."""

    kind: BlockKind
    rows: list[Row] = field(default_factory=list[Row])
    look: tuple[int, int, int] = (0, 0, 0)
    header_rows: int = 0


def drop_running_rows(pages: Sequence[list[Row]]) -> None:
    """Remove page numbers and what repeats at the top or bottom of many pages, in place."""
    counts: Counter[tuple[str, int]] = Counter()
    for rows in pages:
        for key in {_edge_key(row) for row in _edges(rows)}:
            counts[key] += 1
    wanted = max(_MIN_REPEATS, len(pages) // 4)
    for rows in pages:
        edges = {id(row) for row in _edges(rows)}
        rows[:] = [
            row
            for row in rows
            if id(row) not in edges
            or not (counts[_edge_key(row)] >= wanted or _is_page_number(row, len(pages)))
        ]


def _edges(rows: Sequence[Row]) -> list[Row]:
    by_height = sorted(rows, key=lambda row: row.top)
    return by_height[:_EDGE_ROWS] + by_height[-_EDGE_ROWS:] if len(by_height) > _EDGE_ROWS * 2 else []


def _edge_key(row: Row) -> tuple[str, int]:
    return re.sub(r"\d+", "#", row.text.lower()), round(row.top / 6)


def _is_page_number(row: Row, page_count: int) -> bool:
    number = re.fullmatch(
        r"(?:page\s*)?[-–—]?\s*(\d{1,4}|[ivxl]{1,6})\s*[-–—]?(?:\s*(?:of|/)\s*\d{1,4})?", row.text.lower()
    )
    return number is not None and (not number[1].isdigit() or int(number[1]) <= page_count + 50)


def body_size(pages: Sequence[Sequence[Row]]) -> float:
    """The line height that most characters of the document have; 0 without rows."""
    counts: Counter[float] = Counter()
    for rows in pages:
        for row in rows:
            counts[row.size] += len(row.text)
    return counts.most_common(1)[0][0] if counts else 0.0


def page_pieces(rows: Sequence[Row], *, body: float) -> Iterator[Piece]:
    """Cut a page's rows to pieces in reading order."""
    index = 0
    while index < len(rows):
        end = _table_end(rows, index)
        if end > index:
            table = Piece(kind=BlockKind.TABLE, rows=list(rows[index:end]))
            table.header_rows = count_header_rows(table.rows)
            yield table
            index = end
            continue
        stop = index + 1
        while stop < len(rows) and _table_end(rows, stop) == stop:
            stop += 1
        yield from _prose(rows[index:stop], body)
        index = stop


def _table_end(rows: Sequence[Row], start: int) -> int:
    """Where the table that begins at ``start`` ends; ``start`` itself when none does."""
    if not rows[start].is_tabular:
        return start
    end, tabular = start + 1, 1
    while end < len(rows):
        if rows[end].is_tabular:
            tabular += 1
            end += 1
        elif _bridges(rows, end):
            end += 1
        else:
            break
    return end if tabular >= 2 else start


def _bridges(rows: Sequence[Row], index: int) -> bool:
    """Whether a row of one cell stands inside a table: a section label or a wrapped label."""
    row, above = rows[index], rows[index - 1]
    if index + 1 >= len(rows) or row.top - above.bottom > 1.6 * row.size:
        return False
    if len(row.text) > 90 or _BULLET.match(row.text):
        return False
    following = rows[index + 1]
    if following.top - row.bottom > 1.6 * row.size or following.top < row.top:
        return False
    if following.is_tabular:
        return True
    return index + 2 < len(rows) and rows[index + 2].is_tabular and len(following.text) <= 90


def count_header_rows(rows: Sequence[Row]) -> int:
    """How many leading rows name the columns: those before the first with a label and a number."""
    for index, row in enumerate(rows[:5]):
        cells = [cell.text for cell in row.cells]
        numbers = [cell for cell in cells[1:] if _NUMBERISH.match(cell) and not _YEARISH.match(cell)]
        if numbers and not _NUMBERISH.match(cells[0]):
            return index
        if index and not row.is_tabular:
            return index
    is_named = rows[0].is_bold and not all(row.is_bold for row in rows[1:])
    return 1 if is_named else 0


def _prose(rows: Sequence[Row], body: float) -> Iterator[Piece]:
    piece: Piece | None = None
    for row in rows:
        look = heading_look(row, body=body)
        kind = BlockKind.PARAGRAPH if look is None else BlockKind.HEADING
        if piece is not None and _continues(piece, row, kind, look):
            piece.rows.append(row)
            continue
        if piece is not None:
            yield _settle(piece)
        if kind is BlockKind.PARAGRAPH and _BULLET.match(row.text):
            kind = BlockKind.LIST
        piece = Piece(kind=kind, rows=[row], look=look or (0, 0, 0))
    if piece is not None:
        yield _settle(piece)


def _settle(piece: Piece) -> Piece:
    """A heading that runs on for many lines or words is bold prose."""
    text = " ".join(row.text for row in piece.rows)
    if piece.kind is BlockKind.HEADING and (
        len(piece.rows) > _MAX_HEADING_ROWS or len(text) > _MAX_HEADING_CHARS or _is_sentence(text)
    ):
        piece.kind = BlockKind.PARAGRAPH
    return piece


def _is_sentence(text: str) -> bool:
    return len(text) > 60 and text.endswith(".") and not _ITEM.match(text)


def _continues(piece: Piece, row: Row, kind: BlockKind, look: tuple[int, int, int] | None) -> bool:
    above = piece.rows[-1]
    gap = row.top - above.bottom
    if row.top < above.top or gap > 0.55 * max(row.size, above.size):
        return False
    if piece.kind is BlockKind.HEADING:
        return (
            kind is BlockKind.HEADING
            and look is not None
            and look[0] == piece.look[0]
            and look[2] == piece.look[2]
            and look[1] >= 4
        )
    if kind is BlockKind.HEADING or abs(row.size - above.size) > 0.15 * above.size:
        return False
    is_bullet = bool(_BULLET.match(row.text))
    if piece.kind is BlockKind.LIST:
        return is_bullet or row.left > piece.rows[0].left + 2
    if is_bullet:
        return False
    is_short = above.right < row.right - 0.2 * (row.right - row.left)
    return not (is_short and _END.search(above.text))


def heading_look(row: Row, *, body: float) -> tuple[int, int, int] | None:
    """How high a row ranks by its looks, smaller is higher; None for body text."""
    text = row.text
    letters = sum(character.isalpha() for character in text)
    if letters < 2 or len(text) > _MAX_HEADING_CHARS or row.is_tabular or letters < 0.4 * len(text):
        return None
    is_larger = row.size >= body * _LARGER
    if not is_larger and not row.is_bold:
        return None
    if not is_larger and (text.endswith((",", ";")) or (_BULLET.match(text) and not _NOTE.match(text))):
        return None
    step = -round(row.size / body * 10) if is_larger else 0
    return step, _pattern_rank(text), _weight_rank(row)


def _pattern_rank(text: str) -> int:
    if _PART.match(text):
        return 0
    if _ITEM.match(text):
        return 1
    if decimal := _DECIMAL.match(text):
        return 3 + min(3, decimal[0].count("."))
    if _NOTE.match(text):
        return 3
    letters = [character for character in text if character.isalpha()]
    return 2 if all(letter.isupper() for letter in letters) and len(letters) > 3 else 7


def _weight_rank(row: Row) -> int:
    return (0 if row.is_bold else 2) + (1 if row.is_italic else 0)


def rank_headings(pieces: Sequence[Piece], *, max_levels: int = 6) -> dict[tuple[int, int, int], int]:
    """Level of each look that occurs, 1 for the highest."""
    looks = sorted({piece.look for piece in pieces if piece.kind is BlockKind.HEADING})
    return {look: min(index + 1, max_levels) for index, look in enumerate(looks)}
