"""Words of a page to rows in reading order: the lines that an eye sees, cells apart.

Content order is trusted between rows, position within them: columns are
written one after the other and stay apart, the cells of a table row come
together even when each was written line by line.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bidproof.core.records import Box
from bidproof.documents.readers.pdf.figures import is_figure
from bidproof.documents.readers.pdf.grid import GridRow
from bidproof.documents.readers.pdf.words import LINE_END_HYPHEN, Word

_CELL_GAP = 1.05
_TORN = 0.5
_LOOK_BACK = 8
_NARROW = 0.4
_MAX_LABEL_CHARS = 90
_MARK = re.compile(r"^([®™©℠*†‡]+|(\(\d{1,2}\))+)$")
"""Trade marks and footnote signs: raised ones are written apart from their line."""
_MAX_LIFT = 4.0
_LEADERS = re.compile(r"(?:\s*[.·…_]){5,}")
_JOINS_NEXT = frozenset({"$", "€", "£", "¥", "(", "US$", "($", "$(", "€(", "£("})
_JOINS_LAST = frozenset({")", "%", ")%", "%)", "pts", "bps", "x", "*"})
_MARKER = re.compile(r"^([•▪◦●○■□·‣➢✓☐☒☑–—*-]|\(?(\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)])$")
_NUMBERED = re.compile(
    r"^((note|item|part|section|article|chapter|appendix)\s+[\dIVXA-Z]{1,5}|\d+(\.\d+)+)\s*[.:)–—-]?$",
    re.IGNORECASE,
)
_AMOUNT = re.compile(r"^[(\[]?[$€£¥]?[(]?[-–]?\d[\d,.]*[)%\]]*$|^[—–)]$|^[)%]+$")
LIST_SIGN = re.compile(r"^([•▪◦●○■□·‣➢✓☐☒☑]|[-–—*](?=\s)|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)](?=\s))\s*\S")
"""How a list item begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Words of one row without a wide gap between them."""

    text: str
    left: float
    right: float


@dataclass(slots=True, kw_only=True)
class Row:
    """One line of a page, its words left to right.

    Attributes:
        words: At least one.
        page: From 1.
        left: Edges in points, origin at the top left.
        top: See ``left``.
        right: See ``left``.
        bottom: See ``left``.
        text: The words with single spaces; leader dots are left out.
        cells: Stretches of words without a wide gap.
        size: Line height that most characters have, in points.
        is_bold: Whether every word with a letter is bold.
        is_italic: Whether every word with a letter is italic.
        grid: Number of the drawn table that the row is of, 0 for none.
    """

    words: list[Word]
    page: int
    left: float
    top: float
    right: float
    bottom: float
    text: str
    cells: list[Cell]
    size: float
    is_bold: bool
    is_italic: bool
    grid: int = 0

    @property
    def ends_broken(self) -> bool:
        """Whether the last word goes on in the next row."""
        return self.words[-1].text.endswith(LINE_END_HYPHEN)

    @property
    def box(self) -> Box:
        """The row's rectangle."""
        return Box(
            page=self.page,
            left=round(self.left, 1),
            top=round(self.top, 1),
            right=round(self.right, 1),
            bottom=round(self.bottom, 1),
        )

    @property
    def is_tabular(self) -> bool:
        """Whether the row has two cells or more, a list marker or heading number not counted."""
        if self.grid or len(self.cells) != 2:
            return len(self.cells) > 2
        first = self.cells[0].text
        if len(first) > _MAX_LABEL_CHARS and not is_figure(self.cells[1].text):
            return False
        return not _MARKER.match(first) and not _NUMBERED.match(first)


@dataclass(slots=True)
class _Line:
    """A row in the making."""

    words: list[Word]
    top: float
    bottom: float
    left: float
    right: float


def _finish(line: _Line, page: int) -> Row:
    sizes: dict[float, int] = {}
    for word in line.words:
        size = round(word.size, 1)
        sizes[size] = sizes.get(size, 0) + len(word.text)
    lettered = [word for word in line.words if any(map(str.isalpha, word.text))]
    text = " ".join(word.text for word in line.words)
    return Row(
        words=line.words,
        page=page,
        left=line.left,
        top=line.top,
        right=line.right,
        bottom=line.bottom,
        text=_plain(_without_leaders(text, " ")),
        cells=_cells(line.words),
        size=max(sizes, key=lambda size: (sizes[size], size)),
        is_bold=bool(lettered) and all(word.is_bold for word in lettered),
        is_italic=bool(lettered) and all(word.is_italic for word in lettered),
    )


