"""Word documents: paragraphs and tables in order, headings by style or outline level.

Deleted and hidden text is left out; text boxes and content controls are read where
they stand, notes with their sentence, comments behind their paragraph; running
headers and footers are not read.
"""

import re
from collections.abc import Iterable

from bidproof.core.records import BlockKind
from bidproof.documents.builder import TextBuilder
from bidproof.documents.clean import clean_line
from bidproof.documents.notes import Signs
from bidproof.documents.protocol import Reading, SourceFile
from bidproof.documents.readers.docx_marks import mark_up
from bidproof.documents.readers.office import read_properties
from bidproof.documents.titles import first_meaningful
from bidproof.formats.word.body import Cell, Paragraph, Table, all_paragraphs, iter_body
from bidproof.formats.word.package import open_word
from bidproof.formats.word.styles import StyleSheet
from bidproof.formats.word.text import unseen_texts
from bidproof.formats.word.xml import w
from bidproof.formats.zip.package import package_of

_BOLD_HEADING_LEVEL = 7
_MAX_HEADING_CHARS = 120
_BULLET = re.compile(r"^[•▪◦●○■□·o]\s+")


class DocxReader:
    """Reads ``.docx`` and ``.docm``."""

    def read(self, file: SourceFile) -> Reading:
        """Read a Word document.

        Raises:
            UnreadableFile: The package is damaged.
        """
        builder = TextBuilder(file.settings)
        package = open_word(package_of(file.name, file.data))
        root = package.document()
        builder.hide(unseen_texts(root, StyleSheet(package.part("styles.xml"))))
        signs = mark_up(package, root, builder)
        walker = _Walker(builder, signs)
        walker.walk(iter_body(package, root))
        walker.close()
        properties = read_properties(file)
        return builder.reading(
            title=first_meaningful(walker.title, properties.title, builder.first_heading),
            written=properties.written,
        )


class _Walker:
    """Walks the body and adds blocks."""

    def __init__(self, builder: TextBuilder, signs: Signs) -> None:
        self._builder = builder
        self._signs = signs
        self._items: list[str] = []
        self.title = ""

    def walk(self, blocks: Iterable[Paragraph | Table]) -> None:
        """Add paragraphs and tables, in order, until no more text is taken."""
        for block in blocks:
            if self._builder.is_full:
                break
            if isinstance(block, Table):
                self.close()
                self._table(block)
            elif block.text and not block.is_in_toc:
                self._paragraph(block)
            self._add_later()

    def close(self) -> None:
        """Add the list under way, if any."""
        self._builder.list_items(self._items)
        self._items = []

    def _add_later(self) -> None:
        for text in self._signs.take_later():
            self.close()
            self._builder.paragraph(text)

    def _paragraph(self, paragraph: Paragraph) -> None:
        style, label, level = paragraph.style.lower(), _label(paragraph), paragraph.heading_level
        if level is None and not label and _looks_like_heading(paragraph):
            level = _BOLD_HEADING_LEVEL
        text = self._signs.resolve(paragraph.text, is_heading=level is not None)
        if level == 0:
            self.title = self.title or clean_line(text)
        if level is not None:
            self.close()
            self._builder.heading(f"{label} {clean_line(text)}".strip(), level=max(1, level))
        elif label or (style.startswith("list") and style != "list paragraph") or _BULLET.match(text):
            self._items.append(f"{label or '-'} {_BULLET.sub('', clean_line(text))}")
        else:
            self.close()
            self._builder.preformatted(text, BlockKind.CAPTION if style == "caption" else BlockKind.PARAGRAPH)

    def _table(self, table: Table) -> None:
        if max(map(len, table.rows), default=0) == 1:
            for (cell,) in filter(None, table.rows):
                self.walk(cell.blocks)
            self.close()
            return
        texts: list[list[str]] = []
        above: dict[int, str] = {}
        for row in table.rows:
            texts.append([above.get(c.column, "") if c.is_continued else self._cell_text(c) for c in row])
            above = {cell.column: text for cell, text in zip(row, texts[-1], strict=True)}
        header_rows = table.header_rows or int(_first_row_names_columns(table.rows, texts))
        self._builder.table(texts, header_rows=header_rows)

    def _cell_text(self, cell: Cell) -> str:
        shown = (paragraph for paragraph in all_paragraphs(cell.blocks) if paragraph.text)
        texts = ((_label(paragraph), self._signs.resolve(paragraph.text)) for paragraph in shown)
        return " ".join(f"{label} {text}".strip() for label, text in texts)


def _label(paragraph: Paragraph) -> str:
    label = paragraph.label
    return "" if label is None else "-" if label.is_bullet else label.text


def _first_row_names_columns(rows: tuple[tuple[Cell, ...], ...], texts: list[list[str]]) -> bool:
    if len(texts) < 2 or len(texts[0]) < 2 or not all(text.strip() for text in texts[0]):
        return False
    if any(len(text) > _MAX_HEADING_CHARS for text in texts[0]):
        return False
    first, second = rows[:2]
    is_bold = all(cell.is_bold for cell in first) and not all(cell.is_bold for cell in second)
    is_shaded = any(map(_is_shaded, first)) and not all(map(_is_shaded, second))
    return is_shaded or is_bold or not any(re.search(r"\d", text) for text in texts[0])


def _is_shaded(cell: Cell) -> bool:
    shade = cell.element.find(f"{w('tcPr')}/{w('shd')}")
    return shade is not None and shade.get(w("fill"), "auto").lower() not in ("auto", "ffffff", "")


def _looks_like_heading(paragraph: Paragraph) -> bool:
    words = clean_line(paragraph.text)
    return (
        3 <= len(words) <= _MAX_HEADING_CHARS
        and any(character.isalpha() for character in words)
        and not words.endswith((".", ",", ";", "?", "!"))
        and paragraph.is_bold
    )
