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
_AWAY = re.compile(r"translate(?:x|y|3d)?\([^)]*-\d{3,}|scale[xy]?\(\s*0?\.?0*\s*[,)]")
_CUT = re.compile(r"rect\(\s*(?:0|1px)(?:px)?[\s,]|inset\(\s*(?:[5-9]\d|100)(?:\.\d+)?%|circle\(\s*0")
_FAR = -500.0
_LEAST_PX = 2.0
_TRANSPARENT = re.compile(r"transparent|rgba\(.*[,/]\s*(?:0?\.)?0+%?\s*\)|#[0-9a-f]{6}00$|#[0-9a-f]{3}0$")


class _Look(NamedTuple):
    """What an element hands on to those inside it; ``ground`` is None behind a picture."""

    colour: Colour | None = BLACK
    ground: Colour | None = WHITE
    size_px: float = 16.0
    is_hidden: bool = False

    @property
    def is_seen(self) -> bool:
        """Whether a text in this look can be read."""
        if self.is_hidden or self.size_px < _LEAST_PX or self.colour is None:
            return False
        return self.ground is None or not is_alike(self.colour, self.ground)


def take_unseen(tree: LexborHTMLParser) -> list[str]:
    """Take elements and texts out of a page that it does not show.

    External style sheets and scripts are not looked at.

    Returns:
        The texts taken out, in order.
    """
    sheet = StyleSheet(tree)
    root = tree.body
    gone: list[LexborNode] = []
    open_nodes = [(root, _Look())] if root is not None else []
    while open_nodes:
        node, outer = open_nodes.pop()
        styles = sheet.of(node)
        if "hidden" in node.attributes or _is_gone(styles):
            gone.append(node)
            continue
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


def _is_gone(styles: Mapping[str, str]) -> bool:
    """Whether an element is not shown whatever those inside it say."""
    if not styles:
        return False
    is_clipped = "hidden" in styles.get("overflow", "") and any(
        (size := _pixels(styles.get(name, "auto"))) is not None and size <= 1
        for name in ("height", "max-height", "width", "max-width")
    )
    is_placed = styles.get("position") in ("absolute", "fixed")
    places = ("left", "top", "right", "margin-left", "margin-top") if is_placed else ("margin-left",)
    is_away = any((_pixels(styles.get(name, "")) or 0) <= _FAR for name in (*places, "text-indent"))
    opacity = _pixels(styles.get("opacity", "1").rstrip("%"))
    return (
        styles.get("display") == "none"
        or styles.get("content-visibility") == "hidden"
        or is_clipped
        or is_away
        or (opacity is not None and opacity < 0.05)
        or bool(_CUT.search(styles.get("clip", "") + styles.get("clip-path", "")))
        or bool(_AWAY.search(styles.get("transform", "")))
    )


def _look(node: LexborNode, styles: Mapping[str, str], outer: _Look) -> _Look:
    attributes = node.attributes
    colour = styles.get("color") or (attributes.get("color") if node.tag == "font" else None)
    ground = styles.get("background-color") or styles.get("background") or attributes.get("bgcolor")
    if not (colour or ground or styles):
        return outer
    return _Look(
        colour=_colour(colour, outer.colour),
        ground=_ground(ground or "", styles.get("background-image", ""), outer.ground),
        size_px=_font_px(styles, outer.size_px),
        is_hidden=outer.is_hidden
        if styles.get("visibility", "inherit") == "inherit"
        else styles["visibility"] in ("hidden", "collapse"),
    )


def _colour(text: str | None, inherited: Colour | None) -> Colour | None:
    if text is None or text in ("inherit", "currentcolor", "unset"):
        return inherited
    if _TRANSPARENT.match(text.lower()):
        return None
    return _rgb(text) or BLACK


def _ground(text: str, image: str, inherited: Colour | None) -> Colour | None:
    if "url(" in text + image or "gradient(" in text + image:
        return None
    if not text or _TRANSPARENT.match(text.lower()):
        return inherited
    found = _rgb(text) or next((rgb for word in text.split() if (rgb := _rgb(word))), None)
    return found or (inherited if text in ("none", "inherit", "unset", "initial") else None)


def _rgb(text: str) -> Colour | None:
    try:
        red, green, blue = ImageColor.getrgb(text)[:3]
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
