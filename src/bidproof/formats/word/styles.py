"""What a Word document's styles say about its paragraphs: headings, numbering, bold, hidden."""

# lxml's stubs leave parts of the tree API untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import re
from collections.abc import Iterator

from bidproof.formats.word.package import XmlElement, w

_HEADING_NAME = re.compile(r"heading\s*(\d)", re.I)
_OFF = frozenset({"0", "false", "off", "none"})
_BODY_LEVEL = 9


def is_on(parent: XmlElement | None, name: str) -> bool | None:
    """A toggle property: True or False when stated, None when not."""
    item = None if parent is None else parent.find(w(name))
    return None if item is None else item.get(w("val"), "1").lower() not in _OFF


def is_hidden(run: XmlElement) -> bool:
    """Whether a run is marked as hidden text."""
    return bool(is_on(run.find(w("rPr")), "vanish"))


class StyleSheet:
    """Answers questions about paragraphs by their own properties first, their style's next."""

    def __init__(self, styles: XmlElement | None) -> None:
        """Index the styles; None where the document has no such part."""
        self._styles: dict[str, XmlElement] = {}
        self._default = ""
        for item in () if styles is None else styles.iterfind(w("style")):
            self._styles[item.get(w("styleId"), "")] = item
            if item.get(w("type")) == "paragraph" and item.get(w("default"), "0").lower() not in _OFF:
                self._default = item.get(w("styleId"), "")

    def style_of(self, paragraph: XmlElement) -> str:
        """The id of a paragraph's style, the document's default when it names none."""
        style = paragraph.find(f"{w('pPr')}/{w('pStyle')}")
        return self._default if style is None else style.get(w("val"), "")

    def name_of(self, style: str) -> str:
        """The name users see; the id itself for an unknown style."""
        found = self._styles.get(style)
        name = None if found is None else found.find(w("name"))
        return style if name is None else name.get(w("val"), style)

    def heading_level(self, paragraph: XmlElement) -> int | None:
        """A heading's rank from 1, 0 for a title, None for other paragraphs."""
        own = paragraph.find(f"{w('pPr')}/{w('outlineLvl')}")
        if own is not None:
            return _rank(own.get(w("val"), ""))
        for style in self._chain(self.style_of(paragraph)):
            name = style.find(w("name"))
            text = "" if name is None else name.get(w("val"), "")
            if (found := _HEADING_NAME.match(text)) is not None:
                return int(found[1])
            if text.lower() == "title":
                return 0
            level = style.find(f"{w('pPr')}/{w('outlineLvl')}")
            if level is not None:
                return _rank(level.get(w("val"), ""))
        return None

    def numbering_of(self, paragraph: XmlElement) -> tuple[str, int | None] | None:
        """The list id and level (from 0; None when only the style knows) of a paragraph."""
        places = [paragraph, *self._chain(self.style_of(paragraph))]
        level: int | None = None
        for place in places:
            numbered = place.find(f"{w('pPr')}/{w('numPr')}")
            if numbered is None:
                continue
            list_id, at = numbered.find(w("numId")), numbered.find(w("ilvl"))
            if at is not None and level is None and at.get(w("val"), "").isdigit():
                level = int(at.get(w("val"), "0"))
            if list_id is not None:
                name = list_id.get(w("val"), "0")
                return None if name == "0" else (name, level)
        return None

    def is_all_bold(self, paragraph: XmlElement) -> bool:
        """Whether every run that shows text is bold, by itself or by the paragraph's style."""
        by_style = next(
            (
                value
                for style in self._chain(self.style_of(paragraph))
                if (value := is_on(style.find(w("rPr")), "b")) is not None
            ),
            False,
        )
        shown = [
            run
            for run in paragraph.iter(w("r"))
            if any((item.text or "").strip() for item in run.iter(w("t")))
        ]
        stated = [is_on(run.find(w("rPr")), "b") for run in shown]
        return bool(shown) and all(by_style if value is None else value for value in stated)

    def _chain(self, style: str) -> Iterator[XmlElement]:
        """A style and the ones it is based on, nearest first; a ring ends where it closes."""
        seen: set[str] = set()
        while style in self._styles and style not in seen:
            seen.add(style)
            found = self._styles[style]
            yield found
            based = found.find(w("basedOn"))
            style = "" if based is None else based.get(w("val"), "")


def _rank(value: str) -> int | None:
    return int(value) + 1 if value.isdigit() and int(value) < _BODY_LEVEL else None
