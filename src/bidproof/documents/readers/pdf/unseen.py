"""Which words of a PDF page nobody sees: those that change nothing when the page is drawn without them.

Drawing is dear, so that only pages with a word under suspicion are drawn: one that stands off the page or in
a colour of its ground, is drawn without ink or clipped away, or lies beneath something that is painted later.
"""

# pypdfium2 ships no types, and pypdfium2.raw is generated ctypes.
# pyright: reportMissingTypeStubs=false, reportAttributeAccessIssue=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false, reportArgumentType=false
import ctypes
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from bidproof.documents.readers.pdf.pictures import PageShapes, Pictures, Rect
from bidproof.formats.colours import WHITE, Colour, is_alike

_INKLESS, _STROKED, _CLIPPING = (3, 7), (1, 5), 7
"""Text rendering modes (ISO 32000-1, 9.3.6); what clips may have a picture or a gradient showing through."""
_LEAST_ALPHA = 26
_LEAST_SIDE = 3.0
_MAX_OBJECTS, _MAX_GROUNDS, _MAX_DEPTH, _MAX_SEGMENTS = 100_000, 1_000, 4, 40
_SCALE, _MAX_SIDE_PX = 2.0, 1_600
_LEAST_CHANGE = 12
_PAGE_IMAGE_SHARE = 0.5


class PlacedText(NamedTuple):
    """A word's rectangle on the page, and the text object that paints it; 0 where there is none."""

    box: Rect
    painter: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """A filled shape or a picture, by its turn in painting; ``colour`` is None where it has many."""

    turn: int
    box: Rect
    colour: Colour | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ink:
    """How a text object paints: its turn, its handle, its colour, None without ink, and what clips it."""

    turn: int
    handle: Any
    colour: Colour | None
    clip: Rect | None


class Look(NamedTuple):
    """What looking at a page gave: the places of texts that nobody sees, and what it shows beside text."""

    unseen: set[int]
    pictures: Pictures


def look_at(page: pdfium.PdfPage, texts: Sequence[PlacedText]) -> Look:
    """Find those of ``texts`` that do not show when the page is drawn, and its pictures."""
    page_box = page.get_bbox()
    away = {place for place, text in enumerate(texts) if not _holds(page_box, text.box)}
    grounds, inks, shapes = _survey(page, {text.painter for text in texts})
    suspects = {
        place
        for place, text in enumerate(texts)
        if place not in away and text.painter in inks and _is_suspect(text, inks[text.painter], grounds)
    }
    unseen = away | (_without_trace(page, texts, suspects, inks) if suspects else set())
    return Look(unseen, shapes.pictures([text.box for text in texts]))


def has_page_image(page: pdfium.PdfPage) -> bool:
    """Whether a picture covers most of the page, as a scan's does."""
    width, height = page.get_size()
    boxes = (item.box for item in _objects(page) if item.kind == raw.FPDF_PAGEOBJ_IMAGE)
    return any((box[2] - box[0]) * (box[3] - box[1]) >= _PAGE_IMAGE_SHARE * width * height for box in boxes)


def _is_suspect(text: PlacedText, ink: _Ink, grounds: Sequence[_Ground]) -> bool:
    if ink.colour is None or is_alike(ink.colour, WHITE):
        return True
    if ink.clip is not None and not _holds(ink.clip, text.box):
        return True
    x, y = (text.box[0] + text.box[2]) / 2, (text.box[1] + text.box[3]) / 2
    return any(
        ground.turn > ink.turn or (ground.colour is not None and is_alike(ink.colour, ground.colour))
        for ground in grounds
        if ground.box[0] <= x <= ground.box[2] and ground.box[1] <= y <= ground.box[3]
    )


def _holds(area: Rect, box: Rect) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return area[0] <= x <= area[2] and area[1] <= y <= area[3]


def _without_trace(
    page: pdfium.PdfPage, texts: Sequence[PlacedText], suspects: set[int], inks: Mapping[int, _Ink]
) -> set[int]:
    """Draw the page with and without the suspects; those where nothing changes are unseen."""
    import numpy as np

    painters = {texts[place].painter for place in suspects}
    modes = {painter: raw.FPDFTextObj_GetTextRenderMode(inks[painter].handle) for painter in painters}
    scale = min(_SCALE, _MAX_SIDE_PX / max(page.get_size()))
    before = page.render(scale=scale).to_numpy().astype(np.int16)
    for painter in painters:
        raw.FPDFTextObj_SetTextRenderMode(inks[painter].handle, raw.FPDF_TEXTRENDERMODE_INVISIBLE)
    after = page.render(scale=scale).to_numpy().astype(np.int16)
    for painter, mode in modes.items():
        raw.FPDFTextObj_SetTextRenderMode(inks[painter].handle, mode)
    changed = (np.abs(before - after) > _LEAST_CHANGE).any(axis=2)
    unseen: set[int] = set()
    for place in suspects:
        top, bottom, left, right = _pixels(page, texts[place].box, changed.shape)
        drawn = before[top:bottom, left:right]
        shows = changed[top:bottom, left:right].any()
        if modes[texts[place].painter] == _CLIPPING and drawn.size:
            shows = (np.ptp(drawn, axis=(0, 1)) > _LEAST_CHANGE).any()
        if not shows:
            unseen.add(place)
    return unseen


