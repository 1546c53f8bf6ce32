"""Read forms: labels beside empty cells, questions above an empty row."""

from collections.abc import Iterator
from itertools import pairwise

from bidproof.core.records import SlotPurpose
from bidproof.formats.word.body import Cell, Table
from bidproof.questionnaires.requirements.reader import is_question, states_obligation
from bidproof.questionnaires.requirements.units import split_label
from bidproof.questionnaires.sheets.headers import role_of
from bidproof.questionnaires.word.cues import ANY_BOX, answer_cue, is_blank
from bidproof.questionnaires.word.slots import cell_slots
from bidproof.questionnaires.word.tables import TableQuestion, text_of

_MAX_LABEL_WORDS = 40


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


def stacked_questions(table: Table) -> Iterator[TableQuestion]:
    """A question for each full-width row above an empty one."""
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
