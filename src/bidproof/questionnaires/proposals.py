"""A layout that a model proposes for a file: what it is shown of the sheets, and how what it says is weighed.

The model's word is one vote against evidence. A proposal for a sheet is taken only where it loses no
cell with a dropdown and no asking question that was read, and explains at least as many cells.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from json import dumps
from pathlib import Path
from typing import Any

from bidproof.formats.csv.text import read_csv
from bidproof.formats.excel.workbook import read_workbook
from bidproof.formats.guarded.guard import run_guarded
from bidproof.formats.zip.package import open_package
from bidproof.questionnaires.csv.reader import csv_grid
from bidproof.questionnaires.excel.grids import read_grids
from bidproof.questionnaires.read import LIMITS
from bidproof.questionnaires.sheets.grid import Grid, column_letters, column_number
from bidproof.questionnaires.sheets.mapping import (
    FileLayout,
    SheetLayout,
    TableLayout,
    dump_layout,
    parse_mapping,
)
from bidproof.questionnaires.sheets.weighing import judge_absence, judge_sheet, unexplained_cells

_ROLES = (
    "question", "id", "answer", "choice", "mark", "comment", "evidence", "ownership", "customer", "section",
    "guidance", "mandatory", "limit",
)  # fmt: skip
_MAX_SHEETS = 20
_MAX_BLOCKS = 30
_MAX_COLUMNS = 20
_MAX_CELL_CHARS = 70
_MAX_CHARS = 24_000


def _object(**properties: object) -> dict[str, object]:
    names = list(properties)
    return {"type": "object", "properties": properties, "required": names, "additionalProperties": False}


def _several(items: object, most: int) -> dict[str, object]:
    return {"type": "array", "maxItems": most, "items": items}


_NUMBER, _TEXT = {"type": "integer", "minimum": 0}, {"type": "string"}
_COLUMN = _object(column=_TEXT, role={"type": "string", "enum": list(_ROLES)}, option=_TEXT)
_BLOCK = _object(
    header_rows=_several(_NUMBER, 3),
    first_row=_NUMBER,
    last_row=_NUMBER,
    columns=_several(_COLUMN, 2 * _MAX_COLUMNS),
)
SCHEMA: Mapping[str, object] = _object(
    sheets=_several(_object(name=_TEXT, blocks=_several(_BLOCK, _MAX_BLOCKS)), _MAX_SHEETS),
    leave_alone=_several(_TEXT, 100),
)
"""What a model replies with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetShown:
    """A visible sheet as a model sees it: its first rows as text, down to ``last_row``."""

    name: str
    text: str
    last_row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What a model is shown of a file, and how many cells its layout leaves unexplained."""

    sheets: tuple[SheetShown, ...]
    unexplained: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A proposal held against the evidence.

    ``layout`` is the mapping with what was taken of it; None where nothing was.
    ``verdicts`` says in a line a sheet what was taken and what was refused, and why.
    """

    layout: Mapping[str, object] | None
    verdicts: tuple[str, ...]


def survey_sheets(path: Path, *, layout: Mapping[str, object] | None) -> Survey:
    """Look at a workbook or CSV under its layout, in a guarded child process.

    Args:
        path: An .xlsx, .xlsm, .csv or .tsv file.
        layout: As detected; None where none could be.

    Raises:
        UnreadableFile: It cannot be read safely.
    """
    return run_guarded(_survey, (str(path), layout), limits=LIMITS, label=path.name)


def weigh_proposal(
    path: Path, *, proposal: Mapping[str, Any], layout: Mapping[str, object] | None
) -> Weighed:
    """Hold a reply that fits :data:`SCHEMA` against the evidence, sheet by sheet, in a guarded child process.

    Raises:
        UnreadableFile: The file cannot be read safely.
    """
    return run_guarded(_weigh, (str(path), proposal, layout), limits=LIMITS, label=path.name)


def _grids(path: Path) -> tuple[Grid, ...]:
    if path.read_bytes()[:2] == b"PK":
        package = open_package(path)
        return read_grids(package, read_workbook(package))
    return (csv_grid(read_csv(path), name=path.stem),)


def _detected(layout: Mapping[str, object] | None, file: str) -> FileLayout | None:
    return None if layout is None else parse_mapping(layout, file=file)


def _survey(job: tuple[str, Mapping[str, object] | None]) -> Survey:
    path = Path(job[0])
    grids = _grids(path)
    layout = _detected(job[1], path.name)
    unexplained = sum(unexplained_cells(grid, _sheet_of(layout, grid.name)) for grid in grids)
    return Survey(sheets=_shown(grids, layout), unexplained=unexplained)


def _sheet_of(layout: FileLayout | None, name: str) -> SheetLayout | None:
    return next((sheet for sheet in layout.sheets if sheet.name == name), None) if layout else None


