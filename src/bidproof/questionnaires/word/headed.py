"""Read tables whose columns have titles: one question a row, its slots in the columns to be filled."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from statistics import median_low

from bidproof.core.records import AnswerSlot, SlotPurpose
from bidproof.formats.word.body import Cell, Table
from bidproof.questionnaires.requirements.reader import is_question, states_obligation
from bidproof.questionnaires.requirements.units import split_label
from bidproof.questionnaires.sheets.headers import Role, role_of
from bidproof.questionnaires.word.columns import options_in_title
from bidproof.questionnaires.word.cues import is_blank
from bidproof.questionnaires.word.slots import cell_slots, mark_slot
from bidproof.questionnaires.word.tables import TableLayout, TableQuestion, cell_at, text_of
from bidproof.questionnaires.word.titles import column_titles, header_again

_MAX_SECTION_WORDS = 14
_BARE_NUMBER = re.compile(r"(?P<label>\d{1,4})\s+(?=[^\W\d_])")
_PURPOSE = {
    Role.ANSWER: SlotPurpose.ANSWER,
    Role.CHOICE: SlotPurpose.CHOICE,
    Role.COMMENT: SlotPurpose.COMMENT,
    Role.EVIDENCE: SlotPurpose.EVIDENCE,
    Role.OWNERSHIP: SlotPurpose.OWNERSHIP,
    Role.CUSTOMER: SlotPurpose.CUSTOMER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Body:
    """What is known of the rows below one header.

    ``notes`` are lines that most questions repeat below themselves, ``chapters`` the first
    parts of their decimal numbers. ``span`` is how many grid columns a question covers.
    """

    layout: TableLayout
    titles: Mapping[int, str]
    notes: frozenset[str]
    chapters: frozenset[str]
    has_ids: bool
    is_bold: bool
    span: int

    def cell(self, row: tuple[Cell, ...], role: Role) -> Cell | None:
        """The row's cell in the column of a role."""
        return cell_at(row, self.layout.columns.get(role.value, 0))


def headed_questions(table: Table, layout: TableLayout) -> Iterator[TableQuestion]:
    """A question for each row below the titles; rows that only name a section give its path."""
    section: tuple[str, ...] = ()
    group = ""
    body = _body_of(table, layout)
    for row_number, row in enumerate(table.rows, start=1):
        if row_number <= body.layout.header_row or all(not cell.text for cell in row):
            continue
        again = header_again(table, row_number, body.layout, body.titles)
        if again is not None:
            heading = _renamed_question(again, body.titles, table)
            body = replace(body, layout=again, titles=column_titles(table, again))
            section, group = ((heading,), "") if heading else (section, group)
            continue
        heading = _section_of(row, body)
        if heading is not None:
            section, group = (heading,), ""
            continue
        group = text_of(body.cell(row, Role.SECTION)) or group
        inside = (*section, group) if group and group not in section else section
        question = _row_question(row, body, inside)
        if question is not None:
            yield question


def _renamed_question(again: TableLayout, titles: Mapping[int, str], table: Table) -> str:
    """The section's title where it stands in place of the question column's own."""
    column = again.columns.get(Role.QUESTION.value, 0)
    shown = text_of(cell_at(table.rows[again.header_row - 1], column))
    return "" if shown == titles.get(column, "") or role_of(shown) in (Role.QUESTION, Role.TOPIC) else shown


def _body_of(table: Table, layout: TableLayout) -> _Body:
    rows = table.rows[layout.header_row :]
    asked = [
        cell for row in rows if (cell := cell_at(row, layout.columns.get(Role.QUESTION.value, 0))) is not None
    ]
    named = [cell for row in rows if (cell := cell_at(row, layout.columns.get(Role.ID.value, 0))) is not None]
    filled = [cell for cell in asked if cell.text]
    numbers = {split_label(cell.text).label for cell in filled}
    return _Body(
        layout=layout,
        titles=column_titles(table, layout),
        notes=_repeated_lines(asked),
        chapters=frozenset(number.split(".")[0] for number in numbers if "." in number.rstrip(".")),
        has_ids=sum(bool(cell.text) for cell in named) * 2 > len(rows),
        is_bold=sum(cell.is_bold for cell in filled) * 2 > len(filled),
        span=median_low([cell.span for cell in filled]) if filled else 1,
    )


