"""Which rows of a PDF page make a table, and what its lines read like."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bidproof.core.records import Box
from bidproof.documents.readers.pdf.columns import (
    Column,
    find_columns,
    has_figures,
    name_columns,
    place_cells,
)
from bidproof.documents.readers.pdf.figures import is_figure
from bidproof.documents.readers.pdf.rows import LIST_SIGN, Row

_PAGE_NUMBER = re.compile(r"^(?:[A-Z]-)?(\d{1,4}|[ivxl]{1,6})$")
_MAX_LABEL_CHARS = 130
_MAX_NAME_CHARS = 60
_MAX_RUN = 4
_SAME_EDGE = 12.0
_MAX_HEADERS, _MIN_NAMED = 8, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class TableLine:
    """One row of a table as it will be read, with the rectangle that holds it."""

    cells: tuple[str, ...]
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class TableLines:
    """A table's lines; the first ``header_rows`` name the columns. ``edges`` are the columns' right edges."""

    lines: tuple[TableLine, ...]
    header_rows: int
    edges: tuple[float, ...] = ()

    def goes_on(self, above: "TableLines") -> bool:
        """Whether this table without names has the columns of the one that ended the page before."""
        return (
            not self.header_rows
            and len(self.edges) == len(above.edges) > 0
            and all(
                abs(one - other) <= _SAME_EDGE for one, other in zip(self.edges, above.edges, strict=True)
            )
        )


def table_end(rows: Sequence[Row], start: int) -> int:
    """Where the table that begins at ``start`` ends; ``start`` itself when none does.

    A table needs two rows of several cells. Rows of one cell between them
    belong to it when they stand in the label column: section names and labels
    that wrap.
    """
    if rows[start].grid:
        end = start + 1
        while end < len(rows) and rows[end].grid == rows[start].grid:
            end += 1
        return end
    if not rows[start].is_tabular:
        return start
    end, tabular = start + 1, 1
    while end < len(rows):
        following = _next_tabular(rows, start, end)
        if following is None:
            break
        tabular += 1
        end = following + 1
    return end if tabular >= 2 else start


def _next_tabular(rows: Sequence[Row], start: int, index: int) -> int | None:
    """Index of the next tabular row of the table from ``start`` on, None when the table is over."""
    above, above_all = rows[index - 1], rows[start:index]
    for place in range(index, min(index + _MAX_RUN + 1, len(rows))):
        row = rows[place]
        if row.grid:
            return None
        if not -2.5 * row.size <= row.top - above.bottom <= 2.4 * row.size:
            return None
        if row.is_tabular:
            between = rows[index:place]
            if all(_fits_labels(item, row) for item in between) or _is_named_by(above_all, between, row):
                return place
            return None
        if len(row.text) > _MAX_LABEL_CHARS or LIST_SIGN.match(row.text):
            return None
        if row.size > 1.2 * max(above.size, _size_below(rows, place)):
            return None
        above = row
    return None


def _size_below(rows: Sequence[Row], place: int) -> float:
    """The size of the next tabular row: names of columns are often smaller than what they name."""
    following = rows[place + 1 : place + _MAX_RUN + 1]
    return next((row.size for row in following if row.is_tabular), 0.0)


def _fits_labels(row: Row, following: Row) -> bool:
    """Whether a row of one cell stays in the label column, or is a unit in parentheses."""
    return row.right <= following.cells[1].left + 2 or (row.text[0] == "(" and row.text[-1] == ")")


def _is_named_by(above: Sequence[Row], between: Sequence[Row], following: Row) -> bool:
    """Whether rows above only name a row's columns, and bold section titles part the two."""
    return (
        len(following.cells) > _MIN_NAMED
        and has_figures(following)
        and all(row.is_bold for row in between)
        and not any(has_figures(row) for row in above)
        and max(len(row.cells) for row in above) >= len(following.cells) - 1
    )


def column_names_above(rows: Sequence[Row], first: int, start: int, end: int) -> int:
    """Index of the first row, ``first`` at the earliest, that belongs to the table ``[start, end)``.

    Rows of one cell directly above a table that stand over its figures name
    columns; they look like headings or prose when they are seen alone.
    """
    columns = find_columns(rows[start:end])
    if not columns:
        return start
    left = min(row.left for row in rows[start:end])
    place, is_label_passed = start, False
    while place > first:
        row, below = rows[place - 1], rows[place]
        if row.top > below.top or below.top - row.bottom > 1.2 * row.size or LIST_SIGN.match(row.text):
            break
        if _names_columns(row, columns, left):
            start = place - 1
        elif is_label_passed or row.left > left + 2 * row.size or len(row.text) > _MAX_NAME_CHARS:
            break
        else:
            is_label_passed = True
        place -= 1
    return start


def _names_columns(row: Row, columns: Sequence[Column], left: float) -> bool:
    """Whether a row stands over the figures, and is no title centred over the whole table."""
    if len(row.text) > _MAX_NAME_CHARS or row.right < columns[0].left:
        return False
    if row.left <= left + 0.3 * (columns[0].left - left):
        return False
    is_over_figures = row.left >= columns[0].left - 4 * row.size
    return is_over_figures and not (len(columns) > 2 and _is_centred_over(row, left, columns[-1].right))


def _is_centred_over(row: Row, left: float, right: float) -> bool:
    return abs((row.left + row.right) - (left + right)) <= 4 * row.size


