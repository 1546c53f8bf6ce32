"""Find header rows in a sheet, and the stretch of rows below each."""

import re
from dataclasses import dataclass

from bidproof.questionnaires.sheets.grid import Grid
from bidproof.questionnaires.sheets.headers import (
    FILLED_ROLES,
    Header,
    Role,
    header_opening,
    is_mark_word,
    plain_line,
    read_header,
    role_of,
)
from bidproof.questionnaires.wording import is_asking, is_placeholder

_NUMBER = re.compile(r"^\d{1,3}(?:\.\d+)*\.?$")  # an id; four digits may be a year above a column
_MAX_BLOCK_ROWS = 3
_MAX_HEADER_WORDS = 14
_MAX_OPENING_WORDS = 8
_NAMING_ROLES = frozenset({Role.QUESTION, Role.TOPIC, Role.ID, Role.SECTION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A header block and the rows it speaks for.

    ``header_rows`` is empty for a sheet without headers. ``first`` and ``last``
    are the rows below it, both included. ``headers`` holds the columns that
    have a header text.
    """

    header_rows: tuple[int, ...]
    first: int
    last: int
    headers: dict[int, Header]


def find_regions(grid: Grid) -> tuple[Region, ...]:
    """Split a sheet at its header rows, top to bottom; empty when it has none."""
    blocks = _header_blocks(grid)
    regions: list[Region] = []
    for index, block in enumerate(blocks):
        last = blocks[index + 1][0] - 1 if index + 1 < len(blocks) else grid.last_row
        if block[-1] < last:
            headers = _read_headers(grid, block)
            regions.append(Region(header_rows=block, first=block[-1] + 1, last=last, headers=headers))
    return tuple(regions)


def _header_blocks(grid: Grid) -> list[tuple[int, ...]]:
    blocks: list[tuple[int, ...]] = []
    done = 0
    for row in grid.rows():
        if row <= done or not is_header_row(grid, row):
            continue
        block = _extend(grid, row, above=done)
        done = block[-1]
        blocks.append(block)
    return blocks


def is_header_row(grid: Grid, row: int) -> bool:
    """Whether a row names columns, rather than asking or answering anything."""
    cells = grid.row_cells(row)
    if not _looks_short(grid, row):
        return False
    roles = {column: role_of(text) for column, text in cells.items() if not is_mark_word(text)}
    named = {role for role in roles.values() if role is not None}
    marks = [text for text in cells.values() if is_mark_word(text)]
    if len(cells) > 2 and len(named) + bool(marks) < 2:
        return False
    known = sum(role is not None for role in roles.values()) + len(marks)
    if known * 2 < len(cells):
        return False
    return _names_enough(named, marks)


def _names_enough(named: set[Role], marks: list[str]) -> bool:
    filled = named & FILLED_ROLES
    if Role.QUESTION in named and (filled or len(named) > 1 or len(set(marks)) > 1):
        return True
    if filled and named & _NAMING_ROLES:
        return True
    takes_answer = named & {Role.ANSWER, Role.CHOICE}
    return bool(takes_answer) and len(named) > 1


def _looks_short(grid: Grid, row: int) -> bool:
    """Whether every cell of a row could be a header: no sentence, no number, no option, no prompt."""
    texts = grid.row_cells(row)
    if len(texts) < 2:
        return False
    for column, text in texts.items():
        words = plain_line(text).split()
        if role_of(text) is None and (len(words) > _MAX_HEADER_WORDS or (len(words) > 3 and is_asking(text))):
            return False
        if len(header_opening(text).split()) > _MAX_OPENING_WORDS and is_asking(text):
            return False
        if (len(words) > 4 and text.endswith("?")) or (len(words) > 5 and text.endswith(".")):
            return False
        if _NUMBER.match(text):
            return False
        if text in grid.options(row, column) or is_placeholder(text):
            return False
    return True


def _extend(grid: Grid, row: int, *, above: int) -> tuple[int, ...]:
    """Take in the rows above and below that complete a header of up to three rows."""
    block = [row]
    while len(block) < _MAX_BLOCK_ROWS and block[0] - 1 > above and _is_upper(grid, block[0] - 1):
        block.insert(0, block[0] - 1)
    while len(block) < _MAX_BLOCK_ROWS and _is_lower(grid, block):
        block.append(block[-1] + 1)
    return tuple(block)


def _is_upper(grid: Grid, row: int) -> bool:
    """A row of group headings, at least one merged over some but not all columns."""
    cells = grid.row_cells(row)
    for column, text in cells.items():
        area = grid.merge_at(row, column)
        spans = area is not None and area.right > area.left
        if (
            spans
            and len(cells) > 1
            and (role_of(text) is not None)
            and len(text.split()) <= _MAX_HEADER_WORDS
        ):
            return True
    return False


def _is_lower(grid: Grid, block: list[int]) -> bool:
    """A row that splits or completes the header above it: options, roles, or merged from above."""
    row = block[-1] + 1
    cells = grid.row_cells(row)
    if _is_covered_from(grid, row, block):
        return True
    if not cells or not all(len(text.split()) <= _MAX_HEADER_WORDS for text in cells.values()):
        return False
    marks = [text for text in cells.values() if is_mark_word(text)]
    if len(set(marks)) >= 2:
        question_texts = [text for text in cells.values() if len(text.split()) > 3 and is_asking(text)]
        return not question_texts
    new = [column for column in cells if not any(grid.text(above, column) for above in block)]
    split = [column for column in cells if _is_under_group(grid, column, block)]
    roles = [role_of(text) for text in cells.values()]
    return len(new) + len(split) == len(cells) and all(role is not None for role in roles)


def _is_covered_from(grid: Grid, row: int, block: list[int]) -> bool:
    """Whether cells of the header block reach down over this row by merging."""
    columns = [column for above in block for column in grid.row_cells(above)]
    return any((area := grid.merge_at(row, c)) is not None and area.top in block for c in columns)


def _is_under_group(grid: Grid, column: int, block: list[int]) -> bool:
    return any(
        (area := grid.merge_at(above, column)) is not None
        and area.right > area.left
        and area.bottom <= block[-1]
        for above in block
    )


def _read_headers(grid: Grid, block: tuple[int, ...]) -> dict[int, Header]:
    headers: dict[int, Header] = {}
    for column in range(1, grid.last_column + 1):
        if column in grid.hidden_columns:
            continue
        texts = tuple(grid.shown_text(row, column) for row in block)
        if any(texts):
            headers[column] = read_header(texts)
    return headers
