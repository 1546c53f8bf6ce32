"""Tell question tables from others, and read their rows as questions with slots."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from bidproof.core.records import AnswerSlot, SlotPurpose
from bidproof.formats.word.body import Cell, Table
from bidproof.questionnaires.requirements.reader import is_question, states_obligation
from bidproof.questionnaires.requirements.units import split_label
from bidproof.questionnaires.sheets.headers import ANSWER_ROLES, Role, options_in_header, role_of
from bidproof.questionnaires.word.cues import ANY_BOX, answer_cue, is_blank
from bidproof.questionnaires.word.evidence import EVIDENCE_HEADERS
from bidproof.questionnaires.word.headers import has_answer_role, header_roles
from bidproof.questionnaires.word.slots import cell_slots, mark_slot

_HEADER_DEPTH = 4
_MAX_LABEL_WORDS = 40
_MAX_SECTION_WORDS = 14
_STRONG_REQUIREMENT = re.compile(r"requirement|specification", re.I)
_PURPOSE = {
    Role.ANSWER: SlotPurpose.ANSWER,
    Role.CHOICE: SlotPurpose.CHOICE,
    Role.COMMENT: SlotPurpose.COMMENT,
    Role.EVIDENCE: SlotPurpose.EVIDENCE,
    Role.OWNERSHIP: SlotPurpose.OWNERSHIP,
    Role.CUSTOMER: SlotPurpose.CUSTOMER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TableLayout:
    """How one table is read.

    ``kind`` is ``questions`` (column headers), ``form`` (label beside an empty cell),
    ``stacked`` (answer cell below its question), ``requirements`` (rows that require,
    without a place to answer) or ``prose`` (read as running text). ``header_row`` counts
    from 1, 0 when there is none. ``columns`` gives grid columns from 1 by role;
    ``marks`` the option of each column that is marked with an "x".
    """

    table: int
    kind: str
    header_row: int = 0
    columns: Mapping[str, int] = field(default_factory=dict[str, int])
    marks: Mapping[str, int] = field(default_factory=dict[str, int])
    title: str = ""
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TableQuestion:
    """One row of a question table as read."""

    text: str
    buyer_id: str
    section: tuple[str, ...]
    slots: tuple[AnswerSlot, ...]
    cell: Cell
    guidance: str = ""
    priority: str = ""
    is_requirement: bool = False


def detect_layout(table: Table) -> TableLayout:
    """Decide how a table is to be read; ``prose`` when it is no question table.

    The evidence table of an earlier export is skipped.
    """
    if table.rows and tuple(cell.text for cell in table.rows[0]) == EVIDENCE_HEADERS:
        return TableLayout(table=table.number, kind="skip", title=_title(table, 1))
    headed = _headed(table)
    if headed is not None:
        return headed
    if _is_form(table):
        return TableLayout(table=table.number, kind="form", title=_title(table, 1), confidence=0.75)
    if any(True for _ in _stacked_pairs(table)):
        return TableLayout(table=table.number, kind="stacked", title=_title(table, 1), confidence=0.75)
    return TableLayout(table=table.number, kind="prose", title=_title(table, 1))


def read_table(table: Table, layout: TableLayout) -> tuple[TableQuestion, ...]:
    """The questions of a table under a layout; empty for ``prose`` and ``skip``."""
    if layout.kind in ("questions", "requirements"):
        return tuple(_headed_questions(table, layout))
    if layout.kind == "form":
        return tuple(_form_questions(table))
    if layout.kind == "stacked":
        return tuple(_stacked_questions(table))
    return ()


def _headed(table: Table) -> TableLayout | None:
    for row_number, row in enumerate(table.rows[:_HEADER_DEPTH], start=1):
        roles = _row_roles(row)
        if roles is None or len(table.rows) == row_number:
            if len({cell.text for cell in row if cell.text}) > 2:
                return None
            continue
        layout = _layout_of(table, row_number, row, roles)
        if _has_answer_column(table, layout):
            return layout
        question = row[next(at for at, role in roles.items() if role is Role.QUESTION)]
        if _STRONG_REQUIREMENT.search(question.text):
            return layout
    return None


def _has_answer_column(table: Table, layout: TableLayout) -> bool:
    """Whether there is a column to answer in; a lone comment column counts while mostly empty."""
    if layout.kind != "questions":
        return False
    if layout.marks or Role.ANSWER.value in layout.columns or Role.CHOICE.value in layout.columns:
        return True
    column = layout.columns[Role.COMMENT.value]
    below = [cell for row in table.rows[layout.header_row :] if (cell := _at(row, column)) is not None]
    return sum(is_blank(cell.text) for cell in below) * 2 >= len(below)


def _row_roles(row: tuple[Cell, ...]) -> dict[int, Role] | None:
    if len(row) < 2 or any(ANY_BOX.search(cell.text) or cell.controls for cell in row):
        return None
    return header_roles(["" if cell.is_continued else cell.text for cell in row])


def _layout_of(
    table: Table, row_number: int, row: tuple[Cell, ...], roles: Mapping[int, Role]
) -> TableLayout:
    columns: dict[str, int] = {}
    marks: dict[str, int] = {}
    for at, role in sorted(roles.items()):
        if role is Role.MARK:
            marks.setdefault(" ".join(row[at].text.split()), row[at].column)
        else:
            columns.setdefault(role.value, row[at].column)
    is_answered = bool(marks) or any(role.value in columns for role in ANSWER_ROLES)
    return TableLayout(
        table=table.number,
        kind="questions" if is_answered else "requirements",
        header_row=row_number,
        columns=columns,
        marks=marks,
        title=_title(table, row_number),
        confidence=0.95 if Role.ANSWER.value in columns or marks or Role.CHOICE.value in columns else 0.8,
    )


def _title(table: Table, row: int) -> str:
    cells = table.rows[row - 1] if len(table.rows) >= row else ()
    return " | ".join(" ".join(cell.text.split())[:40] for cell in cells)[:160]


def _headed_questions(table: Table, layout: TableLayout) -> Iterator[TableQuestion]:
    section: tuple[str, ...] = ()
    group = ""
    has_ids = _has_ids(table, layout)
    for row_number, row in enumerate(table.rows, start=1):
        if row_number <= layout.header_row or all(not cell.text for cell in row):
            continue
        again = _row_roles(row)
        if again is not None and has_answer_role(again):
            layout = _layout_of(table, row_number, row, again)
            continue
        heading = _section_of(row, layout, has_ids=has_ids)
        if heading is not None:
            section, group = (heading,), ""
            continue
        group = _text(_at(row, layout.columns.get(Role.SECTION.value, 0))) or group
        inside = (*section, group) if group and group not in section else section
        question = _row_question(table, row, layout, inside)
        if question is not None:
            yield question


def _has_ids(table: Table, layout: TableLayout) -> bool:
    column = layout.columns.get(Role.ID.value)
    if column is None:
        return False
    below = table.rows[layout.header_row :]
    filled = sum(1 for row in below if (cell := _at(row, column)) is not None and cell.text)
    return filled * 2 > len(below)


def _section_of(row: tuple[Cell, ...], layout: TableLayout, *, has_ids: bool) -> str | None:
    """The title in a row that only groups the rows below it; None for other rows."""
    texts = {cell.text for cell in row if cell.text and not cell.is_continued}
    question = _at(row, layout.columns.get(Role.QUESTION.value, 0))
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
    is_wide = first.span > 1
    return text if is_wide or is_first_only or has_ids or first.is_bold else None


def _row_question(
    table: Table, row: tuple[Cell, ...], layout: TableLayout, section: tuple[str, ...]
) -> TableQuestion | None:
    question = _at(row, layout.columns.get(Role.QUESTION.value, 0))
    if question is None or not question.text or question.is_continued:
        return None
    named = {role: _at(row, column) for role, column in layout.columns.items()}
    buyer_id = _text(named.get(Role.ID.value))
    text = question.text
    if not buyer_id:
        split = split_label(text)
        buyer_id, text = split.label, split.text
    guidance = _text(named.get(Role.GUIDANCE.value))
    return TableQuestion(
        text=" ".join(text.split()),
        buyer_id=" ".join(buyer_id.split()),
        section=section,
        slots=tuple(_row_slots(table, row, layout, question)),
        cell=question,
        guidance=guidance,
        priority=_text(named.get(Role.MANDATORY.value)),
        is_requirement=layout.kind == "requirements" or states_obligation(text) is not None,
    )


def _row_slots(
    table: Table, row: tuple[Cell, ...], layout: TableLayout, question: Cell
) -> Iterator[AnswerSlot]:
    used = {question.place}
    for option, column in layout.marks.items():
        cell = _at(row, column)
        if cell is not None and not cell.is_continued and cell.place not in used:
            used.add(cell.place)
            yield mark_slot(cell, option=option)
    for role, purpose in _PURPOSE.items():
        cell = _at(row, layout.columns.get(role.value, 0))
        if cell is None or cell.is_continued or cell.place in used:
            continue
        used.add(cell.place)
        label = _header_text(table, layout, cell.column)
        options = options_in_header(label) if role is Role.CHOICE else ()
        yield from cell_slots(cell, purpose, label=label, options=options)


def _header_text(table: Table, layout: TableLayout, column: int) -> str:
    if not layout.header_row or len(table.rows) < layout.header_row:
        return ""
    return _text(_at(table.rows[layout.header_row - 1], column))


def _is_form(table: Table) -> bool:
    """Labels beside empty cells: most values are empty, most labels are not."""
    labels = values = empty = 0
    for row in table.rows:
        cells = [cell for cell in row if not cell.is_continued]
        if len(cells) < 2 or len(cells) % 2:
            continue
        for label, value in zip(cells[::2], cells[1::2], strict=True):
            if not label.text:
                continue
            labels += 1
            values += 1
            empty += is_blank(value.text) or _holds_controls(value)
    return labels > 0 and empty * 2 >= values and _has_label_words(table)


def _has_label_words(table: Table) -> bool:
    pairs = [row for row in table.rows if len(row) >= 2 and row[0].text]
    short = sum(
        1 for row in pairs if len(row[0].text.split()) <= _MAX_LABEL_WORDS and not is_blank(row[0].text)
    )
    return bool(pairs) and short == len(pairs) and (len(pairs) * 2 >= len(table.rows) or len(pairs) > 2)


def _holds_controls(cell: Cell) -> bool:
    return bool(cell.controls) or len(ANY_BOX.findall(cell.text)) > 1


def _form_questions(table: Table) -> Iterator[TableQuestion]:
    section: tuple[str, ...] = ()
    for row in table.rows:
        cells = [cell for cell in row if not cell.is_continued]
        if len(cells) == 1 and cells[0].text:
            section = (" ".join(cells[0].text.split()),)
            continue
        for label, value in zip(cells[::2], cells[1::2], strict=False):
            if not label.text or is_blank(label.text):
                continue
            if role_of(label.text) is not None and role_of(value.text) is not None:
                continue
            split = split_label(label.text)
            yield TableQuestion(
                text=" ".join(split.text.split()).rstrip(":"),
                buyer_id=split.label,
                section=section,
                slots=cell_slots(value, SlotPurpose.ANSWER, label=" ".join(label.text.split())[:80]),
                cell=label,
                is_requirement=states_obligation(split.text) is not None,
            )


def _stacked_pairs(table: Table) -> Iterator[tuple[Cell, Cell]]:
    """Full-width rows with a question, each with the empty full-width row below it."""
    rows = [row[0] if len(row) == 1 or len({cell.text for cell in row}) == 1 else None for row in table.rows]
    for above, below in pairwise(rows):
        if above is None or below is None or not above.text or is_blank(above.text):
            continue
        is_place = is_blank(below.text) or answer_cue(below.text) is not None or _holds_controls(below)
        text = split_label(above.text)
        if is_place and (is_question(text.text) or text.label or states_obligation(text.text) is not None):
            yield above, below


def _stacked_questions(table: Table) -> Iterator[TableQuestion]:
    for above, below in _stacked_pairs(table):
        split = split_label(above.text)
        yield TableQuestion(
            text=" ".join(split.text.split()),
            buyer_id=split.label,
            section=(),
            slots=cell_slots(below, SlotPurpose.ANSWER, label=""),
            cell=above,
            is_requirement=states_obligation(split.text) is not None,
        )


def _at(row: tuple[Cell, ...], column: int) -> Cell | None:
    """The cell that covers a grid column; None outside the row."""
    return next((cell for cell in row if cell.column <= column < cell.column + cell.span), None)


def _text(cell: Cell | None) -> str:
    return "" if cell is None else " ".join(cell.text.split())
