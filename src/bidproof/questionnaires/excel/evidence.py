"""Add an evidence sheet to a workbook by small insertions in its directory parts."""

import posixpath
import re
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from itertools import count
from xml.sax.saxutils import quoteattr  # writes attribute text; parses nothing

from bidproof.formats.excel.workbook import Workbook
from bidproof.formats.xml import escape_text, legal_text
from bidproof.formats.zip.package import Package, damaged
from bidproof.questionnaires.protocol import EvidenceRow
from bidproof.questionnaires.sheets.grid import column_letters
from bidproof.questionnaires.sheets.tables import EVIDENCE_HEADERS

SHEET_NAME = "Evidence"
_STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_WIDTHS = (16, 50, 50, 22, 36, 8, 70, 24, 18)
_MAX_CHARS = 32_000


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceParts:
    """Parts to change and to add, ready for :func:`replace_parts`."""

    changed: dict[str, bytes]
    added: dict[str, bytes]


def evidence_parts(package: Package, workbook: Workbook, rows: Sequence[EvidenceRow]) -> EvidenceParts:
    """Build the evidence sheet and the three insertions that make it part of the workbook.

    Raises:
        UnreadableFile: The workbook's directory parts are not as any writer makes them.
    """
    folder = posixpath.dirname(workbook.part)
    sheets_folder = posixpath.join(folder, "worksheets")
    number = next(n for n in count(1) if package.find(f"{sheets_folder}/evidence{n}.xml") is None)
    part = f"{sheets_folder}/evidence{number}.xml"
    links = package.find(posixpath.join(folder, "_rels", posixpath.basename(workbook.part) + ".rels"))
    types = package.find("[Content_Types].xml")
    if links is None or types is None:
        raise damaged(package.name, "its directory of parts is incomplete")
    directory, relations = package.read(workbook.part), package.read(links)
    is_strict = _STRICT_MAIN.encode() in directory
    relation = _free_id(relations)
    relation_ns = _STRICT_RELATIONS if is_strict else _RELATIONS
    sheet_id = (
        max((int(found) for found in re.findall(rb'\bsheetId\s*=\s*["\'](\d+)', directory)), default=0) + 1
    )
    name = quoteattr(_free_name(workbook))
    entry = f' xmlns:r="{relation_ns}" name={name} sheetId="{sheet_id}" r:id="{relation}"'
    target = f"worksheets/evidence{number}.xml"
    link = f' Id="{relation}" Type="{relation_ns}/worksheet" Target="{target}"'
    override = f' PartName="/{part}" ContentType="{_SHEET_TYPE}"'
    return EvidenceParts(
        changed={
            workbook.part: _insert_last(package, directory, "sheets", "sheet", entry),
            links: _insert_last(package, relations, "Relationships", "Relationship", link),
            types: _insert_last(package, package.read(types), "Types", "Override", override),
        },
        added={part: _sheet_xml(rows, _STRICT_MAIN if is_strict else _MAIN)},
    )


def _free_id(relations: bytes) -> str:
    taken = set(re.findall(rb'\bId\s*=\s*["\']([^"\']*)', relations))
    return next(
        f"rIdEvidence{n}" for n in range(1, len(taken) + 2) if f"rIdEvidence{n}".encode() not in taken
    )


def _free_name(workbook: Workbook) -> str:
    taken = {name.casefold() for name in workbook.sheet_names}
    candidates = [SHEET_NAME, *(f"{SHEET_NAME} ({n})" for n in range(2, len(taken) + 3))]
    return next(name for name in candidates if name.casefold() not in taken)


def _insert_last(package: Package, content: bytes, parent: str, child: str, attributes: str) -> bytes:
    """Add ``<child …/>`` just before the parent's closing tag, with the parent's own prefix."""
    closings = list(re.finditer(rf"</((?:[\w.-]+:)?){parent}\s*>".encode(), content))
    if not closings:
        raise damaged(package.name, f"no list of {parent} is inside")
    closing = closings[-1]
    element = b"<" + closing.group(1) + child.encode() + attributes.encode("utf-8") + b"/>"
    return content[: closing.start()] + element + content[closing.start() :]


def _sheet_xml(rows: Sequence[EvidenceRow], namespace: str) -> bytes:
    lines = [EVIDENCE_HEADERS, *(_cells(row) for row in rows)]
    body = "".join(_row_xml(number, cells) for number, cells in enumerate(lines, 1))
    widths = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>' for n, width in enumerate(_WIDTHS, 1)
    )
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<worksheet xmlns="{namespace}"><sheetViews><sheetView workbookViewId="0">{pane}</sheetView>'
        "</sheetViews>"
        f"<cols>{widths}</cols><sheetData>{body}</sheetData></worksheet>"
    ).encode()


def _cells(row: EvidenceRow) -> tuple[str, ...]:
    return tuple(str(value) for value in astuple(row))


def _row_xml(number: int, cells: Sequence[str]) -> str:
    body = "".join(
        f'<c r="{column_letters(column)}{number}" t="inlineStr"><is><t xml:space="preserve">'
        f"{escape_text(legal_text(text)[:_MAX_CHARS])}</t></is></c>"
        for column, text in enumerate(cells, 1)
        if text
    )
    return f'<row r="{number}">{body}</row>'
