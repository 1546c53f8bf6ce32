"""Compute the labels that Word shows before numbered paragraphs ("3.2.1", "a)").

ECMA-376 part 1, section 17.9; where the standard is silent, as Word does it.
"""

# lxml's stubs leave parts of the tree API untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import re
from dataclasses import dataclass, field, replace

from bidproof.formats.word.styles import Numbered
from bidproof.formats.word.xml import number_of, stated, value_of, w
from bidproof.formats.xml import XmlElement

_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
          (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_ORDINAL = {1: "st", 2: "nd", 3: "rd"}
_MAX_LEVELS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLabel:
    """What stands before one paragraph; ``text`` is empty for bullets."""

    text: str
    level: int
    is_bullet: bool
    list_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Level:
    """One level of a list; ``restart`` is the deepest level, from 1, that makes it start anew, 0 for none."""

    format: str = "decimal"
    text: str = ""
    start: int = 1
    restart: int = _MAX_LEVELS
    is_legal: bool = False
    style: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _List:
    """One ``w:num``: levels after overrides; those in ``anew`` start anew where the list begins."""

    definition: str
    levels: dict[int, _Level]
    anew: frozenset[int]


@dataclass(slots=True, kw_only=True)
class _Count:
    """How far the lists of one definition have counted, by level; they count together."""

    numbers: dict[int, int] = field(default_factory=dict[int, int])
    begun: set[str] = field(default_factory=set[str])


class ListNumbers:
    """Counts through the lists of one document, in document order."""

    def __init__(self, numbering: XmlElement | None) -> None:
        """Read the definitions; None where the document has no numbering part."""
        self._lists = {} if numbering is None else _read_lists(numbering)
        self._counts: dict[str, _Count] = {}

    def next_label(self, numbered: Numbered | None) -> ListLabel | None:
        """Advance a list by one paragraph and give its label.

        Levels above that no paragraph has used yet begin too: a first paragraph on the second
        level is 1.1, and one on the first level after it 2 (as in Word since 6.0).

        Returns:
            None when the paragraph stands in no list, or the list is unknown.
        """
        found = None if numbered is None else self._lists.get(numbered.list_id)
        if numbered is None or found is None:
            return None
        level = _level_of(found, numbered)
        definition = found.levels.get(level)
        if definition is None:
            return None
        numbers = self._advance(found, numbered.list_id, level)
        is_bullet = definition.format == "bullet"
        text = "" if is_bullet else _render(found, definition, numbers)
        return ListLabel(text=text, level=level, is_bullet=is_bullet, list_id=numbered.list_id)

    def _advance(self, found: _List, list_id: str, level: int) -> dict[int, int]:
        count = self._counts.setdefault(found.definition, _Count())
        numbers = count.numbers
        if list_id not in count.begun:
            count.begun.add(list_id)
            for at in found.anew:
                numbers.pop(at, None)
        for at in range(level):
            numbers.setdefault(at, _definition(found, at).start)
        numbers[level] = numbers[level] + 1 if level in numbers else _definition(found, level).start
        for deeper in range(level + 1, _MAX_LEVELS):
            if level < _definition(found, deeper).restart:
                numbers.pop(deeper, None)
        return numbers


def _level_of(found: _List, numbered: Numbered) -> int:
    """The level that a paragraph states, else the one that the list ties to its style, else the first."""
    if numbered.level is not None:
        return numbered.level
    return next((at for at, item in found.levels.items() if item.style and item.style == numbered.style), 0)


def _definition(found: _List, level: int) -> _Level:
    return found.levels.get(level, _Level())


def _render(found: _List, definition: _Level, numbers: dict[int, int]) -> str:
    def spelt(mark: re.Match[str]) -> str:
        at = int(mark[1]) - 1
        item = _definition(found, at)
        return _spell(numbers.get(at, item.start), "decimal" if definition.is_legal else item.format)

    return re.sub(r"%([1-9])", spelt, definition.text).strip()


def _read_lists(numbering: XmlElement) -> dict[str, _List]:
    abstracts = {item.get(w("abstractNumId"), ""): item for item in numbering.iterfind(w("abstractNum"))}
    linked = {value_of(item, "styleLink"): name for name, item in abstracts.items()}
    lists: dict[str, _List] = {}
    for item in numbering.iterfind(w("num")):
        name = value_of(item, "abstractNumId") or ""
        # A definition may only point to the one that a list style holds.
        name = linked.get(value_of(abstracts.get(name), "numStyleLink") or "", name)
        levels = {} if name not in abstracts else _read_levels(abstracts[name])
        anew: set[int] = set()
        for override in item.iterfind(w("lvlOverride")):
            levels |= _read_levels(override)
            start, at = number_of(override, "startOverride"), _place(override)
            if start is not None:
                levels[at] = replace(levels.get(at, _Level()), start=start)
                anew.add(at)
        lists[item.get(w("numId"), "")] = _List(definition=name, levels=levels, anew=frozenset(anew))
    return lists


def _read_levels(parent: XmlElement) -> dict[int, _Level]:
    return {_place(level): _read_level(level) for level in parent.iterfind(w("lvl"))}


def _place(element: XmlElement) -> int:
    text = element.get(w("ilvl"), "0")
    return int(text) if text.isdecimal() else 0


def _read_level(level: XmlElement) -> _Level:
    start, restart = number_of(level, "start"), number_of(level, "lvlRestart")
    return _Level(
        format=_format(level),
        text=value_of(level, "lvlText") or "",
        start=0 if start is None else start,
        restart=_MAX_LEVELS if restart is None else restart,
        is_legal=bool(stated(level, "isLgl")),
        style=value_of(level, "pStyle") or "",
    )


def _format(level: XmlElement) -> str:
    """The number format; one of Word 2010 ("001, 002, …") stands in an alternative, with its digits."""
    found = next(level.iter(w("numFmt")), None)
    kind = "decimal" if found is None else found.get(w("val"), "decimal")
    return "decimal" if found is None else found.get(w("format"), kind) if kind == "custom" else kind


def _spell(value: int, style: str) -> str:
    match style:
        case "none":
            return ""
        case "decimalZero":
            return f"{value:02d}"
        case "lowerLetter" | "upperLetter":
            letter = chr(ord("a") + (value - 1) % 26) * min((value - 1) // 26 + 1, 5) if value > 0 else ""
            return letter if style == "lowerLetter" else letter.upper()
        case "lowerRoman" | "upperRoman":
            return _roman(value) if style == "lowerRoman" else _roman(value).upper()
        case "ordinal":
            return f"{value}{'th' if value // 10 % 10 == 1 else _ORDINAL.get(value % 10, 'th')}"
        case _:
            first = style.split(",")[0]
            return str(value).zfill(len(first) if first.isdecimal() else 1)


def _roman(value: int) -> str:
    text = ""
    rest = max(0, min(value, 3999))
    for size, letters in _ROMAN:
        count, rest = divmod(rest, size)
        text += letters * count
    return text
