"""Plain text: blank lines part paragraphs; underlined, numbered and capital lines are headings."""

import re
from collections.abc import Iterator

from bidproof.core.records import BlockKind
from bidproof.documents.builder import TextBuilder
from bidproof.documents.clean import clean_text
from bidproof.documents.protocol import Reading, SourceFile
from bidproof.formats.decoding import decode_text

_UNDERLINE = re.compile(r"^\s*([=\-~^*#])\1{2,}\s*$")
_NUMBERED = re.compile(r"^(\d{1,2}(?:\.\d{1,2}){0,3})\.?\s+[A-Z][^.!?;]{2,70}$")
_BULLET = re.compile(r"^\s*([-*•+–]|\(?[0-9a-z]{1,2}[.)])\s+\S")
_MAX_HEADING_CHARS = 80


class TextReader:
    """Reads ``.txt`` and its relatives."""

    def read(self, file: SourceFile) -> Reading:
        """Read plain text; it has no pages and no metadata."""
        builder = TextBuilder(file.settings)
        add_plain_text(builder, builder.first_of(decode_text(file.data)))
        return builder.reading(title=builder.first_heading)


def add_plain_text(builder: TextBuilder, text: str) -> None:
    """Add plain text to a document, by the same rules."""
    for group in _groups(clean_text(text)):
        _add_group(builder, group)


def _groups(text: str) -> Iterator[list[str]]:
    group: list[str] = []
    for line in text.split("\n"):
        if line.strip():
            group.append(line)
        elif group:
            yield group
            group = []
    if group:
        yield group


def _add_group(builder: TextBuilder, lines: list[str]) -> None:
    if len(lines) > 1 and _UNDERLINE.match(lines[1]) and len(lines[0].strip()) <= _MAX_HEADING_CHARS:
        builder.heading(lines[0], level=1 if lines[1].strip()[0] in "=#" else 2)
        lines = lines[2:]
    elif level := _heading_level(lines[0], alone=len(lines) == 1):
        builder.heading(lines[0], level=level)
        lines = lines[1:]
    lines = [line for line in lines if not _UNDERLINE.match(line)]
    if not lines:
        return
    if sum(1 for line in lines if _BULLET.match(line)) * 2 >= len(lines) > 1:
        builder.list_items(_join_items(lines))
    else:
        builder.preformatted("\n".join(lines), BlockKind.PARAGRAPH)


def _join_items(lines: list[str]) -> list[str]:
    items: list[str] = []
    for line in lines:
        if items and not _BULLET.match(line):
            items[-1] += " " + line.strip()
        else:
            items.append(line.strip())
    return items


def _heading_level(line: str, *, alone: bool) -> int | None:
    words = line.strip()
    if len(words) > _MAX_HEADING_CHARS or words.endswith((".", ",", ";")):
        return None
    if numbered := _NUMBERED.match(words):
        return 1 + numbered.group(1).count(".") if alone else None
    letters = [character for character in words if character.isalpha()]
    if alone and len(letters) >= 4 and all(letter.isupper() for letter in letters):
        return 2
    return None
