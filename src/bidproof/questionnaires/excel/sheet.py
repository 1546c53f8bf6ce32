"""Scan one worksheet part: cells with their byte positions, merges, dropdowns, what is hidden."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bidproof.core.errors import UnreadableFile
from bidproof.formats.excel.addresses import MAX_COLUMN, MAX_ROW, Area, Place, parse_area, parse_reference
from bidproof.formats.excel.workbook import decimal
from bidproof.formats.xml import walk_xml

MAX_CELLS = 2_000_000
DEFAULT_WIDTH = 9.14
"""Of a column that states none, in digits."""
DEFAULT_HEIGHT = 15.0
"""Of a row that states none, in points."""


@dataclass(slots=True, kw_only=True)
class SheetCell:
    """A ``<c>`` element: its bytes ``[start, end)`` in the part, and what it holds."""

    start: int
    end: int = 0
    style: int = 0
    kind: str = "n"
    raw: str = ""
    has_formula: bool = False


@dataclass(slots=True, kw_only=True)
class SheetRow:
    """A ``<row>`` element: its bytes ``[start, end)`` in the part, and its height in points.

    ``height`` is None where the program that shows the sheet fits the row to its content.
    """

    start: int
    end: int = 0
    height: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """A dropdown: where it applies and its list as the file writes it (inline, range or name)."""

    areas: tuple[Area, ...]
    source: str


@dataclass(slots=True, kw_only=True)
class SheetScan:
    """A worksheet as it stands in its part.

    ``cells`` holds every ``<c>``, blank ones included, in document order.
    ``data_start`` and ``data_end`` bound the ``<sheetData>`` element in bytes. ``widths``
    are in digits of the workbook's base font, for columns that state one.
    ``fixed_height`` is that of rows without one of their own, where these do not fit
    themselves to their content.
    """

    cells: dict[Place, SheetCell] = field(default_factory=dict[Place, SheetCell])
    rows: dict[int, SheetRow] = field(default_factory=dict[int, SheetRow])
    data_start: int = -1
    data_end: int = -1
    merges: list[Area] = field(default_factory=list[Area])
    validations: list[Validation] = field(default_factory=list[Validation])
    hidden_rows: set[int] = field(default_factory=set[int])
    hidden_columns: set[int] = field(default_factory=set[int])
    column_styles: dict[int, int] = field(default_factory=dict[int, int])
    widths: dict[int, float] = field(default_factory=dict[int, float])
    default_width: float = DEFAULT_WIDTH
    default_height: float = DEFAULT_HEIGHT
    fixed_height: float | None = None
    is_protected: bool = False
    may_size_rows: bool = True


def scan_sheet(content: bytes, *, file: str, part: str) -> SheetScan:
    """Read a worksheet part in one pass.

    Raises:
        UnreadableFile: Not well-formed, hostile, or over two million cells.
    """
    listener = _SheetListener(file)
    walk_xml(content, listener, file=file, part=part)
    return listener.scan


class _SheetListener:
    def __init__(self, file: str) -> None:
        self.scan = SheetScan()
        self._file = file
        self._row = 0
        self._column = 0
        self._cell: SheetCell | None = None
        self._collects = False
        self._is_phonetic = False
        self._texts: list[str] = []
        self._validation: dict[str, str] | None = None

    def start(self, name: str, attributes: Mapping[str, str], position: int) -> None:
        if self._cell is not None:
            self._start_in_cell(name)
        elif self._validation is not None:
            self._collects = name in ("formula1", "f", "sqref")
            self._texts = [] if name in ("f", "sqref") or name == "formula1" else self._texts
        elif name == "c":
            self._start_cell(attributes, position)
        elif name == "row":
            self._start_row(attributes, position)
        elif name == "dataValidation":
            self._validation = dict(attributes)
        else:
            self._start_other(name, attributes, position)

    def _start_in_cell(self, name: str) -> None:
        if name == "f" and self._cell is not None:
            self._cell.has_formula = True
        elif name == "rPh":
            self._is_phonetic = True
        self._collects = name in ("v", "t") and not self._is_phonetic

    def _start_row(self, attributes: Mapping[str, str], position: int) -> None:
        number = attributes.get("r", "")
        self._row = int(number) if number.isdigit() else self._row + 1
        self._column = 0
        if self._row > MAX_ROW:
            self._row = MAX_ROW
        height = decimal(attributes.get("ht", ""))
        self.scan.rows[self._row] = SheetRow(start=position, height=height)
        if attributes.get("hidden") in ("1", "true"):
            self.scan.hidden_rows.add(self._row)

    def _start_cell(self, attributes: Mapping[str, str], position: int) -> None:
        place = parse_reference(attributes.get("r", ""))
        self._column = place.column if place else min(self._column + 1, MAX_COLUMN)
        style = attributes.get("s", "")
        self._cell = SheetCell(
            start=position, style=int(style) if style.isdigit() else 0, kind=attributes.get("t", "n")
        )
        self._texts = []
        if len(self.scan.cells) >= MAX_CELLS:
            raise UnreadableFile(
                f"cannot read {self._file!r}: a sheet has over {MAX_CELLS:,} cells, expected a questionnaire",
                hint="delete the rows and columns that hold no questions, then save",
            )
        self.scan.cells[Place(place.row if place else self._row, self._column)] = self._cell

    def _start_other(self, name: str, attributes: Mapping[str, str], position: int) -> None:
        if name == "sheetData":
            self.scan.data_start = position
        elif name == "mergeCell":
            area = parse_area(attributes.get("ref", ""))
            if area and (area.top, area.left) != (area.bottom, area.right):
                self.scan.merges.append(area)
        elif name == "col":
            self._read_columns(attributes)
        elif name == "sheetProtection":
            self.scan.is_protected = attributes.get("sheet") in ("1", "true")
            allows = attributes.get("formatRows") in ("0", "false")
            self.scan.may_size_rows = allows or not self.scan.is_protected
        elif name == "sheetFormatPr":
            self._read_defaults(attributes)

    def _read_defaults(self, attributes: Mapping[str, str]) -> None:
        scan = self.scan
        scan.default_width = decimal(attributes.get("defaultColWidth", "")) or DEFAULT_WIDTH
        scan.default_height = decimal(attributes.get("defaultRowHeight", "")) or DEFAULT_HEIGHT
        if attributes.get("customHeight") in ("1", "true"):
            scan.fixed_height = scan.default_height

    def _read_columns(self, attributes: Mapping[str, str]) -> None:
        first, last = attributes.get("min", ""), attributes.get("max", "")
        if not (first.isdigit() and last.isdigit()):
            return
        columns = range(int(first), min(int(last), MAX_COLUMN) + 1)
        if attributes.get("hidden") in ("1", "true"):
            self.scan.hidden_columns.update(columns)
        width = decimal(attributes.get("width", ""))
        if width is not None:
            self.scan.widths.update(dict.fromkeys(columns, width))
        style = attributes.get("style", "")
        if style.isdigit():
            self.scan.column_styles.update(dict.fromkeys(columns, int(style)))

    def end(self, name: str, position: int) -> None:
        if name == "c" and self._cell is not None:
            self._cell.end = position
            self._cell.raw = "".join(self._texts)
            self._cell = None
            self._collects = False
        elif name == "rPh":
            self._is_phonetic = False
        elif self._validation is not None:
            self._end_in_validation(name)
        elif name == "row":
            self.scan.rows[self._row].end = position
        elif name == "sheetData":
            self.scan.data_end = position
        if name in ("v", "t"):
            self._collects = False

    def _end_in_validation(self, name: str) -> None:
        found = self._validation
        if found is None:
            return
        if name in ("formula1", "sqref"):
            text = "".join(self._texts).strip()
            found[name] = text or found.get(name, "")
            self._collects = False
        elif name == "dataValidation":
            areas = [parse_area(reference) for reference in found.get("sqref", "").split()]
            if found.get("type") == "list" and found.get("formula1"):
                known = tuple(area for area in areas if area is not None)
                self.scan.validations.append(Validation(areas=known, source=found["formula1"]))
            self._validation = None
            self._texts = []

    def text(self, text: str) -> None:
        if self._collects:
            self._texts.append(text)
