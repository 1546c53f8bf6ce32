"""The columns of a table of figures: names that span or wrap come together over each column."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from bidproof.documents.readers.pdf.figures import is_figure
from bidproof.documents.readers.pdf.rows import Cell, Row

_REACH = 0.75
_LABEL_SHARE = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Where a column of figures stands, in points from the left."""

    left: float
    right: float

    @property
    def center(self) -> float:
        """Its middle."""
        return (self.left + self.right) / 2


def find_columns(rows: Sequence[Row]) -> tuple[Column, ...]:
    """Columns right of the labels, from the rows with a label and the usual count of figures.

    Empty when fewer than two rows agree: the table is not one of figures.
    """
    figured = [row for row in rows if has_figures(row)]
    counts = Counter(len(row.cells) for row in figured)
    if not counts:
        return ()
    width = max(counts, key=lambda count: (counts[count], count))
    agreed = [row for row in figured if len(row.cells) == width]
    if len(agreed) < 2 or width < 2:
        return ()
    return tuple(
        Column(
            left=median(row.cells[place].left for row in agreed),
            right=median(row.cells[place].right for row in agreed),
        )
        for place in range(1, width)
    )


def has_figures(row: Row) -> bool:
    """Whether a row is a label followed by at least one figure."""
    return (
        len(row.cells) > 1
        and not is_figure(row.cells[0].text)
        and any(is_figure(cell.text) for cell in row.cells[1:])
    )


def place_cells(row: Row, columns: Sequence[Column]) -> list[str]:
    """A row's cells with empty ones where a column has nothing."""
    cells = [cell.text for cell in row.cells]
    if len(cells) >= len(columns) + 1 or len(cells) < 2 or not columns:
        return cells
    placed = [cells[0]] + [""] * len(columns)
    for cell in row.cells[1:]:
        nearest = min(range(len(columns)), key=lambda place: abs(columns[place].right - cell.right))
        if placed[nearest + 1]:
            return cells
        placed[nearest + 1] = cell.text
    return placed


def name_columns(rows: Sequence[Row], columns: Sequence[Column], *, left: float) -> list[str]:
    """Fold the rows above the figures to one: the label column's name, then one name for each column.

    ``left`` is the left edge of the whole table.
    """
    edge = left + _LABEL_SHARE * (columns[0].left - left)
    label: list[str] = []
    names: list[list[str]] = [[] for _ in columns]
    for row in rows:
        over = [cell for cell in row.cells if cell.left > edge]
        label.extend(cell.text for cell in row.cells if cell not in over)
        named = _assign(over, columns)
        for place, cell in named.items():
            names[place].append(cell.text)
        label.extend(cell.text for cell in over if cell not in named.values())
    return [" ".join(label), *(" ".join(parts) for parts in names)]


def _assign(cells: Sequence[Cell], columns: Sequence[Column]) -> dict[int, Cell]:
    """Which cell of a row of names stands over each column."""
    if not cells:
        return {}
    pitch = _pitch(columns)
    size, rest = divmod(len(columns), len(cells))
    if not rest:
        groups = [columns[place * size : (place + 1) * size] for place in range(len(cells))]
        middles = [sum(column.center for column in group) / size for group in groups]
        if all(
            abs((cell.left + cell.right) / 2 - middle) <= _REACH * pitch
            for cell, middle in zip(cells, middles, strict=True)
        ):
            return {place: cells[place // size] for place in range(len(columns))}
    found: dict[int, Cell] = {}
    for place, column in enumerate(columns):
        nearest = min(cells, key=lambda cell: _distance(cell, column))
        if _distance(nearest, column) <= _REACH * pitch / 2:
            found[place] = nearest
    return found


def _distance(cell: Cell, column: Column) -> float:
    return max(0.0, cell.left - column.right, column.left - cell.right)


def _pitch(columns: Sequence[Column]) -> float:
    if len(columns) < 2:
        return max(60.0, (columns[0].right - columns[0].left) * 2)
    return median(other.center - one.center for one, other in pairwise(columns))
