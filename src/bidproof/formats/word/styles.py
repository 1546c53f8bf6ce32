"""What a Word document's styles say about its text: headings, numbering, bold, hidden."""

# lxml's stubs leave parts of the tree API untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bidproof.formats.colours import Colour, hex_colour
from bidproof.formats.word.unseen import LEAST_HALF_POINTS, is_lost, page_ground, shades_of
from bidproof.formats.word.xml import number_of, stated, value_of, w
from bidproof.formats.xml import XmlElement

_HEADING_NAME = re.compile(r"heading\s*(\d)", re.I)
_BODY_LEVEL = 9
_ENDED_BY_CHANGE = ("del", "moveFrom")


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """The list that a paragraph stands in; ``level`` from 0, None when only the list's style links know.

    ``style`` is the id of the style that named the list, or the paragraph's own.
    """

    list_id: str
    level: int | None
    style: str


class StyleSheet:
    """Answers questions about paragraphs and runs by their own properties first, their styles' next."""

    def __init__(self, styles: XmlElement | None) -> None:
        """Index the styles; None where the document has no such part."""
        self._styles: dict[str, XmlElement] = {}
        self._default = ""
        self._toggles: dict[tuple[str, str], bool] = {}
        self._basis = (
            None if styles is None else styles.find(f"{w('docDefaults')}/{w('rPrDefault')}/{w('rPr')}")
        )
        # What no style states, as hidden text in most files, need not be looked for run by run.
        self._stated = (
            ()
            if styles is None
            else tuple(name for name in ("b", "vanish") if styles.find(f".//{w(name)}") is not None)
        )
        for item in () if styles is None else styles.iterfind(w("style")):
            self._styles[item.get(w("styleId"), "")] = item
            if item.get(w("type")) == "paragraph" and item.get(w("default"), "0") in ("1", "true", "on"):
                self._default = item.get(w("styleId"), "")
        self._shades = shades_of(self._styles, self._chain)
        self._page: tuple[Colour | None, ...] = ()
        self._values: dict[tuple[str, str], str | None] = {}

    def style_of(self, paragraph: XmlElement) -> str:
        """The id of a paragraph's style, the document's default when it names none."""
        named = value_of(paragraph.find(w("pPr")), "pStyle")
        return self._default if named is None else named

    def name_of(self, style: str) -> str:
        """The name users see; the id itself for an unknown style."""
        return value_of(self._styles.get(style), "name") or style

    def heading_level(self, paragraph: XmlElement) -> int | None:
        """A heading's rank from 1, 0 for a title, None for other paragraphs."""
        for place in self._places(paragraph):
            name = value_of(place, "name") or ""
            if (found := _HEADING_NAME.match(name)) is not None:
                return int(found[1])
            if name.lower() == "title":
                return 0
            level = number_of(place.find(w("pPr")), "outlineLvl")
            if level is not None:
                return level + 1 if 0 <= level < _BODY_LEVEL else None
        return None

    def numbering_of(self, paragraph: XmlElement) -> Numbered | None:
        """The list of a paragraph, None where it stands in none."""
        level: int | None = None
        for place in self._places(paragraph):
            numbering = place.find(f"{w('pPr')}/{w('numPr')}")
            if level is None:
                level = number_of(numbering, "ilvl")
            list_id = value_of(numbering, "numId")
            if list_id is not None:
                style = place.get(w("styleId")) or self.style_of(paragraph)
                return None if list_id == "0" else Numbered(list_id=list_id, level=level, style=style)
        return None

    def is_hidden(self, run: XmlElement) -> bool:
        """Whether a run is not seen: hidden, in the colour of its ground, or too small to read."""
        if self._is_on(run, "vanish"):
            return True
        size = self._in_force(run, "sz") or ""
        if size.isdigit() and int(size) < LEAST_HALF_POINTS:
            return True
        colour: Colour | None = hex_colour(self._in_force(run, "color") or "")
        if colour is None:
            return False
        if not self._page:
            self._page = (page_ground(run.getroottree().getroot()),)
        return is_lost(run, colour, shades=self._shades, page=self._page[0])

    def _in_force(self, run: XmlElement, name: str) -> str | None:
        """A property of a run: its own, else its style's, its paragraph's, or the document's."""
        properties = run.find(w("rPr"))
        own = value_of(properties, name)
        if own is not None:
            return own
        paragraph = next(run.iterancestors(w("p")), None)
        styles = [value_of(properties, "rStyle") or "", "" if paragraph is None else self.style_of(paragraph)]
        said = next((value for style in styles if (value := self._value(style, name)) is not None), None)
        return value_of(self._basis, name) if said is None else said

    def _value(self, style: str, name: str) -> str | None:
        key = (style, name)
        if key not in self._values:
            said = (value_of(item.find(w("rPr")), name) for item in self._chain(style))
            self._values[key] = next((value for value in said if value is not None), None)
        return self._values[key]

    def is_all_bold(self, paragraph: XmlElement) -> bool:
        """Whether every run that shows text is bold, by itself or by a style; False without text."""
        runs = (
            run for run in paragraph.iter(w("r")) if any((t.text or "").strip() for t in run.iter(w("t")))
        )
        bold = [self._is_on(run, "b") for run in runs]
        return bool(bold) and all(bold)

    def is_end_hidden(self, paragraph: XmlElement) -> bool:
        """Whether a paragraph's mark is hidden or deleted; without text, a reader then sees no paragraph."""
        mark = paragraph.find(f"{w('pPr')}/{w('rPr')}")
        if mark is not None and any(mark.find(w(name)) is not None for name in _ENDED_BY_CHANGE):
            return True
        own = stated(mark, "vanish")
        return self._by_style(self.style_of(paragraph), "vanish") if own is None else own

    def _is_on(self, run: XmlElement, name: str) -> bool:
        """A toggle property: the run's own word first; two kinds of style cancel out (ECMA-376-1, 17.7.3)."""
        properties = run.find(w("rPr"))
        own = stated(properties, name)
        if own is not None:
            return own
        if name not in self._stated:
            return False
        if stated(self._basis, name):
            return True
        paragraph = next(run.iterancestors(w("p")), None)
        by_paragraph = paragraph is not None and self._by_style(self.style_of(paragraph), name)
        return by_paragraph != self._by_style(value_of(properties, "rStyle") or "", name)

    def _by_style(self, style: str, name: str) -> bool:
        key = (style, name)
        if key not in self._toggles:
            said = (stated(item.find(w("rPr")), name) for item in self._chain(style))
            self._toggles[key] = next((value for value in said if value is not None), False)
        return self._toggles[key]

    def _places(self, paragraph: XmlElement) -> Iterator[XmlElement]:
        """Where properties of a paragraph may stand, nearest first."""
        yield paragraph
        yield from self._chain(self.style_of(paragraph))

    def _chain(self, style: str) -> Iterator[XmlElement]:
        """A style and the ones it is based on, nearest first; a ring ends where it closes."""
        seen: set[str] = set()
        while style in self._styles and style not in seen:
            seen.add(style)
            found = self._styles[style]
            yield found
            style = value_of(found, "basedOn") or ""
