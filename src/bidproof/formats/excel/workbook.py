"""Read a workbook's directory: sheets, shared strings, styles, named ranges."""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bidproof.core.errors import UnreadableFile
from bidproof.formats.excel.display import BUILT_IN
from bidproof.formats.xml import unescape_text, walk_xml
from bidproof.formats.zip.package import Package, damaged

_DATE_FORMATS = frozenset({*range(14, 18), 22, *range(27, 32), 36, *range(50, 59)})
_BASE_SIZE = 11.0
_DECIMAL = re.compile(r"\d{1,6}(?:\.\d{0,20})?")
_OFFICE_DOCUMENT = "/officeDocument"


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetEntry:
    """A sheet as the workbook lists it; ``part`` is its entry in the zip."""

    name: str
    part: str
    is_hidden: bool


@dataclass(slots=True, kw_only=True)
class Styles:
    """What cell formats mean, by their number (the ``s`` of a cell).

    ``codes`` are number formats other than the general one. ``sizes`` are those of their fonts, in
    points, and has every format; ``base_size`` is that of the font whose digits column widths are
    counted in.
    """

    codes: dict[int, str] = field(default_factory=dict[int, str])
    dates: set[int] = field(default_factory=set[int])
    unlocked: set[int] = field(default_factory=set[int])
    fills: dict[int, str] = field(default_factory=dict[int, str])
    bold: set[int] = field(default_factory=set[int])
    wraps: set[int] = field(default_factory=set[int])
    sizes: dict[int, float] = field(default_factory=dict[int, float])
    base_size: float = _BASE_SIZE


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """A workbook's directory.

    ``part`` is the zip entry of the workbook itself, ``styles_part`` that of its styles, if
    there is one. ``names`` maps a defined name, lower case, to its formula. ``sheet_names``
    includes chart and macro sheets. ``uses_1904`` shifts dates.
    """

    part: str
    sheets: tuple[SheetEntry, ...]
    sheet_names: tuple[str, ...]
    strings: tuple[str, ...]
    styles: Styles
    styles_part: str | None
    names: Mapping[str, str]
    uses_1904: bool
    is_structure_locked: bool


def decimal(text: str) -> float | None:
    """A plain decimal number of an attribute; None for anything else."""
    return float(text) if _DECIMAL.fullmatch(text) else None


def number_text(value: float) -> str:
    """A number as its cell shows it: no more than the fifteen digits that spreadsheet programs keep."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else f"{value:.15g}"


def read_sheets(package: Package) -> tuple[SheetEntry, ...]:
    """The worksheets of a package in tab order, hidden ones included.

    Raises:
        UnreadableFile: No workbook inside, or its directory is broken.
    """
    part = _find_workbook(package)
    return _sheets(package, _directory(package, part), read_relationships(package, part))


def read_styles(package: Package) -> Styles:
    """The cell formats of a package; empty where it has none.

    Raises:
        UnreadableFile: As for :func:`read_workbook`.
    """
    part = _find_workbook(package)
    return _read_styles(package, _target(package, read_relationships(package, part), "/styles"))


def read_workbook(package: Package) -> Workbook:
    """Read what the sheets of a package share.

    Raises:
        UnreadableFile: No workbook inside, or a part of it is broken.
    """
    part = _find_workbook(package)
    directory, targets = _directory(package, part), read_relationships(package, part)
    sheets = _sheets(package, directory, targets)
    if not sheets:
        raise damaged(package.name, "it lists no worksheet")
    styles_part = _target(package, targets, "/styles")
    properties, locks = directory.first("workbookPr"), directory.first("workbookProtection")
    return Workbook(
        part=part,
        sheets=sheets,
        sheet_names=tuple(attributes.get("name", "") for attributes in directory.found("sheet")),
        strings=_read_strings(package, _target(package, targets, "/sharedStrings")),
        styles=_read_styles(package, styles_part),
        styles_part=styles_part,
        names=directory.names,
        uses_1904=properties.get("date1904") in ("1", "true"),
        is_structure_locked=locks.get("lockStructure") in ("1", "true"),
    )


def _directory(package: Package, part: str) -> "_Collector":
    directory = _Collector()
    walk_xml(package.read(part), directory, file=package.name, part=part)
    return directory


def _sheets(
    package: Package, directory: "_Collector", targets: Mapping[str, tuple[str, str]]
) -> tuple[SheetEntry, ...]:
    sheets: list[SheetEntry] = []
    for attributes in directory.found("sheet"):
        kind, target = targets.get(attributes.get("id", ""), ("", ""))
        entry = package.find(target)
        if entry is not None and kind.endswith("/worksheet"):
            is_hidden = attributes.get("state", "visible") != "visible"
            sheets.append(SheetEntry(name=attributes.get("name", ""), part=entry, is_hidden=is_hidden))
    return tuple(sheets)


def read_relationships(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """A part's relationships: id to (type, target entry from the package's root)."""
    folder, name = posixpath.split(part)
    entry = package.find(posixpath.join(folder, "_rels", f"{name}.rels"))
    if entry is None:
        return {}
    listener = _directory(package, entry)
    found: dict[str, tuple[str, str]] = {}
    for attributes in listener.found("Relationship"):
        if attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", "")))
            found[attributes.get("Id", "")] = (attributes.get("Type", ""), target.lstrip("/"))
    return found


def _find_workbook(package: Package) -> str:
    if package.find("xl/workbook.bin") is not None:
        raise UnreadableFile(
            f"cannot read {package.name!r}: found a binary workbook (.xlsb), expected .xlsx",
            hint="save it as .xlsx and try again",
            code="unsupported-type",
        )
    for kind, target in read_relationships(package, "").values():
        entry = package.find(target)
        if kind.endswith(_OFFICE_DOCUMENT) and entry is not None:
            return entry
    entry = package.find("xl/workbook.xml")
    if entry is None:
        raise damaged(package.name, "no workbook is inside")
    return entry


def _target(package: Package, targets: Mapping[str, tuple[str, str]], kind: str) -> str | None:
    return next((package.find(target) for found, target in targets.values() if found.endswith(kind)), None)


class _Collector:
    """Keeps the attributes of every element by name, and the text of defined names."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self._elements: dict[str, list[Mapping[str, str]]] = {}
        self._name: str | None = None

    def found(self, name: str) -> list[Mapping[str, str]]:
        return self._elements.get(name, [])

    def first(self, name: str) -> Mapping[str, str]:
        nothing: dict[str, str] = {}
        return next(iter(self.found(name)), nothing)

    def start(self, name: str, attributes: Mapping[str, str], position: int) -> None:
        self._elements.setdefault(name, []).append(attributes)
        if name == "definedName":
            self._name = attributes.get("name", "").casefold()
            self.names.setdefault(self._name, "")

    def end(self, name: str, position: int) -> None:
        if name == "definedName":
            self._name = None

    def text(self, text: str) -> None:
        if self._name is not None:
            self.names[self._name] += text


