"""Write a compliance matrix as a small workbook in which nothing can be a formula.

The workbook is made by hand, since the standard library has no writer and a full one
would be a dependency for nine columns of text: every cell is an inline string.
"""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, fields
from xml.sax.saxutils import escape, quoteattr

from bidproof.formats.word.edit import legal_text

_MAX_CELL_CHARS = 32_767
_COLUMNS = (
    ("Number", 12),
    ("Requirement", 60),
    ("Section", 32),
    ("Page", 8),
    ("Location", 22),
    ("Mandatory", 12),
    ("Answer", 60),
    ("Status", 26),
    ("Evidence", 60),
)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    """One requirement of the matrix; the fields are its columns, in order."""

    number: str
    requirement: str
    section: str
    page: str
    location: str
    mandatory: str
    answer: str
    status: str
    evidence: str


def matrix_bytes(rows: Sequence[MatrixRow]) -> bytes:
    """The workbook as bytes, the same for the same rows.

    One sheet "Compliance": a bold header that stays in view, filter buttons, wrapped
    text. A cell holds at most 32,767 characters; longer text is cut with an ellipsis.
    """
    parts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": _workbook(len(rows)),
        "xl/_rels/workbook.xml.rels": _relations(
            ("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml")
        ),
        "xl/styles.xml": _styles(),
        "xl/worksheets/sheet1.xml": _sheet(rows),
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, date_time=_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, (_HEAD + text).encode())
    return stream.getvalue()


def _sheet(rows: Sequence[MatrixRow]) -> str:
    widths = "".join(
        f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>'
        for at, (_, width) in enumerate(_COLUMNS, 1)
    )
    lines = [_row(1, [title for title, _ in _COLUMNS], style=1)]
    for number, row in enumerate(rows, start=2):
        lines.append(_row(number, [getattr(row, item.name) for item in fields(MatrixRow)], style=2))
    span = _span(len(rows))
    return (
        f'<worksheet xmlns="{_MAIN}"><dimension ref="{span}"/><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{widths}</cols><sheetData>{''.join(lines)}</sheetData>"
        f'<autoFilter ref="{span}"/></worksheet>'
    )


def _row(number: int, texts: Sequence[str], *, style: int) -> str:
    cells = "".join(_cell(f"{chr(ord('A') + at)}{number}", text, style) for at, text in enumerate(texts))
    return f'<row r="{number}">{cells}</row>'


def _cell(address: str, text: str, style: int) -> str:
    text = legal_text(text)
    if len(text) > _MAX_CELL_CHARS:
        text = text[: _MAX_CELL_CHARS - 1] + "…"
    if not text:
        return f'<c r="{address}" s="{style}"/>'
    return (
        f'<c r="{address}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
    )


def _span(count: int) -> str:
    return f"A1:{chr(ord('A') + len(_COLUMNS) - 1)}{count + 1}"


def _workbook(count: int) -> str:
    filtered = _span(count).replace("A1", "$A$1").replace(":I", ":$I$")
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        '<sheets><sheet name="Compliance" sheetId="1" r:id="rId1"/></sheets>'
        '<definedNames><definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">'
        f"Compliance!{filtered}</definedName></definedNames></workbook>"
    )


def _styles() -> str:
    wrap = '<alignment vertical="top" wrapText="1"/>'
    return (
        f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="3"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill>'
        '<fill><patternFill patternType="solid"><fgColor rgb="FFE7ECF2"/></patternFill></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="49" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1" '
        f'applyAlignment="1" applyNumberFormat="1">{wrap}</xf>'
        '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1" '
        'applyNumberFormat="1">'
        f"{wrap}</xf></cellXfs>"
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def _relations(*targets: tuple[str, str]) -> str:
    items = "".join(
        f'<Relationship Id="rId{at}" Type="{_OFFICE}/{kind}" Target={quoteattr(target)}/>'
        for at, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_RELATIONS}">{items}</Relationships>'


def _content_types() -> str:
    return (
        f'<Types xmlns="{_TYPES}">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEET_TYPE}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_SHEET_TYPE}.styles+xml"/></Types>'
    )
