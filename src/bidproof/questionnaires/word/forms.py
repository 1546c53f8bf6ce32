"""Read forms: labels beside empty cells, questions above an empty row."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from bidproof.core.records import SlotPurpose
from bidproof.formats.word.body import Cell, Table
from bidproof.questionnaires.requirements.reader import is_question, states_obligation
from bidproof.questionnaires.requirements.units import split_label
from bidproof.questionnaires.sheets.headers import role_of
from bidproof.questionnaires.word.cues import ANY_BOX, answer_cue, is_blank
from bidproof.questionnaires.word.slots import cell_slots
from bidproof.questionnaires.word.tables import TableQuestion, text_of
from bidproof.questionnaires.wording import is_id

_MAX_LABEL_WORDS = 40
_MOSTLY = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stacked:
    """A question above the place of its answer, with the number and the cue beside them."""

    asked: Cell
    place: Cell
    buyer_id: str
    cue: str


def is_form(table: Table) -> bool:
    """Labels beside empty cells: most values are empty, most labels are not."""
    values = [value for row in table.rows for label, value in _pairs(row, whole=True) if label.text]
    empty = sum(is_blank(value.text) or _holds_controls(value) for value in values)
    return bool(values) and empty * 2 >= len(values) and _has_label_words(table)


def form_questions(table: Table) -> Iterator[TableQuestion]:
    """A question for each label of a form."""
    section: tuple[str, ...] = ()
    for row in table.rows:
        cells = [cell for cell in row if not cell.is_continued]
        if len(cells) == 1 and cells[0].text:
            section = (text_of(cells[0]),)
            continue
        for label, value in _pairs(row, whole=False):
            if not label.text or is_blank(label.text):
                continue
            is_titled = role_of(label.text) is not None and role_of(value.text) is not None
            if is_titled and not _holds_controls(value):
                continue
            split = split_label(label.text)
            yield TableQuestion(
                text=" ".join(split.text.split()).rstrip(":"),
                buyer_id=split.label,
                section=section,
                slots=cell_slots(value, SlotPurpose.ANSWER, label=text_of(label)[:80]),
                cell=label,
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


def _pairs(row: tuple[Cell, ...], *, whole: bool) -> Iterator[tuple[Cell, Cell]]:
    """Labels with the cells beside them; ``whole`` passes over rows that do not pair up."""
    cells = [cell for cell in row if not cell.is_continued]
    if not (whole and (len(cells) < 2 or len(cells) % 2)):
        yield from zip(cells[::2], cells[1::2], strict=False)


def _has_label_words(table: Table) -> bool:
    pairs = [row for row in table.rows if len(row) >= 2 and row[0].text]
    short = sum(
        1 for row in pairs if len(row[0].text.split()) <= _MAX_LABEL_WORDS and not is_blank(row[0].text)
    )
    return bool(pairs) and short == len(pairs) and (len(pairs) * 2 >= len(table.rows) or len(pairs) > 2)


def _holds_controls(cell: Cell) -> bool:
    return bool(cell.controls) or len(ANY_BOX.findall(cell.text)) > 1


def _stacked_pairs(table: Table) -> Iterator[_Stacked]:
    """Rows with a question, its number perhaps in a cell of its own, each above an empty row."""
    for above, below in pairwise(table.rows):
        asked, place = _asking_cell(above), _empty_cell(below)
        if asked is None or place is None:
            continue
        number = text_of(above[0]) if asked.place != above[0].place else ""
        text = split_label(asked.text)
        if number or is_question(text.text) or text.label or states_obligation(text.text) is not None:
            cue = text_of(below[0]).rstrip(":： ") if place.place != below[0].place else ""
            yield _Stacked(asked=asked, place=place, buyer_id=number, cue=cue)


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
