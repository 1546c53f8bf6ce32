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
_LEAST_SIZE = 200
"""Hundredths of a point."""


class SlideGround:
    """The size of a slide, and what stands behind its shapes; ``shapes`` in the order of painting."""

    def __init__(self, slide: Any, shapes: Sequence[Any]) -> None:
        presentation = slide.part.package.presentation_part.presentation
        self._width, self._height = int(presentation.slide_width), int(presentation.slide_height)
        self._shapes = list(shapes)
        colours = slide.slide_layout.slide_master.element.find("{*}clrMap")
        is_light = colours is not None and colours.get("bg1") == "lt1"
        self._ground = _background(slide) if is_light else None

    def is_off(self, shape: Any) -> bool:
        """Whether a shape stands beside the slide."""
        if shape.left is None or shape.top is None:
            return False
        left, top = int(shape.left), int(shape.top)
        right, bottom = left + int(shape.width or 0), top + int(shape.height or 0)
        return right <= 0 or bottom <= 0 or left >= self._width or top >= self._height

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
        below = takewhile(lambda other: other.shape_id != shape.shape_id, self._shapes)
        return None if any(_is_filled(other) and _overlap(other, shape) for other in below) else self._ground


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


def _overlap(one: Any, other: Any) -> bool:
    boxes = [(shape.left, shape.top, shape.width, shape.height) for shape in (one, other)]
    if any(value is None for box in boxes for value in box):
        return True
    (x0, y0, w0, h0), (x1, y1, w1, h1) = boxes
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
