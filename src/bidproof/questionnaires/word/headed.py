"""Read tables whose columns have titles: one question a row, its slots in the columns to be filled."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bidproof.core.records import AnswerSlot, SlotPurpose
from bidproof.formats.word.body import Cell, Table
from bidproof.questionnaires.requirements.reader import is_question, states_obligation
from bidproof.questionnaires.requirements.units import split_label
from bidproof.questionnaires.sheets.headers import ANSWER_ROLES, Role, role_of
from bidproof.questionnaires.word.columns import (
    Open,
    column_roles,
    has_answer_role,
    header_roles,
    options_in_title,
    requires,
)
from bidproof.questionnaires.word.cues import ANY_BOX, BOX, is_blank, is_closed, labelled_values
from bidproof.questionnaires.word.legends import Legend
from bidproof.questionnaires.word.slots import cell_slots, mark_slot
from bidproof.questionnaires.word.tables import TableLayout, TableQuestion, cell_at, text_of, title_of
from bidproof.questionnaires.wording import is_id

_HEADER_DEPTH = 4
_MAX_SECTION_WORDS = 14
_MAX_BODY_TEXTS = 2
_PURPOSE = {
    Role.ANSWER: SlotPurpose.ANSWER,
    Role.CHOICE: SlotPurpose.CHOICE,
    Role.COMMENT: SlotPurpose.COMMENT,
    Role.EVIDENCE: SlotPurpose.EVIDENCE,
    Role.OWNERSHIP: SlotPurpose.OWNERSHIP,
    Role.CUSTOMER: SlotPurpose.CUSTOMER,
}


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


def headed_questions(table: Table, layout: TableLayout) -> Iterator[TableQuestion]:
    """A question for each row below the titles; rows that only name a section give its path."""
    section: tuple[str, ...] = ()
    group = ""
    titles = _titles(table, layout)
    notes = _repeated_lines(table, layout)
    is_bold = _is_mostly_bold(table, layout)
    has_ids = _has_ids(table, layout)
    for row_number, row in enumerate(table.rows, start=1):
        if row_number <= layout.header_row or all(not cell.text for cell in row):
            continue
        again = _header_again(table, row_number, layout, titles)
        if again is not None:
            heading = _renamed_question(again, titles, table)
            layout, titles = again, _titles(table, again)
            section, group = ((heading,), "") if heading else (section, group)
            continue
        heading = _section_of(row, layout, has_ids=has_ids, is_bold=is_bold)
        if heading is not None:
            section, group = (heading,), ""
            continue
        group = text_of(cell_at(row, layout.columns.get(Role.SECTION.value, 0))) or group
        inside = (*section, group) if group and group not in section else section
        question = _row_question(row, layout, titles, inside, notes=notes)
        if question is not None:
            yield question


def _titles(table: Table, layout: TableLayout) -> dict[int, str]:
    """The title over each grid column from 1."""
    last = layout.header_row
    if not 0 < last < len(table.rows):
        return {}
    above = _header_at(table, last - 1) if last > 1 else None
    header = above if above is not None and above.row == last else _header_at(table, last)
    if header is None:
        return {}
    return {cell.column: title for cell, title in zip(header.cells, header.titles, strict=True)}


def _header_again(
    table: Table, number: int, layout: TableLayout, titles: Mapping[int, str]
) -> TableLayout | None:
    """The layout from a row on that repeats the titles, or that gives new ones; None for other rows."""
    header = _header_at(table, number)
    identifier = cell_at(table.rows[number - 1], layout.columns.get(Role.ID.value, 0))
    if header is None or (identifier is not None and is_id(identifier.text)):
        return None
    again = [
        titles.get(cell.column) == title
        for cell, title in zip(header.cells, header.titles, strict=True)
        if title
    ]
    if sum(again) * 2 >= max(2, len(again)):
        return replace(layout, header_row=header.row)
    roles = header_roles(header.titles)
    if roles is None or not has_answer_role(roles):
        return None
    return replace(_layout_of(table, header, roles, {}), options=layout.options)


def _renamed_question(again: TableLayout, titles: Mapping[int, str], table: Table) -> str:
    """The section's title where it stands in place of the question column's own."""
    column = again.columns.get(Role.QUESTION.value, 0)
    shown = text_of(cell_at(table.rows[again.header_row - 1], column))
    return "" if shown == titles.get(column, "") or role_of(shown) in (Role.QUESTION, Role.TOPIC) else shown


def _repeated_lines(table: Table, layout: TableLayout) -> frozenset[str]:
    """Lines that stand below the question in half of the rows: "Also applies to:"."""
    column = layout.columns.get(Role.QUESTION.value, 0)
    asked = [cell for row in table.rows[layout.header_row :] if (cell := cell_at(row, column)) is not None]
    lines = Counter(line for cell in asked for line in set(cell.text.split("\n")[1:]))
    return frozenset(line for line, count in lines.items() if count > 2 and count * 2 >= len(asked))


def _without_notes(text: str, notes: frozenset[str]) -> tuple[str, str]:
    """A question's text, and what stands from the first repeated line on."""
    first, *rest = text.split("\n")
    at = next((at for at, line in enumerate(rest) if line in notes), len(rest))
    return "\n".join([first, *rest[:at]]), " ".join(rest[at:])


