"""What a page's style sheets and attributes say of an element, as far as it decides whether it is seen."""

import re
from collections.abc import Iterator, Mapping

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_BRACE = re.compile(r"([^{}]*)([{}])")
_PLAIN_MEDIA = re.compile(r"@media\s+(only\s+)?(screen|all)\s*(,.*)?$|@supports|@layer", re.IGNORECASE)
_STATEMENT = re.compile(r"@[^;{}]*;")
_SPECIFIC = (re.compile(r"#[\w-]+"), re.compile(r"[.:][\w-]+|\["), re.compile(r"(?:^|[\s>+~])[a-z]", re.I))
_DECIDING = re.compile(
    r"(?:^|[;\s{])(display|visibility|opacity|font|font-size|color|background|background-color|left|top|right"
    r"|text-indent|clip|clip-path|height|max-height|width|max-width|transform|position|overflow|margin|margin-left|margin-top"
    r"|background-image|content-visibility)\s*:",
    re.IGNORECASE,
)
_MAX_RULES, _MAX_MATCHES = 1_000, 200_000

Rank = tuple[bool, int, int, int, int]
"""What wins where two rules name one property: importance, then specificity, then order."""


class StyleSheet:
    """The declarations in force for each element of a page, inline ones included."""

    def __init__(self, tree: LexborHTMLParser) -> None:
        self._found: dict[int, dict[str, tuple[Rank, str]]] = {}
        left = _MAX_MATCHES
        for order, (selector, body) in enumerate(_rules(tree)):
            if order >= _MAX_RULES or left <= 0:
                break
            declared = list(_declarations(body))
            for node in _matches(tree, selector):
                left -= 1
                self._declare(node.mem_id, declared, (*_specificity(selector), order))

    def of(self, node: LexborNode) -> Mapping[str, str]:
        """The declarations of one element by property, lower case."""
        inline = node.attributes.get("style")
        if inline:
            self._declare(node.mem_id, list(_declarations(inline)), (1_000_000, 0, 0, 0))
        return {name: value for name, (_, value) in self._found.get(node.mem_id, {}).items()}

    def _declare(
        self, node: int, declared: list[tuple[str, str, bool]], rank: tuple[int, int, int, int]
    ) -> None:
        own = self._found.setdefault(node, {})
        for name, value, is_important in declared:
            won = (is_important, *rank)
            if name not in own or own[name][0] <= won:
                own[name] = (won, value)


def _rules(tree: LexborHTMLParser) -> Iterator[tuple[str, str]]:
    """Selectors with their declarations, of the sheets that hold on a screen of any size."""
    for sheet in tree.css("style"):
        text = _STATEMENT.sub("", _COMMENT.sub("", sheet.text()))
        preludes: list[str] = []
        for found in _BRACE.finditer(text):
            if found[2] == "{":
                preludes.append(found[1].strip())
                continue
            prelude = preludes.pop() if preludes else "@"
            is_plain = all(_PLAIN_MEDIA.match(outer) for outer in preludes)
            if is_plain and not prelude.startswith("@") and _DECIDING.search(found[1]):
                for selector in prelude.split(","):
                    yield selector.strip(), found[1]


def _matches(tree: LexborHTMLParser, selector: str) -> list[LexborNode]:
    try:
        return tree.css(selector) if selector else []
    except SelectolaxError:
        return []


def _specificity(selector: str) -> tuple[int, int, int]:
    ids, classes, names = (len(pattern.findall(selector)) for pattern in _SPECIFIC)
    return (ids, classes, names)


def _declarations(body: str) -> Iterator[tuple[str, str, bool]]:
    for part in body.split(";"):
        name, colon, value = part.partition(":")
        if colon:
            plain, important, _ = value.strip().lower().partition("!important")
            yield name.strip().lower(), plain.strip(), bool(important)
