"""Change single cells in a worksheet's bytes; every other byte stays."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bidproof.core.errors import WriteFailed
from bidproof.formats.csv.cells import guard_cell
from bidproof.formats.xml import escape_text, legal_text, tag_end
from bidproof.questionnaires.excel.sheet import SheetScan, scan_sheet
from bidproof.questionnaires.sheets.grid import Place, column_letters

_ENCODING = re.compile(rb"^<\?xml[^>]*encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_ATTRIBUTE = re.compile(rb"\s([A-Za-z_][\w.:-]*)\s*=\s*(\"[^\"]*\"|'[^']*')")
_PREFIX = re.compile(rb"<((?:[A-Za-z_][\w.-]*:)?)")
_DROPPED = frozenset({b"t", b"cm", b"vm"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edit:
    start: int
    end: int
    content: bytes


def patch_sheet(
    content: bytes,
    values: Mapping[Place, str],
    *,
    file: str,
    part: str,
    quoted: Callable[[int], int] = lambda style: style,
) -> bytes:
    """Put texts into cells of a worksheet part.

    A text is written as an inline string, so it can never be a formula and the
    shared strings stay as they are. The cell keeps its style and its other
    attributes. An empty text clears the cell. Rows and cells that are missing
    are added in order.

    Args:
        content: The part's bytes.
        values: By cell; characters that XML cannot carry are dropped.
        file: Named in errors.
        part: Named in errors.
        quoted: The style for a text that looks like a formula, by the one that the cell has.

    Raises:
        WriteFailed: A cell holds a formula, or the part is not UTF-8.
        UnreadableFile: The part is broken.
    """
    _check_encoding(content, file=file)
    scan = scan_sheet(content, file=file, part=part)
    if scan.data_start < 0:
        raise WriteFailed(
            f"cannot write into {file!r}: its part {part!r} has no cells", hint="check the mapping"
        )
    cells = _Cells(prefix=_prefix(content, scan.data_start), quoted=quoted)
    present = {place: text for place, text in values.items() if place in scan.cells}
    missing = {place: text for place, text in values.items() if place not in scan.cells and text}
    edits = [_cell_edit(content, scan, place, text, cells, file) for place, text in present.items()]
    edits += _added_cells(content, scan, missing, cells)
    return _apply(content, edits)


def _check_encoding(content: bytes, *, file: str) -> None:
    declared = _ENCODING.match(content.removeprefix(b"\xef\xbb\xbf"))
    name = declared.group(1).decode("ascii").lower() if declared else "utf-8"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or name not in ("utf-8", "utf8", "us-ascii", "ascii"):
        raise WriteFailed(
            f"cannot write into {file!r}: a sheet is stored as {name!r}, expected UTF-8",
            hint="open it in a spreadsheet program and save it again as .xlsx",
        )


def _prefix(content: bytes, position: int) -> bytes:
    """The namespace prefix that the sheet's own elements carry, with its colon; usually empty."""
    match = _PREFIX.match(content, position)
    return match.group(1) if match else b""


def _cell_edit(content: bytes, scan: SheetScan, place: Place, text: str, cells: "_Cells", file: str) -> _Edit:
    cell = scan.cells[place]
    if cell.has_formula:
        where = f"{column_letters(place.column)}{place.row}"
        raise WriteFailed(
            f"cannot write into {file!r}: cell {where} holds a formula, which is never overwritten",
            hint="correct the mapping so that another column takes the answer",
        )
    opening = content[cell.start : tag_end(content, cell.start)]
    kept = {name: value for name, value in _ATTRIBUTE.findall(opening) if name not in _DROPPED}
    return _Edit(start=cell.start, end=cell.end, content=cells.xml(kept, text))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cells:
    """How cells are written into a sheet; see :func:`patch_sheet`."""

    prefix: bytes
    quoted: Callable[[int], int]

    def xml(self, attributes: Mapping[bytes, bytes], text: str) -> bytes:
        """A cell that holds a text; attributes have their quotes around them."""
        p, text = self.prefix, legal_text(text)
        if guard_cell(text) != text:
            style = self.quoted(int(attributes.get(b"s", b'"0"')[1:-1]))
            attributes = {**attributes, **({b"s": b'"%d"' % style} if style else {})}
        said = b"".join(b" %s=%s" % item for item in attributes.items())
        if not text:
            return b"<%sc%s/>" % (p, said)
        body = escape_text(text).encode("utf-8")
        return b'<%sc%s t="inlineStr"><%sis><%st xml:space="preserve">%s</%st></%sis></%sc>' % (
            p, said, p, p, body, p, p, p
        )  # fmt: skip


