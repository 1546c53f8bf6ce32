"""Turn a workbook package into grids: cached values, dropdowns, merges, what is hidden or open to fill."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bidproof.formats.excel.addresses import parse_area
from bidproof.formats.excel.workbook import SheetEntry, Workbook, number_text
from bidproof.formats.xml import unescape_text
from bidproof.formats.zip.package import Package
from bidproof.questionnaires.excel.sheet import SheetCell, SheetScan, scan_sheet
from bidproof.questionnaires.sheets.grid import Grid, OptionList, Place, check_size

_RANGE = re.compile(
    r"^(?:(?:'((?:[^']|'')+)'|([^'!]+))!)?(\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?|\$?[A-Z]{1,3}:\$?[A-Z]{1,3})$"
)
_MAX_OPTIONS = 500
_PLAIN_FILLS = frozenset({"FFFFFF", "", "theme 0 0"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scanned:
    entry: SheetEntry
    scan: SheetScan
    texts: Mapping[Place, str]


def read_grids(package: Package, workbook: Workbook) -> tuple[Grid, ...]:
    """Read every sheet of a workbook, hidden ones included, in tab order.

    Raises:
        UnreadableFile: A sheet is broken, hostile or too large.
    """
    scanned: dict[str, _Scanned] = {}
    for entry in workbook.sheets:
        content = package.read(entry.part)
        check_size(package.name, rows=content.count(b"/row>") + content.count(b":row>"))
        scan = scan_sheet(content, file=package.name, part=entry.part)
        scanned[entry.name.casefold()] = _Scanned(entry=entry, scan=scan, texts=shown_texts(scan, workbook))
    listed = _listed(scanned, workbook)
    return tuple(_grid(item, scanned, workbook, listed=listed) for item in scanned.values())


def _listed(scanned: Mapping[str, _Scanned], workbook: Workbook) -> dict[str, set[Place]]:
    """The cells that dropdowns take their values from, by their sheet's name in lower case."""
    found: dict[str, set[Place]] = {}
    for item in scanned.values():
        for source in {validation.source for validation in item.scan.validations}:
            held = _source_cells(source, item, scanned, workbook)
            if held is not None:
                found.setdefault(held[0].entry.name.casefold(), set()).update(held[1])
    return found


def shown_texts(scan: SheetScan, workbook: Workbook) -> dict[Place, str]:
    """The cells of a worksheet that hold something, as a reader sees them."""
    return {place: text for place, cell in scan.cells.items() if (text := _cell_text(cell, workbook))}


def _cell_text(cell: SheetCell, workbook: Workbook) -> str:
    raw = cell.raw
    if not raw:
        return ""
    if cell.kind == "s":
        index = int(raw) if raw.strip().isdigit() else -1
        return workbook.strings[index] if 0 <= index < len(workbook.strings) else ""
    if cell.kind == "b":
        return "TRUE" if raw.strip() == "1" else "FALSE"
    if cell.kind == "e":
        return ""
    if cell.kind in ("str", "inlineStr", "d"):
        return unescape_text(raw)
    return _number_text(
        raw.strip(), is_date=cell.style in workbook.styles.dates, uses_1904=workbook.uses_1904
    )


def _number_text(raw: str, *, is_date: bool, uses_1904: bool) -> str:
    try:
        number = float(raw)
    except ValueError:
        return raw
    if not math.isfinite(number):
        return raw
    if is_date and 1 <= number < 2_958_466:
        start = datetime(1904, 1, 1) if uses_1904 else datetime(1899, 12, 30)
        moment = start + timedelta(days=number)
        return moment.date().isoformat() if number == int(number) else moment.isoformat(" ", "minutes")
    return number_text(number)


def _grid(
    item: _Scanned, scanned: Mapping[str, _Scanned], workbook: Workbook, *, listed: Mapping[str, set[Place]]
) -> Grid:
    scan, styles = item.scan, workbook.styles
    unlocked = frozenset(p for p, cell in scan.cells.items() if cell.style in styles.unlocked)
    fills = {
        place: fill
        for place, cell in scan.cells.items()
        if (fill := styles.fills.get(cell.style, "")) not in _PLAIN_FILLS
    }
    lists = [
        OptionList(areas=found.areas, options=options)
        for found in scan.validations
        if (options := _options(found.source, item, scanned, workbook))
    ]
    return Grid(
        name=item.entry.name,
        texts=item.texts,
        is_hidden=item.entry.is_hidden,
        formulas=frozenset(place for place, cell in scan.cells.items() if cell.has_formula),
        merges=tuple(scan.merges),
        lists=tuple(lists),
        hidden_rows=frozenset(scan.hidden_rows),
        hidden_columns=frozenset(scan.hidden_columns),
        unlocked=unlocked if scan.is_protected and unlocked else None,
        fills=fills,
        bold=frozenset(place for place, cell in scan.cells.items() if cell.style in styles.bold),
        widths=scan.widths,
        listed=frozenset(listed.get(item.entry.name.casefold(), ())),
    )


def _options(
    source: str, item: _Scanned, scanned: Mapping[str, _Scanned], workbook: Workbook
) -> tuple[str, ...]:
    """A dropdown's values: written inline, in a range of cells, or behind a name."""
    source = source.strip().removeprefix("=")
    if source.startswith('"'):
        inner = source.strip('"').replace('""', '"')
        return tuple(option.strip() for option in inner.split(",")[:_MAX_OPTIONS] if option.strip())
    held = _source_cells(source, item, scanned, workbook)
    if held is None:
        return ()
    holder, inside = held
    values = (holder.texts[place].strip() for place in inside)
    return tuple(dict.fromkeys(value for value in values if value))


def _source_cells(
    source: str, item: _Scanned, scanned: Mapping[str, _Scanned], workbook: Workbook, depth: int = 0
) -> tuple[_Scanned, list[Place]] | None:
    """The sheet and cells behind a range or a name; None for values written inline."""
    source = source.strip().removeprefix("=")
    match = _RANGE.match(source)
    if match:
        sheet = (match.group(1) or match.group(2) or item.entry.name).replace("''", "'")
        holder, area = scanned.get(sheet.casefold()), parse_area(match.group(3))
        if holder is None or area is None:
            return None
        return holder, sorted(place for place in holder.texts if area.holds(*place))[:_MAX_OPTIONS]
    formula = workbook.names.get(source.casefold())
    return _source_cells(formula, item, scanned, workbook, depth + 1) if formula and depth < 5 else None
