"""Whether a run of a Word document shows: by its colour on its ground, and by its size."""

# lxml's stubs leave parts of the tree API untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from collections.abc import Iterator, Mapping

from bidproof.formats.colours import BLACK, WHITE, Colour, hex_colour, is_alike
from bidproof.formats.word.xml import DRAWING, SHAPE, value_of, w
from bidproof.formats.xml import XmlElement

LEAST_HALF_POINTS = 4
"""Text of less than 2 points is not seen."""
_HIGHLIGHTS: Mapping[str, Colour] = {
    "black": BLACK,
    "blue": (0, 0, 255),
    "cyan": (0, 255, 255),
    "green": (0, 255, 0),
    "magenta": (255, 0, 255),
    "red": (255, 0, 0),
    "yellow": (255, 255, 0),
    "white": WHITE,
    "darkBlue": (0, 0, 128),
    "darkCyan": (0, 128, 128),
    "darkGreen": (0, 128, 0),
    "darkMagenta": (128, 0, 128),
    "darkRed": (128, 0, 0),
    "darkYellow": (128, 128, 0),
    "darkGray": (128, 128, 128),
    "lightGray": (192, 192, 192),
}
_FILLS = ("solidFill", "gradFill", "blipFill", "pattFill", "grpFill")


def is_lost(run: XmlElement, colour: Colour, *, shades: Mapping[str, tuple[Colour | None, ...]]) -> bool:
    """Whether a text of this colour cannot be told from any ground that it may stand on.

    Args:
        run: The ``w:r``.
        colour: In force for it.
        shades: Fills of the styles that shade what is in them, by style id.
    """
    return all(ground is not None and is_alike(colour, ground) for ground in _grounds(run, shades))


def _grounds(run: XmlElement, shades: Mapping[str, tuple[Colour | None, ...]]) -> Iterator[Colour | None]:
    """The nearest ground of a run; several where a table's style has more; None for an unknown one."""
    properties = run.find(w("rPr"))
    highlight = _HIGHLIGHTS.get(value_of(properties, "highlight") or "")
    own = highlight or _shade(properties)
    if own is not None:
        yield own
        return
    for outer in run.iterancestors():
        name = str(outer.tag).rpartition("}")[2]
        if name == "wsp" or name == "textbox":
            yield _shape_fill(outer)
            return
        found = _shade(outer.find(w(f"{name}Pr"))) if name in ("p", "tc", "tbl") else None
        if found is not None:
            yield found
            return
        style = value_of(outer.find(w(f"{name}Pr")), "pStyle" if name == "p" else "tblStyle") or ""
        if name in ("p", "tbl") and style in shades:
            yield from shades[style]
            if name == "p":
                return
    yield _page_ground(run)


def _shade(properties: XmlElement | None) -> Colour | None:
    shade = None if properties is None else properties.find(w("shd"))
    return None if shade is None else hex_colour(shade.get(w("fill"), ""))


def _shape_fill(shape: XmlElement) -> Colour | None:
    properties = shape.find(f"{{{SHAPE}}}spPr")
    if properties is None:
        return None
    fills = [item for name in _FILLS for item in properties.findall(f"{{{DRAWING}}}{name}")]
    if fills:
        solid = fills[0].find(f"{{{DRAWING}}}srgbClr")
        return None if solid is None else hex_colour(solid.get("val", ""))
    has_style = shape.find(f"{{{SHAPE}}}style") is not None
    return None if has_style and properties.find(f"{{{DRAWING}}}noFill") is None else WHITE


def _page_ground(run: XmlElement) -> Colour:
    background = run.getroottree().getroot().find(w("background"))
    return WHITE if background is None else hex_colour(background.get(w("color"), "")) or WHITE


def shades_of(styles: Mapping[str, XmlElement]) -> dict[str, tuple[Colour | None, ...]]:
    """The fills of every style that shades, those for parts of a table included."""
    found: dict[str, tuple[Colour | None, ...]] = {}
    for name, style in styles.items():
        fills = [hex_colour(shade.get(w("fill"), "")) for shade in style.iter(w("shd"))]
        if any(fills):
            found[name] = tuple(fill for fill in fills if fill is not None)
    return found