def _added_cells(content: bytes, scan: SheetScan, missing: Mapping[Place, str], cells: _Cells) -> list[_Edit]:
    """Insertions for cells that have no element yet, one edit per position."""
    by_row: dict[int, list[Place]] = {}
    for place in sorted(missing):
        by_row.setdefault(place.row, []).append(place)
    starts: dict[int, list[tuple[int, int]]] = {row: [] for row in by_row}
    for place, cell in scan.cells.items():
        if place.row in starts:
            starts[place.row].append((place.column, cell.start))
    at: dict[tuple[int, int], bytes] = {}
    for row, places in by_row.items():
        xml = {place: _new_cell(scan, place, missing[place], cells) for place in places}
        if row not in scan.rows:
            body = b"".join(xml.values())
            position = _row_position(content, scan, row)
            at[position] = at.get(position, b"") + b'<%srow r="%d">%s</%srow>' % (
                cells.prefix,
                row,
                body,
                cells.prefix,
            )
            continue
        for place in places:
            position = _cell_position(content, scan, place, starts[row])
            at[position] = at.get(position, b"") + xml[place]
    edits = [_Edit(start=start, end=end, content=new) for (start, end), new in at.items()]
    return [_opened(content, edit) for edit in edits]


def _new_cell(scan: SheetScan, place: Place, text: str, cells: _Cells) -> bytes:
    style = scan.column_styles.get(place.column, 0)
    attributes = {b"r": b'"%s%d"' % (column_letters(place.column).encode("ascii"), place.row)}
    if style:
        attributes[b"s"] = b'"%d"' % style
    return cells.xml(attributes, text)


def _row_position(content: bytes, scan: SheetScan, row: int) -> tuple[int, int]:
    following = min((number for number in scan.rows if number > row), default=None)
    if following is not None:
        return (scan.rows[following].start, scan.rows[following].start)
    return _inside_end(content, scan.data_start, scan.data_end)


def _cell_position(
    content: bytes, scan: SheetScan, place: Place, starts: list[tuple[int, int]]
) -> tuple[int, int]:
    later = [start for column, start in starts if column > place.column]
    if later:
        return (min(later), min(later))
    row = scan.rows[place.row]
    return _inside_end(content, row.start, row.end)


def _inside_end(content: bytes, start: int, end: int) -> tuple[int, int]:
    """Where new children go: before the closing tag, or over the whole of an empty ``<a/>``."""
    if content[end - 2 : end] == b"/>" and tag_end(content, start) == end:
        return (start, end)
    position = content.rindex(b"</", start, end)
    return (position, position)


def _opened(sheet: bytes, edit: _Edit) -> _Edit:
    """Turn an edit that replaces ``<row …/>`` into ``<row …>`` + children + ``</row>``."""
    if edit.start == edit.end:
        return edit
    tag = sheet[edit.start : edit.end]
    name = tag[1:-2].split(maxsplit=1)[0]
    content = b"%s>%s</%s>" % (tag[:-2].rstrip(), edit.content, name)
    return _Edit(start=edit.start, end=edit.end, content=content)


def _apply(content: bytes, edits: list[_Edit]) -> bytes:
    pieces: list[bytes] = []
    position = 0
    for edit in sorted(edits, key=lambda item: (item.start, item.end)):
        pieces += [content[position : edit.start], edit.content]
        position = edit.end
    return b"".join([*pieces, content[position:]])
