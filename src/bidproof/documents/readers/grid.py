"""Rows of cells to blocks: which row names the columns, and which rows are plain text."""

import re
from collections.abc import Sequence

from bidproof.documents.builder import TextBuilder
from bidproof.documents.clean import clean_line

_NUMBER = re.compile(r"^[-+(]?[$€£]?\d[\d,. ]*%?\)?$")
_LOOK_AT = 15


def add_grid(builder: TextBuilder, rows: Sequence[Sequence[str]]) -> None:
    """Add rows of cells: leading rows of one cell as paragraphs, the rest as a table."""
    cleaned = [[clean_line(cell) for cell in row] for row in rows]
    cleaned = [row for row in cleaned if any(row)]
    width = max((sum(map(bool, row)) for row in cleaned), default=0)
    start = 0
    while start < len(cleaned) and width > 1 and sum(map(bool, cleaned[start])) == 1:
        builder.paragraph(next(cell for cell in cleaned[start] if cell))
        start += 1
    body = cleaned[start:]
    if width <= 1:
        for row in body:
            builder.paragraph(" ".join(row))
        return
    builder.table(_without_empty_columns(body), header_rows=_header_rows(body))


def _header_rows(rows: Sequence[Sequence[str]]) -> int:
    """1 when the first row names columns: short words, no numbers, no cell twice, more rows below."""
    if len(rows) < 2:
        return 0
    names = [cell for cell in rows[0] if cell]
    widest = max(sum(map(bool, row)) for row in rows[:_LOOK_AT])
    is_wide = len(names) * 2 > widest
    are_names = all(len(name) <= 120 and not _NUMBER.match(name) for name in names)
    return 1 if is_wide and are_names and len(set(names)) == len(names) else 0


def _without_empty_columns(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    used = sorted({index for row in rows for index, cell in enumerate(row) if cell})
    return [[row[index] if index < len(row) else "" for index in used] for row in rows]