def _is_mostly_bold(table: Table, layout: TableLayout) -> bool:
    asked = [
        cell_at(row, layout.columns.get(Role.QUESTION.value, 0)) for row in table.rows[layout.header_row :]
    ]
    filled = [cell for cell in asked if cell is not None and cell.text]
    return sum(cell.is_bold for cell in filled) * 2 > len(filled)


def _has_ids(table: Table, layout: TableLayout) -> bool:
    column = layout.columns.get(Role.ID.value)
    if column is None:
        return False
    below = table.rows[layout.header_row :]
    filled = sum(1 for row in below if (cell := cell_at(row, column)) is not None and cell.text)
    return filled * 2 > len(below)


def _section_of(row: tuple[Cell, ...], layout: TableLayout, *, has_ids: bool, is_bold: bool) -> str | None:
    """The title in a row that only groups the rows below it; None for other rows."""
    texts = {cell.text for cell in row if cell.text and not cell.is_continued}
    question = cell_at(row, layout.columns.get(Role.QUESTION.value, 0))
    if len(texts) != 1:
        is_numbered = len(texts) == 2 and question is not None and question.span > 1
        return " ".join(" ".join(cell.text for cell in row if cell.text).split()) if is_numbered else None
    text = " ".join(next(iter(texts)).split())
    if len(row) == 1:
        return None if is_question(text) and layout.kind == "questions" and "?" in text else text
    is_short = (
        len(text.split()) <= _MAX_SECTION_WORDS and not is_question(text) and states_obligation(text) is None
    )
    if not is_short:
        return None
    first = next(cell for cell in row if cell.text)
    is_first_only = question is not None and first.place != question.place
    return text if first.span > 1 or is_first_only or has_ids or (first.is_bold and not is_bold) else None


def _row_question(
    row: tuple[Cell, ...],
    layout: TableLayout,
    titles: Mapping[int, str],
    section: tuple[str, ...],
    *,
    notes: frozenset[str],
) -> TableQuestion | None:
    question = cell_at(row, layout.columns.get(Role.QUESTION.value, 0))
    if question is None or not question.text or question.is_continued:
        return None
    buyer_id = text_of(cell_at(row, layout.columns.get(Role.ID.value, 0)))
    text, note = _without_notes(question.text, notes)
    if not buyer_id:
        split = split_label(text)
        buyer_id, text = split.label, split.text
    return TableQuestion(
        text=" ".join(text.split()),
        buyer_id=" ".join(buyer_id.split()),
        section=section,
        slots=tuple(_row_slots(row, layout, titles, question)),
        cell=question,
        guidance=" ".join(
            f"{note} {text_of(cell_at(row, layout.columns.get(Role.GUIDANCE.value, 0)))}".split()
        ),
        priority=text_of(cell_at(row, layout.columns.get(Role.MANDATORY.value, 0))),
        is_requirement=layout.kind == "requirements" or states_obligation(text) is not None,
    )


def _row_slots(
    row: tuple[Cell, ...], layout: TableLayout, titles: Mapping[int, str], question: Cell
) -> Iterator[AnswerSlot]:
    used = {question.place}
    for option, column in layout.marks.items():
        cell = cell_at(row, column)
        if cell is not None and not cell.is_continued and cell.place not in used:
            used.add(cell.place)
            yield mark_slot(cell, option=option)
    for role, purpose in _PURPOSE.items():
        cell = cell_at(row, layout.columns.get(role.value, 0))
        if cell is None or cell.is_continued or cell.place in used:
            continue
        used.add(cell.place)
        label = titles.get(cell.column, "")
        options = (options_in_title(label) or layout.options) if role is Role.CHOICE else ()
        yield from cell_slots(cell, purpose, label=label, options=options)
