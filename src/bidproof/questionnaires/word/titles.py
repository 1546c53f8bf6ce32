"""Find the titles over a table's columns, and settle what each column holds."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bidproof.formats.word.body import Cell, Table
from bidproof.questionnaires.sheets.headers import ANSWER_ROLES, Role, role_of
from bidproof.questionnaires.word.columns import (
    Open,
    column_roles,
    has_answer_role,
    header_roles,
    requires,
)
from bidproof.questionnaires.word.cues import ANY_BOX, BOX, is_blank, is_closed, labelled_values
from bidproof.questionnaires.word.legends import Legend
from bidproof.questionnaires.word.tables import TableLayout, cell_at, text_of, title_of
from bidproof.questionnaires.wording import is_id

_HEADER_DEPTH = 4
_MAX_BODY_TEXTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    """Column titles as the rows below have their columns: ``cells`` are those of a model row."""

    row: int
    cells: tuple[Cell, ...]
    titles: tuple[str, ...]
    body: tuple[tuple[Cell, ...], ...]
    is_marked: bool

    def texts(self) -> list[list[str | Open]]:
        """What stands in the rows below that are built like the model row."""
        shape = _shape(self.cells)
        return [[_content(cell) for cell in row] for row in self.body if _shape(row) == shape]


def headed_layout(table: Table, legends: Sequence[Legend]) -> TableLayout | None:
    """The layout of a table under column titles; None when no row heads one that asks."""
    for number, row in enumerate(table.rows[:_HEADER_DEPTH], start=1):
        header = _header_at(table, number)
        roles, terms = None, dict[int, tuple[str, ...]]()
        if header is not None:
            texts = header.texts()
            terms = _terms(header.titles, texts, legends)
            roles = column_roles(header.titles, texts, choosing=terms, is_marked=header.is_marked)
        if header is None or roles is None:
            if len({cell.text for cell in row if cell.text}) > _MAX_BODY_TEXTS:
                return None
            continue
        layout = _layout_of(table, header, roles, terms)
        if _takes_answers(header, layout):
            return layout
        question = header.titles[next(at for at, role in roles.items() if role is Role.QUESTION)]
        if requires(question):
            return layout
    return None


def _terms(
    titles: Sequence[str], texts: Sequence[Sequence[str | Open]], legends: Sequence[Legend]
) -> dict[int, tuple[str, ...]]:
    """The columns that are answered in terms of a legend, each with these."""
    found: dict[int, tuple[str, ...]] = {}
    for at, title in enumerate(titles):
        values = [row[at] for row in texts]
        filled = [value for value in values if isinstance(value, str)]
        terms = next((legend.terms for legend in legends if legend.fits(title, filled)), ())
        if terms:
            found[at] = terms
    return found


def _header_at(table: Table, number: int) -> _Header | None:
    """The titles of a row, joined with the second row of titles where it has one; None for other rows."""
    row = table.rows[number - 1]
    if len(row) < 2 or any(map(_is_place, row)):
        return None
    rows: list[tuple[Cell, ...]] = [row]
    if number < len(table.rows) and _splits(row, table.rows[number]):
        rows.append(table.rows[number])
    last = number + len(rows) - 1
    body = tuple(item for item in table.rows[last:] if any(cell.text for cell in item) and len(item) > 1)
    if last == len(table.rows):
        return None
    shapes = Counter(_shape(item) for item in body or table.rows[last:])
    shape = shapes.most_common(1)[0][0]
    cells = next(item for item in table.rows[last:] if _shape(item) == shape)
    titles = tuple(_title(rows, at, cells) for at in range(len(cells)))
    below = [cell for item in body for cell in item if cell.text]
    is_marked = number <= table.header_rows or (
        all(cell.is_bold for cell in row if cell.text)
        and sum(cell.is_bold for cell in below) * 2 < len(below)
    )
    return _Header(row=last, cells=cells, titles=titles, body=body, is_marked=is_marked)


def _splits(row: tuple[Cell, ...], below: tuple[Cell, ...]) -> bool:
    """Whether a row only parts the merged titles above it: nothing new stands under the others."""
    parted = False
    for cell in below:
        above = cell_at(row, cell.column)
        is_under_group = above is not None and bool(above.text) and above.span > cell.span
        if cell.text and not cell.is_continued and not is_under_group:
            return False
        parted = parted or (is_under_group and bool(cell.text))
    return parted


def _title(rows: Sequence[tuple[Cell, ...]], at: int, cells: tuple[Cell, ...]) -> str:
    """The lowest title over a column, led by the one above where it alone says nothing."""
    shown = [text_of(_over(row, at, cells)) for row in rows]
    texts = [text for text in dict.fromkeys(shown) if text]
    if len(texts) > 1 and role_of(texts[-1]) is None:
        return " – ".join(texts)
    return texts[-1] if texts else ""


def _over(row: tuple[Cell, ...], at: int, cells: tuple[Cell, ...]) -> Cell | None:
    """The cell of a header row over a column: by order where both rows have as many, else by the grid."""
    if len(row) == len(cells):
        return row[at]
    start, end = cells[at].column, cells[at].column + cells[at].span
    return max(row, key=lambda cell: min(end, cell.column + cell.span) - max(start, cell.column))


def _shape(row: tuple[Cell, ...]) -> tuple[tuple[int, int], ...]:
    return tuple((cell.column, cell.span) for cell in row)


def _is_place(cell: Cell) -> bool:
    return bool(cell.controls or ANY_BOX.search(cell.text)) or (bool(cell.text) and is_blank(cell.text))


def _content(cell: Cell) -> str | Open:
    if cell.controls or len(ANY_BOX.findall(cell.text)) > 1:
        return Open.PLACE
    if BOX.fullmatch(cell.text):
        return Open.BOX
    if is_blank(cell.text) or is_closed(cell.text):
        return Open.BLANK
    values = labelled_values(cell.text)
    return next((value for value in values if value), cell.text)


def _takes_answers(header: _Header, layout: TableLayout) -> bool:
    """Whether there is a column to answer in; a lone comment column counts while mostly empty."""
    if layout.kind != "questions":
        return False
    if layout.marks or Role.ANSWER.value in layout.columns or Role.CHOICE.value in layout.columns:
        return True
    column = layout.columns[Role.COMMENT.value]
    below = [cell for row in header.body if (cell := cell_at(row, column)) is not None]
    return sum(is_blank(cell.text) for cell in below) * 2 >= len(below)


def _layout_of(
    table: Table,
    header: _Header,
    roles: Mapping[int, Role],
    terms: Mapping[int, tuple[str, ...]],
) -> TableLayout:
    columns: dict[str, int] = {}
    marks: dict[str, int] = {}
    for at, role in sorted(roles.items()):
        if role is Role.MARK:
            marks.setdefault(header.titles[at], header.cells[at].column)
        else:
            columns.setdefault(role.value, header.cells[at].column)
    is_answered = bool(marks) or any(role.value in columns for role in ANSWER_ROLES)
    is_plain = Role.ANSWER.value in columns or marks or Role.CHOICE.value in columns
    return TableLayout(
        table=table.number,
        kind="questions" if is_answered else "requirements",
        header_row=header.row,
        columns=columns,
        marks=marks,
        options=next((terms[at] for at, role in roles.items() if role is Role.CHOICE and at in terms), ()),
        title=title_of(table, header.row),
        confidence=0.95 if is_plain else 0.8,
    )


def column_titles(table: Table, layout: TableLayout) -> dict[int, str]:
    """The title over each grid column from 1; empty for a table without a header."""
    last = layout.header_row
    if not 0 < last < len(table.rows):
        return {}
    above = _header_at(table, last - 1) if last > 1 else None
    header = above if above is not None and above.row == last else _header_at(table, last)
    if header is None:
        return {}
    return {cell.column: title for cell, title in zip(header.cells, header.titles, strict=True)}


def header_again(
    table: Table, number: int, layout: TableLayout, titles: Mapping[int, str]
) -> TableLayout | None:
    """The layout from a row on that repeats the titles, or that gives new ones; None for other rows."""
    row = table.rows[number - 1]
    identifier = cell_at(row, layout.columns.get(Role.ID.value, 0))
    if identifier is not None and is_id(identifier.text):
        return None
    texts = [text_of(cell) for cell in row]
    roles = header_roles(texts)
    again = sum(text == titles.get(cell.column) for cell, text in zip(row, texts, strict=True) if text)
    is_repeated = again * 2 >= max(2, sum(map(bool, texts)))
    if not is_repeated and (roles is None or not has_answer_role(roles)):
        return None
    header = _header_at(table, number)
    if header is None or is_repeated:
        return replace(layout, header_row=header.row) if header is not None else None
    roles = header_roles(header.titles)
    if roles is None or not has_answer_role(roles):
        return None
    return replace(_layout_of(table, header, roles, {}), options=layout.options)
