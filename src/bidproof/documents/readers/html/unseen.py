"""Takes out of a page what a person does not see: by computed colour, size, place and display."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from PIL import ImageColor
from selectolax.lexbor import LexborHTMLParser, LexborNode

from bidproof.documents.clean import clean_line
from bidproof.documents.readers.html.styles import StyleSheet
from bidproof.formats.colours import BLACK, WHITE, Colour, is_alike

_SILENT = frozenset({"head", "script", "style", "template", "noscript", "svg", "select", "object"})
_LENGTH = re.compile(r"^(-?[\d.]+)\s*(px|pt|em|rem|%|vw|vh|)$")
_FONT_SIZE = re.compile(r"(?:^|\s)([\d.]+(?:px|pt|em|rem|%))")
_AWAY = re.compile(r"translate(?:x|y|3d)?\([^)]*-\d{4,}|scale[xy]?\(\s*0?\.?0*\s*[,)]")
_CUT = re.compile(r"rect\((?:\s*[01](?:px)?\s*,?){4}\)|inset\(\s*(?:[5-9]\d|100)(?:\.\d+)?%|circle\(\s*0")
_FAR = -500.0
_LEAST_PX = 2.0
_INHERITED = ("inherit", "currentcolor", "unset", "initial")
_COLOUR_OF = {"font": "color", "body": "text"}
_OF_PAGE = frozenset({"color", "background-color", "background-image", "font-size", "font"})
"""What counts on the page as a whole: a script shows a page that hides itself until it is loaded."""
_OVERLAID = "img, picture, video, canvas, svg, object"
_PLAIN_RGB = re.compile(r"rgb\(\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*\)$|#(?:[0-9a-f]{3}|[0-9a-f]{6})$|[a-z]+$")
_CLEAR = re.compile(
    r"transparent|(?:rgba?|hsla?)\(.*[,/]\s*(?:0?\.)?0+%?\s*\)|#[0-9a-f]{6}00$|#[0-9a-f]{3}0$"
)


class _Look(NamedTuple):
    """What an element hands on to those inside it.

    ``colour`` and ``ground`` are None where they cannot be told: behind a picture, from a sheet
    that is not in the page, in a notation that we do not compute. Such a text counts as seen.
    """

    colour: Colour | None
    ground: Colour | None
    size_px: float = 16.0
    is_clear: bool = False
    is_hidden: bool = False

    @property
    def is_seen(self) -> bool:
        """Whether a text in this look can be read."""
        if self.is_hidden or self.size_px < _LEAST_PX:
            return False
        if self.is_clear or self.ground is None or self.colour is None:
            return self.ground is None or not self.is_clear
        return not is_alike(self.colour, self.ground)


def take_unseen(tree: LexborHTMLParser) -> list[str]:
    """Take elements and texts out of a page that it does not show.

    External style sheets and scripts are not looked at: with such a sheet, colours count only
    where the page itself states both.

    Returns:
        The texts taken out, in order.
    """
    sheet = StyleSheet(tree)
    is_whole = tree.css_first("link[rel~=stylesheet]") is None
    plain = _Look(colour=BLACK, ground=WHITE) if is_whole else _Look(colour=None, ground=None)
    is_overlaid = tree.css_first(_OVERLAID) is not None
    root = tree.root
    gone: list[LexborNode] = []
    open_nodes = [(root, plain)] if root is not None else []
    while open_nodes:
        node, outer = open_nodes.pop()
        styles = sheet.of(node)
        if node.tag in ("html", "body"):
            styles = {name: value for name, value in styles.items() if name in _OF_PAGE}
        elif "hidden" in node.attributes or _is_gone(node, styles):
            gone.append(node)
            continue
        if is_overlaid and styles.get("position") in ("absolute", "fixed"):
            outer = outer._replace(ground=None)  # it may stand on a picture
        look = _look(node, styles, outer)
        inner: list[tuple[LexborNode, _Look]] = []
        for child in node.iter(include_text=True):
            tag = child.tag or "-"
            if tag == "-text":
                if not look.is_seen:
                    gone.append(child)
            elif tag[0] not in "-_" and tag not in _SILENT:
                inner.append((child, look))
        open_nodes += reversed(inner)
    texts = [clean_line(node.text(separator=" ")) for node in gone]
    for node in gone:
        node.decompose()
    return [text for text in texts if text]


def _is_gone(node: LexborNode, styles: Mapping[str, str]) -> bool:
    """Whether an element is not shown whatever those inside it say."""
    if not styles:
        return False
    is_clipped = (
        "hidden" in styles.get("overflow", "")
        and node.tag not in ("td", "th")
        and any(_is_flat(styles.get(name, "auto")) for name in ("height", "max-height", "width"))
    )
    is_placed = styles.get("position") in ("absolute", "fixed")
    places = ("left", "top", "right", "margin-left", "margin-top") if is_placed else ("margin-left",)
    is_away = any(_is_far(styles.get(name, ""), is_placed) for name in (*places, "text-indent"))
    opacity = _pixels(styles.get("opacity", "1").rstrip("%"))
    is_moving = any(name in styles for name in ("animation", "animation-name", "transition"))
    return (
        styles.get("display") == "none"
        or styles.get("content-visibility") == "hidden"
        or is_clipped
        or is_away
        or (opacity is not None and opacity < 0.05 and not is_moving)
        or bool(_CUT.search(styles.get("clip", "") + styles.get("clip-path", "")))
        or bool(_AWAY.search(styles.get("transform", "")))
    )


def _is_far(place: str, is_placed: bool) -> bool:
    """Whether a place lies off the page; shares of a width also pull an element to the page's edge."""
    return (is_placed or not place.endswith(("%", "vw"))) and (_pixels(place) or 0) <= _FAR


