"""Counts a PDF's pictures and drawings, which are not read: what they show is lost to its text.

A logo that stands at one place of several pages says nothing new, and neither does a line, a frame or a
shaded cell. What is left is counted as a reader would: tiles and strokes that touch are one.
"""

# pypdfium2 ships no types, and pypdfium2.raw is generated ctypes.
# pyright: reportMissingTypeStubs=false, reportAttributeAccessIssue=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
import ctypes
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import islice
from math import inf
from typing import Any, NamedTuple

import pypdfium2.raw as raw

Rect = tuple[float, float, float, float]
"""Left, bottom, right and top in page coordinates, y upward."""

_LEAST_SIDE, _LEAST_AREA = 24.0, 2_400.0
_TOUCHING = 3.0
_REPEATED = 3
_SLANTED, _BARS, _STEEP = 3, 3, 1.0
_MAX_SEGMENTS, _MAX_SHAPES = 400, 300


class Pictures(NamedTuple):
    """What one page shows beside text: boxes of its images and of its drawings."""

    images: tuple[Rect, ...] = ()
    drawings: tuple[Rect, ...] = ()


class PageShapes:
    """Collects what is painted on one page."""

    def __init__(self) -> None:
        """Start empty."""
        self._images: list[Rect] = []
        self._slanted: list[tuple[Rect, int]] = []
        self._filled: list[Rect] = []

    def add(self, handle: Any, kind: int, box: Rect) -> None:
        """Take note of a page object with its bounds."""
        if len(self._images) + len(self._slanted) + len(self._filled) >= _MAX_SHAPES:
            return
        if kind == raw.FPDF_PAGEOBJ_IMAGE:
            self._images.append(box)
        elif kind == raw.FPDF_PAGEOBJ_PATH:
            if count := _slanted(handle):
                self._slanted.append((box, count))
            else:
                self._filled.append(box)

    def pictures(self, texts: Sequence[Rect]) -> Pictures:
        """What the page shows, pieces that touch as one; a shape with text in it is a frame or a shade."""
        strokes = _joined([box for box, _ in self._slanted])
        weighed = ((area, sum(n for box, n in self._slanted if _meets(box, area))) for area in strokes)
        drawings = [area for area, count in weighed if count >= _SLANTED]
        return Pictures(
            _large(_joined(self._images)), _large(_joined([*drawings, *_bars(self._filled, texts)]))
        )


def count_pictures(pages: Sequence[Pictures]) -> Counter[str]:
    """How many images and drawings a file shows; what stands at one place of several pages is left out."""
    places = Counter(_place(box) for page in pages for box in {*page.images, *page.drawings})
    found = Counter[str]()
    for page in pages:
        found["image"] += sum(places[_place(box)] < _REPEATED for box in page.images)
        found["drawing"] += sum(
            places[_place(box)] < _REPEATED and not any(_meets(box, image) for image in page.images)
            for box in page.drawings
        )
    return found


def _slanted(path: Any) -> int:
    """How many pieces of a path are curves or run aslant; none in a frame, its corners rounded or not."""
    count = raw.FPDFPath_CountSegments(path)
    slanted = straight = 0
    last = (0.0, 0.0)
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(min(count, _MAX_SEGMENTS)):
        segment = raw.FPDFPath_GetPathSegment(path, index)
        kind = raw.FPDFPathSegment_GetType(segment)
        raw.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
        across, along = abs(x.value - last[0]), abs(y.value - last[1])
        if kind == raw.FPDF_SEGMENT_BEZIERTO:
            slanted += 1
        elif kind == raw.FPDF_SEGMENT_LINETO:
            slanted += min(across, along) > _STEEP
            straight += min(across, along) <= _STEEP
        last = (x.value, y.value)
    curves = slanted / 3  # a curve comes as three points
    return 0 if straight >= 3 and curves <= 8 else slanted


def _bars(boxes: Iterable[Rect], texts: Iterable[Rect]) -> list[Rect]:
    """Bars of a chart: bare of text, of one thickness, from one edge, of three lengths or more."""
    middles = sorted(((text[1] + text[3]) / 2, (text[0] + text[2]) / 2) for text in texts)
    groups: defaultdict[tuple[str, int, int], list[Rect]] = defaultdict(list)
    for box in boxes:
        width, height = box[2] - box[0], box[3] - box[1]
        if min(width, height) > _TOUCHING and not _holds_text(box, middles):
            groups["up", round(box[1]), round(width)].append(box)
            groups["across", round(box[0]), round(height)].append(box)
    found: list[Rect] = []
    for (way, *_), group in groups.items():
        low, high = (1, 3) if way == "up" else (0, 2)
        if len({round(box[high] - box[low]) for box in group}) >= _BARS:
            found.append(_around(group))
    return found


def _joined(boxes: Iterable[Rect]) -> list[Rect]:
    """The areas of boxes that touch one another, by runs from the top."""
    areas: list[Rect] = []
    for box in sorted(boxes, key=lambda box: (-box[3], box[0])):
        touched = [area for area in areas if _meets(area, box)]
        areas = [area for area in areas if area not in touched]
        areas.append(_around([box, *touched]))
    return areas


def _meets(one: Rect, other: Rect) -> bool:
    return (
        one[0] <= other[2] + _TOUCHING
        and other[0] <= one[2] + _TOUCHING
        and one[1] <= other[3] + _TOUCHING
        and other[1] <= one[3] + _TOUCHING
    )


def _holds_text(box: Rect, middles: Sequence[tuple[float, float]]) -> bool:
    """Whether the middle of a text, y before x, lies in a box; ``middles`` are sorted."""
    level = islice(middles, bisect_left(middles, (box[1], 0.0)), bisect_left(middles, (box[3], inf)))
    return any(box[0] <= x <= box[2] for _, x in level)


def _around(boxes: Sequence[Rect]) -> Rect:
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return min(lefts), min(bottoms), max(rights), max(tops)


def _large(boxes: Iterable[Rect]) -> tuple[Rect, ...]:
    sides = ((box, box[2] - box[0], box[3] - box[1]) for box in boxes)
    kept = (box for box, width, height in sides if min(width, height) >= _LEAST_SIDE)
    return tuple(box for box in kept if (box[2] - box[0]) * (box[3] - box[1]) >= _LEAST_AREA)


def _place(box: Rect) -> tuple[int, ...]:
    return tuple(round(side / 8) for side in box)
