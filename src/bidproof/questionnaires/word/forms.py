"""Read forms: labels beside empty cells, questions above an empty row."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from bidproof.core.records import SlotPurpose
from bidproof.formats.word.body import Cell, Table
from bidproof.questionnaires.requirements.reader import is_question, states_obligation
from bidproof.questionnaires.requirements.units import split_label
from bidproof.questionnaires.sheets.headers import role_of
from bidproof.questionnaires.word.cues import ANY_BOX, answer_cue, is_blank, is_prompt
from bidproof.questionnaires.word.slots import cell_slots
from bidproof.questionnaires.word.tables import TableQuestion, text_of
from bidproof.questionnaires.wording import is_id

_MAX_LABEL_WORDS = 40
_MOSTLY = 0.8
_WITH_NOTE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    """A label with the place of its value."""

    label: Cell
    value: Cell
    number: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stacked:
    """A question above the place of its answer, with the number and the cue beside them."""

    asked: Cell
    place: Cell
    buyer_id: str
    cue: str


def is_form(table: Table) -> bool:
    """Labels beside empty cells: most values are empty, most labels are not."""
    fields = [item for row in table.rows for item in _fields(row, _value_at(table)) if item.label.text]
    empty = sum(is_blank(item.value.text) or _holds_controls(item.value) for item in fields)
    return bool(fields) and empty * 2 >= len(fields) and _has_label_words(table)


def form_questions(table: Table) -> Iterator[TableQuestion]:
    """A question for each label of a form."""
    section: tuple[str, ...] = ()
    value_at = _value_at(table)
    for row in table.rows:
        cells = [cell for cell in row if not cell.is_continued]
        if len(cells) == 1 and cells[0].text:
            section = (text_of(cells[0]),)
            continue
        for item in _fields(row, value_at):
            if not item.label.text or is_prompt(item.label.text):
                continue
            is_titled = role_of(item.label.text) is not None and role_of(item.value.text) is not None
            if is_titled and not _holds_controls(item.value):
                continue
            split = split_label(item.label.text)
            yield TableQuestion(
                text=" ".join(split.text.split()).rstrip(":"),
                buyer_id=item.number or split.label,
                section=section,
                slots=cell_slots(item.value, SlotPurpose.ANSWER, label=text_of(item.label)[:80]),
                cell=item.label,
                guidance=item.note,
                is_requirement=states_obligation(split.text) is not None,
            )


def is_stacked(table: Table) -> bool:
    """Whether a table holds questions above empty rows."""
    return any(True for _ in _stacked_pairs(table))


def is_all_stacked(table: Table) -> bool:
    """Whether a table is little else than questions above empty rows."""
    return sum(2 for _ in _stacked_pairs(table)) >= _MOSTLY * len(table.rows)


def stacked_questions(table: Table) -> Iterator[TableQuestion]:
    """A question for each row above an empty one."""
    for pair in _stacked_pairs(table):
        split = split_label(pair.asked.text)
        yield TableQuestion(
            text=" ".join(split.text.split()),
            buyer_id=pair.buyer_id or split.label,
            section=(),
            slots=cell_slots(pair.place, SlotPurpose.ANSWER, label=pair.cue),
            cell=pair.asked,
            is_requirement=states_obligation(split.text) is not None,
        )


def _value_at(table: Table) -> int:
    """Which of three cells takes the value, by which is open in most rows; 0 where rows have no such."""
    rows = [row for row in table.rows if len(row) == _WITH_NOTE]
    for at in (1, 2):
        is_open = [is_blank(row[at].text) or _holds_controls(row[at]) for row in rows]
        labels = [row[at - 1] for row in rows if row[at - 1].text and not is_id(row[at - 1].text)]
        if len(rows) > 1 and sum(is_open) >= _MOSTLY * len(rows) and len(labels) >= _MOSTLY * len(rows):
            return at
    return 0


def _fields(row: tuple[Cell, ...], value_at: int) -> Iterator[_Field]:
    """Labels with the cells beside them, and with the number before or the note behind them."""
    cells = [cell for cell in row if not cell.is_continued]
    if value_at and len(cells) == _WITH_NOTE:
        beside = text_of(cells[0] if value_at > 1 else cells[-1])
        number = beside if value_at > 1 and is_id(beside) else ""
        note = "" if number else beside
        yield _Field(label=cells[value_at - 1], value=cells[value_at], number=number, note=note)
    elif len(cells) % 2 == 0:
        for label, value in zip(cells[::2], cells[1::2], strict=True):
            yield _Field(label=label, value=value)


def _has_label_words(table: Table) -> bool:
    pairs = [row for row in table.rows if len(row) >= 2 and row[0].text]
    short = sum(
        1 for row in pairs if len(row[0].text.split()) <= _MAX_LABEL_WORDS and not is_prompt(row[0].text)
    )
    return bool(pairs) and short == len(pairs) and (len(pairs) * 2 >= len(table.rows) or len(pairs) > 2)


def _holds_controls(cell: Cell) -> bool:
    return bool(cell.controls) or len(ANY_BOX.findall(cell.text)) > 1


def _stacked_pairs(table: Table) -> Iterator[_Stacked]:
    """Rows with a question, its number perhaps in a cell of its own, each above an empty row.

    Where most such rows ask, all of them do.
    """
    found: list[tuple[_Stacked, bool]] = []
    for above, below in pairwise(table.rows):
        asked, place = _asking_cell(above), _empty_cell(below)
        if asked is None or place is None:
            continue
        number = text_of(above[0]) if asked.place != above[0].place else ""
        text = split_label(asked.text)
        asks = is_question(text.text) or bool(text.label) or states_obligation(text.text) is not None
        cue = text_of(below[0]).rstrip(":： ") if place.place != below[0].place else ""
        pair = _Stacked(asked=asked, place=place, buyer_id=number, cue=cue)
        found.append((pair, bool(number) or asks))
    is_habit = sum(asks for _, asks in found) >= _MOSTLY * len(found)
    yield from (pair for pair, asks in found if asks or is_habit)


def _asking_cell(row: tuple[Cell, ...]) -> Cell | None:
    """The one cell of a row that says something, a number before it left aside."""
    cells = [cell for cell in row if not cell.is_continued]
    if len(cells) > 1 and len({cell.text for cell in cells}) > 1:
        cells = cells[1:] if is_id(cells[0].text) or not cells[0].text else []
    if not cells or len({cell.text for cell in cells}) != 1 or is_blank(cells[0].text):
        return None
    return cells[0]


def _empty_cell(row: tuple[Cell, ...]) -> Cell | None:
    """The widest cell of a row that is empty but for a cue ("Response:")."""
    places = [cell for cell in row if is_blank(cell.text) or _holds_controls(cell)]
    cues = [cell for cell in row if answer_cue(cell.text) is not None and cell.text]
    if len(places) + len(cues) < len(row) or len({cell.text for cell in cues}) > 1:
        return None
    return max(places or cues, key=lambda cell: cell.span, default=None)