def _is_flat(size: str) -> bool:
    pixels = _pixels(size)
    return pixels is not None and pixels <= 1


def _look(node: LexborNode, styles: Mapping[str, str], outer: _Look) -> _Look:
    attributes = node.attributes
    colour = styles.get("color") or attributes.get(_COLOUR_OF.get(node.tag or "", ""))
    ground = styles.get("background-color") or attributes.get("bgcolor") or ""
    image = styles.get("background-image", "") or ("url(" if attributes.get("background") else "")
    if not (colour or ground or image or styles):
        return outer
    states_colour = bool(colour) and colour not in _INHERITED
    return _Look(
        colour=_rgb(colour or "") if states_colour else outer.colour,
        is_clear=bool(_CLEAR.match(colour or "")) if states_colour else outer.is_clear,
        ground=_ground(ground, image, outer.ground),
        size_px=_font_px(styles, outer.size_px),
        is_hidden=outer.is_hidden
        if styles.get("visibility", "inherit") == "inherit"
        else styles["visibility"] in ("hidden", "collapse"),
    )


def _ground(text: str, image: str, inherited: Colour | None) -> Colour | None:
    if "url(" in image or "gradient(" in image:
        return None
    if not text or text in ("none", *_INHERITED) or _CLEAR.match(text):
        return inherited
    return _rgb(text) or next((rgb for word in text.split() if (rgb := _rgb(word))), None)


def _rgb(text: str) -> Colour | None:
    """A colour in plain notation; None for another, such as one that lets the ground through."""
    plain = text.strip().lower()
    if not _PLAIN_RGB.match(plain):
        return None
    try:
        red, green, blue = ImageColor.getrgb(plain)[:3]
    except ValueError:
        return None
    return red, green, blue


def _font_px(styles: Mapping[str, str], inherited: float) -> float:
    size = styles.get("font-size", "")
    if not size and (found := _FONT_SIZE.search(styles.get("font", ""))):
        size = found[1]
    length = _LENGTH.match(size)
    if not length:
        return inherited if size in ("", "inherit") else 16.0
    number, unit = _number(length[1]), length[2]
    scale = {"em": inherited, "%": inherited / 100, "rem": 16.0, "pt": 4 / 3, "vw": 12.0, "vh": 8.0}
    return number * scale.get(unit, 1.0)


def _pixels(text: str) -> float | None:
    length = _LENGTH.match(text)
    if not length:
        return None
    scale = {"em": 16.0, "rem": 16.0, "pt": 4 / 3, "%": 10.0, "vw": 12.0, "vh": 8.0}
    return _number(length[1]) * scale.get(length[2], 1.0)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
