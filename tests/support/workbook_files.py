"""Build workbooks of raw XML, with the oddities that real ones have and writers' libraries lack."""

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

from bidproof.core.ids import DocumentId, PassageId, QuestionId
from bidproof.core.records import Citation, Claim, Draft, DraftState, Questionnaire, Support, Tier
from bidproof.formats.excel.addresses import Place, column_letters, parse_reference
from bidproof.formats.excel.workbook import read_workbook
from bidproof.formats.zip.package import open_package
from bidproof.formats.zip.rewrite import replace_parts
from bidproof.questionnaires.excel.patch import patch_sheet

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"


@dataclass(frozen=True)
class Formula:
    """A formula with the value that the program which saved the file computed."""

    text: str
    cached: str = ""


@dataclass
class Sheet:
    """One sheet: rows of values (None leaves no cell, "" makes an empty styled one)."""

    name: str
    rows: Sequence[Sequence[object]]
    merges: Sequence[str] = ()
    lists: Mapping[str, str] = field(default_factory=dict)
    new_lists: Mapping[str, str] = field(default_factory=dict)
    state: str = "visible"
    hidden_rows: Sequence[int] = ()
    hidden_columns: Sequence[int] = ()
    is_protected: bool = False
    styles: Mapping[str, int] = field(default_factory=dict)
    prefix: str = ""


def build_workbook(
    path: Path,
    *sheets: Sheet,
    is_strict: bool = False,
    names: Mapping[str, str] | None = None,
    extra: Mapping[str, bytes] | None = None,
    locks_structure: bool = False,
    shared: bool = True,
) -> Path:
    """Write a workbook; strings are shared, or inline where ``shared`` is off."""
    strings: list[str] = []
    main, relations = (STRICT_MAIN, STRICT_RELATIONS) if is_strict else (MAIN, RELATIONS)
    parts: dict[str, str] = {}
    for number, sheet in enumerate(sheets, 1):
        parts[f"xl/worksheets/sheet{number}.xml"] = _sheet_xml(sheet, strings if shared else None, main)
    entries = "".join(
        f'<sheet name="{escape(s.name, {chr(34): "&quot;"})}" sheetId="{n}" state="{s.state}" r:id="rId{n}"/>'
        for n, s in enumerate(sheets, 1)
    )
    defined = "".join(f'<definedName name="{k}">{escape(v)}</definedName>' for k, v in (names or {}).items())
    lock = '<workbookProtection lockStructure="1"/>' if locks_structure else ""
    parts["xl/workbook.xml"] = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
        f'<workbook xmlns="{main}" xmlns:r="{relations}">'
        f"{lock}<sheets>{entries}</sheets><definedNames>{defined}</definedNames></workbook>"
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{relations}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    links += f'<Relationship Id="rIdS" Type="{relations}/sharedStrings" Target="sharedStrings.xml"/>'
    links += f'<Relationship Id="rIdY" Type="{relations}/styles" Target="styles.xml"/>'
    parts["xl/_rels/workbook.xml.rels"] = (
        f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'
    )
    parts["_rels/.rels"] = (
        f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    )
    items = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in strings)
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{main}" count="{len(strings)}">{items}</sst>'
    parts["xl/styles.xml"] = _styles_xml(main)
    parts["[Content_Types].xml"] = _types_xml(len(sheets))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", parts.pop("[Content_Types].xml"))
        for name, text in parts.items():
            archive.writestr(name, text)
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return path


def _sheet_xml(sheet: Sheet, strings: list[str] | None, main: str) -> str:
    p = sheet.prefix
    declared = f'xmlns:{p[:-1]}="{main}"' if p else f'xmlns="{main}"'
    rows: list[str] = []
    for number, values in enumerate(sheet.rows, 1):
        cells = "".join(_cell_xml(sheet, number, c, v, strings) for c, v in enumerate(values, 1))
        hidden = ' hidden="1"' if number in sheet.hidden_rows else ""
        if cells or hidden:
            rows.append(f'<{p}row r="{number}"{hidden}>{cells}</{p}row>')
    columns = "".join(f'<{p}col min="{c}" max="{c}" hidden="1"/>' for c in sheet.hidden_columns)
    body = f"<{p}cols>{columns}</{p}cols>" if columns else ""
    body += f"<{p}sheetData>{''.join(rows)}</{p}sheetData>"
    if sheet.is_protected:
        body += f'<{p}sheetProtection sheet="1" objects="1" password="A74C"/>'
    if sheet.merges:
        cells = "".join(f'<{p}mergeCell ref="{area}"/>' for area in sheet.merges)
        body += f'<{p}mergeCells count="{len(sheet.merges)}">{cells}</{p}mergeCells>'
    if sheet.lists:
        items = "".join(
            f'<{p}dataValidation type="list" allowBlank="1" sqref="{area}">'
            f"<{p}formula1>{escape(source)}</{p}formula1>"
            f"</{p}dataValidation>"
            for area, source in sheet.lists.items()
        )
        body += f'<{p}dataValidations count="{len(sheet.lists)}">{items}</{p}dataValidations>'
    if sheet.new_lists:
        items = "".join(
            '<x14:dataValidation type="list" allowBlank="1"><x14:formula1><xm:f>'
            f"{escape(source)}</xm:f></x14:formula1><xm:sqref>{area}</xm:sqref></x14:dataValidation>"
            for area, source in sheet.new_lists.items()
        )
        body += (
            f'<{p}extLst><{p}ext uri="{{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}}" xmlns:x14="{X14}">'
            f'<x14:dataValidations count="{len(sheet.new_lists)}"'
            ' xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">'
            f"{items}</x14:dataValidations></{p}ext></{p}extLst>"
        )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{p}worksheet {declared}>{body}</{p}worksheet>'


