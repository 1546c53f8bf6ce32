"""Sheets with their truth: what is asked where, what takes the answer, what is the buyer's own."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import xlsxwriter

from bidproof.core.records import SlotPurpose
from bidproof.questionnaires.sheets.grid import cell_location

_STYLES: dict[str, dict[str, object]] = {
    "head": {"bold": True, "bg_color": "#1F4E78", "font_color": "#FFFFFF", "text_wrap": True, "border": 1},
    "section": {"bold": True, "bg_color": "#DDEBF7"},
    "tint": {"bg_color": "#FCE4D6"},
    "title": {"bold": True, "font_size": 14},
    "open": {"locked": False},
    "yellow": {"bg_color": "#FFFF99", "locked": False},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """A formula with the value that the buyer's program computed."""

    text: str
    cached: str | float = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueSlot:
    """A cell for a part of the answer; ``purposes`` are those that do it justice."""

    location: str
    purposes: frozenset[SlotPurpose]
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueQuestion:
    """A question as a careful person reads it; ``section`` is the title it stands under, if any."""

    location: str
    text: str
    slots: tuple[TrueSlot, ...]
    section: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """What a column takes: the purposes that do it justice, and its options.

    ``source`` is where a dropdown takes them from (inline where empty); ``has_list`` is False where
    only the header spells them out.
    """

    purposes: frozenset[SlotPurpose]
    options: tuple[str, ...] = ()
    source: str = ""
    has_list: bool = False
    default: object = None
    style: str = ""


