"""Rows of cells to blocks: which row names the columns, and which rows are plain text."""

import re
from collections.abc import Sequence
from itertools import pairwise

from bidproof.core.records import BlockKind
from bidproof.documents.builder import TextBuilder
from bidproof.documents.clean import clean_line

_NUMBER = re.compile(r"^[-+(]?[$€£] ?\d[\d,. ]*%?\)?$|^[-+(]?\d[\d,. ]*[%$€£]?\)?$")
_YEAR = re.compile(r"^(19|20)\d\d$")
_LOOK_AT = 15


def add_grid(builder: TextBuilder, rows: Sequence[Sequence[str]], *, cells: Sequence[str] = ()) -> None:
    """Add rows of cells: leading rows of one cell as paragraphs, the rest as a table.

    Args:
        builder: Takes the blocks.
        rows: Empty ones are left out.
        cells: Where each row stands, as in ``core.records.Block.cells``.
    """
    cleaned = [[clean_line(cell) for cell in row] for row in rows]
    kept = [index for index, row in enumerate(cleaned) if any(row)]
    cleaned, cells = [cleaned[index] for index in kept], [cells[index] for index in kept] if cells else []
    width = max((sum(map(bool, row)) for row in cleaned), default=0)
    start = 0
    while start < len(cleaned) and (width <= 1 or sum(map(bool, cleaned[start])) == 1):
        line = next(cell for cell in cleaned[start] if cell)
        builder.lines([line], BlockKind.PARAGRAPH, cells=cells[start : start + 1])
        start += 1
    body = cleaned[start:]
    if body:
        builder.table(_without_empty_columns(body), header_rows=_header_rows(body), cells=cells[start:])


def _header_rows(rows: Sequence[Sequence[str]]) -> int:
    """How many leading rows name columns: short words, no numbers, no cell twice, more rows below.

    One, or two where the first names groups of columns.
    """
    if len(rows) < 2 or not _are_names(rows[0], rows):
        return 0
    names = [cell for cell in rows[0] if cell]
    if len(set(names)) == len(names):
        return 1
    groups = sum(one != other for one, other in pairwise(["", *rows[0]]) if other)
    is_grouped = groups == len(set(names)) > 1 and len(rows) > 2
    return 2 if is_grouped and _are_names(rows[1], rows) else 0


def _are_names(row: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    names = [cell for cell in row if cell]
    widest = max(sum(map(bool, row)) for row in rows[:_LOOK_AT])
    years = sum(bool(_YEAR.match(name)) for name in names)
    figures = sum(bool(_NUMBER.match(name)) for name in names)
    is_named = not figures or (figures == years > 1 and years < len(names))
    return len(names) * 2 > widest and is_named and all(len(name) <= 120 for name in names)


def _without_empty_columns(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    used = sorted({index for row in rows for index, cell in enumerate(row) if cell})
    return [[row[index] if index < len(row) else "" for index in used] for row in rows]
