"""Build Word questionnaires with the parts that python-docx has no words for."""

import io
import zipfile
from pathlib import Path

import docx
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.text.paragraph import Paragraph
from lxml import etree

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
BOTH = f'xmlns:w="{W}" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'


def add_dropdown(paragraph: Paragraph, options: list[str]) -> None:
    items = "".join(f'<w:listItem w:displayText="{name}" w:value="{name.lower()}"/>' for name in options)
    paragraph._p.append(parse_xml(
        f'<w:sdt {nsdecls("w")}><w:sdtPr><w:showingPlcHdr/><w:dropDownList>'
        f'<w:listItem w:displayText="Choose an item." w:value=""/>{items}</w:dropDownList></w:sdtPr>'
        '<w:sdtContent><w:r><w:rPr><w:rStyle w:val="PlaceholderText"/></w:rPr><w:t>Choose an item.</w:t>'
        "</w:r></w:sdtContent></w:sdt>"
    ))  # fmt: skip


def add_checkbox(paragraph: Paragraph, label: str) -> None:
    paragraph._p.append(parse_xml(
        f'<w:sdt {BOTH}><w:sdtPr><w14:checkbox><w14:checked w14:val="0"/>'
        '<w14:checkedState w14:val="2612" w14:font="MS Gothic"/>'
        '<w14:uncheckedState w14:val="2610" w14:font="MS Gothic"/></w14:checkbox></w:sdtPr>'
        "<w:sdtContent><w:r><w:t>☐</w:t></w:r></w:sdtContent></w:sdt>"
    ))  # fmt: skip
    paragraph.add_run(f" {label}  ")


def add_form_box(paragraph: Paragraph, label: str) -> None:
    """A box of an old protected form."""
    field = (
        f'<w:r {BOTH}><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:sizeAuto/>'
        '<w:default w:val="0"/>'
        "</w:checkBox></w:ffData></w:fldChar></w:r>"
    )
    paragraph._p.append(parse_xml(field))
    paragraph._p.append(parse_xml(f"<w:r {BOTH}><w:instrText> FORMCHECKBOX </w:instrText></w:r>"))
    paragraph._p.append(parse_xml(f'<w:r {BOTH}><w:fldChar w:fldCharType="end"/></w:r>'))
    paragraph.add_run(f" {label}  ")


def add_text_control(paragraph: Paragraph, *, bound: bool = False) -> None:
    binding = '<w:dataBinding w:xpath="/a" w:storeItemID="{0}"/>' if bound else ""
    paragraph._p.append(parse_xml(
        f'<w:sdt {nsdecls("w")}><w:sdtPr>{binding}<w:showingPlcHdr/><w:text/></w:sdtPr><w:sdtContent>'
        '<w:r><w:rPr><w:rStyle w:val="PlaceholderText"/></w:rPr><w:t>Click or tap here to enter text.</w:t>'
        "</w:r></w:sdtContent></w:sdt>"
    ))  # fmt: skip


def add_table(document: Document, rows: list[list[str]]) -> "docx.table.Table":
    table = document.add_table(len(rows), len(rows[0]))
    for number, row in enumerate(rows):
        for at, text in enumerate(row):
            table.cell(number, at).text = text
    return table


def save(document: Document, path: Path) -> Path:
    document.save(str(path))
    return path


def with_part(path: Path, name: str, change: dict[bytes, bytes] | bytes) -> Path:
    """Rewrite one part of a package: by replacements, or whole."""
    data = path.read_bytes()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == name:
                if isinstance(change, bytes):
                    content = change
                else:
                    for before, after in change.items():
                        assert before in content
                        content = content.replace(before, after)
            new.writestr(entry, content)
    path.write_bytes(out.getvalue())
    return path


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def body_children(path: Path) -> list[bytes]:
    """The body's children in canonical form, to compare what was not to be touched."""
    root = etree.fromstring(parts(path)["word/document.xml"])
    body = root.find(f"{{{W}}}body")
    assert body is not None
    return [etree.tostring(child, method="c14n", exclusive=True) for child in body]


def lines_of(path: Path) -> list[str]:
    """The text of each paragraph in document order."""
    root = etree.fromstring(parts(path)["word/document.xml"])
    found: list[str] = []
    for paragraph in root.iter(f"{{{W}}}p"):
        shown = paragraph.iter(f"{{{W}}}t", f"{{{W}}}br")
        pieces = [item.text or "" if item.tag == f"{{{W}}}t" else "\n" for item in shown]
        found.append("".join(pieces))
    return found
