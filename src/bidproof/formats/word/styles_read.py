"""What a Word paragraph's style and numbering say: heading rank, list label, hidden."""

# lxml-stubs leave elements' children and attributes partly unknown.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateUsage=false
import re
from collections.abc import Iterator
from dataclasses import dataclass

from docx.document import Document as WordDocument
from lxml import etree

from bidproof.formats.word.xml import W, attribute, has_flag

_HEADING_NAME = re.compile(r"^heading (\d)$", re.IGNORECASE)
_NUMBERING = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/numbering"
_MAX_CHAIN = 20
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
          (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ParagraphStyle:
    """What matters of a paragraph's style; ``heading_level`` is 1 to 9, None for body text."""

    heading_level: int | None = None
    is_title: bool = False
    is_list: bool = False
    is_caption: bool = False
    is_contents: bool = False
    is_hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Level:
    format: str
    text: str
    start: int


class WordStyles:
    """Resolves styles and counts list labels while a document is walked in order."""

    def __init__(self, document: WordDocument) -> None:
        """Read the style and numbering parts of a document."""
        self._styles = {
            attribute(style, "styleId") or "": style for style in document.styles.element.iter(f"{W}style")
        }
        self._levels, self._abstract = _numbering(document)
        self._counters: dict[str, list[int]] = {}
        self._cache: dict[str, ParagraphStyle] = {}

    def look(self, paragraph: etree._Element) -> ParagraphStyle:
        """What a paragraph's style says, its own properties first."""
        own = paragraph.find(f"{W}pPr")
        name = _value(own, "pStyle") or ""
        if name not in self._cache:
            self._cache[name] = self._resolve(name)
        found = self._cache[name]
        outline = _value(own, "outlineLvl")
        if outline is not None and outline.isdigit() and int(outline) < 9:
            return ParagraphStyle(heading_level=int(outline) + 1, is_contents=found.is_contents)
        return found

    def is_hidden_run(self, run: etree._Element) -> bool:
        """Whether a run is marked hidden, by itself or by its character style."""
        properties = run.find(f"{W}rPr")
        if properties is None:
            return False
        if has_flag(properties, "vanish") or has_flag(properties, "webHidden"):
            return True
        name = _value(properties, "rStyle")
        return name is not None and any(
            has_flag(style.find(f"{W}rPr"), "vanish") for style in self._chain(name)
        )

    def next_label(self, paragraph: etree._Element) -> str:
        """Count one numbered paragraph and return its label, ``-`` for a bullet, empty for none."""
        place = self._numbering_of(paragraph)
        if place is None:
            return ""
        number_id, depth = place
        levels = self._levels.get(number_id)
        if not levels or depth not in levels or levels[depth].format == "none":
            return ""
        if levels[depth].format == "bullet":
            return "-"
        counters = self._counters.setdefault(self._abstract.get(number_id, number_id), [])
        while len(counters) <= depth:
            level = levels.get(len(counters))
            counters.append((level.start if level else 1) - 1)
        counters[depth] += 1
        del counters[depth + 1 :]
        return _label(levels, counters, depth)

    def _numbering_of(self, paragraph: etree._Element) -> tuple[str, int] | None:
        own = paragraph.find(f"{W}pPr")
        sources = [own] if own is not None else []
        sources += [
            properties
            for style in self._chain(_value(own, "pStyle") or "")
            if (properties := style.find(f"{W}pPr")) is not None
        ]
        number_id, depth = None, None
        for source in sources:
            numbering = source.find(f"{W}numPr")
            if numbering is None:
                continue
            number_id = number_id or _value(numbering, "numId")
            depth = depth or _value(numbering, "ilvl")
        if number_id in (None, "0"):
            return None
        return str(number_id), min(int(depth), 8) if depth and depth.isdigit() else 0

    def _chain(self, name: str) -> Iterator[etree._Element]:
        for _ in range(_MAX_CHAIN):
            style = self._styles.get(name)
            if style is None:
                return
            yield style
            name = _value(style, "basedOn") or ""

    def _resolve(self, name: str) -> ParagraphStyle:
        names = [(_value(style, "name") or "").lower() for style in self._chain(name)]
        level = None
        for style in self._chain(name):
            heading = _HEADING_NAME.match(_value(style, "name") or "")
            outline = _value(style.find(f"{W}pPr"), "outlineLvl")
            if heading:
                level = int(heading[1])
            elif outline is not None and outline.isdigit() and int(outline) < 9:
                level = int(outline) + 1
            if level is not None:
                break
        is_title = "title" in names[:2]
        is_contents = any(item.startswith(("toc ", "table of ")) for item in names[:1])
        return ParagraphStyle(
            heading_level=None if is_contents else 1 if is_title else level,
            is_title=is_title,
            is_list=any(item.startswith("list") and item != "list paragraph" for item in names[:1]),
            is_caption="caption" in names[:1],
            is_contents=is_contents,
            is_hidden=any(has_flag(style.find(f"{W}rPr"), "vanish") for style in self._chain(name)),
        )


def _value(parent: etree._Element | None, name: str) -> str | None:
    if parent is None:
        return None
    child = parent.find(W + name)
    return None if child is None else attribute(child, "val")


def _numbering(document: WordDocument) -> tuple[dict[str, dict[int, _Level]], dict[str, str]]:
    try:
        root = document.part.part_related_by(_NUMBERING).element  # pyright: ignore[reportAttributeAccessIssue]
    except (KeyError, AttributeError):
        return {}, {}
    abstract = {
        attribute(item, "abstractNumId") or "": {
            int(attribute(level, "ilvl") or 0): _Level(
                format=_value(level, "numFmt") or "decimal",
                text=_value(level, "lvlText") or "",
                start=int(_value(level, "start") or 1),
            )
            for level in item.iter(f"{W}lvl")
        }
        for item in root.iter(f"{W}abstractNum")
    }
    names = {
        attribute(item, "numId") or "": _value(item, "abstractNumId") or "" for item in root.iter(f"{W}num")
    }
    return {name: abstract.get(target, {}) for name, target in names.items()}, names


def _label(levels: dict[int, _Level], counters: list[int], depth: int) -> str:
    def count(match: re.Match[str]) -> str:
        index = int(match[1]) - 1
        if index >= len(counters) or index not in levels:
            return ""
        return _count(counters[index], levels[index].format)

    return re.sub(r"%(\d)", count, levels[depth].text).strip()


def _count(number: int, style: str) -> str:
    if style in ("lowerLetter", "upperLetter") and number > 0:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter.upper() if style == "upperLetter" else letter
    if style in ("lowerRoman", "upperRoman") and 0 < number < 4000:
        text = ""
        for value, sign in _ROMAN:
            text += sign * (number // value)
            number %= value
        return text.upper() if style == "upperRoman" else text
    return str(number)
