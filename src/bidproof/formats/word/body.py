"""Walk a Word document's body in true order: paragraphs, tables, cells and content controls.

Every ``w:p``, ``w:tbl`` and ``w:sdt`` of the body is counted from 1 in document order,
nested ones included; these numbers are the addresses in slot locations, and the writer
finds the same elements by counting again.
"""

# lxml's stubs leave parts of the tree API untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile

from lxml import etree

from bidproof.formats.word.numbering import ListLabel, ListNumbers
from bidproof.formats.word.package import WordPackage
from bidproof.formats.word.styles import StyleSheet
from bidproof.formats.word.text import visible_text
from bidproof.formats.word.xml import MC, is_checked, number_of, stated, value_of, w, w14
from bidproof.formats.xml import XmlElement

_WRAPPERS = frozenset({w("ins"), w("moveTo"), w("customXml"), w("smartTag")})
_CONTENTS_STYLES = ("toc ", "table of ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A content control; ``kind`` is ``checkbox``, ``dropdown``, ``text`` or ``other``.

    ``current`` is its text (``x`` for a ticked box), empty while it shows its prompt.
    """

    number: int
    kind: str
    element: XmlElement
    title: str = ""
    options: tuple[str, ...] = ()
    current: str = ""
    is_locked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CellPlace:
    """Where a cell is: all counted from 1, rows and cells as they stand in the XML."""

    table: int
    row: int
    cell: int

    @property
    def location(self) -> str:
        """The address used in slots."""
        return f"table:{self.table}/row:{self.row}/cell:{self.cell}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One ``w:p`` with its visible text, tracked insertions in, deletions out."""

    number: int
    element: XmlElement
    text: str
    style: str
    heading_level: int | None
    label: ListLabel | None
    is_bold: bool
    cell: CellPlace | None
    controls: tuple[Control, ...] = ()
    is_in_toc: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One ``w:tc``; ``column`` is its grid column from 1 and ``span`` the columns it covers.

    ``is_continued`` cells belong to a cell above; their ``text`` is that cell's.
    """

    place: CellPlace
    element: XmlElement
    column: int
    span: int
    text: str
    is_continued: bool
    is_bold: bool
    blocks: tuple["Paragraph | Table", ...]
    controls: tuple[Control, ...]

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """The cell's own paragraphs, those of tables inside it left out."""
        return tuple(block for block in self.blocks if isinstance(block, Paragraph))

    @property
    def tables(self) -> tuple["Table", ...]:
        """The tables that stand in the cell."""
        return tuple(block for block in self.blocks if isinstance(block, Table))


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One ``w:tbl`` as rows of cells; ``columns`` is the width of its grid.

    ``header_rows`` are the leading rows that are repeated on every page.
    """

    number: int
    rows: tuple[tuple[Cell, ...], ...]
    columns: int
    header_rows: int
    is_nested: bool


@dataclass(slots=True, kw_only=True)
class _Walk:
    """What the walk knows while it runs."""

    styles: StyleSheet
    lists: ListNumbers
    paragraphs: dict[XmlElement, int]
    tables: dict[XmlElement, int]
    controls: dict[XmlElement, int]
    merged: dict[tuple[int, int], str] = field(default_factory=dict[tuple[int, int], str])


def read_body(package: WordPackage, root: XmlElement | None = None) -> tuple[Paragraph | Table, ...]:
    """All of :func:`iter_body`."""
    return tuple(iter_body(package, root))


def iter_body(package: WordPackage, root: XmlElement | None = None) -> Iterator[Paragraph | Table]:
    """Give the top-level blocks of the body in reading order, content controls unwrapped.

    Args:
        package: The file.
        root: Its main part where the caller has parsed it already.

    Raises:
        UnreadableFile: A part is damaged or not transitional Open XML.
    """
    body = (package.document() if root is None else root).find(w("body"))
    assert body is not None  # noqa: S101 - the package has checked it
    walk = _Walk(
        styles=StyleSheet(package.part("styles.xml")),
        lists=ListNumbers(package.part("numbering.xml")),
        paragraphs=number_elements(body, "p"),
        tables=number_elements(body, "tbl"),
        controls=number_elements(body, "sdt"),
    )
    return _blocks(body, walk, cell=None, in_toc=False)


def number_elements(body: XmlElement, name: str) -> dict[XmlElement, int]:
    """Count the elements of one kind from 1 in document order."""
    return {element: number for number, element in enumerate(body.iter(w(name)), start=1)}


def all_paragraphs(blocks: tuple[Paragraph | Table, ...]) -> Iterator[Paragraph]:
    """Every paragraph in reading order, those of tables included."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block
        else:
            for row in block.rows:
                for cell in row:
                    yield from all_paragraphs(cell.blocks)


def all_tables(blocks: tuple[Paragraph | Table, ...]) -> Iterator[Table]:
    """Every table in reading order, an outer one before those inside it."""
    for block in blocks:
        if isinstance(block, Table):
            yield block
            for row in block.rows:
                for cell in row:
                    yield from all_tables(cell.tables)


def _blocks(
    container: XmlElement, walk: _Walk, *, cell: CellPlace | None, in_toc: bool
) -> Iterator[Paragraph | Table]:
    for child in container:
        if child.tag == w("p"):
            yield from _paragraph(child, walk, cell=cell, in_toc=in_toc)
        elif child.tag == w("tbl"):
            yield _table(child, walk, is_nested=cell is not None)
        elif child.tag == w("sdt"):
            content = child.find(w("sdtContent"))
            if content is not None:
                yield from _blocks(content, walk, cell=cell, in_toc=in_toc or _is_toc(child))
        elif child.tag in _WRAPPERS:
            yield from _blocks(child, walk, cell=cell, in_toc=in_toc)


def _paragraph(
    element: XmlElement, walk: _Walk, *, cell: CellPlace | None, in_toc: bool
) -> Iterator[Paragraph | Table]:
    style = walk.styles.name_of(walk.styles.style_of(element))
    text = visible_text(element, walk.styles).strip()
    is_gone = not text and walk.styles.is_end_hidden(element)
    controls = tuple(_control(item, walk) for item in element.iter(w("sdt")))
    outer = element.getparent()
    holder = outer.getparent() if outer is not None and outer.tag == w("sdtContent") else None
    if (
        holder is not None
        and holder in walk.controls
        and len(holder.findall(f"{w('sdtContent')}/{w('p')}")) == 1
    ):
        controls = (_control(holder, walk), *controls)
    yield Paragraph(
        number=walk.paragraphs[element],
        element=element,
        text=text,
        style=style,
        heading_level=walk.styles.heading_level(element),
        label=None if is_gone else walk.lists.next_label(walk.styles.numbering_of(element)),
        is_bold=walk.styles.is_all_bold(element),
        cell=cell,
        controls=controls,
        is_in_toc=in_toc or style.lower().startswith(_CONTENTS_STYLES),
    )
    for box in element.iter(w("txbxContent")):
        ancestors = list(box.iterancestors(w("p"), f"{{{MC}}}Fallback"))
        if ancestors[0] is element:
            yield from _blocks(box, walk, cell=cell, in_toc=in_toc)


def _is_toc(control: XmlElement) -> bool:
    gallery = value_of(control.find(f"{w('sdtPr')}/{w('docPartObj')}"), "docPartGallery")
    return "table of contents" in (gallery or "").lower()


def _control(element: XmlElement, walk: _Walk) -> Control:
    properties = element.find(w("sdtPr"))
    content = element.find(w("sdtContent"))
    if properties is None:
        properties = etree.Element(w("sdtPr"))
    text = "" if content is None else _control_text(content, walk.styles)
    is_prompt = properties.find(w("showingPlcHdr")) is not None
    kind, options = _control_kind(properties)
    if kind == "checkbox":
        text = "x" if is_checked(element) else ""
    return Control(
        number=walk.controls[element],
        kind=kind,
        element=element,
        title=value_of(properties, "alias") or "",
        options=options,
        current="" if is_prompt and kind != "checkbox" else text,
        is_locked=value_of(properties, "lock") in ("contentLocked", "sdtContentLocked"),
    )


def _control_kind(properties: XmlElement) -> tuple[str, tuple[str, ...]]:
    if properties.find(w14("checkbox")) is not None:
        return "checkbox", ()
    for name in ("dropDownList", "comboBox"):
        choices = properties.find(w(name))
        if choices is not None:
            shown = [
                item.get(w("displayText")) or item.get(w("value"), "")
                for item in choices.iterfind(w("listItem"))
            ]
            offered = [item.get(w("value"), "") != "" for item in choices.iterfind(w("listItem"))]
            return "dropdown", tuple(
                text for text, is_real in zip(shown, offered, strict=True) if is_real and text
            )
    others = ("picture", "docPartObj", "group", "citation", "bibliography", "equation")
    if any(properties.find(w(name)) is not None for name in others):
        return "other", ()
    return "text", ()


def _control_text(content: XmlElement, styles: StyleSheet) -> str:
    paragraphs = [visible_text(item, styles) for item in content.iter(w("p"))]
    return "\n".join(paragraphs).strip() if paragraphs else visible_text(content, styles).strip()


def _table(element: XmlElement, walk: _Walk, *, is_nested: bool) -> Table:
    number = walk.tables[element]
    rows: list[tuple[Cell, ...]] = []
    elements = table_rows(element)
    for row_number, row in enumerate(elements, start=1):
        cells: list[Cell] = []
        column = 1 + max(0, number_of(row.find(w("trPr")), "gridBefore") or 0)
        for cell_number, item in enumerate(row_cells(row), start=1):
            place = CellPlace(table=number, row=row_number, cell=cell_number)
            cell = _cell(item, walk, place=place, column=column)
            cells.append(cell)
            column += cell.span
        rows.append(tuple(cells))
    width = max((cells[-1].column + cells[-1].span - 1 for cells in rows if cells), default=0)
    header_rows = sum(1 for _ in takewhile(lambda row: stated(row.find(w("trPr")), "tblHeader"), elements))
    return Table(number=number, rows=tuple(rows), columns=width, header_rows=header_rows, is_nested=is_nested)


def table_rows(table: XmlElement) -> list[XmlElement]:
    """The table's own rows, those inside content controls included."""
    return list(_direct(table, w("tr")))


def row_cells(row: XmlElement) -> list[XmlElement]:
    """The row's own cells, those inside content controls included."""
    return list(_direct(row, w("tc")))


def _direct(container: XmlElement, tag: str) -> Iterator[XmlElement]:
    for child in container:
        if child.tag == tag:
            yield child
        elif child.tag == w("sdt"):
            content = child.find(w("sdtContent"))
            if content is not None:
                yield from _direct(content, tag)
        elif child.tag in _WRAPPERS:
            yield from _direct(child, tag)


def _cell(element: XmlElement, walk: _Walk, *, place: CellPlace, column: int) -> Cell:
    properties = element.find(w("tcPr"))
    blocks = tuple(_blocks(element, walk, cell=place, in_toc=False))
    paragraphs = tuple(block for block in blocks if isinstance(block, Paragraph))
    text = "\n".join(item.text for item in paragraphs if item.text).strip()
    is_continued = value_of(properties, "vMerge") in ("", "continue")
    key = (place.table, column)
    if is_continued:
        text = walk.merged.get(key, "")
    else:
        walk.merged[key] = text
    own = [item for paragraph in paragraphs for item in paragraph.controls]
    parent = element.getparent()
    holder = parent.getparent() if parent is not None and parent.tag == w("sdtContent") else None
    if parent is not None and holder is not None and len(row_cells(parent)) == 1:
        own.insert(0, _control(holder, walk))
    return Cell(
        place=place,
        element=element,
        column=column,
        span=max(0, number_of(properties, "gridSpan") or 1),
        text=text,
        is_continued=is_continued,
        is_bold=bool(text) and all(item.is_bold for item in paragraphs if item.text),
        blocks=blocks,
        controls=tuple({item.number: item for item in own}.values()),
    )
