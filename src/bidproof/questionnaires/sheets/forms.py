"""Sheets without a header: forms of labels with a blank cell beside each, and questions above a table."""

from collections import Counter
from dataclasses import dataclass

from bidproof.questionnaires.sheets.grid import Grid, Place, column_letters, column_number
from bidproof.questionnaires.sheets.headers import ANSWER_ROLES, is_label, role_of
from bidproof.questionnaires.sheets.mapping import ColumnLayout, TableLayout
from bidproof.questionnaires.sheets.rows import classify_rows, is_mirrored, taker_columns
from bidproof.questionnaires.wording import is_id, is_placeholder

_MAX_LABEL_WORDS = 30
_MAX_FIELD_WORDS = 8
_MAX_CELLS = 3
_MIN_ROWS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class FormRows:
    """Rows that ask in one column and wait for the answer in another.

    ``asking`` is the share of rows that ask, name what a form wants to know, or
    stand beside a cell made for an answer, 0 to 1.
    """

    table: TableLayout
    rows: tuple[int, ...]
    asking: float


def find_form(grid: Grid) -> FormRows | None:
    """Read a sheet as a form of labels; None where too little speaks for it."""
    number, label = _label_columns(grid)
    rows = [row for row in grid.rows() if _is_label_row(grid, row, number, label)]
    if not rows:
        return None
    slot = _slot_column(grid, rows, label)
    head = _head(grid, rows, label, slot)
    rows = [row for row in rows if row not in head]
    parts = {row for row in rows if role_of(grid.text(row, slot)) in ANSWER_ROLES}
    asking = [row for row in rows if row not in parts and (head or asks_beside(grid, row, label, slot))]
    start = asking[0] if asking else 0
    rows = [row for row in rows if row >= start or not _is_sentence(grid.text(row, label))]
    blank = sum(is_placeholder(grid.text(row, slot)) for row in asking)
    if len(asking) < _MIN_ROWS or len(asking) * 2 < len(rows) or blank * 2 < len(asking):
        return None
    bound = sum(bool(grid.options(row, slot)) for row in asking) * 2 >= len(asking)
    purpose = "choice" if bound else "answer"
    named = {"question": column_letters(label), purpose: column_letters(slot)}
    named |= {"id": column_letters(number)} if number else {}
    columns = ColumnLayout.model_validate(named)
    titles = {row for row in rows if row not in asking and _is_title(grid, row, label, asking)} | parts
    is_first = rows[0] == next(grid.rows()) and rows[1] in asking
    if rows[0] not in asking and (len(asking) == len(rows) - 1 or is_first):
        titles.add(rows[0])  # the only row that asks nothing, or the sheet's first
    sections = tuple(sorted(titles))
    shown = [row for row in rows if row not in sections]
    table = TableLayout(
        header_rows=head,
        rows=(rows[0], rows[-1]),
        columns=columns,
        section_rows=sections,
        guidance_rows=(),
        skip_rows=tuple(row for row in grid.rows() if rows[0] <= row <= rows[-1] and row not in rows),
    )
    return FormRows(table=table, rows=tuple(shown), asking=len(asking) / len(shown))


def _head(grid: Grid, rows: list[int], label: int, slot: int) -> tuple[int, ...]:
    """A first row that names the labels and the cells beside them, which are blank below it."""
    if len(rows) <= _MIN_ROWS or not grid.text(rows[0], slot):
        return ()
    is_unlike = _style(grid, rows[0], label) != _style(grid, rows[1], label)
    blank = sum(is_placeholder(grid.text(row, slot)) for row in rows[1:])
    return (rows[0],) if is_unlike and blank * 2 >= len(rows) - 1 else ()


