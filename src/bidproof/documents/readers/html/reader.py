"""HTML: headings, paragraphs, lists, tables and code; scripts, navigation and unseen parts left out."""

import re
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bidproof.core.records import BlockKind
from bidproof.documents.builder import TextBuilder
from bidproof.documents.clean import clean_line
from bidproof.documents.dates import parse_date
from bidproof.documents.notes import Signs, link_suffix
from bidproof.documents.protocol import Reading, SourceFile
from bidproof.documents.readers.html.notes import write_signs
from bidproof.documents.readers.html.spans import RowSpans
from bidproof.documents.readers.html.unseen import take_unseen
from bidproof.documents.titles import first_meaningful
from bidproof.formats.decoding import decode_text

_DROPPED = frozenset({
    "area", "audio", "button", "canvas", "datalist", "dialog", "embed", "head", "iframe", "input",
    "link", "map", "meta", "nav", "noscript", "object", "script", "select", "source", "style", "svg",
    "template", "textarea", "track", "video",
})  # fmt: skip
_CONSENT = re.compile(
    r"\b(cookies?|consent|gdpr|ccpa)[-_ ]?(banner|bar|notice|popup|overlay|modal|dialog|consent|wall)\b",
    re.IGNORECASE,
)
"""Names of what asks a visitor to agree to cookies; a page about cookies is not called so."""
_DROPPED_ROLES = frozenset({"navigation", "search", "banner", "contentinfo", "alertdialog"})
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hr", "html", "li", "main", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "th", "thead",
    "tr", "ul",
})  # fmt: skip
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_WHITE, _WORD = re.compile(r"\s+"), re.compile(r"\w+")
_TAG = re.compile(r"<(/?)([a-z][\w-]*+)(?:[^<>/]|/(?!>))*+(/?)>", re.IGNORECASE)
_UNCOUNTED = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr", "p", "li", "dt", "dd", "option", "tr", "td", "th", "thead", "tbody", "tfoot",
})  # fmt: skip
"""Elements that end by themselves, so that many without an end are not nested."""
_ATTRIBUTE = re.compile(r"""[^\s/="']+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"']+))?""")
_HOLDING = frozenset({"aside", "center", "div", "form", "header", "ol", "p", "section", "table", "ul"})
_APART = frozenset({"article", "aside", "blockquote", "main", "section"})
"""What has a footer of its own, which belongs to its text."""
_BUTTONS = "button, [role=button], input[type=button], input[type=submit]"
_MAX_CONSENT_WORDS, _MAX_LINK_WORDS, _MIN_LINKS, _LINKED = 80, 5, 3, 0.9
_MAX_NESTED, _MOST = 1_000, 5_000
_MAX_DEPTH = 60


class HtmlReader:
    """Reads ``.html``; the ``main`` or ``article`` element alone where there is just one."""

    def read(self, file: SourceFile) -> Reading:
        """Read a page; its title is the first ``h1``'s, else the ``title`` element's."""
        named = _CHARSET.search(file.data[:2048])
        declared = named[1].decode("ascii") if named else ""
        builder = TextBuilder(file.settings)
        tree = _seen(builder, decode_text(file.data, declared=declared))
        signs = write_signs(tree)
        _Walker(builder, signs).walk(_content(tree))
        title_node = tree.css_first("title")
        heading = tree.css_first("h1")
        return builder.reading(
            title=first_meaningful(
                heading.text() if heading else "",
                title_node.text() if title_node else "",
                builder.first_heading,
            ),
            written=_written(tree),
        )


def add_html(builder: TextBuilder, markup: str) -> None:
    """Add a fragment of HTML to a document, by the same rules."""
    tree = _seen(builder, markup)
    if tree.body is not None:
        _Walker(builder, write_signs(tree)).walk(tree.body)


def _seen(builder: TextBuilder, markup: str) -> LexborHTMLParser:
    """Parse a page without what is not seen."""
    end, reason = _parsed_to(markup)
    if reason:
        builder.warn(f"not read from {reason}")
    tree = LexborHTMLParser(markup[:end])
    builder.hide(take_unseen(tree))
    return tree


