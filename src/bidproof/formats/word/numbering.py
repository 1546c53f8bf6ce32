"""Compute the labels that Word shows before numbered paragraphs ("3.2.1", "a)")."""

# lxml's stubs leave parts of the tree API untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from dataclasses import dataclass, field

from bidproof.formats.word.package import XmlElement, w

_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
          (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_MAX_LEVELS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedLevel:
    """One level of a list definition."""

    format: str = "decimal"
    text: str = ""
    start: int = 1
    restart: int | None = None
    is_legal: bool = False
    style: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLabel:
    """What stands before one paragraph; ``text`` is empty for bullets."""

    text: str
    level: int
    is_bullet: bool
    list_id: str = ""


@dataclass(slots=True, kw_only=True)
class _List:
    """One ``w:num``: levels after overrides; counters are shared per definition."""

    definition: str
    levels: dict[int, NumberedLevel]
    restarts: dict[int, int] = field(default_factory=dict[int, int])


class ListNumbers:
    """Counts through the lists of one document, in document order."""

    def __init__(self, numbering: XmlElement | None) -> None:
        """Read the definitions; None where the document has no numbering part."""
        self._lists: dict[str, _List] = {}
        self._counters: dict[str, dict[int, int]] = {}
        self._started: set[str] = set()
        if numbering is not None:
            self._load(numbering)

    def level_of_style(self, list_id: str, style: str) -> int | None:
        """The level that a list ties to a paragraph style; None when it ties none."""
        found = self._lists.get(list_id)
        levels = found.levels.items() if found else ()
        return next((level for level, item in levels if style and item.style == style), None)

    def next_label(self, list_id: str, level: int) -> ListLabel | None:
        """Advance a list by one paragraph and give its label.

        Args:
            list_id: ``w:numId`` of the paragraph; "0" means none.
            level: ``w:ilvl``, from 0.

        Returns:
            None when the list is unknown or switched off.
        """
        found = self._lists.get(list_id)
        definition = found.levels.get(level) if found else None
        if found is None or definition is None:
            return None
        counters = self._counters.setdefault(found.definition, {})
        if list_id not in self._started:
            self._started.add(list_id)
            for at, value in found.restarts.items():
                counters[at] = value - 1
        counters[level] = counters.get(level, definition.start - 1) + 1
        for deeper in range(level + 1, _MAX_LEVELS):
            if self._restarts_after(found, deeper, level):
                counters.pop(deeper, None)
        if definition.format in ("bullet", "none"):
            return ListLabel(text="", level=level, is_bullet=definition.format == "bullet", list_id=list_id)
        return ListLabel(
            text=self._render(found, level, counters), level=level, is_bullet=False, list_id=list_id
        )

    @staticmethod
    def _restarts_after(found: _List, deeper: int, level: int) -> bool:
        definition = found.levels.get(deeper)
        if definition is None or definition.restart is None:
            return True
        return definition.restart != 0 and level < definition.restart

    @staticmethod
    def _render(found: _List, level: int, counters: dict[int, int]) -> str:
        text = found.levels[level].text
        for at in range(_MAX_LEVELS):
            mark = f"%{at + 1}"
            if mark in text:
                item = found.levels.get(at, NumberedLevel())
                style = "decimal" if found.levels[level].is_legal else item.format
                text = text.replace(mark, _spell(counters.get(at, item.start), style))
        return text.strip()

    def _load(self, numbering: XmlElement) -> None:
        abstracts: dict[str, dict[int, NumberedLevel]] = {}
        for item in numbering.iterfind(w("abstractNum")):
            levels = {
                _number(level.get(w("ilvl")), 0): _read_level(level) for level in item.iterfind(w("lvl"))
            }
            abstracts[item.get(w("abstractNumId"), "")] = levels
        for item in numbering.iterfind(w("num")):
            name = _value(item.find(w("abstractNumId")))
            known = _List(definition=name, levels=dict(abstracts.get(name, {})))
            for override in item.iterfind(w("lvlOverride")):
                at = _number(override.get(w("ilvl")), 0)
                if (level := override.find(w("lvl"))) is not None:
                    known.levels[at] = _read_level(level)
                if (start := override.find(w("startOverride"))) is not None:
                    known.restarts[at] = _number(start.get(w("val")), 1)
            self._lists[item.get(w("numId"), "")] = known


def _read_level(level: XmlElement) -> NumberedLevel:
    restart = level.find(w("lvlRestart"))
    legal = level.find(w("isLgl"))
    return NumberedLevel(
        format=_value(level.find(w("numFmt"))) or "decimal",
        text=_value(level.find(w("lvlText"))),
        start=_number(_value(level.find(w("start"))), 1),
        restart=None if restart is None else _number(restart.get(w("val")), 0),
        is_legal=legal is not None and legal.get(w("val"), "1") not in ("0", "false"),
        style=_value(level.find(w("pStyle"))),
    )


def _value(element: XmlElement | None) -> str:
    return "" if element is None else element.get(w("val"), "")


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.lstrip("-").isdigit() and len(text) < 10 else default


def _spell(value: int, style: str) -> str:
    if style == "decimalZero":
        return f"{value:02d}"
    if style in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (value - 1) % 26) * min((value - 1) // 26 + 1, 5) if value > 0 else ""
        return letter if style == "lowerLetter" else letter.upper()
    if style in ("lowerRoman", "upperRoman"):
        return _roman(value) if style == "lowerRoman" else _roman(value).upper()
    return str(value)


def _roman(value: int) -> str:
    text = ""
    rest = max(0, min(value, 3999))
    for size, letters in _ROMAN:
        count, rest = divmod(rest, size)
        text += letters * count
    return text