@dataclass(slots=True, kw_only=True)
class Canvas:
    """One sheet being drawn; rows and columns count from 1."""

    name: str
    cells: dict[tuple[int, int], tuple[object, str]] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    lists: list[tuple[tuple[int, int], str | tuple[str, ...]]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    is_hidden: bool = False
    is_protected: bool = False
    has_filter: bool = False
    questions: list[TrueQuestion] = field(default_factory=list)

    def put(self, row: int, column: int, value: object, style: str = "") -> None:
        """Write one cell; None leaves it without a value, perhaps with a style."""
        self.cells[row, column] = (value, style)

    def row(self, row: int, values: Sequence[object], *, left: int = 1, style: str = "") -> None:
        """Write a row of cells; None leaves a gap."""
        for column, value in enumerate(values, left):
            if value is not None:
                self.put(row, column, value, style)

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        """Show a rectangle as its top left cell."""
        if (top, left) != (bottom, right):
            self.merges.append((top, left, bottom, right))

    def ask(
        self,
        row: int,
        column: int,
        text: str,
        slots: Mapping[int, Slot],
        *,
        section: str = "",
        shared: Sequence[TrueSlot] = (),
    ) -> None:
        """Record a question: its slots stand in its own row, except the ``shared`` ones drawn before."""
        for where, slot in slots.items():
            self.open(row, where, slot)
        own = (self.slot_at(row, where, slot) for where, slot in slots.items())
        self.questions.append(
            TrueQuestion(location=self.at(row, column), text=text, slots=(*own, *shared), section=section)
        )

    def open(self, row: int, column: int, slot: Slot) -> None:
        """Draw the cell of a slot: its default value, its style, its dropdown."""
        if slot.default is not None or slot.style:
            self.put(row, column, slot.default, slot.style)
        if slot.has_list:
            self.lists.append(((row, column), slot.source or slot.options))

    def slot_at(self, row: int, column: int, slot: Slot) -> TrueSlot:
        """The truth of one slot."""
        return TrueSlot(location=self.at(row, column), purposes=slot.purposes, options=slot.options)

    def at(self, row: int, column: int) -> str:
        """A cell's address, as the reader writes it."""
        return cell_location(self.name, row, column)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A buyer's file with its truth."""

    family: str
    variant: int
    language: str
    sheets: tuple[Canvas, ...]
    suffix: str = ".xlsx"

    @property
    def name(self) -> str:
        """The file's name."""
        return f"{self.family}-{self.variant}-{self.language}{self.suffix}"

    @property
    def questions(self) -> tuple[TrueQuestion, ...]:
        """Every question, sheet by sheet."""
        return tuple(question for sheet in self.sheets for question in sheet.questions)

    def write(self, folder: Path) -> Path:
        """Write the file; returns its path."""
        path = folder / self.name
        if self.suffix == ".csv":
            _write_csv(path, self.sheets[0])
        else:
            _write_workbook(path, self.sheets)
        return path


def _write_csv(path: Path, sheet: Canvas) -> None:
    last_row = max(row for row, _ in sheet.cells)
    last_column = max(column for _, column in sheet.cells)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        for row in range(1, last_row + 1):
            values = [sheet.cells.get((row, column), (None, ""))[0] for column in range(1, last_column + 1)]
            writer.writerow(["" if value is None else value for value in values])


def _write_workbook(path: Path, sheets: Sequence[Canvas]) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        formats = {name: book.add_format(style) for name, style in _STYLES.items()}
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            _draw(page, sheet, formats)


def _draw(page: xlsxwriter.worksheet.Worksheet, sheet: Canvas, formats: Mapping[str, object]) -> None:
    for top, left, bottom, right in sheet.merges:
        page.merge_range(top - 1, left - 1, bottom - 1, right - 1, "", formats.get(_style(sheet, top, left)))
    _draw_cells(page, sheet, formats)
    for (row, column), source in sheet.lists:
        listed = f"={source}" if isinstance(source, str) else list(source)
        page.data_validation(row - 1, column - 1, row - 1, column - 1, {"validate": "list", "source": listed})
    for row in sheet.hidden_rows:
        page.set_row(row - 1, None, None, {"hidden": True})
    if sheet.has_filter:
        last = max(row for row, _ in sheet.cells)
        page.autofilter(0, 0, last - 1, max(column for _, column in sheet.cells) - 1)
    if sheet.is_protected:
        page.protect()
    if sheet.is_hidden:
        page.hide()


def _draw_cells(page: xlsxwriter.worksheet.Worksheet, sheet: Canvas, formats: Mapping[str, object]) -> None:
    for (row, column), (value, style) in sorted(sheet.cells.items()):
        shape = formats.get(style)
        if isinstance(value, Formula):
            page.write_formula(row - 1, column - 1, value.text, shape, value.cached)
        elif value is None:
            page.write_blank(row - 1, column - 1, None, shape)
        elif isinstance(value, str):
            page.write_string(row - 1, column - 1, value, shape)
        else:
            page.write(row - 1, column - 1, value, shape)


def _style(sheet: Canvas, row: int, column: int) -> str:
    return sheet.cells.get((row, column), (None, ""))[1]


def csv_variant(layout: Layout) -> Layout:
    """The same first sheet as a CSV: addresses name the file, dropdowns are gone."""
    sheet = layout.sheets[0]
    name = layout.name.removesuffix(".xlsx") + "-csv"
    cells = {
        place: (value.cached if isinstance(value, Formula) else value, style)
        for place, (value, style) in sheet.cells.items()
    }
    moved = Canvas(name=name, cells=cells)
    for question in sheet.questions:
        slots = tuple(
            TrueSlot(location=_moved(slot.location, name), purposes=slot.purposes | _WORDED)
            for slot in question.slots
        )
        moved.questions.append(
            TrueQuestion(
                location=_moved(question.location, name),
                text=question.text,
                slots=slots,
                section=question.section,
            )
        )
    return Layout(
        family=layout.family, variant=layout.variant, language=f"{layout.language}-csv", sheets=(moved,),
        suffix=".csv",
    )  # fmt: skip


_WORDED = frozenset({SlotPurpose.ANSWER, SlotPurpose.CHOICE})


def _moved(location: str, sheet: str) -> str:
    cell = location.rpartition("!")[2]
    return f"'{sheet}'!{cell}"
