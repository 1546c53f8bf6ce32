"""Workbooks: each visible sheet is a heading and a table, values as displayed; hidden parts are left out."""

# python-calamine's cell values are a union that pyright cannot follow through map().
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from bidproof.core.errors import UnreadableFile
from bidproof.core.records import BlockKind
from bidproof.documents.builder import TextBuilder
from bidproof.documents.notes import link_suffix
from bidproof.documents.protocol import Reading, SourceFile
from bidproof.documents.readers.grid import add_grid
from bidproof.documents.readers.office import read_properties
from bidproof.documents.readers.sheet_parts import SheetParts, read_sheet_parts
from bidproof.documents.titles import first_meaningful
from bidproof.formats.excel.addresses import Area, column_letters
from bidproof.formats.excel.display import show_moment, show_number
from bidproof.formats.excel.far_cells import without_far_cells
from bidproof.formats.excel.workbook import SheetEntry, number_text, read_sheets, read_styles
from bidproof.formats.zip.package import Package, package_of
from bidproof.formats.zip.rewrite import replace_parts

_MAX_CELLS = 5_000_000
_MAX_NAME_CHARS = 80
_UNREAD = (
    ("image", re.compile(r"^xl/media/[^/]+$")),
    ("chart", re.compile(r"^xl/charts/chart\d*\.xml$")),
    ("embedded file", re.compile(r"^xl/embeddings/[^/]+$")),
)
_PLAIN_NAME = re.compile(r"^(sheet|tabelle|feuil|hoja) ?\d*$", re.IGNORECASE)


class WorkbookReader:
    """Reads ``.xlsx`` and ``.xlsm``; formulas give their stored result."""

    def read(self, file: SourceFile) -> Reading:
        """Read a workbook.

        Raises:
            UnreadableFile: ``corrupt-file``, or ``too-large`` above five million cells.
        """
        package = package_of(file.name, file.data)
        sheets = read_sheets(package)
        entries = {sheet.name: sheet.part for sheet in sheets}
        codes = read_styles(package).codes
        builder = TextBuilder(file.settings)
        try:
            workbook = CalamineWorkbook.from_filelike(BytesIO(_near_cells(package, sheets, builder)))
        except (CalamineError, ValueError, OSError) as error:
            raise _damaged(file, error) from error
        for kind, pattern in _UNREAD:
            builder.miss(kind, sum(bool(pattern.search(entry.filename)) for entry in package.entries))
        for sheet in workbook.sheets_metadata:
            if sheet.typ is not SheetTypeEnum.WorkSheet:
                continue
            if sheet.visible is not SheetVisibleEnum.Visible:
                builder.miss("hidden sheet")
                continue
            try:
                rows = workbook.get_sheet_by_name(sheet.name)
                _check_size(file, rows.total_height * rows.total_width)
                values = rows.to_python(skip_empty_area=False)
                parts = read_sheet_parts(package, entries[sheet.name], formats=codes)
            except (CalamineError, etree.XMLSyntaxError, ValueError) as error:
                raise _damaged(file, error) from error
            _add_sheet(builder, sheet.name, _texts(values, parts, codes), parts)
        properties = read_properties(file)
        return builder.reading(
            title=first_meaningful(properties.title),
            written=properties.written,
        )


def _near_cells(package: Package, sheets: Sequence[SheetEntry], builder: TextBuilder) -> bytes:
    """The workbook without stray cells that would make a sheet's grid too large to hold."""
    changed: dict[str, bytes] = {}
    for sheet in sheets:
        content, dropped = without_far_cells(package.read(sheet.part), most=_MAX_CELLS)
        if dropped:
            changed[sheet.part] = content
            builder.warn(f"far from all other cells and not read: {sheet.name}!{dropped[0]}")
    return replace_parts(package, changed, {}) if changed else package.raw


def _texts(values: list[list[Any]], parts: SheetParts, codes: Mapping[int, str]) -> list[list[str]]:
    """A sheet's cells as they are displayed, each merged one in all the rows that it spans."""
    for row, column, number in parts.formatted():
        if row <= len(values) and column < len(values[row - 1]):
            values[row - 1][column] = _displayed(values[row - 1][column], codes[number])
    texts = [[_show(value) for value in row] for row in values]
    for place, target in parts.links:
        if place.row <= len(texts) and place.column <= len(texts[place.row - 1]):
            text = texts[place.row - 1][place.column - 1]
            texts[place.row - 1][place.column - 1] = text + link_suffix(text, target)
    _spread(texts, parts.merges)
    return texts


def _displayed(value: object, code: str) -> object:
    """A value by its number format; itself where the format is not known."""
    shown = None
    if isinstance(value, int | float) and not isinstance(value, bool):
        shown = show_number(value, code)
    elif isinstance(value, date | time | timedelta):
        shown = show_moment(value, code)
    return value if shown is None else shown


def _spread(texts: list[list[str]], merges: Sequence[Area]) -> None:
    """Repeat a merged cell in its rows; over columns only where it stands over names of its columns."""
    for top, left, bottom, right in merges:
        if top > len(texts) or left > len(texts[top - 1]) or not texts[top - 1][left - 1]:
            continue
        text = texts[top - 1][left - 1]
        below = texts[bottom][left - 1 : right] if bottom < len(texts) else []
        is_group = 1 < len(below) == sum(map(bool, below)) and len(text) <= _MAX_NAME_CHARS
        for row in texts[top - 1 : bottom]:
            for column in range(left - 1, min(right if is_group else left, len(row))):
                row[column] = row[column] or text


def _add_sheet(builder: TextBuilder, name: str, texts: list[list[str]], parts: SheetParts) -> None:
    rows: list[list[str]] = []
    places: list[str] = []
    for number, row in enumerate(texts, start=1):
        shown = [place for place in range(1, len(row) + 1) if place not in parts.hidden_columns]
        full = [column_letters(place) for place in shown if row[place - 1]]
        builder.miss("hidden row", int(bool(full) and number in parts.hidden_rows))
        if full and number not in parts.hidden_rows:
            rows.append([row[place - 1] for place in shown])
            last = f":{full[-1]}{number}" if len(full) > 1 else ""
            places.append(f"{name}!{full[0]}{number}{last}")
    filled = {column for row in texts for column, text in enumerate(row, start=1) if text}
    builder.miss("hidden column", len(filled & parts.hidden_columns))
    if not rows:
        return
    if not _PLAIN_NAME.match(name):
        builder.heading(name, level=1)
    add_grid(builder, rows, cells=places)
    for place, comment in parts.comments:
        if place.row not in parts.hidden_rows and place.column not in parts.hidden_columns:
            cell = f"{column_letters(place.column)}{place.row}"
            builder.lines([f"{comment} (cell {cell})"], BlockKind.PARAGRAPH, cells=[f"{name}!{cell}"])


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


def _damaged(file: SourceFile, error: Exception) -> UnreadableFile:
    return UnreadableFile(
        f"cannot read {file.name!r}: found a damaged workbook ({error}), expected a whole one",
        hint="open it in Excel and save it again",
        code="corrupt-file",
    )
