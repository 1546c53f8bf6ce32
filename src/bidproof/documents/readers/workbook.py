"""Workbooks: each visible sheet is a heading and a table; hidden sheets, rows and columns are left out."""

# python-calamine's cell values are a union that pyright cannot follow through map().
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
import re
from datetime import date, datetime, time, timedelta
from io import BytesIO

from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from bidproof.core.errors import UnreadableFile
from bidproof.documents.builder import TextBuilder
from bidproof.documents.protocol import Reading, SourceFile
from bidproof.documents.readers.grid import add_grid
from bidproof.documents.readers.office import read_properties
from bidproof.documents.titles import first_meaningful
from bidproof.formats.excel.workbook import number_text, read_sheets
from bidproof.formats.zip.package import package_of

_MAX_CELLS = 5_000_000
_MAX_COLUMN = 16_384
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
        package = package_of(file.name, file.data)
        parts = {sheet.name: sheet.part for sheet in read_sheets(package)}
        builder = TextBuilder(file.settings)
        for sheet in workbook.sheets_metadata:
            if sheet.visible is not SheetVisibleEnum.Visible or sheet.typ is not SheetTypeEnum.WorkSheet:
                continue
            try:
                rows = workbook.get_sheet_by_name(sheet.name)
                _check_size(file, rows.total_height * rows.total_width)
                cells = [[_show(value) for value in row] for row in rows.to_python(skip_empty_area=False)]
                hidden = _hidden_lines(package.read(parts[sheet.name]))
            except (CalamineError, etree.XMLSyntaxError, ValueError) as error:
                raise _damaged(file, error) from error
            _add_sheet(builder, sheet.name, _visible(cells, hidden))
        properties = read_properties(file)
        return builder.reading(
            title=first_meaningful(properties.title),
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
            return number_text(value)
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


def _hidden_lines(raw: bytes) -> tuple[set[int], set[int]]:
    """Hidden row and column numbers of a sheet's part, from 1."""
    rows: set[int] = set()
    columns: set[int] = set()
    if b"hidden=" not in raw:
        return rows, columns
    number = 0
    lines = etree.iterparse(BytesIO(raw), tag=("{*}row", "{*}col"), resolve_entities=False, no_network=True)
    for _, line in lines:
        is_hidden = line.get("hidden") in ("1", "true")
        if line.tag.endswith("row"):
            number = int(line.get("r") or number + 1)
            rows |= {number} if is_hidden else set()
        elif is_hidden:
            first, last = int(line.get("min") or 0), int(line.get("max") or 0)
            columns.update(range(first, min(last, _MAX_COLUMN) + 1))
        line.clear()
    return rows, columns


def _damaged(file: SourceFile, error: Exception) -> UnreadableFile:
    return UnreadableFile(
        f"cannot read {file.name!r}: found a damaged workbook ({error}), expected a whole one",
        hint="open it in Excel and save it again",
        code="corrupt-file",
    )