class _StringsListener:
    def __init__(self) -> None:
        self.strings: list[str] = []
        self._parts: list[str] = []
        self._in_text = False
        self._is_phonetic = False

    def start(self, name: str, attributes: Mapping[str, str], position: int) -> None:
        if name == "si":
            self._parts = []
        elif name == "rPh":
            self._is_phonetic = True
        elif name == "t":
            self._in_text = not self._is_phonetic

    def end(self, name: str, position: int) -> None:
        if name == "si":
            self.strings.append(unescape_text("".join(self._parts)))
        elif name == "rPh":
            self._is_phonetic = False
        elif name == "t":
            self._in_text = False

    def text(self, text: str) -> None:
        if self._in_text:
            self._parts.append(text)


def _read_strings(package: Package, part: str | None) -> tuple[str, ...]:
    if part is None:
        return ()
    listener = _StringsListener()
    walk_xml(package.read(part), listener, file=package.name, part=part)
    return tuple(listener.strings)


@dataclass(slots=True)
class _Font:
    is_bold: bool = False
    size: float = _BASE_SIZE

    def read(self, name: str, value: str) -> None:
        if name == "b":
            self.is_bold = value not in ("0", "false")
        else:
            self.size = decimal(value) or _BASE_SIZE


class _StylesListener:
    """Collects number formats, fonts, fills and the cell formats (``cellXfs``) that use them."""

    def __init__(self) -> None:
        self.styles = Styles()
        self._codes: dict[int, str] = {}
        self._fills: list[str] = []
        self._fonts: list[_Font] = []
        self._inside = ""
        self._next = -1

    def start(self, name: str, attributes: Mapping[str, str], position: int) -> None:
        if name == "numFmt":
            self._codes[_number(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif name in ("fonts", "fills", "cellXfs"):
            self._inside = name
        elif self._inside == "fills" and name == "fill":
            self._fills.append("")
        elif self._inside == "fills" and name == "fgColor" and self._fills:
            self._fills[-1] = _colour(attributes)
        elif self._inside == "fonts" and name == "font":
            self._fonts.append(_Font())
        elif self._inside == "fonts" and name in ("b", "sz") and self._fonts:
            self._fonts[-1].read(name, attributes.get("val", "1"))
        elif self._inside == "cellXfs":
            self._start_format(name, attributes)

    def _start_format(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "protection" and attributes.get("locked") in ("0", "false"):
            self.styles.unlocked.add(self._next)
        if name == "alignment" and attributes.get("wrapText") in ("1", "true"):
            self.styles.wraps.add(self._next)
        if name != "xf":
            return
        self._next += 1
        number_format = _number(attributes.get("numFmtId"))
        code = self._codes.get(number_format) or BUILT_IN.get(number_format, "")
        if code:
            self.styles.codes[self._next] = code
        if number_format in _DATE_FORMATS or _is_date_code(self._codes.get(number_format, "")):
            self.styles.dates.add(self._next)
        font, fill = _number(attributes.get("fontId")), _number(attributes.get("fillId"))
        style = self._fonts[font] if 0 <= font < len(self._fonts) else _Font()
        self.styles.sizes[self._next] = style.size
        if style.is_bold:
            self.styles.bold.add(self._next)
        if 0 <= fill < len(self._fills) and self._fills[fill]:
            self.styles.fills[self._next] = self._fills[fill]

    def end(self, name: str, position: int) -> None:
        if name == self._inside:
            self._inside = ""
        if name == "fonts" and self._fonts:
            self.styles.base_size = self._fonts[0].size

    def text(self, text: str) -> None:
        pass


def _read_styles(package: Package, part: str | None) -> Styles:
    if part is None:
        return Styles()
    listener = _StylesListener()
    walk_xml(package.read(part), listener, file=package.name, part=part)
    return listener.styles


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isdigit() else -1


def _colour(attributes: Mapping[str, str]) -> str:
    if "rgb" in attributes:
        return attributes["rgb"][-6:].upper()
    if "theme" in attributes:
        return f"theme {attributes['theme']} {attributes.get('tint', '0')}"
    return ""


def _is_date_code(code: str) -> bool:
    plain = code.split(";", 1)[0].lower()
    kept = "".join(part for part in plain.split('"')[::2]).replace("[red]", "")
    return "yy" in kept or ("d" in kept and "m" in kept)
