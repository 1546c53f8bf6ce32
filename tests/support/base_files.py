"""Small whole files of every kind that is read, the same bytes each time: what damaged ones are made from."""

import re
import zipfile
from collections.abc import Mapping
from functools import cache
from io import BytesIO

import docx
import openpyxl
import pptx
from openpyxl.worksheet.datavalidation import DataValidation
from PIL import Image
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from docx_files import add_checkbox, add_dropdown, add_table

ROWS = [
    ["ID", "Question", "Answer", "Comments"],
    ["1.1", "Is data encrypted at rest?", "", ""],
    ["1.2", "How often are keys rotated?", "", ""],
    ["2.1", "Do you hold ISO 27001 certification?", "", ""],
]
_MOMENT = re.compile(rb"\d{4}-\d\d-\d\dT[\d:.]+Z")

HTML = """<!doctype html><html><head><meta charset="utf-8"><title>Security</title>
<style>.gone { display: none } .note { color: #333; background: white }</style></head><body>
<h1>Backups</h1><p>Backups run <b>every</b> night at <span class="note">02:00</span>.</p>
<ul><li>Kept for 35 days<ul><li>in two regions</li></ul></li></ul><p class="gone">Ignore this.</p>
<table><thead><tr><th>Control</th><th>State</th></tr></thead>
<tr><td rowspan="2">Keys</td><td>Rotated</td></tr>
<tr><td>Audited</td></tr></table><pre>key = 1</pre></body></html>"""
MAIL = f"""From: =?utf-8?q?J=C3=BCrgen?= <j@a.example>
To: bids@b.example
Date: Mon, 02 Mar 2026 10:00:00 +0100
Subject: Backups
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="outer"

--outer
Content-Type: multipart/alternative; boundary="inner"

--inner
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Backups run every night. F=FCr immer.
--inner
Content-Type: text/html; charset=utf-8

{HTML}
--inner--
--outer
Content-Type: message/rfc822

Subject: Keys
Content-Type: text/plain

Keys are rotated every year.
--outer
Content-Type: application/octet-stream; name="a.bin"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="a.bin"

AAECAwQF
--outer--
"""
MARKDOWN = """---
title: Backups
---
# Backups

Backups run **every** night; see [keys](#keys).

| Control | State |
| --- | --- |
| Keys | Rotated |

1. Kept for 35 days
   - in two regions

> Quoted words of a customer.

```sh
backup --now
```
"""


@cache
def base_files() -> Mapping[str, bytes]:
    """One file a kind, by the extension that it has."""
    rows = "\r\n".join(",".join(f'"{cell}"' for cell in row) for row in ROWS)
    return {
        "xlsx": _workbook(),
        "docx": _word(),
        "pptx": _slides(),
        "pdf": _pdf(),
        "html": HTML.encode(),
        "eml": MAIL.encode(),
        "csv": rows.encode(),
        "md": MARKDOWN.encode(),
        "txt": b"BACKUPS\n\nBackups run every night.\n\n1. Keys\n   Rotated every year.\n",
    }


def rezip(parts: Mapping[str, bytes]) -> bytes:
    """A package of these parts, in their order, without the moment of its making."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def unzip(package: bytes) -> dict[str, bytes]:
    """A package's parts by name."""
    with zipfile.ZipFile(BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _timeless(saved: BytesIO) -> bytes:
    return rezip(
        {name: _MOMENT.sub(b"2026-01-02T03:04:05Z", part) for name, part in unzip(saved.getvalue()).items()}
    )


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Questions"
    sheet.append(["Security questionnaire"])
    sheet.merge_cells("A1:D1")
    for row in ROWS:
        sheet.append(row)
    choice = DataValidation(type="list", formula1='"Yes,No,N/A"')
    choice.add("C3:C5")
    sheet.add_data_validation(choice)
    sheet.row_dimensions[5].hidden = True
    lists = book.create_sheet("Lists")
    lists.append(["=SUM(1,2)", 46_000.5, True, "Yes"])
    lists["B1"].number_format = "yyyy-mm-dd"
    lists.sheet_state = "hidden"
    stream = BytesIO()
    book.save(stream)
    return _timeless(stream)


def _word() -> bytes:
    document = docx.Document()
    document.add_heading("Security", level=1)
    document.add_paragraph("1. Do you encrypt backups?", style="List Number")
    add_dropdown(document.add_paragraph("Answer: "), ["Yes", "No"])
    add_checkbox(document.add_paragraph(), "Yes")
    add_table(document, ROWS)
    document.add_paragraph("Seen ").add_run("not seen").font.hidden = True
    document.sections[0].header.paragraphs[0].text = "Confidential"
    stream = BytesIO()
    document.save(stream)
    return _timeless(stream)


def _slides() -> bytes:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "Backups"
    slide.placeholders[1].text = "Backups run every night."
    table = slide.shapes.add_table(2, 2, 0, 0, 4_000_000, 1_000_000).table
    for row in range(2):
        for column in range(2):
            table.cell(row, column).text = ROWS[row][column]
    slide.notes_slide.notes_text_frame.text = "Kept for 35 days."
    stream = BytesIO()
    deck.save(stream)
    return _timeless(stream)


def _pdf() -> bytes:
    stream = BytesIO()
    canvas = Canvas(stream, pagesize=A4, invariant=1, pageCompression=0)
    picture = Image.new("RGB", (8, 8), (200, 20, 20))
    for page in range(2):
        canvas.bookmarkPage(f"p{page}")
        canvas.addOutlineEntry(f"Part {page}", f"p{page}")
        canvas.setFont("Helvetica-Bold", 16)
        canvas.drawString(72, 760, f"{page + 1}. Backups")
        canvas.setFont("Helvetica", 10)
        canvas.drawString(72, 730, "Do you run backups every night? The vendor shall encrypt them.")
        canvas.setFillColor(colors.navy)
        canvas.rect(72, 680, 400, 20, fill=1)
        canvas.setFillColor(colors.white)
        for column, head in enumerate(ROWS[0]):
            canvas.drawString(80 + 100 * column, 686, head)
        canvas.setFillColor(colors.black)
        canvas.grid([72, 172, 272, 372, 472], [620, 640, 660, 680])
        for index, row in enumerate(ROWS[1:]):
            for column, cell in enumerate(row):
                canvas.drawString(76 + 100 * column, 665 - 20 * index, cell[:18])
        canvas.acroForm.textfield(name=f"f{page}", value="Yearly", x=72, y=560, width=120)
        canvas.drawInlineImage(picture, 300, 560, 20, 20)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()
