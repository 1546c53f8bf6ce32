"""A sheet as text in cells, the same for workbooks and CSV; rows and columns count from 1."""

import math
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from bidproof.core.errors import UnreadableFile
from bidproof.formats.excel.addresses import (
    MAX_COLUMN,
    Area,
    Place,
    column_letters,
    column_number,
)

_LOCATION = re.compile(r"^'((?:[^']|'')*)'!([A-Z]{1,3})([1-9][0-9]{0,6})$")
MAX_ROWS = 100_000
"""Rows of a sheet that can be a questionnaire."""


def cell_location(sheet: str, row: int, column: int) -> str:
    """Address a cell as ``'Sheet 1'!C5``, quotes in the name doubled."""
    return f"'{sheet.replace(chr(39), chr(39) * 2)}'!{column_letters(column)}{row}"


def parse_location(location: str) -> tuple[str, Place] | None:
    """Read what :func:`cell_location` wrote."""
    match = _LOCATION.match(location)
    if not match:
        return None
    return match.group(1).replace("''", "'"), Place(int(match.group(3)), column_number(match.group(2)))


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionList:
    """The values a dropdown allows in some cells, in the file's own order and spelling."""

    areas: tuple[Area, ...]
    options: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Grid:
    """One sheet.

    Attributes:
        name: As on its tab; the file's stem for CSV.
        texts: Cells that hold something, as a reader sees it; formulas by their cached value.
        is_hidden: The whole sheet.
        formulas: Cells whose content a formula makes.
        merges: Rectangles shown as one cell, the top-left one.
        lists: Dropdowns.
        hidden_rows: Rows a reader does not see.
        hidden_columns: Columns a reader does not see.
        unlocked: On a protected sheet, the cells left open to fill; None when all are.
        fills: Background of cells that have one, by ``RRGGBB`` or a theme name.
        bold: Cells in bold type.
        listed: Cells that a dropdown of the file takes its values from.
        widths: Columns that state their width, in digits.
    """

    name: str
    texts: Mapping[Place, str]
    is_hidden: bool = False
    formulas: frozenset[Place] = frozenset()
    merges: tuple[Area, ...] = ()
    lists: tuple[OptionList, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    unlocked: frozenset[Place] | None = None
    fills: Mapping[Place, str] = field(default_factory=dict[Place, str])
    bold: frozenset[Place] = frozenset()
    listed: frozenset[Place] = frozenset()
    widths: Mapping[int, float] = field(default_factory=dict[int, float])

    def text(self, row: int, column: int) -> str:
        """What the cell shows, without space around it; a covered cell of a merge is empty."""
        return self.texts.get(Place(row, column), "").strip()

    def shown_text(self, row: int, column: int) -> str:
        """What a reader sees at this place: a covered cell shows its merge's text."""
        return self.text(*self.anchor(row, column))

    def anchor(self, row: int, column: int) -> Place:
        """The cell that content here belongs to: the top left of its merge, or itself."""
        area = self._merged.get(Place(row, column))
        return Place(area.top, area.left) if area else Place(row, column)

    def has_room(self, row: int, column: int, digits: float) -> bool:
        """Whether this place is wider than so many digits, or does not state how wide it is."""
        area = self.merge_at(row, column)
        columns = range(area.left, area.right + 1) if area else (column,)
        return sum(self.widths.get(number, math.inf) for number in columns) > digits

    def merge_at(self, row: int, column: int) -> Area | None:
        """The merged rectangle over this cell, if any."""
        return self._merged.get(Place(row, column))

    def options(self, row: int, column: int) -> tuple[str, ...]:
        """The cell's own dropdown values, in order; empty when it has none."""
        return next((item for top, end, item in self._dropdowns.get(column, ()) if top <= row <= end), ())

    def columns_with_list(self, row: int) -> list[int]:
        """Visible columns whose cell in this row has a dropdown, left to right."""
        return [column for column in self._dropdowns if self.options(row, column)]

    def row_cells(self, row: int) -> Mapping[int, str]:
        """Column to text of a row's visible cells that are not blank, left to right."""
        return self._rows.get(row, {})

    def formulas_in(self, row: int) -> Sequence[Place]:
        """Cells of a row that formulas make."""
        return self._formula_rows.get(row, ())

    def rows(self) -> Iterator[int]:
        """Visible rows that hold something, top to bottom."""
        return iter(self._rows)

    def rows_below(self, row: int, count: int) -> Sequence[int]:
        """The next visible rows that hold something, at most so many."""
        start = bisect_right(self._row_numbers, row)
        return self._row_numbers[start : start + count]

    @cached_property
    def _row_numbers(self) -> Sequence[int]:
        return tuple(self._rows)

    @cached_property
    def last_row(self) -> int:
        """The last visible row that holds something; 0 when none does."""
        return max(self._rows, default=0)

    @cached_property
    def last_column(self) -> int:
        """The last visible column that holds something; 0 when none does."""
        return max((max(cells) for cells in self._rows.values()), default=0)

    @cached_property
    def _rows(self) -> dict[int, dict[int, str]]:
        rows: dict[int, dict[int, str]] = {}
        for place in sorted(self.texts):
            text = self.texts[place].strip()
            if text and place.row not in self.hidden_rows and place.column not in self.hidden_columns:
                rows.setdefault(place.row, {})[place.column] = text
        return rows

    @cached_property
    def _formula_rows(self) -> dict[int, list[Place]]:
        rows: dict[int, list[Place]] = {}
        for place in self.formulas:
            rows.setdefault(place.row, []).append(place)
        return rows

    @cached_property
    def _dropdowns(self) -> dict[int, list[tuple[int, int, tuple[str, ...]]]]:
        """Column to its stretches of rows with a dropdown; two columns beyond the last text count."""
        found: dict[int, list[tuple[int, int, tuple[str, ...]]]] = {}
        for item in self.lists:
            for area in item.areas:
                for column in range(area.left, min(area.right, self.last_column + 2) + 1):
                    if column not in self.hidden_columns:
                        found.setdefault(column, []).append((area.top, area.bottom, item.options))
        return dict(sorted(found.items()))

    @cached_property
    def _merged(self) -> dict[Place, Area]:
        covered: dict[Place, Area] = {}
        for area in self.merges:
            height, width = area.bottom - area.top + 1, area.right - area.left + 1
            if height * width > 100_000:
                continue
            for row in range(area.top, area.bottom + 1):
                for column in range(area.left, area.right + 1):
                    covered[Place(row, column)] = area
        return covered


def check_size(name: str, *, rows: int, columns: int = 0) -> None:
    """Refuse a sheet that holds records, not questions: finding its columns would take minutes.

    Raises:
        UnreadableFile: ``too-large``, over ``MAX_ROWS``, or more columns than a spreadsheet has.
    """
    for found, most, what in ((rows, MAX_ROWS, "rows"), (columns, MAX_COLUMN, "columns")):
        if found > most:
            raise UnreadableFile(
                f"cannot read {name!r} as a questionnaire: found {found:,} {what} in a sheet, "
                f"expected at most {most:,}",
                hint=f"keep the {what} that ask something, or split the file",
                code="too-large",
            )
