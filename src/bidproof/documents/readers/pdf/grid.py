"""Tables drawn with lines: each cell's words come together, however many lines they wrap over."""

# pypdfium2 ships no types, and pypdfium2.raw is generated ctypes.
# pyright: reportMissingTypeStubs=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
import ctypes
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from bidproof.documents.readers.pdf.words import Place, display_place

_THIN = 2.5
_NEAR = 2.5
_MIN_LENGTH = 6.0
_MAX_OBJECTS = 20_000
_MAX_SEGMENTS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A drawn line: ``at`` across, from ``start`` to ``end`` along, in displayed points."""

    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GridRow:
    """One row of a drawn table; ``edges`` are the x of its cells' borders, left to right.

    Rows of one table share its ``table`` number, from 1.
    """

    table: int
    top: float
    bottom: float
    edges: tuple[float, ...]

    def column(self, x: float) -> int | None:
        """Which cell an x lies in, None when outside."""
        for place, (left, right) in enumerate(pairwise(self.edges)):
            if left - _NEAR <= x < right + _NEAR:
                return place
        return None


def page_grid(page: pdfium.PdfPage) -> list[GridRow]:
    """Rows of the tables drawn on a page, top to bottom.

    Two rows of two cells, or one of three, make a table.
    """
    across: list[Rule] = []
    down: list[Rule] = []
    for left, top, right, bottom in _lines(page):
        if right - left <= _THIN and bottom - top >= _MIN_LENGTH:
            down.append(Rule(at=(left + right) / 2, start=top, end=bottom))
        elif bottom - top <= _THIN and right - left >= _MIN_LENGTH:
            across.append(Rule(at=(top + bottom) / 2, start=left, end=right))
    return list(_rows(across, down))


def _rows(across: Sequence[Rule], down: Sequence[Rule]) -> Iterator[GridRow]:
    borders = _merged(rule.at for rule in down)
    across = [rule for rule in across if _touches(rule.start, borders) and _touches(rule.end, borders)]
    ends = (end for rule in down for end in (rule.start, rule.end))
    heights = _merged([*(rule.at for rule in across), *ends])
    run: list[GridRow] = []
    table = 1
    for top, bottom in pairwise(heights):
        middle = (top + bottom) / 2
        edges = _merged(rule.at for rule in down if rule.start - _NEAR <= middle <= rule.end + _NEAR)
        is_closed = len(edges) >= 2 and bottom - top >= _MIN_LENGTH
        if is_closed:
            run.append(GridRow(table=table, top=top, bottom=bottom, edges=tuple(edges)))
            continue
        if bottom - top >= _MIN_LENGTH:
            yield from _kept(run)
            run, table = [], table + 1
    yield from _kept(run)


def _touches(x: float, borders: Sequence[float]) -> bool:
    """Whether a rule ends at a border; an underlined word's does not."""
    return any(abs(x - border) <= _NEAR + _THIN for border in borders)


def _kept(run: Sequence[GridRow]) -> Sequence[GridRow]:
    columns = max((len(row.edges) - 1 for row in run), default=0)
    wide = sum(1 for row in run if len(row.edges) >= 3)
    return run if columns >= 3 or wide >= 2 else ()


def _merged(values: Iterable[float]) -> list[float]:
    kept: list[float] = []
    for value in sorted(values):
        if not kept or value - kept[-1] > _NEAR:
            kept.append(value)
    return kept


def _lines(page: pdfium.PdfPage) -> Iterator[tuple[float, float, float, float]]:
    """Rectangles (left, top, right, bottom) of every thin shape and stroked stretch."""
    count = raw.FPDFPage_CountObjects(page.raw)
    if count > _MAX_OBJECTS:
        return
    place = display_place(page)
    for index in range(count):
        item = raw.FPDFPage_GetObject(page.raw, index)
        if raw.FPDFPageObj_GetType(item) != raw.FPDF_PAGEOBJ_PATH:
            continue
        left, bottom, right, top = (ctypes.c_float() for _ in range(4))
        raw.FPDFPageObj_GetBounds(item, left, bottom, right, top)
        box = place.box(left.value, bottom.value, right.value, top.value)
        if min(box[2] - box[0], box[3] - box[1]) <= _THIN:
            yield box
        else:
            yield from _strokes(item, place)


def _strokes(item: object, place: Place) -> Iterator[tuple[float, float, float, float]]:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(item, ctypes.byref(fill), ctypes.byref(stroke))
    count = raw.FPDFPath_CountSegments(item)
    if not stroke.value or not 0 < count <= _MAX_SEGMENTS:
        return
    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(item, ctypes.byref(matrix))
    start: tuple[float, float] | None = None
    last: tuple[float, float] | None = None
    for index in range(count):
        segment = raw.FPDFPath_GetPathSegment(item, index)
        x, y = ctypes.c_float(), ctypes.c_float()
        raw.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
        point = (
            matrix.a * x.value + matrix.c * y.value + matrix.e,
            matrix.b * x.value + matrix.d * y.value + matrix.f,
        )
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == raw.FPDF_SEGMENT_LINETO and last is not None:
            yield place.box(*last, *point)
        if raw.FPDFPathSegment_GetClose(segment) and start is not None:
            yield place.box(*point, *start)
        last = point
