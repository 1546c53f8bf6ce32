"""A questionnaire of another buyer that the vendor completed two years ago.

Its answers are in the sheet, some of them no longer true; one list, numbered sections as rows, one column for
the choice and one for the details.
"""

import csv
from collections.abc import Sequence
from datetime import date
from itertools import groupby
from pathlib import Path

from freeze import freeze
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill

_WRITTEN = date(2024, 4, 18)
_WRAP = Alignment(wrap_text=True, vertical="top")
_HEAD = PatternFill("solid", fgColor="3B5D4F")
_BAND = PatternFill("solid", fgColor="E1EBE6")
_HEADER = ("No.", "Question", "Answer", "Details")


def write_past_questionnaire(source: Path, path: Path) -> None:
    """Write the completed workbook, saved on the day it was answered."""
    with source.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    book = Workbook()
    sheet = book.active
    sheet.title = "Supplier assessment"
    sheet.append(["Quillstone Freight: supplier assessment 2024"])
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.append(["Completed by Larkfield Ledger Ltd, 18 April 2024"])
    sheet.append([])
    sheet.append(_HEADER)
    for cell in sheet[4]:
        cell.fill, cell.font = _HEAD, Font(bold=True, color="FFFFFF")
    for section, items in groupby(rows, key=lambda row: row["section"]):
        sheet.append([section])
        sheet.merge_cells(start_row=sheet.max_row, end_row=sheet.max_row, start_column=1, end_column=4)
        sheet.cell(sheet.max_row, 1).fill = _BAND
        for row in items:
            _append(sheet, [row["id"], row["question"], row["answer"] or None, row["details"]])
    for letter, width in zip("ABCD", (7, 62, 10, 62), strict=True):
        sheet.column_dimensions[letter].width = width
    book.properties.title = "Supplier assessment 2024"
    book.properties.creator = "Quillstone Freight"
    book.save(path)
    freeze(path, written=_WRITTEN)


def _append(sheet, values: Sequence[str | None]) -> None:
    sheet.append(values)
    for cell in sheet[sheet.max_row]:
        cell.alignment = _WRAP
