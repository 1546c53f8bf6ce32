"""What a sheet's XML says beside its values: what is hidden, merged, linked, remarked on, and how shown."""

# lxml's stubs leave parts of the tree API untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import posixpath
from array import array
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from io import BytesIO

from lxml import etree

from bidproof.documents.clean import clean_line
from bidproof.formats.excel.addresses import MAX_COLUMN, Area, Place, parse_area, parse_reference
from bidproof.formats.excel.workbook import read_relationships
from bidproof.formats.xml import XmlElement, parse_xml
from bidproof.formats.zip.package import Package

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_THREAD = "Comment:"
"""What stands before a threaded comment's words in the copy for old programs."""


@dataclass(slots=True, kw_only=True)
class SheetParts:
    """One sheet; rows and columns count from 1.

    ``places`` (row times ``MAX_COLUMN`` plus column) and ``formats`` run side by side over the
    cells whose number format was asked for. ``links`` are cells with outside targets, ``comments``
    cells with label and words.
    """

    hidden_rows: set[int] = field(default_factory=set[int])
    hidden_columns: set[int] = field(default_factory=set[int])
    merges: list[Area] = field(default_factory=list[Area])
    places: "array[int]" = field(default_factory=lambda: array("Q"))
    formats: "array[int]" = field(default_factory=lambda: array("L"))
    links: list[tuple[Place, str]] = field(default_factory=list[tuple[Place, str]])
    comments: list[tuple[Place, str]] = field(default_factory=list[tuple[Place, str]])

    def formatted(self) -> Iterator[tuple[int, int, int]]:
        """Row from 1, column from 0 and format of the cells whose format was asked for."""
        for place, number in zip(self.places, self.formats, strict=True):
            yield *divmod(place - 1, MAX_COLUMN), number


def read_sheet_parts(package: Package, part: str, *, formats: Collection[int]) -> SheetParts:
    """Walk a sheet once.

    Args:
        package: The workbook.
        part: The sheet's entry.
        formats: Cell formats to note the cells of.

    Raises:
        UnreadableFile: A part is damaged.
        lxml.etree.XMLSyntaxError: The sheet's own part is damaged.
    """
    parts = SheetParts()
    targets = _targets(package, part)
    tags = ["{*}row", "{*}col", "{*}mergeCell", "{*}hyperlink", *(["{*}c"] if formats else [])]
    row = column = 0
    for _, item in etree.iterparse(
        BytesIO(package.read(part)), tag=tags, resolve_entities=False, no_network=True
    ):
        name = str(item.tag).rpartition("}")[2]
        if name == "c":
            place = parse_reference(item.get("r", "")) or Place(row + 1, column + 1)
            column = place.column
            if (style := int(item.get("s") or 0)) in formats:
                parts.places.append(place.row * MAX_COLUMN + place.column)
                parts.formats.append(style)
        elif name == "row":
            row, column = int(item.get("r") or row + 1), 0
            parts.hidden_rows |= {row} if _is_hidden(item) else set()
        elif name == "mergeCell":
            area = parse_area(item.get("ref", ""))
            parts.merges += [area] if area else []
        elif name == "hyperlink":
            area, target = parse_area(item.get("ref", "")), targets.get(item.get(_RELATION, ""), "")
            parts.links += [(Place(area.top, area.left), target)] if area and target else []
        elif _is_hidden(item):
            last = min(int(item.get("max") or 0), MAX_COLUMN)
            parts.hidden_columns.update(range(int(item.get("min") or 0), last + 1))
        item.clear()
    parts.comments = list(_comments(package, part))
    return parts


def _is_hidden(item: XmlElement) -> bool:
    return item.get("hidden") in ("1", "true")


def _targets(package: Package, part: str) -> dict[str, str]:
    """The outside targets that a sheet links to, by relationship."""
    folder, name = posixpath.split(part)
    entry = package.find(posixpath.join(folder, "_rels", f"{name}.rels"))
    return {
        item.get("Id", ""): item.get("Target", "")
        for item in (() if entry is None else parse_xml(package, entry))
        if item.get("TargetMode") == "External"
    }


def _comments(package: Package, part: str) -> Iterator[tuple[Place, str]]:
    for kind, target in read_relationships(package, part).values():
        entry = package.find(target) if kind.endswith("/comments") else None
        if entry is None:
            continue
        root = parse_xml(package, entry)
        authors = [clean_line(item.text or "") for item in root.iterfind("{*}authors/{*}author")]
        for item in root.iterfind("{*}commentList/{*}comment"):
            place, number = parse_reference(item.get("ref", "")), item.get("authorId", "")
            text = clean_line("".join(piece.text or "" for piece in item.iterfind(".//{*}t")))
            if place is None or not text:
                continue
            author = authors[int(number)] if number.isdigit() and int(number) < len(authors) else ""
            if author.startswith("tc="):  # a threaded comment
                author, text = "", text.rpartition(_THREAD)[2].strip()
            text = text.removeprefix(f"{author}:").strip()
            yield place, f"{f'Comment ({author})' if author else 'Comment'}: {text}"