def _plain(text: str) -> str:
    return text.replace(f"{LINE_END_HYPHEN} ", "-").replace(LINE_END_HYPHEN, "-").strip()


def _without_leaders(text: str, replacement: str) -> str:
    return _LEADERS.sub(replacement, text) if ".." in text or ". ." in text or "…" in text else text


def page_rows(words: Sequence[Word], *, page: int, width: float) -> list[Row]:
    """Group words to rows.

    Args:
        words: In content order.
        page: Page number, from 1.
        width: Page width in points.

    Returns:
        Rows in reading order, each with its cells.
    """
    lines: list[_Line] = []
    for segment in map(_line, _segments(words)):
        home = _home(lines, segment, width)
        if home is None:
            lines.append(segment)
        else:
            _merge(home, segment)
    shown = (line for line in lines if not all(_MARK.match(word.text) for word in line.words))
    return [_finish(line, page) for line in _levelled(list(shown))]


def _levelled(lines: list[_Line]) -> list[_Line]:
    """Put lines that were written a little out of order, as column names often are, back by height."""
    ordered: list[_Line] = []
    for line in lines:
        place = len(ordered)
        height = line.bottom - line.top
        while place and len(ordered) - place < _LOOK_BACK:
            above = ordered[place - 1]
            if not 0.3 * height < above.top - line.top < _MAX_LIFT * height:
                break
            place -= 1
        ordered.insert(place, line)
    return ordered


def page_rows_with_grid(
    words: Sequence[Word], grid: Sequence[GridRow], *, page: int, width: float
) -> list[Row]:
    """Group words to rows, those inside drawn tables cell by cell; see :func:`page_rows`."""
    rows: list[Row] = []
    free: list[Word] = []
    filled: dict[int, dict[int, list[Word]]] = {}
    homes = [_grid_place(word, grid) for word in words]
    torn = _torn_tables(words, homes, grid)
    homes = [None if home is not None and grid[home].table in torn else home for home in homes]
    for word, home in zip(words, homes, strict=True):
        if home is not None:
            filled.setdefault(grid[home].table, {}).setdefault(home, []).append(word)
    placed: set[int] = set()
    for word, home in zip(words, homes, strict=True):
        if home is None:
            free.append(word)
        elif grid[home].table not in placed:
            placed.add(grid[home].table)
            rows.extend(page_rows(free, page=page, width=width))
            free = []
            table = filled[grid[home].table]
            rows.extend(_grid_row(table[place], grid[place], page) for place in sorted(table))
    return rows + page_rows(free, page=page, width=width)


def _torn_tables(words: Sequence[Word], homes: Sequence[int | None], grid: Sequence[GridRow]) -> set[int]:
    """Numbers of tables whose lines do not frame them: in most rows, text runs on over their edge."""
    filled = {home for home in homes if home is not None}
    crossed: set[int] = set()
    for (one, other), (home, next_home) in zip(pairwise(words), pairwise(homes), strict=True):
        inner = home if next_home is None else next_home if home is None else None
        if inner is not None and other.left > one.right - one.size and _same_line(one, other):
            crossed.add(inner)
    tables = {grid[home].table for home in filled}
    counts = {table: [home in crossed for home in filled if grid[home].table == table] for table in tables}
    return {table for table, several in counts.items() if sum(several) > _TORN * len(several)}


def _grid_place(word: Word, grid: Sequence[GridRow]) -> int | None:
    middle = (word.top + word.bottom) / 2
    for place, row in enumerate(grid):
        if row.top <= middle < row.bottom and row.column((word.left + word.right) / 2) is not None:
            return place
    return None


def _cell_text(lines: Sequence[Row]) -> str:
    """Lines of a cell as one; a word broken at a line's end is made whole without its hyphen."""
    text = ""
    for line in lines:
        words = line.text[:-1] if line.ends_broken and line is not lines[-1] else f"{line.text} "
        text += words
    return text.strip()


