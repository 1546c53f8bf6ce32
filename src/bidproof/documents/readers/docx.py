"""Word documents: paragraphs and tables in order, headings by style or outline level.

Comments, deleted and hidden text are left out; text boxes and content controls
are read where they stand; running headers and footers are not read.
"""

# lxml-stubs leave elements' children and attributes partly unknown.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateUsage=false, reportAttributeAccessIssue=false
import re
from collections.abc import Iterator
from io import BytesIO
from zipfile import BadZipFile

import docx
from docx.document import Document as WordDocument
from docx.opc.exceptions import OpcError
from lxml import etree

from bidproof.core.errors import UnreadableFile
from bidproof.core.records import BlockKind
from bidproof.documents.builder import TextBuilder
from bidproof.documents.clean import clean_line
from bidproof.documents.dates import plausible_date
from bidproof.documents.protocol import Reading, SourceFile
from bidproof.documents.titles import first_meaningful
from bidproof.formats.word.styles_read import WordStyles
from bidproof.formats.word.xml import (
    W,
    attribute,
    has_flag,
    is_wholly_bold,
    paragraph_text,
    text_boxes,
)
from bidproof.formats.zip.checks import has_properties

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
        document = _open(file)
        builder = TextBuilder()
        walker = _Walker(builder, WordStyles(document))
        walker.walk(document.element.body)
        walker.close()
        properties = document.core_properties
        return Reading(
            title=first_meaningful(walker.title, properties.title or "", builder.first_heading),
            text=builder.text,
            blocks=builder.blocks,
            written=plausible_date(properties.modified or properties.created)
            if has_properties(file.data)
            else None,
        )


def _open(file: SourceFile) -> WordDocument:
    try:
        return docx.Document(BytesIO(file.data))
    except (OpcError, BadZipFile, etree.XMLSyntaxError, KeyError, ValueError, AttributeError) as error:
        raise UnreadableFile(
            f"cannot read {file.name!r}: found a damaged Word package ({error}), expected a whole one",
            hint="open it in Word and save it again",
            code="corrupt-file",
        ) from error


class _Walker:
    """Walks the body and adds blocks."""

    def __init__(self, builder: TextBuilder, styles: WordStyles) -> None:
        self._builder = builder
        self._styles = styles
        self._items: list[str] = []
        self.title = ""

    def walk(self, parent: etree._Element) -> None:
        """Add every paragraph and table below an element, in order."""
        for child in parent:
            if child.tag == f"{W}p":
                self._paragraph(child)
            elif child.tag == f"{W}tbl":
                self.close()
                self._table(child)
            elif child.tag == f"{W}sdt":
                for content in child.iterchildren(f"{W}sdtContent"):
                    self.walk(content)
            elif child.tag in (f"{W}ins", f"{W}moveTo", f"{W}customXml", f"{W}smartTag"):
                self.walk(child)

    def close(self) -> None:
        """Add the list under way, if any."""
        self._builder.list_items(self._items)
        self._items = []

    def _paragraph(self, element: etree._Element) -> None:
        style = self._styles.look(element)
        text = "" if style.is_hidden else paragraph_text(element, self._styles.is_hidden_run)
        if text.strip() and not style.is_contents:
            self._place(element, text)
        for box in text_boxes(element):
            self.walk(box)

    def _place(self, element: etree._Element, text: str) -> None:
        style = self._styles.look(element)
        label = self._styles.next_label(element)
        if style.is_title and not self.title:
            self.title = clean_line(text)
        level = style.heading_level
        if level is None and not label and _looks_like_heading(element, text):
            level = _BOLD_HEADING_LEVEL
        if level is not None:
            self.close()
            self._builder.heading(f"{label} {clean_line(text)}".strip(), level=level)
        elif label or style.is_list or _BULLET.match(text):
            self._items.append(f"{label or '-'} {_BULLET.sub('', clean_line(text))}")
        else:
            self.close()
            kind = BlockKind.CAPTION if style.is_caption else BlockKind.PARAGRAPH
            self._builder.preformatted(text, kind)

    def _table(self, element: etree._Element) -> None:
        rows = list(element.iterchildren(f"{W}tr"))
        cells = [list(_cells(row)) for row in rows]
        width = max((len(row) for row in cells), default=0)
        if width == 1:
            for row in cells:
                for cell in row:
                    self.walk(cell)
            self.close()
            return
        texts = [[self._cell_text(cell) for cell in row] for row in cells]
        header_rows = 0
        for row in rows:
            if not has_flag(row.find(f"{W}trPr"), "tblHeader"):
                break
            header_rows += 1
        if not header_rows and _first_row_names_columns(cells, texts):
            header_rows = 1
        self._builder.table(texts, header_rows=header_rows)

    def _cell_text(self, cell: etree._Element) -> str:
        if _continues_merge(cell):
            return ""
        parts: list[str] = []
        for paragraph in cell.iter(f"{W}p"):
            text = paragraph_text(paragraph, self._styles.is_hidden_run)
            if text.strip():
                label = self._styles.next_label(paragraph)
                parts.append(f"{label} {text}".strip())
        return " ".join(parts)


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    for child in row:
        if child.tag == f"{W}tc":
            yield child
        elif child.tag == f"{W}sdt":
            for content in child.iterchildren(f"{W}sdtContent"):
                yield from _cells(content)


def _continues_merge(cell: etree._Element) -> bool:
    merge = cell.find(f"{W}tcPr/{W}vMerge")
    return merge is not None and attribute(merge, "val") != "restart"


def _first_row_names_columns(cells: list[list[etree._Element]], texts: list[list[str]]) -> bool:
    if len(texts) < 2 or len(texts[0]) < 2 or not all(text.strip() for text in texts[0]):
        return False
    if any(len(text) > _MAX_HEADING_CHARS for text in texts[0]):
        return False
    bold = [is_wholly_bold(paragraph) for cell in cells[0] for paragraph in cell.iter(f"{W}p")]
    below = [is_wholly_bold(paragraph) for cell in cells[1] for paragraph in cell.iter(f"{W}p")]
    is_shaded = any(_is_shaded(cell) for cell in cells[0]) and not all(_is_shaded(cell) for cell in cells[1])
    return is_shaded or (all(bold) and not all(below)) or not any(re.search(r"\d", text) for text in texts[0])


def _is_shaded(cell: etree._Element) -> bool:
    shade = cell.find(f"{W}tcPr/{W}shd")
    return shade is not None and (attribute(shade, "fill") or "auto").lower() not in ("auto", "ffffff")


def _looks_like_heading(element: etree._Element, text: str) -> bool:
    words = clean_line(text)
    return (
        3 <= len(words) <= _MAX_HEADING_CHARS
        and any(character.isalpha() for character in words)
        and not words.endswith((".", ",", ";", "?", "!"))
        and is_wholly_bold(element)
    )