def _label_columns(grid: Grid) -> tuple[int, int]:
    """The column of ids, 0 for none, and of labels: where most rows begin, or right of their ids."""
    starts = Counter(min(cells) for row in grid.rows() if len(cells := grid.row_cells(row)) <= _MAX_CELLS)
    first = starts.most_common(1)[0][0] if starts else 0
    texts = [grid.text(row, first) for row in grid.rows() if grid.text(row, first + 1)]
    has_ids = bool(texts) and sum(map(is_id, texts)) * 2 >= len(texts)
    return (first, first + 1) if has_ids else (0, first)


def _is_label_row(grid: Grid, row: int, number: int, label: int) -> bool:
    text, cells = grid.text(row, label), grid.row_cells(row)
    if not text or min(cells) not in (number, label) or len(cells) > _MAX_CELLS - (not number):
        return False
    if any(place.column > label for place in grid.formulas_in(row)):
        return False  # its value is computed
    is_own = Place(row, label) not in grid.listed and (number or Place(row, label) not in grid.formulas)
    return bool(is_own) and len(text.split()) <= _MAX_LABEL_WORDS


def _slot_column(grid: Grid, rows: list[int], label: int) -> int:
    """The column right of the labels that is open, has dropdowns, or comes next."""
    votes: Counter[int] = Counter()
    for row in rows:
        area = grid.merge_at(row, label)
        votes[(area.right if area else label) + 1] += 1
        for column in {*grid.columns_with_list(row), *_opened(grid, row)}:
            votes[column] += 2 * (column > label)
    return votes.most_common(1)[0][0] if votes else label + 1


def _opened(grid: Grid, row: int) -> set[int]:
    return {place.column for place in grid.unlocked or () if place.row == row}


def asks_beside(grid: Grid, row: int, label: int, slot: int) -> bool:
    """Whether a row asks, names what a form wants to know, or stands beside a cell made for an answer."""
    text, place = grid.text(row, label), Place(row, slot)
    if "://" in text:
        return False
    is_made = bool(grid.options(row, slot)) or (grid.unlocked is not None and place in grid.unlocked)
    is_filled = place in grid.fills and grid.fills[place] != grid.fills.get(Place(row, label))
    is_field = text.endswith(":") and len(text.split()) <= _MAX_FIELD_WORDS
    return is_made or is_filled or is_field or text.endswith("?") or is_label(text)


def _is_sentence(text: str) -> bool:
    return len(text.split()) > _MAX_FIELD_WORDS and text.endswith(".")


def _is_title(grid: Grid, row: int, label: int, asking: list[int]) -> bool:
    """A row that asks nothing and looks unlike those that do."""
    usual = Counter(_style(grid, item, label) for item in asking).most_common(1)[0][0]
    return _style(grid, row, label) != usual


def _style(grid: Grid, row: int, column: int) -> tuple[str, bool]:
    place = Place(row, column)
    return grid.fills.get(place, ""), place in grid.bold


def find_opening(grid: Grid, first: TableLayout) -> FormRows | None:
    """Numbered rows above the first header, as on a form's cover, with the same columns as below it."""
    if not first.columns.id or not first.header_rows:
        return None
    above = [row for row in grid.rows() if row < min(first.header_rows[0], first.rows[0])]
    id_column, question = column_number(first.columns.id[0]), column_number(first.columns.question[0])
    takers = taker_columns(first.columns)
    asked = [
        row
        for row in above
        if is_id(grid.text(row, id_column))
        and grid.text(row, question)
        and not is_mirrored(grid, row, takers)
    ]
    if len(asked) < _MIN_ROWS:
        return None
    columns = first.columns
    if not any(grid.options(row, column_number(letters)) for row in asked for letters in columns.choice):
        columns = columns.model_copy(update={"answer": columns.answer or columns.choice, "choice": ()})
    table = TableLayout(rows=(above[0], above[-1]), columns=columns)
    sections = tuple(row for row in classify_rows(grid, table).section_rows if row not in asked)
    skipped = tuple(row for row in above if row not in asked and row not in sections)
    table = table.model_copy(update={"section_rows": sections, "guidance_rows": (), "skip_rows": skipped})
    return FormRows(table=table, rows=tuple(asked), asking=1.0)