def _cell_xml(sheet: Sheet, row: int, column: int, value: object, strings: list[str] | None) -> str:
    if value is None:
        return ""
    p, reference = sheet.prefix, f"{column_letters(column)}{row}"
    style = f' s="{sheet.styles[reference]}"' if reference in sheet.styles else ""
    start = f'<{p}c r="{reference}"{style}'
    if isinstance(value, Formula):
        body = f"<{p}f>{escape(value.text)}</{p}f><{p}v>{escape(value.cached)}</{p}v>"
        return f'{start} t="str">{body}</{p}c>'
    if isinstance(value, (int, float)):
        return f"{start}><{p}v>{value}</{p}v></{p}c>"
    if value == "":
        return f"{start}/>"
    if strings is None:
        text = f'<{p}t xml:space="preserve">{escape(str(value))}</{p}t>'
        return f'{start} t="inlineStr"><{p}is>{text}</{p}is></{p}c>'
    strings.append(str(value))
    return f'{start} t="s"><{p}v>{len(strings) - 1}</{p}v></{p}c>'


def _styles_xml(main: str) -> str:
    """Formats by number: 0 plain, 1 yellow, 2 unlocked, 3 a date, 4 grey."""
    return (
        f'<styleSheet xmlns="{main}"><fonts count="1"><font/></fonts><fills count="4">'
        '<fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill>'
        '<fill><patternFill patternType="solid"><fgColor rgb="FFFFFF00"/></patternFill></fill>'
        '<fill><patternFill patternType="solid"><fgColor rgb="FFD9D9D9"/></patternFill></fill></fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
        '<xf numFmtId="0" fontId="0" fillId="2" borderId="0" applyFill="1"/>'
        '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" applyProtection="1">'
        '<protection locked="0"/></xf>'
        '<xf numFmtId="14" fontId="0" fillId="0" borderId="0" applyNumberFormat="1"/>'
        '<xf numFmtId="0" fontId="0" fillId="3" borderId="0" applyFill="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def _types_xml(sheets: int) -> str:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kind}.worksheet+xml"/>'
        for n in range(1, sheets + 1)
    )
    return (
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>{overrides}'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}.sharedStrings+xml"/></Types>'
    )


def draft_for(
    question_id: str, text: str = "", *, choice: str | None = None, state: DraftState = DraftState.DRAFTED,
    quote: str = "", path: str = "policy.pdf", page: int = 3, reasons: tuple[str, ...] = (),
) -> Draft:  # fmt: skip
    """A draft with at most one citation."""
    citations = ()
    if quote:
        citations = (
            Citation(
                passage_id=PassageId("p1"), document_id=DocumentId("d1"), path=path, title="Policy",
                quote=quote, start=10, end=10 + len(quote), pages=(page,),
            ),
        )  # fmt: skip
    claims = (Claim(text=text, citations=citations, support=Support.SUPPORTED),) if text else ()
    return Draft(
        question_id=QuestionId(question_id), state=state, text=text, choice=choice, claims=claims,
        support=Support.SUPPORTED if text else Support.NOT_FOUND, tier=Tier.REVIEW, reasons=reasons,
    )  # fmt: skip


def blank_answers(questionnaire: Questionnaire, out: Path) -> Path:
    """A copy of a completed workbook with every slot emptied."""
    package = open_package(Path(questionnaire.path))
    parts = {entry.name: entry.part for entry in read_workbook(package).sheets}
    cells: dict[str, dict[Place, str]] = {}
    for question in questionnaire.questions:
        for slot in question.slots:
            sheet, reference = slot.location.rsplit("!", 1)
            place = parse_reference(reference)
            if slot.is_writable and place is not None:
                cells.setdefault(sheet.strip("'"), {})[place] = ""
    changed = {
        parts[sheet]: patch_sheet(package.read(parts[sheet]), values, file=out.name, part=parts[sheet])
        for sheet, values in cells.items()
    }
    out.write_bytes(replace_parts(package, changed, {}))
    return out


def parts_of(path: Path) -> dict[str, bytes]:
    """Every part of a zip, unpacked."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