def _parsed_to(markup: str) -> tuple[int, str]:
    """Up to where a page is parsed, and what stands there that would take the square of its count."""
    depth = options = 0
    for tag in _TAG.finditer(markup):
        name = tag[2].lower()
        if tag.end() - tag.start() > _MOST and len(_ATTRIBUTE.findall(tag[0])) > _MOST:
            return tag.start(), f"an element with over {_MOST:,} attributes"
        options = 0 if name == "select" else options + (name == "option")
        if options > _MOST:
            return tag.start(), f"a list of over {_MOST:,} options"
        if name not in _UNCOUNTED and not tag[3]:
            depth = max(0, depth + (-1 if tag[1] else 1))
            if depth > _MAX_NESTED:
                return tag.start(), f"where elements are nested over {_MAX_NESTED:,} deep"
    return len(markup), ""


def _content(tree: LexborHTMLParser) -> LexborNode:
    for name in ("main", "article"):
        found = tree.css(name)
        if len(found) == 1 and len(found[0].text().split()) >= 50:
            return found[0]
    root = tree.body or tree.root
    if root is None:
        return LexborHTMLParser("<body></body>").css("body")[0]
    return root


def _written(tree: LexborHTMLParser) -> date | None:
    for query in (
        'meta[property="article:modified_time"]',
        'meta[name="last-modified"]',
        'meta[name="date"]',
        'meta[property="article:published_time"]',
    ):
        node = tree.css_first(query)
        if node is not None and (found := parse_date(node.attributes.get("content") or "")):
            return found
    return None


def _is_hidden(node: LexborNode) -> bool:
    if node.tag in _DROPPED:
        return True
    attributes = node.attributes
    names = f"{attributes.get('id') or ''} {attributes.get('class') or ''}"
    return (
        attributes.get("aria-hidden") == "true"
        or attributes.get("role") in _DROPPED_ROLES
        or (node.tag not in ("html", "body") and bool(_CONSENT.search(names)))
    )


class _Walker:
    """Walks an element tree and adds what a reader would see."""

    def __init__(self, builder: TextBuilder, signs: Signs) -> None:
        self._builder = builder
        self._signs = signs
        self._inline: list[str] = []

    def walk(self, node: LexborNode, depth: int = 0) -> None:
        """Add the visible content of a node."""
        for child in node.iter(include_text=True):
            self._visit(child, depth)
        if depth == 0:
            self._flush()

    def _visit(self, node: LexborNode, depth: int) -> None:
        tag = node.tag or ""
        if tag == "-text":
            self._inline.append(_WHITE.sub(" ", node.text(deep=False)))
        elif tag == "br":
            self._inline.append("\n")
        elif tag.startswith(("-", "_")) or _is_hidden(node):
            return
        elif tag not in _BLOCKS:
            self._descend(node, depth)
            self._inline.append(_target(node))
        else:
            self._flush()
            with self._builder.boilerplate() if _is_boilerplate(node, tag) else nullcontext():
                self._block(tag, node, depth)
                self._flush()

    def _descend(self, node: LexborNode, depth: int) -> None:
        if depth >= _MAX_DEPTH:
            self._inline.append(_visible_text(node))
        else:
            self.walk(node, depth + 1)

    def _block(self, tag: str, node: LexborNode, depth: int) -> None:
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            text = self._signs.resolve(_visible_text(node), is_heading=True)
            self._builder.heading(text, level=int(tag[1]))
            for note in self._signs.take_later():
                self._builder.paragraph(note)
        elif tag in ("ul", "ol"):
            self._list(node, depth)
        elif tag == "table":
            self._table(node, depth)
        elif tag == "pre":
            self._builder.code(_visible_text(node))
        elif tag in ("figcaption", "caption"):
            self._builder.paragraph(_visible_text(node), BlockKind.CAPTION)
        else:
            self._descend(node, depth)

    def _list(self, node: LexborNode, depth: int) -> None:
        if node.css_first("pre, table, h1, h2, h3, h4") is not None:
            self._descend(node, depth)
            return
        self._builder.list_items(list(_list_lines(node, self._signs)))

    def _table(self, node: LexborNode, depth: int) -> None:
        if node.css_first("table table, table h1, table h2, table h3, table pre") is not None:
            self._descend(node, depth)
            return
        caption = node.css_first("caption")
        if caption is not None:
            self._builder.paragraph(_visible_text(caption), BlockKind.CAPTION)
        rows: list[list[str]] = []
        spans = RowSpans()
        header_rows = 0
        for row in node.css("tr"):
            if _is_hidden(row):
                continue
            cells = [cell for cell in row.iter() if cell.tag in ("td", "th") and not _is_hidden(cell)]
            rows.append(spans.fill((self._signs.resolve(_visible_text(cell)), cell) for cell in cells))
            if header_rows == len(rows) - 1 and cells and _is_header(row, cells):
                header_rows += 1
        self._builder.table(rows, header_rows=header_rows)

    def _flush(self) -> None:
        text, self._inline = self._signs.resolve("".join(self._inline)), []
        self._builder.lines(text.split("\n"), BlockKind.PARAGRAPH)


