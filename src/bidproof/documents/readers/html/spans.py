"""Cells of a table that span rows or columns, put into every row that they reach."""

from collections.abc import Iterable

from selectolax.lexbor import LexborNode

_MOST = 1_000


class RowSpans:
    """What is left of the cells above that span rows, by column."""

    def __init__(self) -> None:
        """Start at the first row of a table."""
        self._open: dict[int, tuple[int, str]] = {}

    def fill(self, cells: Iterable[tuple[str, LexborNode]]) -> list[str]:
        """A row's texts: cells from above in their columns, a wide cell once with gaps behind it."""
        row: list[str] = []
        below: dict[int, tuple[int, str]] = {}

        def take_open() -> None:
            while (column := len(row)) in self._open:
                left, text = self._open.pop(column)
                row.append(text)
                if left > 1:
                    below[column] = (left - 1, text)

        for text, cell in cells:
            take_open()
            rows, columns = _span(cell, "rowspan"), _span(cell, "colspan")
            for place in range(columns):
                shown = text if place == 0 else ""
                if rows > 1:
                    below[len(row)] = (rows - 1, shown)
                row.append(shown)
        take_open()
        self._open = below
        return row


def _span(cell: LexborNode, name: str) -> int:
    text = (cell.attributes.get(name) or "").strip()
    return min(max(int(text), 1), _MOST) if text.isascii() and text.isdigit() and len(text) < 6 else 1
