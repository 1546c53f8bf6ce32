"""Which texts of a slide nobody sees: off the slide, too small, or in the colour of their ground."""

# python-pptx builds its shapes at run time; their types say nothing.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from collections.abc import Sequence
from itertools import takewhile
from typing import Any

from bidproof.formats.colours import BLACK, WHITE, Colour, hex_colour, is_alike

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_SCHEME = {"bg1": WHITE, "lt1": WHITE, "tx1": BLACK, "dk1": BLACK}
"""What nearly every theme means by these, where its master maps grounds to light colours."""
_FILLS = ("solidFill", "gradFill", "blipFill", "pattFill", "grpFill")
Box = tuple[float, float, float, float]
"""Left, top, width and height on the slide."""
_LEAST_SIZE = 200
"""Hundredths of a point."""


class SlideGround:
    """The size of a slide, and what stands behind its shapes; ``shapes`` in the order of painting."""

    def __init__(self, slide: Any, shapes: Sequence[Any]) -> None:
        presentation = slide.part.package.presentation_part.presentation
        self._width, self._height = int(presentation.slide_width), int(presentation.slide_height)
        layout, master = slide.slide_layout, slide.slide_layout.slide_master
        self._shapes = list(shapes)
        self._backdrop = [item for item in (*master.shapes, *layout.shapes) if not item.is_placeholder]
        self._filled = {
            item.placeholder_format.idx for item in layout.placeholders if _is_filled(item)
        }  # what a slide's placeholder takes over
        colours = master.element.find("{*}clrMap")
        is_light = colours is not None and colours.get("bg1") == "lt1"
        is_mapped = any(
            page.element.find(f"{{*}}clrMapOvr/{_A}overrideClrMapping") is not None
            for page in (slide, layout)
        )
        self._ground = _background(slide) if is_light and not is_mapped else None

    def is_off(self, shape: Any) -> bool:
        """Whether a shape stands beside the slide."""
        box = _box(shape)
        return box is not None and not _overlap(box, (0, 0, self._width, self._height))

    def split(self, shape: Any, paragraph: Any) -> tuple[str, str]:
        """A paragraph's text as it is seen, and what of it is not."""
        ground = self._behind(shape)
        runs = [(run.text, _is_lost(run._r, ground)) for run in paragraph.runs]
        if not any(is_lost for _, is_lost in runs):
            return paragraph.text, ""
        seen, unseen = (
            "".join(text for text, is_lost in runs if is_lost is wanted) for wanted in (False, True)
        )
        return seen, unseen

    def _behind(self, shape: Any) -> Colour | None:
        """The colour of what a shape's text stands on; None where it is not plain."""
        if _is_filled(shape):
            return _colour(shape.element.find(f"{{*}}spPr/{_A}solidFill"))
        if shape.is_placeholder and shape.placeholder_format.idx in self._filled:
            return None
        box = _box(shape)
        below = (*self._backdrop, *takewhile(lambda other: other.shape_id != shape.shape_id, self._shapes))
        is_covering = any(_is_filled(other) and _may_overlap(_box(other), box) for other in below)
        return None if is_covering else self._ground


def _is_lost(run: Any, ground: Colour | None) -> bool:
    properties = run.find(f"{_A}rPr")
    if properties is None:
        return False
    if (size := properties.get("sz", "")).isdigit() and int(size) < _LEAST_SIZE:
        return True
    if properties.find(f"{_A}noFill") is not None:
        return True
    colour = _colour(properties.find(f"{_A}solidFill"))
    return ground is not None and colour is not None and is_alike(colour, ground)


def _is_filled(shape: Any) -> bool:
    """Whether a shape has a ground of its own: a fill, a picture, or what its style gives it."""
    properties = shape.element.find("{*}spPr")
    if properties is None or shape.element.tag.endswith("}pic"):
        return True
    if any(properties.find(f"{_A}{name}") is not None for name in _FILLS):
        return True
    styled = shape.element.find(f"{{*}}style/{_A}fillRef")
    return properties.find(f"{_A}noFill") is None and styled is not None and styled.get("idx") != "0"


def _box(shape: Any) -> Box | None:
    """Where a shape stands on the slide, by the scales of the groups around it; None where none is said."""
    places = (shape.left, shape.top, shape.width or 0, shape.height or 0)
    if None in places:
        return None
    left, top, width, height = map(float, places)
    for group in shape.element.iterancestors("{*}grpSp"):
        own = group.find(f"{{*}}grpSpPr/{_A}xfrm")
        if own is None or len(own) < 4:
            continue
        (x, y), (wide, high), (inner_x, inner_y), (inner_wide, inner_high) = map(_pair, own[:4])
        across, down = wide / (inner_wide or 1), high / (inner_high or 1)
        left, top = x + (left - inner_x) * across, y + (top - inner_y) * down
        width, height = width * across, height * down
    return left, top, width, height


def _pair(point: Any) -> tuple[float, float]:
    first, second = list(point.values())[:2]
    return float(first), float(second)


def _may_overlap(one: Box | None, other: Box | None) -> bool:
    return one is None or other is None or _overlap(one, other)


def _overlap(one: Box, other: Box) -> bool:
    (x0, y0, w0, h0), (x1, y1, w1, h1) = one, other
    return x0 < x1 + w1 and x1 < x0 + w0 and y0 < y1 + h1 and y1 < y0 + h0


def _background(slide: Any) -> Colour | None:
    """The plain colour behind a slide: its own, its layout's or its master's; white where none says."""
    for page in (slide, slide.slide_layout, slide.slide_layout.slide_master):
        found = page.element.find("{*}cSld/{*}bg")
        if found is not None:
            plain = found.find(f"{{*}}bgPr/{_A}solidFill")
            return _colour(plain if plain is not None else found.find("{*}bgRef"))
    return WHITE


def _colour(fill: Any) -> Colour | None:
    """A fill's colour where it states one or takes the theme's for grounds or texts."""
    if fill is None:
        return None
    for item in fill:
        if item.tag == f"{_A}srgbClr" and not len(item):
            return hex_colour(item.get("val", ""))
        if item.tag == f"{_A}schemeClr" and not len(item):
            return _SCHEME.get(item.get("val", ""))
    return None