def _is_boilerplate(node: LexborNode, tag: str) -> bool:
    """Whether an element is the page's footer, leads through the site, or asks to agree to cookies."""
    if tag == "footer":
        return not any(parent.tag in _APART for parent in _above(node))
    if tag not in _HOLDING:
        return False
    return _is_navigation(node) or _is_consent(node)


def _above(node: LexborNode) -> Iterator[LexborNode]:
    parent = node.parent
    while parent is not None:
        yield parent
        parent = parent.parent


def _is_navigation(node: LexborNode) -> bool:
    """Whether an element is little else than short links inside the site."""
    links = node.css("a[href]")
    if len(links) < _MIN_LINKS:
        return False
    linked = sum(len(_WORD.findall(link.text())) for link in links)
    words = len(_WORD.findall(node.text(separator=" ")))
    targets = (link.attributes.get("href") or "" for link in links)
    return (
        linked >= _LINKED * words
        and linked <= _MAX_LINK_WORDS * len(links)
        and not any(map(_leaves, targets))
    )


def _leaves(target: str) -> bool:
    return ":" in target.partition("/")[0] or target.startswith("//")


def _is_consent(node: LexborNode) -> bool:
    text = node.text(separator=" ").lower()
    is_short = "cookie" in text and len(text.split()) <= _MAX_CONSENT_WORDS
    return is_short and node.css_first(_BUTTONS) is not None and node.css_first("h1") is None


def _is_header(row: LexborNode, cells: list[LexborNode]) -> bool:
    parent = row.parent
    return (parent is not None and parent.tag == "thead") or all(cell.tag == "th" for cell in cells)


def _target(node: LexborNode) -> str:
    """What to write behind a link so that its target is not lost."""
    target = (node.attributes.get("href") or "") if node.tag == "a" else ""
    return link_suffix(node.text(), target) if target else ""


def _visible_text(node: LexborNode) -> str:
    parts: list[str] = []
    open_nodes: list[LexborNode | str] = [node]
    while open_nodes:
        item = open_nodes.pop()
        if isinstance(item, str):
            parts.append(item)
            continue
        inner: list[LexborNode | str] = []
        for child in item.iter(include_text=True):
            tag = child.tag or ""
            if tag == "-text":
                inner.append(child.text(deep=False))
            elif tag == "br":
                inner.append("\n")
            elif not tag.startswith(("-", "_")) and not _is_hidden(child):
                gap = " " if tag in _BLOCKS else ""
                inner += [gap, child, gap or _target(child)]
        open_nodes += reversed(inner)
    return "".join(parts)


def _list_lines(node: LexborNode, signs: Signs, depth: int = 0) -> Iterator[str]:
    number = 0
    for item in node.iter():
        if item.tag != "li" or _is_hidden(item):
            continue
        number += 1
        own: list[str] = []
        inner: list[LexborNode] = []
        for child in item.iter(include_text=True):
            if child.tag in ("ul", "ol") and depth < _MAX_DEPTH:
                inner.append(child)
            elif child.tag == "-text":
                own.append(child.text(deep=False))
            elif child.tag and not child.tag.startswith(("-", "_")) and not _is_hidden(child):
                gap = " " if child.tag in _BLOCKS else ""
                own.append(f"{gap}{_visible_text(child)}{gap or _target(child)}")
        words = clean_line(signs.resolve("".join(own)))
        if words:
            yield f"{number}. {words}" if node.tag == "ol" else f"- {words}"
        for nested in inner:
            yield from _list_lines(nested, signs, depth + 1)
