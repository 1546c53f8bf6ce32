"""How a spreadsheet names columns, cells and rectangles of cells; rows and columns count from 1."""

import re
from typing import NamedTuple

_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})$")
MAX_ROW = 1_048_576
MAX_COLUMN = 16_384


class Place(NamedTuple):
    """Row and column of a cell, both from 1."""

    row: int
    column: int


class Area(NamedTuple):
    """A rectangle of cells, all four sides included."""

    top: int
    left: int
    bottom: int
    right: int

    def holds(self, row: int, column: int) -> bool:
        """Whether the cell lies in this rectangle."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right


def column_letters(column: int) -> str:
    """Name a column as a spreadsheet does: 1 is ``A``, 27 is ``AA``."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """The column that letters name; ``A`` is 1."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def parse_reference(reference: str) -> Place | None:
    """Read ``C5`` or ``$C$5``; None when it is neither, or beyond a sheet's size."""
    match = _REFERENCE.match(reference)
    if not match:
        return None
    place = Place(int(match.group(2)), column_number(match.group(1)))
    return place if place.row <= MAX_ROW and place.column <= MAX_COLUMN else None


def parse_area(reference: str) -> Area | None:
    """Read ``A1:C5``, ``A1``, ``A:A`` or ``3:3``; None when it is none of these."""
    first, _, last = reference.replace("$", "").partition(":")
    if first.isalpha() and last.isalpha():
        return Area(1, column_number(first), MAX_ROW, column_number(last))
    if first.isdigit() and last.isdigit():
        return Area(int(first), 1, int(last), MAX_COLUMN)
    start, end = parse_reference(first), parse_reference(last or first)
    if start is None or end is None:
        return None
    rows, columns = sorted((start.row, end.row)), sorted((start.column, end.column))
    return Area(rows[0], columns[0], rows[1], columns[1])
