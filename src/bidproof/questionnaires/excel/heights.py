"""Make room for answers: rows grow where their height is fixed and the sheet's protection lets them.

A program fits a row to its content only while the row states no height. Where it does, a text of
ours that wraps to more lines than the row shows would be cut off. Only the height of such rows
changes, never a style. What stays cut off is said.
"""

import math
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bidproof.formats.excel.workbook import Styles
from bidproof.formats.xml import tag_end
from bidproof.questionnaires.excel.sheet import SheetScan
from bidproof.questionnaires.sheets.grid import Area, Place, cell_location

_MAX_HEIGHT = 409.0
_LINE = 1.36
"""Height of a line, in sizes of its font."""
_LETTERS = 1.2
"""Letters of prose in the width of a digit."""
_MARGIN = 0.8
_RUNS_OVER = 5
"""Blank columns that a line may run on over and still be seen."""
_HEIGHT = re.compile(rb"(\sht\s*=\s*[\"'])[^\"']*")
_CUSTOM = re.compile(rb"\scustomHeight\s*=\s*[\"'](?:1|true)[\"']")


@dataclass(frozen=True, slots=True, kw_only=True)
class RowHeights:
    """Rows to raise, in points, and what stays cut off; ``pinned`` rows would shrink again by themselves."""

    raised: Mapping[int, float]
    pinned: frozenset[int]
    clipped: tuple[str, ...]


def fit_rows(scan: SheetScan, values: Mapping[Place, str], styles: Styles, *, sheet: str) -> RowHeights:
    """Say which rows have to grow for the texts that were written.

    Args:
        scan: Of the sheet with its answers.
        values: The texts, by cell.
        styles: Of the workbook as it was.
        sheet: Its name, for what is said of it.
    """
    return _Fitting(scan, styles, sheet).fit(values)


def raise_rows(content: bytes, scan: SheetScan, heights: RowHeights) -> bytes:
    """The sheet's bytes with new heights in the tags of its rows.

    Args:
        content: The part's bytes.
        scan: Of just these bytes.
        heights: From :func:`fit_rows`.
    """
    pieces: list[bytes] = []
    position = 0
    for number in sorted(heights.raised, key=lambda row: scan.rows[row].start):
        start = scan.rows[number].start
        end = tag_end(content, start)
        tag = _raised(content[start:end], heights.raised[number], is_pinned=number in heights.pinned)
        pieces += [content[position:start], tag]
        position = end
    return b"".join([*pieces, content[position:]])


def _raised(tag: bytes, height: float, *, is_pinned: bool) -> bytes:
    points = f"{height:g}".encode()
    added = b"" if _HEIGHT.search(tag) else b' ht="%s"' % points
    tag = _HEIGHT.sub(lambda match: match[1] + points, tag)
    if is_pinned and not _CUSTOM.search(tag):
        tag = re.sub(rb"\scustomHeight\s*=\s*[\"'][^\"']*[\"']", b"", tag)
        added += b' customHeight="1"'
    close = b"/>" if tag.endswith(b"/>") else b">"
    return tag.removesuffix(close) + added + close


class _Fitting:
    def __init__(self, scan: SheetScan, styles: Styles, sheet: str) -> None:
        self.scan, self.styles, self.sheet = scan, styles, sheet
        self.merges = {Place(area.top, area.left): area for area in scan.merges}
        self.filled: dict[int, list[int]] = {}
        for place, cell in scan.cells.items():
            if cell.raw:
                self.filled.setdefault(place.row, []).append(place.column)
        self.raised: dict[int, float] = {}
        self.pinned: set[int] = set()
        self.clipped: list[str] = []

    def fit(self, values: Mapping[Place, str]) -> RowHeights:
        for place, text in sorted(values.items()):
            style = self.scan.cells[place].style if place in self.scan.cells else -1
            if text.strip() and style in self.styles.sizes:
                area = self.merges.get(place) or Area(*place, *place)
                if style in self.styles.wraps:
                    self._fit_wrapped(text, area, self.styles.sizes[style])
                else:
                    self._fit_one_line(text, area, self.styles.sizes[style])
        return RowHeights(
            raised=self.raised, pinned=frozenset(self.pinned), clipped=tuple(dict.fromkeys(self.clipped))
        )

    def _fit_wrapped(self, text: str, area: Area, size: float) -> None:
        rows = range(area.top, area.bottom + 1)
        is_merged = area != Area(area.top, area.left, area.top, area.left)
        if not is_merged and self._height(area.top) is None:
            return
        line = size * _LINE
        lines = _lines(text, self._letters(range(area.left, area.right + 1), size))
        room = sum(self._room(row) for row in rows)
        wanted = math.ceil(lines * line * 4) / 4
        if wanted > room and self.scan.may_size_rows:
            self._raise(rows, wanted - room, is_pinned=is_merged)
            room = sum(self._room(row) for row in rows)
        if wanted > room + line / 2:
            self._clip(area, f"{max(int(room / line), 1)} of {lines} lines show")

    def _fit_one_line(self, text: str, area: Area, size: float) -> None:
        """A format that does not wrap shows one line, which runs on over blank cells beside it."""
        filled = (
            place.column for place, cell in self.scan.cells.items() if place.row == area.top and cell.raw
        )
        following = min((column for column in filled if column > area.right), default=area.right + 20)
        shown = self._letters(range(area.left, following), size)
        first, *more = text.strip().splitlines()
        if more or len(first) > shown:
            self._clip(area, f"its format shows one line, about {shown} of {len(text)} characters")

    def _clip(self, area: Area, what: str) -> None:
        self.clipped.append(f"{cell_location(self.sheet, area.top, area.left)}: {what}")

    def _raise(self, rows: Sequence[int], missing: float, *, is_pinned: bool) -> None:
        there = [row for row in rows if row in self.scan.rows and row not in self.scan.hidden_rows]
        for row in there:
            self.raised[row] = min(_MAX_HEIGHT, math.ceil((self._room(row) + missing / len(there)) * 4) / 4)
            if is_pinned or self.scan.rows[row].height is None:
                self.pinned.add(row)

    def _height(self, row: int) -> float | None:
        """The height that a row states, or that its sheet fixes; None where it fits itself."""
        stated = self.scan.rows[row].height if row in self.scan.rows else None
        return self.scan.fixed_height if stated is None else stated

    def _room(self, row: int) -> float:
        if row in self.scan.hidden_rows:
            return 0.0
        return self.raised.get(row) or self._height(row) or self.scan.default_height

    def _letters(self, columns: Sequence[int], size: float) -> int:
        """Letters of a line over these columns, in a font of this size."""
        shown = (number for number in columns if number not in self.scan.hidden_columns)
        digits = sum(self.scan.widths.get(number, self.scan.default_width) for number in shown) - _MARGIN
        return max(1, int(digits * _LETTERS * self.styles.base_size / size))


def _lines(text: str, letters: int) -> int:
    """Lines that a text wraps to."""
    return sum(max(1, len(textwrap.wrap(line, letters))) for line in text.strip().splitlines())
