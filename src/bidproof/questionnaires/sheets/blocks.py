"""Find the blocks of a sheet: rows that name columns, by what changes below them, and their stretch."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from bidproof.questionnaires.sheets.grid import Grid, Place
from bidproof.questionnaires.sheets.headers import (
    FILLED_ROLES,
    Header,
    Role,
    header_opening,
    is_mark_word,
    plain_line,
    read_header,
    record_words,
    role_of,
    scale_columns,
)
from bidproof.questionnaires.wording import is_asking, is_id, is_placeholder

_NUMBER = re.compile(r"^\d{1,3}(?:\.\d+)*\.?$")  # an id; four digits may be a year above a column
_MAX_HEADER_ROWS = 3
_MAX_HEADER_WORDS = 14
_MAX_OPENING_WORDS = 8
_ROWS_BELOW = 12
_ENOUGH_SIGNS = 2.4
_NAMING_ROLES = frozenset({Role.QUESTION, Role.TOPIC, Role.ID, Role.SECTION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A header and the rows it speaks for.

    ``header_rows`` is empty for a sheet without headers. ``first`` and ``last``
    bound the rows below it, both included; ``title_rows`` stand right above it.
    ``headers`` holds the columns that have a header text.
    """

    header_rows: tuple[int, ...]
    first: int
    last: int
    headers: Mapping[int, Header]
    title_rows: tuple[int, ...] = ()


def find_blocks(grid: Grid, seen: list[Mapping[int, str]]) -> tuple[Block, ...]:
    """Split a sheet at its header rows, top to bottom; empty when it has none.

    Args:
        grid: The sheet.
        seen: Header rows of the file's earlier sheets, column to text; this
            sheet's are added, so that a header is known again where it recurs.
    """
    found = _header_rows(grid, seen)
    if not found:
        return ()
    titles = [_title_rows(grid, rows[0], above=found[i - 1][-1] if i else 0) for i, rows in enumerate(found)]
    if not any(titles[1:]):
        titles = [()] * len(found)  # what stands above the only header is the sheet's own title
    starts = [(title or rows)[0] for title, rows in zip(titles, found, strict=True)]
    ends = [start - 1 for start in starts[1:]] + [grid.last_row]
    return tuple(
        Block(header_rows=rows, first=rows[-1] + 1, last=end, headers=_headers(grid, rows), title_rows=title)
        for rows, end, title in zip(found, ends, titles, strict=True)
        if rows[-1] < end
    )


def split_beside(grid: Grid) -> tuple[Grid, ...]:
    """Tables beside each other, named alike in one header row, as a grid each: the other's columns hidden."""
    for row in grid.rows():
        cells = grid.row_cells(row)
        columns, half = list(cells), len(cells) // 2
        texts = list(cells.values())
        if half < 2 or texts[:half] != texts[half:] or not _is_named(dict(list(cells.items())[:half])):
            continue
        right = frozenset(range(columns[half], grid.last_column + 1))
        left = frozenset(range(1, columns[half]))
        return tuple(replace(grid, hidden_columns=grid.hidden_columns | other) for other in (right, left))
    return (grid,)


def _header_rows(grid: Grid, seen: list[Mapping[int, str]]) -> list[tuple[int, ...]]:
    found: list[tuple[int, ...]] = []
    done = 0
    for row in grid.rows():
        if row <= done or not _is_header(grid, row, seen, blocks=found):
            continue
        rows = _extend(grid, row, above=done)
        done = rows[-1]
        found.append(rows)
        heads = [grid.row_cells(item) for item in rows if len(grid.row_cells(item)) > 1]
        seen.extend(head for head in heads if head not in seen)
    return found


def _is_header(
    grid: Grid, row: int, seen: Sequence[Mapping[int, str]], *, blocks: Sequence[tuple[int, ...]]
) -> bool:
    """Whether a row names columns, rather than asking or answering anything."""
    cells = grid.row_cells(row)
    if len(set(cells.values())) < 2:
        return False
    if any(_repeats(cells, header) for header in seen):
        return True
    if not _looks_short(grid, row):
        return False
    if not blocks:
        return (_is_named(cells) and _has_below(grid, row)) or _signs(grid, row) >= _ENOUGH_SIGNS
    is_other = record_words(cells.values()) > 1 or _looks_like(grid, row, blocks[0][-1])
    return (_is_named(cells) or is_other) and _is_set_off(grid, row, blocks[0][-1])


def _has_below(grid: Grid, row: int) -> bool:
    """Whether the next row stands below the columns that a row names, rather than being a lone title."""
    cells = grid.row_cells(row)
    return any(
        len(grid.row_cells(below)) > 1
        or bool(grid.columns_with_list(below))
        or min(grid.row_cells(below)) in cells
        for below in grid.rows_below(row, 1)
    )