def table_lines(rows: Sequence[Row]) -> TableLines:
    """Rows as lines: wrapped labels and column names made whole, empty cells in their place."""
    if rows[0].grid:
        return _grid_lines(rows)
    columns = find_columns(rows)
    heads = _count_heads(rows)
    lines: list[TableLine] = []
    if (
        columns
        and heads
        and any(len(row.cells) > 1 or row.left > columns[0].left - 1 for row in rows[:heads])
    ):
        lines.append(
            TableLine(
                cells=tuple(name_columns(rows[:heads], columns, left=min(row.left for row in rows))),
                box=_hull(rows[:heads]),
            )
        )
        header_rows = 1
    else:
        lines.extend(
            TableLine(cells=tuple(cell.text for cell in row.cells), box=row.box) for row in rows[:heads]
        )
        header_rows = heads
    lines.extend(_body_lines(rows[heads:], columns))
    edges = tuple(column.right for column in columns)
    return TableLines(lines=tuple(lines), header_rows=header_rows, edges=edges)


def _grid_lines(rows: Sequence[Row]) -> TableLines:
    """A drawn table's rows as they stand; the first names columns when it looks apart from the rest."""
    lines = tuple(TableLine(cells=tuple(cell.text for cell in row.cells), box=row.box) for row in rows)
    first = lines[0].cells
    is_named = len(lines) > 1 and len(first) > 1 and all(first) and max(map(len, first)) <= _MAX_NAME_CHARS
    is_bold = rows[0].is_bold and not all(row.is_bold for row in rows[1:])
    is_wordy = len(first) > 2 and not any(sign.isdigit() for cell in first for sign in cell)
    edges = tuple(cell.right for cell in max((row.cells for row in rows), key=len))
    return TableLines(lines=lines, header_rows=1 if is_named and (is_bold or is_wordy) else 0, edges=edges)


def _body_lines(rows: Sequence[Row], columns: Sequence[Column]) -> list[TableLine]:
    lines: list[TableLine] = []
    pending: list[Row] = []
    for index, row in enumerate(rows):
        if not row.is_tabular and index + 1 < len(rows) and _label_goes_on(row, rows[index + 1]):
            pending.append(row)
            continue
        if not row.is_tabular and not pending and lines and _continues_label(row, rows[index - 1]):
            last = lines[-1]
            cells = (f"{last.cells[0]} {row.text}", *last.cells[1:])
            lines[-1] = TableLine(cells=cells, box=_around(last.box, row.box))
            continue
        lines.append(_line(pending, row, columns))
        pending = []
    return lines


def _count_heads(rows: Sequence[Row]) -> int:
    """How many leading rows name the columns: those before the first label with a figure."""
    left = min(row.left for row in rows)
    width = max(row.right for row in rows) - left
    for index, row in enumerate(rows[:_MAX_HEADERS]):
        if has_figures(row):
            return index
        if len(row.cells) == 1 and index and not _is_name(row, rows[:index], left, width):
            return index
    is_named = rows[0].is_bold and rows[0].is_tabular and not all(row.is_bold for row in rows[1:])
    return 1 if is_named and len(rows) > 1 else 0


def _is_name(row: Row, above: Sequence[Row], left: float, width: float) -> bool:
    """Whether a row of one cell among names of columns is one: right of the labels, over or under a name."""
    edge = left + 0.2 * width
    names = [cell for item in above for cell in item.cells if cell.left > edge]
    is_over = any(row.left < cell.right and row.right > cell.left for cell in names)
    is_unit = row.text[0] == "(" and row.text[-1] == ")"
    return row.left > edge and (is_over or is_unit or not names)


def _line(pending: Sequence[Row], row: Row, columns: Sequence[Column]) -> TableLine:
    cells = place_cells(row, columns) if row.is_tabular else [row.text]
    box = row.box
    for item in reversed(pending):
        cells[0] = f"{item.text} {cells[0]}"
        box = _around(item.box, box)
    return TableLine(cells=tuple(cells), box=box)


def _label_goes_on(row: Row, following: Row) -> bool:
    """Whether a row of one cell is the start of the next row's label."""
    if row.text.endswith(":") or (row.is_bold and not following.is_bold):
        return False
    first = following.cells[0].text if following.cells else ""
    starts_low = first[:1].islower() or row.text.endswith((",", "-", "—", "–", "/"))
    return starts_low and abs(following.left - row.left) <= 3 * row.size and not is_figure(first)


def _continues_label(row: Row, above: Row) -> bool:
    """Whether a row of one cell is the rest of the label of the tabular row above it."""
    return above.is_tabular and row.text[:1].islower() and not is_figure(above.cells[0].text)


def _hull(rows: Sequence[Row]) -> Box:
    box = rows[0].box
    for row in rows[1:]:
        box = _around(box, row.box)
    return box


def _around(one: Box, other: Box) -> Box:
    return Box(
        page=one.page,
        left=min(one.left, other.left),
        top=min(one.top, other.top),
        right=max(one.right, other.right),
        bottom=max(one.bottom, other.bottom),
    )


def is_contents(lines: Sequence[TableLine], *, page: int, page_count: int) -> bool:
    """Whether a table is a list of contents: it stands early, and most lines end in rising page numbers."""
    if len(lines) < 5 or page > max(5, page_count * 0.15):
        return False
    numbers = [
        int(found[1])
        for line in lines
        if len(line.cells) > 1 and (found := _PAGE_NUMBER.match(line.cells[-1])) and found[1].isdigit()
    ]
    rising = sum(1 for one, other in pairwise(numbers) if one <= other)
    return (
        len(numbers) >= 0.6 * len(lines)
        and rising >= 0.9 * (len(numbers) - 1)
        and max(numbers) <= page_count + 50
        and len(set(numbers)) > len(numbers) // 2
    )
