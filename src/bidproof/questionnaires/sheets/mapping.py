"""The layout of a sheet questionnaire: which column holds what, as JSON that a user can correct.

The same shape comes out of detection and goes back in through ``--mapping``.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from bidproof.core.errors import InvalidMapping
from bidproof.core.next_steps import Action, NextStep
from bidproof.core.records import SlotPurpose
from bidproof.formats.excel.addresses import MAX_ROW
from bidproof.questionnaires.sheets.grid import Grid, column_letters, column_number

Letters = Annotated[
    str,
    BeforeValidator(lambda value: value.strip().upper() if isinstance(value, str) else value),
    StringConstraints(pattern=r"^[A-Z]{1,3}$"),
]
Row = Annotated[int, Field(ge=1, le=MAX_ROW)]


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _as_scale(value: object) -> object:
    if isinstance(value, (list, tuple)):
        return {str(item): str(item) for item in cast("Sequence[object]", value)}
    return value


ColumnList = Annotated[tuple[Letters, ...], BeforeValidator(_as_list)]
TextList = Annotated[tuple[str, ...], BeforeValidator(_as_list)]


class ColumnLayout(BaseModel):
    """Which columns hold what, by letter; a purpose with one column may be plain text."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    question: ColumnList = Field(min_length=1)
    id: ColumnList = ()
    answer: ColumnList = ()
    choice: ColumnList = ()
    marks: dict[Letters, str] = Field(default_factory=dict)
    comment: ColumnList = ()
    evidence: ColumnList = ()
    ownership: ColumnList = ()
    customer: ColumnList = ()
    section: ColumnList = ()
    guidance: ColumnList = ()
    mandatory: ColumnList = ()
    limit: ColumnList = ()


class TableLayout(BaseModel):
    """One block: where it starts and ends, its columns, and rows that are not questions.

    ``rows`` is first and last row, both included. ``title`` is its section,
    outermost first. ``section_rows``, ``guidance_rows`` and ``skip_rows`` are
    worked out from the sheet where they are None. ``below`` says for a purpose in
    which column, and how many rows below its question, its cell stands. ``default`` holds values that
    mean "not answered". ``scale`` says what a code stands for (``5``: ``fully``).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    header_rows: tuple[Row, ...] = ()
    rows: tuple[Row, Row]
    columns: ColumnLayout
    title: TextList = ()
    default: TextList = ()
    scale: Annotated[dict[str, str], BeforeValidator(_as_scale)] = Field(default_factory=dict)
    section_rows: tuple[Row, ...] | None = None
    guidance_rows: tuple[Row, ...] | None = None
    skip_rows: tuple[Row, ...] | None = None
    below: dict[SlotPurpose, tuple[Letters, Row]] = Field(default_factory=dict[SlotPurpose, tuple[str, int]])


class SheetLayout(BaseModel):
    """The tables of one sheet, top to bottom."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    tables: tuple[TableLayout, ...] = Field(min_length=1)


class FileLayout(BaseModel):
    """A whole file: sheets with questions, names of those to leave alone, and of the buyer's own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1] = 1
    sheets: tuple[SheetLayout, ...] = Field(min_length=1)
    skip: tuple[str, ...] = ()
    buyer: tuple[str, ...] = ()


def parse_mapping(mapping: Mapping[str, object], *, file: str) -> FileLayout:
    """Read a saved or hand-written mapping.

    Raises:
        InvalidMapping: An unknown key, a missing one, or a value of the wrong kind.
    """
    try:
        return FileLayout.model_validate(_jsonable(mapping))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the mapping"
        what = f"does not fit: {where}: found {first['input']!r:.80}, {first['msg']}"
        step = "look at the mapping that was detected, and correct that"
        raise _misfit(file, what, NextStep(step, Action.INSPECT, file=file)) from error


def _jsonable(value: object) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _jsonable(item) for key, item in cast("Mapping[object, object]", value).items()}
    return value


def dump_layout(layout: FileLayout) -> dict[str, object]:
    """The layout as plain JSON values; empty purposes left out, single columns as text."""
    sheets = [
        {"name": sheet.name, "tables": [_dump_table(table) for table in sheet.tables]}
        for sheet in layout.sheets
    ]
    dumped: dict[str, object] = {"version": 1, "sheets": sheets, "skip": list(layout.skip)}
    return dumped | ({"buyer": list(layout.buyer)} if layout.buyer else {})


def _dump_table(table: TableLayout) -> dict[str, object]:
    columns: dict[str, object] = {}
    for name, value in table.columns.model_dump().items():
        if value:
            columns[name] = value if isinstance(value, dict) else value[0] if len(value) == 1 else list(value)
    dumped: dict[str, object] = {
        "header_rows": list(table.header_rows),
        "rows": list(table.rows),
        "columns": columns,
    }
    if table.scale:
        dumped["scale"] = dict(table.scale)
    if table.below:
        dumped["below"] = {str(purpose): list(place) for purpose, place in table.below.items()}
    dumped |= {name: list(value) for name in ("title", "default") if (value := getattr(table, name))}
    rows = {name: getattr(table, name) for name in ("section_rows", "guidance_rows", "skip_rows")}
    return dumped | {name: list(value) for name, value in rows.items() if value is not None}


def check_fit(layout: FileLayout, grids: Mapping[str, Grid], *, file: str) -> None:
    """Refuse a layout that names what the file does not have.

    Raises:
        InvalidMapping: Names the sheet, row or column that does not fit.
    """
    for sheet in layout.sheets:
        grid = grids.get(sheet.name)
        if grid is None:
            what = f"names sheet {sheet.name!r}: the file has {', '.join(map(repr, grids))}"
            raise _misfit(file, what, NextStep("correct the sheet's name", Action.INSPECT, file=file))
        for table in sheet.tables:
            _check_table(table, grid, file=file)


def _check_table(table: TableLayout, grid: Grid, *, file: str) -> None:
    first, last = table.rows
    if first > last or first > grid.last_row:
        what = f"takes rows {first} to {last} of sheet {grid.name!r}: its last row is {grid.last_row}"
        raise _misfit(file, what, "give rows as [first, last], both within the sheet")
    columns = table.columns
    takers = (columns.answer, columns.choice, columns.comment, tuple(columns.marks), tuple(table.below))
    if not any(takers):
        hint = "add one of: answer, choice, marks, comment, with the letter of its column"
        raise _misfit(file, f"gives sheet {grid.name!r} no column for answers", hint)
    for letters in columns.question:
        if column_number(letters) > grid.last_column:
            what = f"reads questions of sheet {grid.name!r} from column {letters}"
            what += f": its last column is {column_letters(grid.last_column)}"
            raise _misfit(file, what, "give the letter of the column that holds the question text")
    seen: dict[str, str] = {}
    for name, value in columns.model_dump().items():
        for letters in value:
            if letters in seen:
                what = f"column {letters} of sheet {grid.name!r} both as {seen[letters]} and as {name}"
                raise _misfit(file, f"uses {what}", "give each column one purpose")
            seen[letters] = name


def _misfit(file: str, what: str, hint: str) -> InvalidMapping:
    return InvalidMapping(f"the mapping for {file!r} {what}", hint=hint)