def _pixels(page: pdfium.PdfPage, box: Rect, shape: tuple[int, int]) -> tuple[int, int, int, int]:
    """Rows and columns that a rectangle takes in a drawing of the page, ends exclusive."""
    corners: list[tuple[int, int]] = []
    x, y = ctypes.c_int(), ctypes.c_int()
    for corner in ((box[0], box[1]), (box[2], box[3])):
        at = (ctypes.byref(x), ctypes.byref(y))
        raw.FPDF_PageToDevice(page.raw, 0, 0, shape[1], shape[0], 0, *corner, *at)
        corners.append((x.value, y.value))
    (x0, y0), (x1, y1) = corners
    return max(0, min(y0, y1)), max(y0, y1) + 1, max(0, min(x0, x1)), max(x0, x1) + 1


class _Object(NamedTuple):
    handle: Any
    kind: int
    matrix: pdfium.PdfMatrix

    @property
    def box(self) -> Rect:
        left, bottom, right, top = (ctypes.c_float() for _ in range(4))
        raw.FPDFPageObj_GetBounds(self.handle, *map(ctypes.byref, (left, bottom, right, top)))
        return self.matrix.on_rect(left.value, bottom.value, right.value, top.value)


def _survey(page: pdfium.PdfPage, painters: Set[int]) -> tuple[list[_Ground], dict[int, _Ink], PageShapes]:
    """What is painted on a page: grounds, those texts by their address, each with its turn, and shapes."""
    shapes = PageShapes()
    grounds: list[_Ground] = []
    inks: dict[int, _Ink] = {}
    for turn, item in enumerate(_objects(page)):
        if item.kind == raw.FPDF_PAGEOBJ_TEXT:
            address = ctypes.addressof(item.handle.contents)
            if address in painters:
                colour, clip = _ink(item.handle), _clip(item.handle, item.matrix)
                inks[address] = _Ink(turn=turn, handle=item.handle, colour=colour, clip=clip)
            continue
        box = item.box
        shapes.add(item.handle, item.kind, box)
        if len(grounds) < _MAX_GROUNDS and (ground := _ground(item, turn, box)) is not None:
            grounds.append(ground)
    return grounds, inks, shapes


def _ground(item: _Object, turn: int, box: Rect) -> _Ground | None:
    if min(box[2] - box[0], box[3] - box[1]) < _LEAST_SIDE:
        return None
    if item.kind != raw.FPDF_PAGEOBJ_PATH:
        return _Ground(turn=turn, box=box, colour=None)
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(item.handle, ctypes.byref(fill), ctypes.byref(stroke))
    colour = _colour(raw.FPDFPageObj_GetFillColor, item.handle)
    is_filled = fill.value != raw.FPDF_FILLMODE_NONE and colour is not None
    return _Ground(turn=turn, box=box, colour=colour) if is_filled else None


def _ink(handle: Any) -> Colour | None:
    mode = raw.FPDFTextObj_GetTextRenderMode(handle)
    if mode in _INKLESS:
        return None
    return _colour(
        raw.FPDFPageObj_GetStrokeColor if mode in _STROKED else raw.FPDFPageObj_GetFillColor, handle
    )


def _colour(ask: Any, handle: Any) -> Colour | None:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not ask(handle, *map(ctypes.byref, (red, green, blue, alpha))):
        return (0, 0, 0)
    return None if alpha.value < _LEAST_ALPHA else (red.value, green.value, blue.value)


def _objects(page: pdfium.PdfPage) -> Iterator[_Object]:
    """Everything painted on a page, in turn, with its bounds; what forms hold stands in their place."""
    left = _MAX_OBJECTS
    top = ((raw.FPDFPage_GetObject(page.raw, n)) for n in range(raw.FPDFPage_CountObjects(page.raw)))
    levels: list[tuple[Iterator[Any], pdfium.PdfMatrix]] = [(top, pdfium.PdfMatrix())]
    while levels and left:
        found = next(levels[-1][0], None)
        if found is None:
            levels.pop()
            continue
        left -= 1
        matrix, kind = levels[-1][1], raw.FPDFPageObj_GetType(found)
        if kind == raw.FPDF_PAGEOBJ_FORM and len(levels) <= _MAX_DEPTH:
            inner = (raw.FPDFFormObj_GetObject(found, n) for n in range(raw.FPDFFormObj_CountObjects(found)))
            levels.append((inner, _matrix(found).multiply(matrix)))
            continue
        yield _Object(found, kind, matrix)


def _matrix(handle: Any) -> pdfium.PdfMatrix:
    found = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(handle, ctypes.byref(found))
    return pdfium.PdfMatrix.from_raw(found)


def _clip(handle: Any, matrix: pdfium.PdfMatrix) -> Rect | None:
    """The rectangle around what the clip paths of a text leave of it; None when nothing clips it."""
    path = raw.FPDFPageObj_GetClipPath(handle)
    area: Rect | None = None
    for number in range(max(0, min(_MAX_DEPTH, raw.FPDFClipPath_CountPaths(path)))):
        points = list(_points(path, number))
        if points:
            xs, ys = zip(*points, strict=True)
            box = matrix.on_rect(min(xs), min(ys), max(xs), max(ys))
            area = box if area is None else _common(area, box)
    return area


def _points(path: Any, number: int) -> Iterator[tuple[float, float]]:
    count = raw.FPDFClipPath_CountPathSegments(path, number)
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(count if 0 < count <= _MAX_SEGMENTS else 0):
        segment = raw.FPDFClipPath_GetPathSegment(path, number, index)
        raw.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
        yield x.value, y.value


def _common(one: Rect, other: Rect) -> Rect:
    return (max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3]))
