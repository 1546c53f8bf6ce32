"""Sheets that ask in one row and wait for the answer in the rows below it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from bidproof.core.records import SlotPurpose
from bidproof.questionnaires.sheets.forms import FormRows
from bidproof.questionnaires.sheets.grid import Grid, Place, column_letters
from bidproof.questionnaires.sheets.headers import Role, role_of
from bidproof.questionnaires.sheets.mapping import ColumnLayout, TableLayout
from bidproof.questionnaires.wording import is_asking, is_id, is_placeholder

_PURPOSES: Mapping[Role | None, SlotPurpose] = {
    Role.ANSWER: SlotPurpose.ANSWER, Role.CHOICE: SlotPurpose.CHOICE, Role.COMMENT: SlotPurpose.COMMENT,
    Role.EVIDENCE: SlotPurpose.EVIDENCE,
}  # fmt: skip
_MIN_CARDS = 3
_MAX_LABEL_WORDS = 4


def find_stacked(grid: Grid) -> FormRows | None:
    """Read a sheet whose answers stand below their questions; None where too little speaks for it.

    Either each question is followed by rows that a label names (``Answer``,
    ``Evidence``), blank beside it, or by a blank row that was made for an answer:
    merged, filled or left open.
    """
    return _labelled(grid) or _unlabelled(grid)


def _labelled(grid: Grid) -> FormRows | None:
    """Cards: the row above each run of labels asks; the cells right of the labels take the answer."""
    labels = {row: label for row in grid.rows() if (label := _label(grid, row))}
    texts = Counter(text for _, text in labels.values())
    labels = {row: label for row, label in labels.items() if texts[label[1]] >= _MIN_CARDS}
    rows = list(grid.rows())
    asked = [above for above, row in pairwise(rows) if row in labels and above not in labels]
    if len(asked) < _MIN_CARDS:
        return None
    runs = Counter(_run(grid, row, labels) for row in asked)
    run, count = runs.most_common(1)[0]
    takes = any(purpose is not SlotPurpose.EVIDENCE for purpose, _, _ in run)
    if count * 5 < len(asked) * 4 or not takes or len({purpose for purpose, _, _ in run}) < len(run):
        return None
    below = {purpose: (column_letters(column), down) for purpose, column, down in run}
    return _form(grid, [row for row in asked if _run(grid, row, labels) == run], below)


def _label(grid: Grid, row: int) -> tuple[int, str] | None:
    """Where a row's only text stands, if it names what the blank cell beside it takes."""
    cells = grid.row_cells(row)
    column, text = next(iter(cells.items()))
    others = [other for other in list(cells.values())[1:] if not is_placeholder(other)]
    is_short = len(text.split()) <= _MAX_LABEL_WORDS and not text.endswith("?")
    return (column, text) if is_short and not others and role_of(text) in _PURPOSES else None


def _run(
    grid: Grid, row: int, labels: Mapping[int, tuple[int, str]]
) -> tuple[tuple[SlotPurpose, int, int], ...]:
    """The labelled rows below a question: purpose, column of the blank cell, and how many rows down."""
    found: list[tuple[SlotPurpose, int, int]] = []
    while (below := row + len(found) + 1) in labels:
        column, text = labels[below]
        area = grid.merge_at(below, column)
        found.append((_PURPOSES[role_of(text)], (area.right if area else column) + 1, len(found) + 1))
    return tuple(found)


def _unlabelled(grid: Grid) -> FormRows | None:
    """Questions each above a blank cell of the same column that was made for an answer."""
    rows = [row for row in grid.rows() if any(map(is_asking, grid.row_cells(row).values()))]
    made = [row for row in rows if _is_made(grid, Place(row + 1, _longest(grid, row)))]
    asked = [row for row in made if not _is_made(grid, _beside(grid, row))]
    if len(asked) < _MIN_CARDS or len(asked) * 5 < len(rows) * 4:
        return None
    column = Counter(_longest(grid, row) for row in asked).most_common(1)[0][0]
    numbered = any(grid.text(row, column - 1) for row in asked) and column > 1
    asked = [
        row
        for row in grid.rows()
        if _is_made(grid, Place(row + 1, column))
        and grid.text(row, column)
        and (row in asked or (numbered and is_id(grid.text(row, column - 1))))
    ]
    return _form(grid, asked, {SlotPurpose.ANSWER: (column_letters(column), 1)})


def _is_made(grid: Grid, place: Place) -> bool:
    """Whether a blank cell was made for an answer: filled, merged, left open, or with a dropdown."""
    is_open = grid.unlocked is not None and place in grid.unlocked
    is_drawn = place in grid.fills or grid.merge_at(*place) is not None or bool(grid.options(*place))
    return not grid.row_cells(place.row) and (is_open or is_drawn)


def _beside(grid: Grid, row: int) -> Place:
    column = _longest(grid, row)
    area = grid.merge_at(row, column)
    return Place(row, (area.right if area else column) + 1)


def _longest(grid: Grid, row: int) -> int:
    cells = grid.row_cells(row)
    return max(cells, key=lambda column: len(cells[column]))


def _form(grid: Grid, asked: Sequence[int], below: Mapping[SlotPurpose, tuple[str, int]]) -> FormRows | None:
    column = Counter(_longest(grid, row) for row in asked).most_common(1)[0][0]
    asked = [row for row in asked if grid.text(row, column)]
    if len(asked) < _MIN_CARDS:
        return None
    lefts = [text for row in asked for c, text in grid.row_cells(row).items() if c < column]
    named = {"question": column_letters(column)}
    named |= {"id": column_letters(column - 1)} if sum(map(is_id, lefts)) * 2 >= len(asked) else {}
    deepest = max(down for _, down in below.values())
    first, last = asked[0], asked[-1] + deepest
    answers = {row + down for row in asked for _, down in below.values()}
    others = [row for row in grid.rows() if first <= row <= last and row not in asked]
    titles = tuple(row for row in others if row not in answers and len(grid.row_cells(row)) == 1)
    above = max((row for row in grid.rows() if row < first), default=0)
    if titles and above and grid.fills.get(Place(above, min(grid.row_cells(above)))):
        titles, first = (above, *titles), above
    table = TableLayout(
        rows=(first, last),
        columns=ColumnLayout.model_validate(named),
        section_rows=titles,
        guidance_rows=(),
        skip_rows=tuple(row for row in others if row not in titles),
        below=dict(below),
    )
    return FormRows(table=table, rows=tuple(asked), asking=1.0)