def _shown(grids: Sequence[Grid], layout: FileLayout | None) -> tuple[SheetShown, ...]:
    visible = [grid for grid in grids if not grid.is_hidden and grid.last_row][:_MAX_SHEETS]
    room = _MAX_CHARS // max(1, len(visible))
    return tuple(_show(grid, _sheet_of(layout, grid.name), room=room) for grid in visible)


def _show(grid: Grid, sheet: SheetLayout | None, *, room: int) -> SheetShown:
    lines = [
        f"name: {grid.name}",
        f"last row {grid.last_row}, last column {column_letters(grid.last_column)}",
    ]
    if sheet is not None:
        detected = dump_layout(FileLayout(sheets=(sheet,)))["sheets"]
        lines.append(f"detected: {dumps(detected, ensure_ascii=False)}"[: room // 3])
    lines += [
        f"dropdown in column {column_letters(area.left)}, rows {area.top} to {area.bottom}: "
        + " | ".join(option[:_MAX_CELL_CHARS] for option in item.options[:8])
        for item in grid.lists[:12]
        for area in item.areas[:1]
    ]
    used, last = sum(map(len, lines)), 0
    for row in grid.rows():
        line = f"{row}: " + " | ".join(
            f"{column_letters(column)}={' '.join(text.split())[:_MAX_CELL_CHARS]}"
            for column, text in list(grid.row_cells(row).items())[:_MAX_COLUMNS]
        )
        used += len(line)
        if used > room and last:
            break
        lines.append(line)
        last = row
    return SheetShown(name=grid.name, text="\n".join(lines), last_row=last)


def _weigh(job: tuple[str, Mapping[str, Any], Mapping[str, object] | None]) -> Weighed:
    path, proposal = Path(job[0]), job[1]
    grids = _grids(path)
    layout = _detected(job[2], path.name)
    shown = {item.name: item.last_row for item in _shown(grids, layout)}
    blocks = {str(sheet["name"]): sheet["blocks"] for sheet in proposal["sheets"] if sheet["blocks"]}
    sheets = {sheet.name: sheet for sheet in layout.sheets} if layout else {}
    verdicts: list[str] = []
    taken = 0
    for grid in (grid for grid in grids if grid.name in shown):
        detected = sheets.get(grid.name)
        if grid.name in blocks:
            tables = _tables_of(blocks[grid.name], grid, detected, last_shown=shown[grid.name])
            judged = judge_sheet(grid, detected, tables)
        elif detected is not None and grid.name in proposal["leave_alone"]:
            judged = judge_absence(grid, detected)
        else:
            continue
        verdicts.append(f"the model's proposal for {grid.name!r} {judged.verdict}")
        taken += judged.is_taken
        if judged.sheet is not None:
            sheets[grid.name] = judged.sheet
        elif judged.is_taken:
            del sheets[grid.name]
    ordered = tuple(sheets[grid.name] for grid in grids if grid.name in sheets)
    if not taken or not ordered:
        return Weighed(layout=None, verdicts=tuple(verdicts))
    left = [grid.name for grid in grids if grid.name not in sheets]
    buyer = tuple(name for name in left if layout is not None and name in layout.buyer)
    skip = tuple(name for name in left if name not in buyer)
    return Weighed(
        layout=dump_layout(FileLayout(sheets=ordered, skip=skip, buyer=buyer)), verdicts=tuple(verdicts)
    )


def _tables_of(
    blocks: Sequence[Mapping[str, Any]], grid: Grid, detected: SheetLayout | None, *, last_shown: int
) -> list[Mapping[str, object]]:
    """Proposed blocks as tables of a mapping, each up to the next; what was not shown stays as detected."""
    later = [table for table in detected.tables if _start(table) > last_shown] if detected else []
    starts = [min((*block["header_rows"], block["first_row"])) for block in blocks]
    ends = [start - 1 for start in (*starts[1:], _start(later[0]) if later else grid.last_row + 1)]
    tables: list[Mapping[str, object]] = [
        {
            "header_rows": block["header_rows"],
            "rows": [block["first_row"], min(block["last_row"] or end, end)],
            "columns": _columns_of(block, grid),
        }
        for block, end in zip(blocks, ends, strict=True)
    ]
    return [*tables, *(table.model_dump(exclude_none=True) for table in later)]


def _columns_of(block: Mapping[str, Any], grid: Grid) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for item in block["columns"]:
        letters, role = str(item["column"]).strip().upper(), item["role"]
        if role != "mark":
            columns.setdefault(role, []).append(letters)
            continue
        header = next((grid.text(row, column_number(letters)) for row in block["header_rows"][-1:]), "")
        columns.setdefault("marks", {})[letters] = item["option"] or header
    return columns


def _start(table: TableLayout) -> int:
    return min((*table.header_rows, table.rows[0]))
