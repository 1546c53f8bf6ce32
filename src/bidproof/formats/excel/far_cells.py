"""Stray cells far from all others: a reader of whole grids would need room for all that lies between."""

import re
from itertools import pairwise

from bidproof.formats.excel.addresses import column_number

_REFERENCE = re.compile(rb'<(?:\w+:)?c\s[^<>]*?\br="([A-Z]{1,3})(\d{1,7})"')
_CELL = re.compile(rb'<((?:\w+:)?)c\s[^<>]*?\br="([A-Z]{1,3})(\d{1,7})"[^<>]*?(?:/>|>.*?</\1c>)', re.DOTALL)
_FAR, _NEAR_ENOUGH = 4, 100
"""A line is far when its number is four times that of the one before it that holds a cell, and above 100."""


def without_far_cells(sheet: bytes, *, most: int) -> tuple[bytes, tuple[str, ...]]:
    """The part of a sheet without its stray cells, where the grid up to them would pass ``most`` cells.

    Returns:
        The part, and the addresses of the cells that were left out. A sheet that is large without
        them stays as it is.
    """
    rows, columns = _limits(sheet, most)
    dropped: list[str] = []

    def kept(match: re.Match[bytes]) -> bytes:
        if int(match[3]) <= rows and column_number(match[2].decode()) <= columns:
            return match[0]
        dropped.append((match[2] + match[3]).decode())
        return b""

    return (_CELL.sub(kept, sheet), tuple(dropped)) if rows else (sheet, ())


def _limits(sheet: bytes, most: int) -> tuple[int, int]:
    """The last row and column to keep; zeros where all may stay, or the sheet is simply large."""
    letters, numbers = set[bytes](), set[bytes]()
    for match in _REFERENCE.finditer(sheet):
        letters.add(match[1])
        numbers.add(match[2])
    rows = sorted(map(int, numbers))
    columns = sorted(column_number(name.decode()) for name in letters)
    if not rows or rows[-1] * columns[-1] <= most:
        return 0, 0
    fitting = [
        (row, column)
        for row in (*_ends(rows), rows[-1])
        for column in (*_ends(columns), columns[-1])
        if row * column <= most
    ]
    return max(fitting, key=lambda limits: limits[0] * limits[1], default=(0, 0))


def _ends(lines: list[int]) -> list[int]:
    """The lines behind which the next one is far."""
    return [
        line for line, following in pairwise(lines) if following >= _FAR * line and following > _NEAR_ENOUGH
    ]
