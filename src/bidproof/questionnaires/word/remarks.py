"""Find the place for a remark on a ticked answer: "Comments:" below its boxes, in a line or a table row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from bidproof.core.records import AnswerSlot, SlotPurpose
from bidproof.formats.word.body import Cell, Paragraph, Table
from bidproof.questionnaires.word.cues import ANY_BOX, is_blank, remark_of
from bidproof.questionnaires.word.slots import cell_slots, control_slots
from bidproof.questionnaires.word.tables import TableQuestion

_CHOICES = frozenset({SlotPurpose.CHOICE, SlotPurpose.MARK})
_TEXTS = frozenset({SlotPurpose.ANSWER, SlotPurpose.COMMENT})
_LEAST_BOXES = 2
_MAX_GAP = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """The slots for a remark, with its label's paragraph and the one-cell table that takes it, or 0."""

    slots: tuple[AnswerSlot, ...]
    paragraph: int
    table: int = 0


def wants_remark(slots: Sequence[AnswerSlot]) -> bool:
    """Whether slots take a choice among several, and no text yet."""
    marks = sum(slot.purpose is SlotPurpose.MARK for slot in slots)
    purposes = {slot.purpose for slot in slots}
    is_choice = marks >= _LEAST_BOXES or SlotPurpose.CHOICE in purposes
    return is_choice and not purposes & _TEXTS


def remark_below(blocks: Sequence[Paragraph | Table]) -> Remark | None:
    """The place for a remark that opens a run of blocks; None where something else does."""
    at, label = next(((at, item) for at, item in enumerate(blocks[:_MAX_GAP]) if _is_shown(item)), (0, None))
    if not isinstance(label, Paragraph) or label.heading_level is not None or not remark_of(label.text):
        return None
    below = blocks[at + 1 : at + 1 + _MAX_GAP]
    box = next((item for item in below if _is_shown(item)), None)
    if isinstance(box, Table) and (cell := only_cell(box)) is not None:
        slots = cell_slots(cell, SlotPurpose.COMMENT, label=_shown(label.text))
        return Remark(slots=slots, paragraph=label.number, table=box.number)
    empty = below[0] if below and not _is_shown(below[0]) else None
    slots = _line_slots(label, empty=empty if isinstance(empty, Paragraph) else None)
    return Remark(slots=slots, paragraph=label.number)


def only_cell(table: Table) -> Cell | None:
    """The one cell of a table that is nothing but a box to write in."""
    if len(table.rows) != 1 or len(table.rows[0]) != 1:
        return None
    cell = table.rows[0][0]
    return cell if not cell.tables and (is_blank(cell.text) or cell.controls) else None


def without_remarks(table: Table) -> Table:
    """A table without the rows that only take a remark on the row above."""
    taken = {number for rows, _ in _remark_rows(table) for number in rows}
    rows = tuple(row for number, row in enumerate(table.rows, start=1) if number not in taken)
    return replace(table, rows=rows) if taken else table


def with_remarks(table: Table, questions: Sequence[TableQuestion]) -> Iterator[TableQuestion]:
    """The questions of a table; each with the remark below it, where it has no place for text yet."""
    below = {rows[0]: slots for rows, slots in _remark_rows(table)}
    for item, following in zip_longest(questions, questions[1:]):
        end = following.cell.place.row if following else len(table.rows) + 1
        own = next((slots for row, slots in below.items() if item.cell.place.row < row < end), ())
        yield replace(item, slots=(*item.slots, *own)) if own and wants_remark(item.slots) else item


def _remark_rows(table: Table) -> Iterator[tuple[tuple[int, ...], tuple[AnswerSlot, ...]]]:
    """Numbers of the rows that make up a remark, the label's first, with its slots."""
    for number, (above, row) in enumerate(zip(table.rows, table.rows[1:], strict=False), start=2):
        cells = [cell for cell in row if not cell.is_continued]
        labels = [cell for cell in cells if remark_of(cell.text)]
        open_cells = [cell for cell in cells if cell not in labels and is_blank(cell.text)]
        if len(labels) != 1 or len(open_cells) + 1 < len(cells) or not any(map(_offers_choice, above)):
            continue
        below = table.rows[number] if number < len(table.rows) else ()
        if open_cells:
            place, rows = max(reversed(open_cells), key=lambda cell: cell.span), (number,)
        elif len(below) == 1 and is_blank(below[0].text) and not below[0].tables:
            place, rows = below[0], (number, number + 1)
        else:
            yield (number,), _line_slots(labels[0].paragraphs[0], empty=None)
            continue
        yield rows, cell_slots(place, SlotPurpose.COMMENT, label=_shown(labels[0].text))


def _offers_choice(cell: Cell) -> bool:
    boxes = len(ANY_BOX.findall(cell.text))
    return boxes >= _LEAST_BOXES or any(item.kind == "dropdown" for item in cell.controls)


def _line_slots(label: Paragraph, *, empty: Paragraph | None) -> tuple[AnswerSlot, ...]:
    """Behind a label with a colon or a gap; else in the empty paragraph below it, or a new one."""
    shown, value = remark_of(label.text) or ("", "")
    if controls := control_slots(label, SlotPurpose.COMMENT):
        return controls
    current = ""
    if shown[-1:] in (":", "：") or value:
        location, current = f"paragraph:{label.number}", "" if is_blank(value) else value
    elif empty is not None:
        location = f"paragraph:{empty.number}"
    else:
        location = f"after-paragraph:{label.number}"
    return (AnswerSlot(purpose=SlotPurpose.COMMENT, location=location, label=_shown(shown), current=current),)


def _is_shown(block: Paragraph | Table) -> bool:
    return isinstance(block, Table) or bool(block.text or block.controls)


def _shown(label: str) -> str:
    return " ".join(label.split()).rstrip(":： ")
