"""Tables of any format as rows of named values, each with the number that a person sees beside it."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# Cells of a data frame have no type.

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

from bidproof.core.errors import UnreadableFile
from bidproof.core.files import read_given
from bidproof.core.jsonable import parse_json
from bidproof.core.next_steps import NextStep
from bidproof.evaluation.gold.roles import role_of
from bidproof.formats.csv.cells import unguard_cell
from bidproof.formats.csv.text import read_csv
from bidproof.formats.guarded.guard import Limits, run_guarded

_LIMITS = Limits(cpu_s=60, wall_s=180.0, memory_mb=4096, file_mb=1)
_HEADER_SEARCH_ROWS = 20
_HEADER_WORDS = 6
_FORMATS = ".csv, .tsv, .xlsx, .xlsm, .parquet, .jsonl or .json"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowProblem:
    """Something wrong with one row; ``row`` is how a person finds it: ``row 12``, ``line 3``."""

    row: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """One row; values are text, numbers, booleans, lists or mappings, None where there is nothing."""

    row: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldTable:
    """A table as read; ``columns`` in file order, ``problems`` name rows that could not be read."""

    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]
    problems: tuple[RowProblem, ...] = ()


def read_table(path: Path) -> GoldTable:
    """Read a table of cases.

    CSV encoding and delimiter are sniffed. A workbook's rows come from the
    sheet with the most of them; its first row with two or more filled cells is
    the header. Workbooks and Parquet files are read in a guarded child process.

    Raises:
        UnreadableFile: Missing, empty, of another format (``unsupported-type``) or damaged.
    """
    if not path.is_file():
        raise UnreadableFile(
            f"cannot read {str(path)!r}: found no such file, expected {_FORMATS}",
            hint="check the path",
            code="no-such-file",
        )
    kind = path.suffix.lower()
    if kind in (".csv", ".tsv", ".txt"):
        table = _from_csv(path)
    elif kind in (".jsonl", ".ndjson", ".json"):
        table = _from_json(path)
    elif kind in (".xlsx", ".xlsm", ".xls", ".ods", ".parquet", ".pq"):
        raw = run_guarded(_frame_json, str(path.absolute()), limits=_LIMITS, label=path.name)
        table = _from_frame(raw)
    else:
        raise UnreadableFile(
            f"cannot read {path.name!r}: found {kind or 'no ending'}, expected {_FORMATS}",
            hint=NextStep(
                "save it as CSV; a questionnaire that was filled in has to be called one",
                options=("questionnaire",),
            ),
            code="unsupported-type",
        )
    if not table.rows and not table.problems:
        raise UnreadableFile(
            f"cannot read {path.name!r}: found no rows, expected a header and cases",
            hint="the first row names the columns",
            code="empty-file",
        )
    return table


def _from_csv(path: Path) -> GoldTable:
    rows = [[unguard_cell(field.value) for field in row] for row in read_csv(path).rows]
    numbered = [
        (number, row) for number, row in enumerate(rows, start=1) if any(cell.strip() for cell in row)
    ]
    return _with_header(numbered)


def _with_header(numbered: Sequence[tuple[int, Sequence[object]]]) -> GoldTable:
    """Take as header an early row that names a question column, else the first with two filled cells."""
    if not numbered:
        return GoldTable(columns=(), rows=())
    early = numbered[:_HEADER_SEARCH_ROWS]
    wide = [place for place, (_, row) in enumerate(early) if sum(map(_is_filled, row)) > 1]
    naming = [place for place in wide if any(map(_names_question, early[place][1]))]
    at = (naming or wide or [0])[0]
    columns = _column_names(numbered[at][1])
    found: list[TableRow] = []
    problems: list[RowProblem] = []
    for number, row in numbered[at + 1 :]:
        surplus = [cell for cell in row[len(columns) :] if _is_filled(cell)]
        if surplus:
            problems.append(
                RowProblem(row=f"row {number}", problem=f"found {len(row)} cells, expected {len(columns)}")
            )
            continue
        values = {name: cell for name, cell in zip(columns, row, strict=False) if name and _is_filled(cell)}
        found.append(TableRow(row=f"row {number}", values=values))
    return GoldTable(columns=tuple(filter(None, columns)), rows=tuple(found), problems=tuple(problems))


def _column_names(header: Sequence[object]) -> list[str]:
    """Names as written, without line ends, a second of the same name numbered."""
    names: list[str] = []
    for cell in header:
        name = " ".join(str(cell).split()) if _is_filled(cell) else ""
        count = 2
        unique = name
        while name and unique in names:
            unique, count = f"{name} {count}", count + 1
        names.append(unique)
    return names


def _names_question(cell: object) -> bool:
    match = role_of(str(cell)) if _is_filled(cell) and len(str(cell).split()) <= _HEADER_WORDS else None
    return match is not None and match.role == "question"


def _is_filled(cell: object) -> bool:
    return cell is not None and bool(str(cell).strip())


def _from_json(path: Path) -> GoldTable:
    try:
        text = read_given(path).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(
            f"cannot read {path.name!r}: {error}", hint="save it as UTF-8", code="corrupt-file"
        ) from error
    if path.suffix.lower() == ".json":
        values = _whole_json(text, name=path.name)
        found = [(f"item {place}", json.dumps(value)) for place, value in enumerate(values, start=1)]
    else:
        lines = enumerate(text.split("\n"), start=1)
        found = [(f"line {number}", line) for number, line in lines if line.strip()]
    rows: list[TableRow] = []
    problems: list[RowProblem] = []
    for where, line in found:
        try:
            value: object = parse_json(line)
        except ValueError as error:
            problems.append(RowProblem(row=where, problem=f"broken JSON: {error}"))
            continue
        if not isinstance(value, dict):
            problems.append(
                RowProblem(row=where, problem=f"found {type(value).__name__}, expected a JSON object")
            )
            continue
        rows.append(TableRow(row=where, values=cast("dict[str, object]", value)))
    columns = dict.fromkeys(name for row in rows for name in row.values)
    return GoldTable(columns=tuple(columns), rows=tuple(rows), problems=tuple(problems))


def _whole_json(text: str, *, name: str) -> list[object]:
    """The list of a JSON file: itself, or the longest list one level down."""
    try:
        value: object = parse_json(text)
    except ValueError as error:
        raise UnreadableFile(
            f"cannot read {name!r}: broken JSON: {error}",
            hint="write one JSON object a line and name the file .jsonl",
            code="corrupt-file",
        ) from error
    if isinstance(value, dict):
        inner = [item for item in cast("dict[str, object]", value).values() if isinstance(item, list)]
        value = max(cast("list[list[object]]", inner), key=len, default=[value])
    return cast("list[object]", value) if isinstance(value, list) else [value]


def _frame_json(path: str) -> str:
    """Read a workbook or Parquet file with pandas into JSON text; runs in a guarded child."""
    import pandas as pd

    file = Path(path)
    try:
        if file.suffix.lower() in (".parquet", ".pq"):
            frame = pd.read_parquet(file)
            names = [str(name) for name in frame.columns]
            rows = [
                {"row": f"row {number}", "values": dict(zip(names, map(_plain, record), strict=True))}
                for number, record in enumerate(frame.itertuples(index=False, name=None), start=1)
            ]
            return json.dumps({"columns": names, "rows": rows})
        sheets = pd.read_excel(
            file, sheet_name=None, header=None, dtype=object, na_filter=False, engine="calamine"
        )
    except Exception as error:
        # The edge of the child process: pandas and its engines raise whatever their parsers do.
        raise UnreadableFile(
            f"cannot read {file.name!r}: found {type(error).__name__}: {error}, expected a table",
            hint="open it in the program that wrote it and save it again, or save it as CSV",
            code="corrupt-file",
        ) from error
    grids = [
        [
            (number, [_plain(cell) for cell in record])
            for number, record in enumerate(frame.itertuples(index=False, name=None), start=1)
        ]
        for frame in sheets.values()
    ]
    filled = [[item for item in grid if any(map(_is_filled, item[1]))] for grid in grids]
    return json.dumps({"grid": max(filled, key=len, default=[])})


def _from_frame(raw: str) -> GoldTable:
    value = cast("dict[str, Any]", json.loads(raw))
    if "grid" in value:
        return _with_header([(number, _trimmed(row)) for number, row in value["grid"]])
    rows = tuple(
        TableRow(row=item["row"], values={k: v for k, v in item["values"].items() if v not in (None, "")})
        for item in value["rows"]
    )
    return GoldTable(columns=tuple(value["columns"]), rows=rows)


def _trimmed(row: list[object]) -> list[object]:
    while row and not _is_filled(row[-1]):
        row = row[:-1]
    return row


def _plain(cell: Any) -> object:
    """A cell as a JSON value: arrays as lists, dates as text, whole floats as integers, gaps as None."""
    if hasattr(cell, "tolist"):
        cell = cell.tolist()
    if cell is None or (isinstance(cell, float) and cell != cell):
        return None
    if isinstance(cell, dict):
        return {str(key): _plain(item) for key, item in cast("dict[object, Any]", cell).items()}
    if isinstance(cell, (list, tuple)):
        return [_plain(item) for item in cast("list[Any]", cell)]
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    if isinstance(cell, (bool, int, float, str)):
        return cell
    if isinstance(cell, (date, datetime)):
        return cell.isoformat()
    return None if type(cell).__name__ in ("NAType", "NaTType") else str(cell)


def column_values(table: GoldTable, column: str) -> Iterator[object]:
    """The filled values of one column, in order."""
    for row in table.rows:
        value = row.values.get(column)
        if value not in (None, "", []):
            yield value
