"""Workbooks: each visible sheet is a heading and a table; hidden sheets, rows and columns are left out."""

# python-calamine's cell values are a union that pyright cannot follow through map().
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
import re
import zipfile
from datetime import date, datetime, time, timedelta
from io import BytesIO

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from bidproof.core.errors import UnreadableFile
from bidproof.documents.builder import TextBuilder
from bidproof.documents.protocol import Reading, SourceFile
from bidproof.documents.readers.grid import add_grid
from bidproof.documents.readers.office import read_properties
from bidproof.documents.titles import first_meaningful

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_MAX_CELLS = 5_000_000
_PLAIN_NAME = re.compile(r"^(sheet|tabelle|feuil|hoja) ?\d*$", re.IGNORECASE)


class WorkbookReader:
    """Reads ``.xlsx`` and ``.xlsm``; formulas give their stored result."""

    def read(self, file: SourceFile) -> Reading:
        """Read a workbook.

        Raises:
            UnreadableFile: ``corrupt-file``, or ``too-large`` above five million cells.
        """
        try:
            workbook = CalamineWorkbook.from_filelike(BytesIO(file.data))
        except (CalamineError, ValueError, OSError) as error:
            raise _damaged(file, error) from error
        hidden = _hidden_lines(file.data)
        builder = TextBuilder()
        for sheet in workbook.sheets_metadata:
            if sheet.visible is not SheetVisibleEnum.Visible or sheet.typ is not SheetTypeEnum.WorkSheet:
                continue
            try:
                rows = workbook.get_sheet_by_name(sheet.name)
                _check_size(file, rows.total_height * rows.total_width)
                cells = [[_show(value) for value in row] for row in rows.to_python(skip_empty_area=False)]
            except CalamineError as error:
                raise _damaged(file, error) from error
            _add_sheet(builder, sheet.name, _visible(cells, hidden.get(sheet.name, (set(), set()))))
        properties = read_properties(file)
        return Reading(
            title=first_meaningful(properties.title),
            text=builder.text,
            blocks=builder.blocks,
            written=properties.written,
        )


def _add_sheet(builder: TextBuilder, name: str, rows: list[list[str]]) -> None:
    if not any(any(row) for row in rows):
        return
    if not _PLAIN_NAME.match(name):
        builder.heading(name, level=1)
    add_grid(builder, rows)


def _check_size(file: SourceFile, cells: int) -> None:
    if cells > _MAX_CELLS:
        raise UnreadableFile(
            f"cannot read {file.name!r}: found a sheet of {cells} cells, expected at most {_MAX_CELLS}",
            hint="delete the unused rows and columns, or split the file",
            code="too-large",
        )


def _show(value: object) -> str:
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(round(value, 10))
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
        case _:
            return str(value)


def _visible(rows: list[list[str]], hidden: tuple[set[int], set[int]]) -> list[list[str]]:
    hidden_rows, hidden_columns = hidden
    return [
        [cell for column, cell in enumerate(row, start=1) if column not in hidden_columns]
        for number, row in enumerate(rows, start=1)
        if number not in hidden_rows
    ]


def _hidden_lines(data: bytes) -> dict[str, tuple[set[int], set[int]]]:
    """Hidden row and column numbers, from 1, by sheet name."""
    found: dict[str, tuple[set[int], set[int]]] = {}
    with zipfile.ZipFile(BytesIO(data)) as archive:
        names = set(archive.namelist())
        if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
            return found
        try:
            relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
            targets = {item.get("Id"): item.get("Target", "") for item in relations}
            book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
            for sheet in book.iter(f"{_MAIN}sheet"):
                target = targets.get(sheet.get(_LINK), "")
                part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
                if part in names:
                    found[sheet.get("name", "")] = _hidden_in(archive.read(part))
        except (ElementTree.ParseError, DefusedXmlException, ValueError):
            return found
    return found


def _hidden_in(raw: bytes) -> tuple[set[int], set[int]]:
    if b"hidden=" not in raw:
        return set(), set()
    root = ElementTree.fromstring(raw)
    rows = {int(row.get("r", "0")) for row in root.iter(f"{_MAIN}row") if row.get("hidden") in ("1", "true")}
    columns: set[int] = set()
    for column in root.iter(f"{_MAIN}col"):
        if column.get("hidden") in ("1", "true"):
            first, last = int(column.get("min", "0")), int(column.get("max", "0"))
            columns.update(range(first, min(last, 16_384) + 1))
    return rows, columns


def _damaged(file: SourceFile, error: Exception) -> UnreadableFile:
    return UnreadableFile(
        f"cannot read {file.name!r}: found a damaged workbook ({error}), expected a whole one",
        hint="open it in Excel and save it again",
        code="corrupt-file",
    )
