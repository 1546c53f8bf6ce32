"""Whether a run of a Word document shows: by its colour on its ground, and by its size."""

# lxml's stubs leave parts of the tree API untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from collections.abc import Callable, Iterable, Iterator, Mapping

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


def is_lost(
    run: XmlElement, colour: Colour, *, shades: Mapping[str, tuple[Colour | None, ...]], page: Colour | None
) -> bool:
    """Whether a text of this colour cannot be told from any ground that it may stand on.

    Args:
        run: The ``w:r``.
        colour: In force for it.
        shades: Fills of the styles that shade what is in them, by style id.
        page: The ground of the page, None where it cannot be told.
    """
    return all(
        ground is not None and is_alike(colour, ground) for ground in _grounds(run, shades=shades, page=page)
    )


def _grounds(
    run: XmlElement, *, shades: Mapping[str, tuple[Colour | None, ...]], page: Colour | None
) -> Iterator[Colour | None]:
    """The nearest ground of a run; several where a table's style has more; None for an unknown one."""
    properties = run.find(w("rPr"))
    highlight = _HIGHLIGHTS.get(value_of(properties, "highlight") or "")
    own = (highlight,) if highlight else _shade(properties)
    own = own or shades.get(value_of(properties, "rStyle") or "", ())
    if own:
        yield from own
        return
    for outer in run.iterancestors():
        name = str(outer.tag).rpartition("}")[2]
        if name in ("wsp", "textbox"):
            yield _shape_fill(outer)
            return
        if name not in ("p", "tc", "tbl"):
            continue
        found = _shade(outer.find(w(f"{name}Pr")))
        style = value_of(outer.find(w(f"{name}Pr")), "pStyle" if name == "p" else "tblStyle") or ""
        yield from found or shades.get(style, ())
        if found or (name == "p" and style in shades):
            return
    yield page


def _shade(properties: XmlElement | None) -> tuple[Colour | None, ...]:
    """The fill that is stated, if one is; None for a pattern, or a colour of the theme alone."""
    shade = None if properties is None else properties.find(w("shd"))
    return () if shade is None else _shade_of(shade)


def _shade_of(shade: XmlElement) -> tuple[Colour | None, ...]:
    if shade.get(w("val"), "clear") not in ("clear", "nil"):
        return (None,)
    colour = hex_colour(shade.get(w("fill"), ""))
    return (colour,) if colour or shade.get(w("themeFill")) else ()


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


def page_ground(root: XmlElement) -> Colour | None:
    """The colour behind a document's text; None where it cannot be told, as with a picture behind it."""
    if any(anchor.get("behindDoc") in ("1", "true") for anchor in root.iter("{*}anchor")):
        return None
    background = root.find(w("background"))
    if background is None:
        return WHITE
    colour = hex_colour(background.get(w("color"), ""))
    return (
        None if len(background) or (colour is None and background.get(w("themeColor"))) else colour or WHITE
    )


def shades_of(
    styles: Mapping[str, XmlElement], chain: Callable[[str], Iterable[XmlElement]]
) -> dict[str, tuple[Colour | None, ...]]:
    """The fills of every style that shades, by itself or the one it rests on; parts of a table included."""
    found: dict[str, tuple[Colour | None, ...]] = {}
    for name in styles:
        fills = [fill for style in chain(name) for shade in style.iter(w("shd")) for fill in _shade_of(shade)]
        if fills:
            found[name] = tuple(dict.fromkeys(fills))
    return found
