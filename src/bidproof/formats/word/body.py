"""Walk a Word document's body in true order: paragraphs, tables, cells and content controls.

Every ``w:p``, ``w:tbl`` and ``w:sdt`` of the body is counted from 1 in document order,
nested ones included; these numbers are the addresses in slot locations, and the writer
finds the same elements by counting again.
"""

# lxml's stubs leave parts of the tree API untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from bidproof.formats.word.numbering import ListLabel, ListNumbers
from bidproof.formats.word.package import (
    MC,
    DocxPackage,
    XmlElement,
    parse_document,
    parse_part,
    w,
    w14,
)
from bidproof.formats.word.styles import StyleSheet, is_hidden, is_on

TEXT_SKIPPED = frozenset(
    {
        w("del"),
        w("moveFrom"),
        w("instrText"),
        w("delText"),
        w("pPr"),
        w("rPr"),
        w("txbxContent"),
        f"{{{MC}}}Fallback",
    }
)
_NESTED = frozenset({w("p"), w("tbl")})
_WRAPPERS = frozenset({w("ins"), w("moveTo"), w("customXml"), w("smartTag")})
TEXT_BREAKS = {
    w("tab"): "\t",
    w("ptab"): "\t",
    w("br"): "\n",
    w("cr"): "\n",
    w("noBreakHyphen"): "-",
    w("softHyphen"): "",
}
_INVISIBLE = re.compile(
    "[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\U000e0000-\U000e007f]"
)
_CHECKED = frozenset({"1", "true", "on"})


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
    paragraphs: tuple[Paragraph, ...]
    tables: tuple["Table", ...]
    controls: tuple[Control, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One ``w:tbl`` as rows of cells; ``columns`` is the width of its grid."""

    number: int
    rows: tuple[tuple[Cell, ...], ...]
    columns: int
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


def read_body(package: DocxPackage) -> tuple[Paragraph | Table, ...]:
    """Give the top-level blocks of the body in reading order, content controls unwrapped.

    Raises:
        UnreadableFile: A part is damaged or not transitional Open XML.
    """
    body = parse_document(package).find(w("body"))
    assert body is not None  # noqa: S101 - parse_document has checked it
    numbering = package.numbering and parse_part(package.numbering, path=package.path, part="numbering.xml")
    styles = package.styles and parse_part(package.styles, path=package.path, part="styles.xml")
    walk = _Walk(
        styles=StyleSheet(styles if isinstance(styles, XmlElement) else None),
        lists=ListNumbers(numbering if isinstance(numbering, XmlElement) else None),
        paragraphs=number_elements(body, "p"),
        tables=number_elements(body, "tbl"),
        controls=number_elements(body, "sdt"),
    )
    return tuple(_blocks(body, walk, cell=None, in_toc=False))


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
                    yield from cell.paragraphs
                    yield from all_paragraphs(cell.tables)


def all_tables(blocks: tuple[Paragraph | Table, ...]) -> Iterator[Table]:
    """Every table in reading order, an outer one before those inside it."""
    for block in blocks:
        if isinstance(block, Table):
            yield block
            for row in block.rows:
                for cell in row:
                    yield from all_tables(cell.tables)


def visible_text(element: XmlElement) -> str:
    """The text of one paragraph or control as a reader sees it; nested paragraphs are left out."""
    return _INVISIBLE.sub("", "".join(_pieces(element)))


def _pieces(element: XmlElement) -> Iterator[str]:
    for child in element:
        if child.tag in TEXT_SKIPPED or child.tag in _NESTED:
            continue
        if child.tag == w("r") and is_hidden(child):
            continue
        if child.tag == w("t"):
            yield child.text or ""
        elif child.tag in TEXT_BREAKS:
            yield TEXT_BREAKS[child.tag]
        elif child.tag == w("sym"):
            yield symbol_text(child)
        elif child.tag == w("fldChar"):
            yield form_box_text(child)
        else:
            yield from _pieces(child)


def symbol_text(element: XmlElement) -> str:
    """What a ``w:sym`` shows: private-use symbols of the Wingdings fonts that stand for boxes and ticks."""
    code = element.get(w("char"), "").lower()[-2:]
    return {"a8": "☐", "6f": "☐", "fe": "☒", "fd": "☒", "78": "☒", "fc": "✓", "b7": "•"}.get(code, "")


def form_box_text(element: XmlElement) -> str:
    """The box that a ``w:fldChar`` of an old form field shows; empty for other fields."""
    box = element.find(f"{w('ffData')}/{w('checkBox')}")
    if box is None:
        return ""
    state = is_on(box, "checked")
    return "☒" if (is_on(box, "default") if state is None else state) else "☐"


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
) -> Iterator[Paragraph]:
    style = walk.styles.style_of(element)
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
        text=visible_text(element).strip(),
        style=walk.styles.name_of(style),
        heading_level=walk.styles.heading_level(element),
        label=_label(element, walk, style),
        is_bold=walk.styles.is_all_bold(element),
        cell=cell,
        controls=controls,
        is_in_toc=in_toc or walk.styles.name_of(style).lower().startswith("toc "),
    )
    for box in element.iter(w("txbxContent")):
        if not any(parent.tag == f"{{{MC}}}Fallback" for parent in box.iterancestors()):
            for inner in box.iter(w("p")):
                if next(inner.iterancestors(w("txbxContent"))) is box:
                    yield from _paragraph(inner, walk, cell=cell, in_toc=in_toc)


def _label(element: XmlElement, walk: _Walk, style: str) -> ListLabel | None:
    numbered = walk.styles.numbering_of(element)
    if numbered is None:
        return None
    list_id, level = numbered
    if level is None:
        level = walk.lists.level_of_style(list_id, style) or 0
    return walk.lists.next_label(list_id, level)


def _is_toc(control: XmlElement) -> bool:
    gallery = control.find(f"{w('sdtPr')}/{w('docPartObj')}/{w('docPartGallery')}")
    return gallery is not None and "table of contents" in gallery.get(w("val"), "").lower()


def _control(element: XmlElement, walk: _Walk) -> Control:
    properties = element.find(w("sdtPr"))
    content = element.find(w("sdtContent"))
    if properties is None:
        properties = etree.Element(w("sdtPr"))
    text = "" if content is None else _control_text(content)
    is_prompt = properties.find(w("showingPlcHdr")) is not None
    alias, lock = properties.find(w("alias")), properties.find(w("lock"))
    kind, options = _control_kind(properties)
    if kind == "checkbox":
        checked = properties.find(f"{w14('checkbox')}/{w14('checked')}")
        text = "x" if checked is not None and checked.get(w14("val"), "1").lower() in _CHECKED else ""
    return Control(
        number=walk.controls[element],
        kind=kind,
        element=element,
        title="" if alias is None else alias.get(w("val"), ""),
        options=options,
        current="" if is_prompt and kind != "checkbox" else text,
        is_locked=lock is not None and lock.get(w("val")) in ("contentLocked", "sdtContentLocked"),
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


def _control_text(content: XmlElement) -> str:
    paragraphs = [visible_text(item) for item in content.iter(w("p"))]
    return "\n".join(paragraphs).strip() if paragraphs else visible_text(content).strip()


def _table(element: XmlElement, walk: _Walk, *, is_nested: bool) -> Table:
    number = walk.tables[element]
    rows: list[tuple[Cell, ...]] = []
    for row_number, row in enumerate(table_rows(element), start=1):
        cells: list[Cell] = []
        column = 1 + _grid_gap(row)
        for cell_number, item in enumerate(row_cells(row), start=1):
            place = CellPlace(table=number, row=row_number, cell=cell_number)
            cell = _cell(item, walk, place=place, column=column)
            cells.append(cell)
            column += cell.span
        rows.append(tuple(cells))
    width = max((cells[-1].column + cells[-1].span - 1 for cells in rows if cells), default=0)
    return Table(number=number, rows=tuple(rows), columns=width, is_nested=is_nested)


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


def _grid_gap(row: XmlElement) -> int:
    before = row.find(f"{w('trPr')}/{w('gridBefore')}")
    value = "0" if before is None else before.get(w("val"), "0")
    return int(value) if value.isdigit() else 0


def _cell(element: XmlElement, walk: _Walk, *, place: CellPlace, column: int) -> Cell:
    span = element.find(f"{w('tcPr')}/{w('gridSpan')}")
    merge = element.find(f"{w('tcPr')}/{w('vMerge')}")
    wide = "1" if span is None else span.get(w("val"), "1")
    blocks = tuple(_blocks(element, walk, cell=place, in_toc=False))
    paragraphs = tuple(block for block in blocks if isinstance(block, Paragraph))
    text = "\n".join(item.text for item in paragraphs if item.text).strip()
    is_continued = merge is not None and merge.get(w("val"), "continue") == "continue"
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
        span=int(wide) if wide.isdigit() else 1,
        text=text,
        is_continued=is_continued,
        is_bold=bool(text) and all(item.is_bold for item in paragraphs if item.text),
        paragraphs=paragraphs,
        tables=tuple(block for block in blocks if isinstance(block, Table)),
        controls=tuple({item.number: item for item in own}.values()),
    )