def _repeated_lines(asked: list[Cell]) -> frozenset[str]:
    """Lines that stand below the question in half of the rows: "Also applies to:"."""
    lines = Counter(line for cell in asked for line in set(cell.text.split("\n")[1:]))
    return frozenset(line for line, count in lines.items() if count > 2 and count * 2 >= len(asked))


def _without_notes(text: str, notes: frozenset[str]) -> tuple[str, str]:
    """A question's text, and what stands from the first repeated line on."""
    first, *rest = text.split("\n")
    at = next((at for at, line in enumerate(rest) if line in notes), len(rest))
    return "\n".join([first, *rest[:at]]), " ".join(rest[at:])


def _section_of(row: tuple[Cell, ...], body: _Body) -> str | None:
    """The title in a row that only groups the rows below it; None for other rows."""
    texts = {cell.text for cell in row if not cell.is_continued and not is_blank(cell.text)}
    question = body.cell(row, Role.QUESTION)
    if len(texts) != 1:
        is_numbered = len(texts) == 2 and question is not None and question.span > body.span
        return " ".join(" ".join(cell.text for cell in row if cell.text).split()) if is_numbered else None
    text = " ".join(next(iter(texts)).split())
    if len(row) == 1:
        return None if is_question(text) and body.layout.kind == "questions" and "?" in text else text
    is_short = (
        len(text.split()) <= _MAX_SECTION_WORDS and not is_question(text) and states_obligation(text) is None
    )
    if not is_short:
        return None
    first = next(cell for cell in row if not is_blank(cell.text))
    is_first_only = question is not None and first.place != question.place
    stands_out = first.is_bold and not body.is_bold
    return text if first.span > body.span or is_first_only or body.has_ids or stands_out else None


def _row_question(row: tuple[Cell, ...], body: _Body, section: tuple[str, ...]) -> TableQuestion | None:
    question = body.cell(row, Role.QUESTION)
    if question is None or not question.text or question.is_continued:
        return None
    buyer_id = text_of(body.cell(row, Role.ID))
    text, note = _without_notes(question.text, body.notes)
    if not buyer_id:
        buyer_id, text = _numbered(text, body.chapters)
    return TableQuestion(
        text=" ".join(text.split()),
        buyer_id=" ".join(buyer_id.split()),
        section=section,
        slots=tuple(_row_slots(row, body, question)),
        cell=question,
        guidance=f"{note} {text_of(body.cell(row, Role.GUIDANCE))}".strip(),
        priority=text_of(body.cell(row, Role.MANDATORY)),
        is_requirement=body.layout.kind == "requirements" or states_obligation(text) is not None,
    )


def _numbered(text: str, chapters: frozenset[str]) -> tuple[str, str]:
    """The number before a question, and the question: "502" too where others are "502.1" and "502.2"."""
    split = split_label(text)
    bare = _BARE_NUMBER.match(text)
    if not split.label and bare is not None and bare["label"] in chapters:
        return bare["label"], text[bare.end() :]
    return split.label, split.text


def _row_slots(row: tuple[Cell, ...], body: _Body, question: Cell) -> Iterator[AnswerSlot]:
    used = {question.place}
    for option, column in body.layout.marks.items():
        cell = cell_at(row, column)
        if cell is not None and not cell.is_continued and cell.place not in used:
            used.add(cell.place)
            yield mark_slot(cell, option=option)
    for role, purpose in _PURPOSE.items():
        cell = body.cell(row, role)
        if cell is None or cell.is_continued or cell.place in used:
            continue
        used.add(cell.place)
        label = body.titles.get(cell.column, "")
        options = (options_in_title(label) or body.layout.options) if role is Role.CHOICE else ()
        yield from cell_slots(cell, purpose, label=label, options=options)
