"""What a page's style sheets and attributes say of an element, as far as it decides whether it is seen."""

import re
from collections.abc import Iterator, Mapping

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_BRACE = re.compile(r"([^{}]*+)([{}]|\Z)")
_MEDIA = r"(?:only\s+)?(?:screen|all)\s*(?:,.*)?$"
_PLAIN_MEDIA = re.compile(_MEDIA, re.IGNORECASE)
_PLAIN_GROUP = re.compile(rf"@media\s+{_MEDIA}|@supports(?!\s+not\b)|@layer", re.IGNORECASE)
_STATEMENT = re.compile(r"@[^;{}@]*+;")
_SPECIFIC = (re.compile(r"#[\w-]+"), re.compile(r"[.:][\w-]+|\["), re.compile(r"(?:^|[\s>+~])[a-z]", re.I))
_DECIDING = frozenset({
    "animation", "animation-name", "background-color", "background-image", "clip", "clip-path", "color",
    "content-visibility", "display", "font", "font-size", "height", "left", "margin-left", "margin-top",
    "max-height", "opacity", "overflow", "position", "right", "text-indent", "top", "transform", "transition",
    "visibility", "width",
})  # fmt: skip
_SHORT = {"background": ("background-color", "background-image")}
_MAX_RULES, _MAX_MATCHES = 1_000, 200_000

Rank = tuple[bool, int, int, int, int]
"""What wins where two rules name one property: importance, then specificity, then order."""


Declaration = tuple[str, str, bool]
"""A property, its value in lower case, and whether it is important."""


class StyleSheet:
    """The declarations in force for each element of a page, inline ones included."""

    def __init__(self, tree: LexborHTMLParser) -> None:
        self._found: dict[int, dict[str, tuple[Rank, str]]] = {}
        left = _MAX_MATCHES
        for order, (selector, declared) in enumerate(_rules(tree)):
            if order >= _MAX_RULES or left <= 0:
                break
            for node in _matches(tree, selector):
                left -= 1
                self._declare(node.mem_id, declared, (*_specificity(selector), order))

    def of(self, node: LexborNode) -> Mapping[str, str]:
        """The declarations of one element by property, lower case."""
        inline = node.attributes.get("style")
        if inline:
            self._declare(node.mem_id, _declarations(inline), (1_000_000, 0, 0, 0))
        return {name: value for name, (_, value) in self._found.get(node.mem_id, {}).items()}

    def _declare(self, node: int, declared: list[Declaration], rank: tuple[int, int, int, int]) -> None:
        own = self._found.setdefault(node, {})
        for name, value, is_important in declared:
            won = (is_important, *rank)
            if name not in own or own[name][0] <= won:
                own[name] = (won, value)


def _rules(tree: LexborHTMLParser) -> Iterator[tuple[str, list[Declaration]]]:
    """Selectors with their declarations, of the sheets that hold on a screen of any size."""
    for sheet in tree.css("style"):
        media, outer = (sheet.attributes.get("media") or "").strip(), sheet.parent
        if (media and not _PLAIN_MEDIA.match(media)) or (outer is not None and outer.tag == "noscript"):
            continue
        text = _STATEMENT.sub("", _COMMENT.sub("", sheet.text()))
        preludes: list[str] = []
        for found in _BRACE.finditer(text):
            if not found[2]:
                break
            if found[2] == "{":
                preludes.append(found[1].strip())
                continue
            prelude = preludes.pop() if preludes else "@"
            is_plain = all(_PLAIN_GROUP.match(outer) for outer in preludes)
            if is_plain and not prelude.startswith("@") and (declared := _declarations(found[1])):
                for selector in prelude.split(","):
                    yield selector.strip(), declared


def _matches(tree: LexborHTMLParser, selector: str) -> list[LexborNode]:
    try:
        return tree.css(selector) if selector else []
    except SelectolaxError:
        return []


def _specificity(selector: str) -> tuple[int, int, int]:
    ids, classes, names = (len(pattern.findall(selector)) for pattern in _SPECIFIC)
    return (ids, classes, names)


def _declarations(body: str) -> list[Declaration]:
    """What a body says of the properties that decide, each once with the value that wins."""
    found: dict[tuple[str, bool], str] = {}
    for part in body.split(";"):
        name, _, value = part.partition(":")
        plain, important, _ = value.strip().lower().partition("!important")
        for each in _SHORT.get(name.strip().lower(), (name.strip().lower(),)):
            if each in _DECIDING:
                found[each, bool(important)] = plain.strip()
    return [(name, value, is_important) for (name, is_important), value in found.items()]
