"""Hold a proposed layout of one sheet against the evidence, beside the layout that was detected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bidproof.core.errors import InvalidMapping
from bidproof.core.records import CellRole
from bidproof.questionnaires.sheets.accounts import account_for, counted
from bidproof.questionnaires.sheets.grid import Grid, column_letters, parse_location
from bidproof.questionnaires.sheets.mapping import (
    FileLayout,
    SheetLayout,
    check_fit,
    parse_mapping,
)
from bidproof.questionnaires.sheets.questions import build_questions
from bidproof.questionnaires.sheets.rows import taker_columns
from bidproof.questionnaires.wording import is_asking

_LEAST_WRITTEN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What came of one sheet; a taken one without a ``sheet`` is left alone."""

    verdict: str
    is_taken: bool = False
    sheet: SheetLayout | None = None


def judge_sheet(grid: Grid, detected: SheetLayout | None, tables: Sequence[Mapping[str, object]]) -> Judged:
    """Take proposed tables of a sheet only where they lose nothing that was read and explain something more.

    Args:
        grid: The sheet.
        detected: As it was read; None where it was not.
        tables: As in a mapping file; they may be of any kind.
    """
    try:
        layout = parse_mapping({"sheets": [{"name": grid.name, "tables": list(tables)}]}, file=grid.name)
        check_fit(layout, {grid.name: grid}, file=grid.name)
    except InvalidMapping as error:
        return Judged(verdict=f"was refused: {error.message}")
    proposed = layout.sheets[0]
    before, after = _standing(grid, detected), _standing(grid, proposed)
    refusal = _overwritten(grid, proposed) or after.lacks(before)
    if refusal:
        return Judged(verdict=f"was refused: it would {refusal}")
    gain = after.gain(before)
    if not gain:
        return Judged(verdict="agrees with what was detected")
    return Judged(verdict=f"was taken: {gain}", is_taken=True, sheet=proposed)


def judge_absence(grid: Grid, detected: SheetLayout) -> Judged:
    """Take it that a sheet asks nothing, only where no dropdown and no asking question was read on it."""
    before = _standing(grid, detected)
    refusal = _Standing().lacks(_Standing(dropdowns=before.dropdowns, asking=before.asking))
    if refusal:
        return Judged(verdict=f"to leave it alone was refused: it would {refusal}")
    return Judged(
        verdict=f"to leave it alone was taken: {counted(before.questions, 'question')} fewer", is_taken=True
    )


def unexplained_cells(grid: Grid, detected: SheetLayout | None) -> int:
    """Count the visible cells that speak for a question or an answer and were read as neither."""
    return _standing(grid, detected).unexplained


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    """What a layout makes of a sheet: answer cells with a dropdown, questions that ask, counts of cells."""

    dropdowns: frozenset[str] = frozenset()
    asking: frozenset[str] = frozenset()
    questions: int = 0
    slots: int = 0
    explained: int = 0
    unexplained: int = 0

    def lacks(self, other: "_Standing") -> str:
        """What the other has and this would lose; empty when nothing."""
        lost = len(other.dropdowns - self.dropdowns)
        if lost:
            return f"lose {counted(lost, 'dropdown')}"
        lost = len(other.asking - self.asking)
        if lost:
            return f"lose {counted(lost, 'question')}"
        lost = max(other.explained - self.explained, self.unexplained - other.unexplained)
        return f"leave {counted(lost, 'more cell')} unexplained" if lost > 0 else ""

    def gain(self, other: "_Standing") -> str:
        """What this has more than the other, in words; empty when nothing."""
        counts = (
            (self.questions - other.questions, "more question"),
            (self.slots - other.slots, "more answer cell"),
            (other.unexplained - self.unexplained, "more explained cell"),
            (self.explained - other.explained, "more explained cell"),
        )
        return next((counted(number, what) for number, what in counts if number > 0), "")


def _standing(grid: Grid, sheet: SheetLayout | None) -> _Standing:
    if grid.is_hidden:
        return _Standing()
    layout = FileLayout.model_construct(sheets=(sheet,) if sheet else ())
    questions = build_questions(layout, {grid.name: grid})
    slots = {slot.location for question in questions for slot in question.slots if slot.is_writable}
    places = {location: found[1] for location in slots if (found := parse_location(location))}
    accounts = account_for([grid], layout)
    stray = {place for item in accounts.unexplained for place in item.places}
    stray = {place for place in stray if place.row not in grid.hidden_rows}
    cells = accounts.cells.get(grid.name, {})
    return _Standing(
        dropdowns=frozenset(location for location, place in places.items() if grid.options(*place)),
        asking=frozenset(question.location for question in questions if is_asking(question.text)),
        questions=len(questions),
        slots=len(slots),
        explained=sum(a.role is not CellRole.OTHER and place not in stray for place, a in cells.items()),
        unexplained=len(stray),
    )


def _overwritten(grid: Grid, sheet: SheetLayout) -> str:
    """Columns said to take answers that hold the buyer's own words, or formulas, in most rows."""
    for table in sheet.tables:
        rows = [row for row in grid.rows() if table.rows[0] <= row <= table.rows[1]]
        for column in taker_columns(table.columns):
            own = [row for row in rows if grid.text(row, column) and not grid.options(row, column)]
            is_many = len(own) >= _LEAST_WRITTEN and len(own) * 2 > len(rows)
            if is_many and len({grid.text(row, column) for row in own}) > len(own) // 2:
                held = f"which holds text in {counted(len(own), 'row')}"
                return f"write over column {column_letters(column)}, {held}"
    return ""
