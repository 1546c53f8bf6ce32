"""Markdown: CommonMark with tables and footnotes; markup, badges and comments are left out."""

# markdown-it-py types its token attributes and rules as Any.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
import re
from collections.abc import Sequence
from datetime import date

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bidproof.core.records import BlockKind
from bidproof.documents.builder import TextBuilder
from bidproof.documents.dates import parse_date
from bidproof.documents.notes import Note, Signs, link_suffix
from bidproof.documents.protocol import Reading, SourceFile
from bidproof.documents.readers.html.reader import add_html
from bidproof.documents.titles import first_meaningful
from bidproof.formats.decoding import decode_text

_FRONT_MATTER = re.compile(r"\A\s*(---|\+\+\+)[ \t]*\n(.*?)\n\1[ \t]*(?:\n|\Z)", re.DOTALL)
_FRONT_FIELD = re.compile(
    r"^(title|name|description|summary|date|updated|last_updated|lastmod)\s*[:=]\s*(.+)$",
    re.IGNORECASE | re.MULTILINE,
)
_SAID = ("title", "description", "summary")
"""Fields that are all there is to read of a page without a body."""
_NOTE = re.compile(r"^ {0,3}\[\^([^\]\s]+)\]:[ \t]*(.*(?:\n(?:[ \t]*\n)?(?: {2,}|\t)\S.*)*)\n?", re.MULTILINE)
_NOTE_SIGN = re.compile(r"\[\^([^\]\s]+)\]")
_ADMONITION = re.compile(r"^\[!(\w+)\]\s*")


class MarkdownReader:
    """Reads ``.md`` and ``.mdx``."""

    def read(self, file: SourceFile) -> Reading:
        """Read Markdown; the title is the front matter's, else the first heading's."""
        text = decode_text(file.data).replace("\r\n", "\n").replace("\r", "\n")
        fields: dict[str, str] = {}
        if front := _FRONT_MATTER.match(text):
            fields = {
                name.lower(): value.strip().strip("\"'") for name, value in _FRONT_FIELD.findall(front[2])
            }
            text = text[front.end() :]
        builder = TextBuilder(file.settings)
        signs = Signs()
        parser = MarkdownIt("commonmark", {"html": True}).enable("table")
        source = _with_signs(builder.first_of(text), signs, parser)
        _Walker(builder, signs).walk(parser.parse(source))
        if not builder.blocks:
            builder.paragraph(". ".join(fields[name] for name in _SAID if fields.get(name)))
        return builder.reading(
            title=first_meaningful(fields.get("title", ""), builder.first_heading),
            written=_written(fields),
        )


def _written(fields: dict[str, str]) -> date | None:
    for name in ("last_updated", "updated", "lastmod", "date"):
        if found := parse_date(fields.get(name, "")):
            return found
    return None


def _with_signs(text: str, signs: Signs, parser: MarkdownIt) -> str:
    """The source without its footnotes, and a sign wherever one of them is referred to."""
    notes = {
        name: _plain([part for token in parser.parseInline(words) for part in token.children or []])
        for name, words in _NOTE.findall(text)
    }
    numbers: dict[str, int] = {}

    def sign(found: re.Match[str]) -> str:
        if found[1] not in notes:
            return found[0]
        number = numbers.setdefault(found[1], len(numbers) + 1)
        return signs.add(Note(label=f"Footnote {number}", text=notes[found[1]]))

    return _NOTE_SIGN.sub(sign, _NOTE.sub("", text)) if notes else text


class _Walker:
    """Turns a flat stream of block tokens into blocks."""

    def __init__(self, builder: TextBuilder, signs: Signs) -> None:
        self._builder = builder
        self._signs = signs
        self._items: list[str] = []
        self._lists: list[int | None] = []
        self._starts_item = False
        self._rows: list[list[str]] = []
        self._header_rows = 0

    def walk(self, tokens: Sequence[Token]) -> None:
        """Add every token's text to the builder, in order."""
        for index, token in enumerate(tokens):
            if token.type == "inline":
                self._inline(tokens[index - 1], token)
            else:
                self._block(token)
        self._flush_items()

    def _block(self, token: Token) -> None:
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                self._open_list(token)
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
                if not self._lists:
                    self._flush_items()
            case "list_item_open":
                self._starts_item = True
            case "fence" | "code_block":
                self._flush_items()
                self._builder.code(token.content)
            case "html_block":
                self._flush_items()
                add_html(self._builder, token.content)
            case _:
                self._table_part(token)

    def _open_list(self, token: Token) -> None:
        start = token.attrGet("start")
        number = int(start) if start is not None else 1
        self._lists.append(number if token.type.startswith("ordered") else None)

    def _table_part(self, token: Token) -> None:
        match token.type:
            case "table_open":
                self._flush_items()
                self._rows, self._header_rows = [], 0
            case "tr_open":
                self._rows.append([])
            case "thead_close":
                self._header_rows = sum(1 for row in self._rows if any(row))
            case "table_close":
                self._builder.table(self._rows, header_rows=self._header_rows)
            case _:
                return

    def _inline(self, opener: Token, token: Token) -> None:
        is_heading = opener.type == "heading_open"
        text = self._signs.resolve(_plain(token.children or []), is_heading=is_heading)
        if opener.type in ("th_open", "td_open"):
            self._rows[-1].append(text)
        elif is_heading:
            self._flush_items()
            self._builder.heading(text, level=int(opener.tag[1]))
            for note in self._signs.take_later():
                self._builder.paragraph(note)
        elif self._lists:
            self._item(text)
        else:
            self._paragraph(text)

    def _paragraph(self, text: str) -> None:
        self._builder.preformatted(_ADMONITION.sub("", text), BlockKind.PARAGRAPH)

    def _item(self, text: str) -> None:
        text = text.replace("\n", " ").strip()
        if not text:
            return
        if not self._starts_item:
            self._items.append(text)
            return
        self._starts_item = False
        number = self._lists[-1]
        if number is None:
            self._items.append(f"- {text}")
        else:
            self._items.append(f"{number}. {text}")
            self._lists[-1] = number + 1

    def _flush_items(self) -> None:
        self._builder.list_items(self._items)
        self._items = []


def _plain(tokens: Sequence[Token]) -> str:
    parts: list[str] = []
    links: list[tuple[int, str]] = []
    for token in tokens:
        match token.type:
            case "link_open":
                links.append((len(parts), str(token.attrGet("href") or "")))
            case "link_close":
                start, target = links.pop()
                parts.append(link_suffix("".join(parts[start:]), target))
            case "softbreak":
                parts.append(" ")
            case "hardbreak":
                parts.append("\n")
            case "image":
                parts.append(_alternative(token))
            case "html_inline":
                parts.append("\n" if token.content.lower().startswith("<br") else "")
            case "text" | "code_inline":
                parts.append(token.content)
            case _:
                continue
    return "".join(parts)


def _alternative(token: Token) -> str:
    """An image's words, unless it is a badge or a word or two that only name it."""
    text = _plain(token.children or [])
    source = str(token.attrGet("src") or "")
    is_badge = "badge" in source or "shields.io" in source
    return "" if is_badge or len(text.split()) < 4 else text