def _looks_like(grid: Grid, row: int, header: int) -> bool:
    """Whether a row has the style of a header that stands out, and half as many cells."""
    is_like = _stands_out(grid, header) and _style(grid, row) == _style(grid, header)
    return is_like and len(grid.row_cells(row)) >= max(3, len(grid.row_cells(header)) // 2)


def _repeats(cells: Mapping[int, str], header: Mapping[int, str]) -> bool:
    """Whether half of a row's texts stand in the same columns of an earlier header."""
    same = [text for column, text in cells.items() if header.get(column) == text]
    enough = max(len(cells), len(header)) >= 3 or any(role_of(text) for text in same)
    least = 2 if min(len(cells), len(header)) > 2 else 1
    return enough and len(same) >= least and len(same) * 2 >= min(len(cells), len(header))


def _is_named(cells: Mapping[int, str]) -> bool:
    """Whether header words name enough of a row's columns, of different purposes."""
    scale = scale_columns(cells)
    marks = {text for column, text in cells.items() if is_mark_word(text) or column in scale}
    roles = [role_of(text) for text in cells.values() if text not in marks]
    named = {role for role in roles if role is not None}
    known = sum(role is not None for role in roles) + len(cells) - len(roles)
    if known * 2 < len(cells) or (len(cells) > 2 and len(named) + bool(marks) < 2):
        return False
    filled = named & (FILLED_ROLES | {Role.STATUS})
    if Role.QUESTION in named and (filled or len(named) > 1 or len(marks) > 1):
        return True
    takes = filled & {Role.ANSWER, Role.CHOICE} or len(marks) > 1
    return bool(filled and named & _NAMING_ROLES) or (bool(takes) and len(named) + (len(marks) > 1) > 1)


def _looks_short(grid: Grid, row: int) -> bool:
    """Whether a row's cells could be headers: no sentence, no number, no option, no prompt.

    One of several may ask at length for what goes below it.
    """
    cells = grid.row_cells(row)
    scale = scale_columns(cells)
    unfit_ones = (t for c, t in cells.items() if c not in scale and not _could_head(grid, row, c, t))
    unfit = list(islice(unfit_ones, 2))
    is_one = len(unfit) == 1 and not is_id(unfit[0])
    return not unfit or (is_one and len(cells) > 2 and (role_of(unfit[0]) in FILLED_ROLES or len(cells) > 4))


def _could_head(grid: Grid, row: int, column: int, text: str) -> bool:
    words = plain_line(text).split()
    if role_of(text) is None and (len(words) > _MAX_HEADER_WORDS or (len(words) > 3 and is_asking(text))):
        return False
    if len(header_opening(text).split()) > _MAX_OPENING_WORDS and is_asking(text):
        return False
    if (len(words) > 4 and text.endswith("?")) or (len(words) > 5 and text.endswith(".")):
        return False
    return not (_NUMBER.match(text) or text in grid.options(row, column) or is_placeholder(text))


def _is_set_off(grid: Grid, row: int, header: int) -> bool:
    """Whether a row amid others differs from them as a header does: no request, no id, no full stop.

    It looks like the first header, or unlike the row below it, where either
    stands out; else a blank row or a title stands above it, or it names three
    columns and more.
    """
    cells = grid.row_cells(row)
    stands_out, is_styled = _stands_out(grid, row), _stands_out(grid, header)
    if is_styled and _style(grid, row) == _style(grid, header):
        return True
    if any(is_asking(text) or text.endswith(".") or is_id(text) for text in cells.values()):
        return False
    if stands_out or is_styled:
        return stands_out
    above = grid.row_cells(row - 1)
    return len(above) < 2 or (len(cells) > 2 and all(role_of(text) for text in cells.values()))


def _stands_out(grid: Grid, row: int) -> bool:
    return any(_style(grid, row) != _style(grid, below) for below in grid.rows_below(row, 1))


def _style(grid: Grid, row: int) -> tuple[str, bool]:
    """The fill and weight that most of a row's texts have."""
    styles = [
        (grid.fills.get(Place(row, column), ""), Place(row, column) in grid.bold)
        for column in grid.row_cells(row)
    ]
    return max(styles, key=styles.count, default=("", False))


def _signs(grid: Grid, row: int) -> float:
    """How much speaks for a header that no word names: what changes from it to the rows below."""
    cells = grid.row_cells(row)
    below = grid.rows_below(row, _ROWS_BELOW)
    if len(cells) < 3 or len(below) < 2:
        return 0.0
    signs = [_change(grid, row, column, below) for column in cells]
    named = sum(role_of(text) is not None for text in cells.values()) / len(cells)
    is_unlike = all(_style(grid, row) != _style(grid, item) for item in below[:3])
    return sum(signs) / len(cells) * 2 + max(signs) + 2 * named + 1.5 * is_unlike


def _change(grid: Grid, row: int, column: int, below: Sequence[int]) -> float:
    """What a column turns into below a row: 1 for dropdowns, ids or long texts, less for blanks."""
    texts = [text for item in below if (text := grid.text(item, column))]
    if not grid.options(row, column) and any(grid.options(item, column) for item in below[:2]):
        return 1.0
    if not texts:
        return 0.3
    words = sum(len(text.split()) for text in texts) / len(texts)
    if words >= 2 * len(grid.text(row, column).split()) + 2:
        return 1.0
    return 0.7 if sum(map(is_id, texts)) * 10 >= len(texts) * 7 else 0.0


def _extend(grid: Grid, row: int, *, above: int) -> tuple[int, ...]:
    """Take in the rows above and below that complete a header of up to three rows."""
    rows = [row]
    while len(rows) < _MAX_HEADER_ROWS and rows[0] - 1 > above and _is_upper(grid, rows):
        rows.insert(0, rows[0] - 1)
    while len(rows) < _MAX_HEADER_ROWS and _is_lower(grid, rows):
        rows.append(rows[-1] + 1)
    return tuple(rows)


def _is_upper(grid: Grid, rows: Sequence[int]) -> bool:
    """A row of group headings, at least one merged over some but not all columns."""
    row = rows[0] - 1
    cells, headed = grid.row_cells(row), grid.row_cells(rows[0])
    for column, text in cells.items():
        area = grid.merge_at(row, column)
        is_group = area is not None and min(headed) <= area.left < area.right <= max(headed) + 1
        is_part = area is not None and (area.left > min(headed) or area.right < max(headed))
        told = role_of(text) is not None or len(cells) > 2 or (area is not None and area.left > min(headed))
        if is_group and is_part and told and len(text.split()) <= _MAX_HEADER_WORDS:
            return True
    return False


def _is_lower(grid: Grid, rows: Sequence[int]) -> bool:
    """A row that splits or completes the header above it: options, roles, or merged from above."""
    row = rows[-1] + 1
    cells = grid.row_cells(row)
    if _is_covered_from(grid, row, rows):
        return True
    if not cells or not all(len(text.split()) <= _MAX_HEADER_WORDS for text in cells.values()):
        return False
    if len({text for text in cells.values() if is_mark_word(text)}) >= 2:
        return not any(len(text.split()) > 3 and is_asking(text) for text in cells.values())
    if not _looks_short(grid, row) or any(is_id(text) for text in cells.values()):
        return False
    split = [column for column in cells if _is_under_group(grid, column, rows)]
    new = [c for c in cells if c not in split and not any(grid.text(above, c) for above in rows)]
    named = sum(role_of(text) is not None for text in cells.values())
    if len(split) == len(cells) == 1:
        return False  # one name splits no group: a section's title
    if len(new) + len(split) == len(cells):
        return named == len(cells) or (bool(split) and named * 2 >= len(cells))
    return named == len(cells) > 2 and _is_named(cells)


def _is_covered_from(grid: Grid, row: int, rows: Sequence[int]) -> bool:
    """Whether cells of the header block reach down over this row by merging."""
    columns = [column for above in rows for column in grid.row_cells(above)]
    return any((area := grid.merge_at(row, c)) is not None and area.top in rows for c in columns)


def _is_under_group(grid: Grid, column: int, rows: Sequence[int]) -> bool:
    return any(
        (area := grid.merge_at(above, column)) is not None
        and area.right > area.left
        and area.bottom <= rows[-1]
        for above in rows
    )


def _title_rows(grid: Grid, row: int, *, above: int) -> tuple[int, ...]:
    """The row above a header that holds one short text, its section's title; a sentence may follow it."""
    closest = sorted((item for item in grid.rows() if above < item < row), reverse=True)[:2]
    for title in closest:
        texts = list(grid.row_cells(title).values())
        if len(texts) == 1 and len(texts[0].split()) <= _MAX_HEADER_WORDS and texts[0][-1] not in ".?:":
            return (title,)
        if len(texts) != 1 or not texts[0].endswith("."):
            break
    return ()


def _headers(grid: Grid, rows: Sequence[int]) -> dict[int, Header]:
    headers: dict[int, Header] = {}
    for column in range(1, grid.last_column + 1):
        texts = tuple(grid.shown_text(row, column) for row in rows)
        if column not in grid.hidden_columns and any(texts):
            headers[column] = read_header(texts)
    return headers