def _grid_row(words: Sequence[Word], grid: GridRow, page: int) -> Row:
    columns: list[list[Word]] = [[] for _ in grid.edges[1:]]
    for word in words:
        columns[grid.column((word.left + word.right) / 2) or 0].append(word)
    row = _finish(_line(list(words)), page)
    row.cells = [
        Cell(
            text=_cell_text(page_rows(column, page=page, width=0.0)),
            left=left,
            right=right,
        )
        for column, left, right in zip(columns, grid.edges[:-1], grid.edges[1:], strict=True)
    ]
    row.left, row.grid = min(word.left for word in words), grid.table
    return row


def _line(words: list[Word]) -> _Line:
    return _Line(
        words=words,
        top=min(word.top for word in words),
        bottom=max(word.bottom for word in words),
        left=words[0].left,
        right=max(word.right for word in words),
    )


def _segments(words: Sequence[Word]) -> list[list[Word]]:
    segments: list[list[Word]] = []
    for word in words:
        last = segments[-1][-1] if segments else None
        if last is not None and _same_line(last, word) and word.left >= last.right - last.size * 0.6:
            segments[-1].append(word)
        else:
            segments.append([word])
    return segments


def _same_line(one: Word, other: Word) -> bool:
    if one.top == other.top and one.bottom == other.bottom:
        return True
    overlap = min(one.bottom, other.bottom) - max(one.top, other.top)
    return overlap >= 0.5 * min(one.bottom - one.top, other.bottom - other.top)


def _home(lines: list[_Line], segment: _Line, width: float) -> _Line | None:
    """The recent line that a segment continues to the side, if any."""
    for age, line in enumerate(reversed(lines[-_LOOK_BACK:])):
        overlap = min(segment.bottom, line.bottom) - max(segment.top, line.top)
        if overlap < 0.6 * min(segment.bottom - segment.top, line.bottom - line.top):
            continue
        if any(word.left < segment.right - 0.5 and word.right > segment.left + 0.5 for word in line.words):
            continue
        is_narrow = segment.right - segment.left <= width * _NARROW and line.right - line.left <= width * (
            1 - _NARROW / 2
        )
        if age == 0 or is_narrow:
            return line
    return None


def _merge(line: _Line, segment: _Line) -> None:
    line.words = sorted([*line.words, *segment.words], key=lambda word: word.left)
    line.top, line.bottom = min(line.top, segment.top), max(line.bottom, segment.bottom)
    line.left, line.right = min(line.left, segment.left), max(line.right, segment.right)


def _cells(words: Sequence[Word]) -> list[Cell]:
    groups: list[list[Word]] = []
    for word in words:
        if groups and not _parts_cells(groups[-1][-1], word):
            groups[-1].append(word)
        else:
            groups.append([word])
    joined: list[list[Word]] = []
    for group in groups:
        text = " ".join(word.text for word in group)
        if joined and (text in _JOINS_LAST or joined[-1][-1].text in _JOINS_NEXT):
            joined[-1].extend(group)
        else:
            joined.append(group)
    cells = (
        Cell(
            text=_plain(_without_leaders(_tighten(" ".join(word.text for word in group)), "")),
            left=group[0].left,
            right=group[-1].right,
        )
        for group in joined
    )
    return [cell for cell in cells if cell.text]


def _parts_cells(last: Word, word: Word) -> bool:
    """Whether a gap is wide enough; between two amounts a narrow one is."""
    gap = (word.left - last.right) / min(word.size, last.size)
    if gap > _CELL_GAP:
        return True
    return (
        gap > 0.4
        and bool(_AMOUNT.match(last.text))
        and (word.text in _JOINS_NEXT or bool(_AMOUNT.match(word.text)))
    )


def _tighten(text: str) -> str:
    """Close the gaps that accounting formats leave: ``$ ( 214 ) %`` becomes ``$(214)%``."""
    if not any(sign in text for sign in "$€£¥()%"):
        return text
    text = re.sub(r"([$€£¥(])\s+(?=[\d(.—–-])", r"\1", text)
    return re.sub(r"(?<=[\d)])\s+([)%])", r"\1", text)
