"""How a table of a Word file is to be read, and what one of its rows asks."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bidproof.core.records import AnswerSlot
from bidproof.formats.word.body import Cell, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class TableLayout:
    """How one table is read.

    ``kind`` is ``questions`` (column headers), ``form`` (label beside an empty cell),
    ``stacked`` (answer cell below its question), ``requirements`` (rows that require,
    without a place to answer), ``prose`` (read as running text) or ``skip``.
    ``header_row`` counts from 1, 0 when there is none; of several it is the last.
    ``columns`` gives grid columns from 1, as the rows below the header have them, by
    role; ``marks`` the option of each column that is marked with an "x"; ``options``
    what the column of choices takes, where its title does not list them.
    """

    table: int
    kind: str
    header_row: int = 0
    columns: Mapping[str, int] = field(default_factory=dict[str, int])
    marks: Mapping[str, int] = field(default_factory=dict[str, int])
    options: tuple[str, ...] = ()
    title: str = ""
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TableQuestion:
    """One row of a question table as read."""

    text: str
    buyer_id: str
    section: tuple[str, ...]
    slots: tuple[AnswerSlot, ...]
    cell: Cell
    guidance: str = ""
    priority: str = ""
    is_requirement: bool = False


def cell_at(row: tuple[Cell, ...], column: int) -> Cell | None:
    """The cell that covers a grid column; None outside the row."""
    return next((cell for cell in row if cell.column <= column < cell.column + cell.span), None)


def text_of(cell: Cell | None) -> str:
    """A cell's text on one line; empty where there is no cell."""
    return "" if cell is None else " ".join(cell.text.split())


def title_of(table: Table, row: int) -> str:
    """What a person knows a table by: the texts of one of its rows, shortened."""
    cells = table.rows[row - 1] if 0 < row <= len(table.rows) else ()
    return " | ".join(text_of(cell)[:40] for cell in cells)[:160]
