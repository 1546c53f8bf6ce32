"""The asset register and the buyer's questionnaire as workbooks.

The questionnaire has what real ones have: an introduction with a formula, a
two-row header, merged cells, section rows, dropdowns from an inline list and
from a hidden sheet, a word limit, conditional formats, a protected sheet and
a copyright row below the last question.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from freeze import freeze
from openpyxl import Workbook
from openpyxl.formatting.rule import CellIsRule, FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties

_THIN = Border(*[Side(style="thin", color="C9D1D8")] * 4)
_WRAP = Alignment(wrap_text=True, vertical="top")
_HEAD = PatternFill("solid", fgColor="27364A")
_BAND = PatternFill("solid", fgColor="DDE5EC")
_INPUT = PatternFill("solid", fgColor="FFF8E1")
_WRITTEN = date(2026, 4, 20)
_WHITE = Font(name="Calibri", bold=True, color="FFFFFF")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One row of ``sources/questionnaire.csv``."""

    sheet: str
    section: str
    id: str
    question: str
    kind: str


def read_questions(path: Path) -> list[Asked]:
    """Read the buyer's questions in the order of the file."""
    with path.open(encoding="utf-8", newline="") as file:
        return [Asked(**row) for row in csv.DictReader(file)]


def write_register(source: Path, path: Path) -> None:
    """Write the asset register: one sheet, real dates, a filter and a frozen header."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Assets"
    with source.open(encoding="utf-8", newline="") as file:
        for index, row in enumerate(csv.reader(file)):
            values: list[Any] = list(row)
            if index:
                values[5:] = [int(row[5]), date.fromisoformat(row[6])]
            sheet.append(values)
    _paint_row(sheet, 1, columns=7, fill=_HEAD, font=_WHITE)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    _set_widths(sheet, (26, 24, 26, 15, 22, 12, 15))
    book.properties.title = "Asset register"
    book.properties.creator = "Larkfield Ledger Ltd"
    _save(book, path)


def write_questionnaire(questions: Sequence[Asked], path: Path) -> None:
    """Write the buyer's workbook from its questions."""
    book = Workbook()
    book.active.title = "Read me first"
    for name, title in (
        ("controls", "1 Security controls"),
        ("continuity", "2 Service"),
        ("compliance", "3 Compliance"),
    ):
        own = [item for item in questions if item.sheet == name]
        {"controls": _controls, "continuity": _continuity, "compliance": _compliance}[name](
            book.create_sheet(title), own
        )
    lists = book.create_sheet("Lists")
    for value in ("Compliance", "Fully compliant", "Partially compliant", "Not compliant", "Not applicable"):
        lists.append([value])
    lists.sheet_state = "hidden"
    _introduction(book["Read me first"], book)
    book.properties.title = "Supplier security questionnaire"
    book.properties.creator = "Brindlewick Mutual"
    _save(book, path)


def _introduction(sheet: Any, book: Workbook) -> None:
    sheet.sheet_view.showGridLines = False
    sheet.merge_cells("B2:E2")
    sheet["B2"] = "Supplier security questionnaire"
    sheet["B2"].font = Font(name="Calibri", bold=True, size=18, color="27364A")
    lines = (
        "Brindlewick Mutual asks every supplier that will hold our data to complete this workbook.",
        "Please fill in the cells with a pale yellow background only, on sheets 1, 2 and 3.",
        "Sheet 1: choose Yes, No or NA, then explain in at most 60 words and name your evidence.",
        "Sheet 2: answer in the Response column. Where a number or a date is asked for, give nothing else.",
        "Sheet 3: choose the level of compliance from the list.",
        "Do not add or remove rows. Return the file by 8 May 2026.",
    )
    for row, line in enumerate(lines, start=4):
        sheet.merge_cells(f"B{row}:E{row}")
        sheet[f"B{row}"] = line
        sheet[f"B{row}"].alignment = _WRAP
        sheet.row_dimensions[row].height = 32
    facts = (
        ("Reference", "BM-SQ-2026-07"),
        ("Supplier", "Larkfield Ledger Ltd"),
        ("Contact", "third-party-risk@brindlewick.example"),
    )
    for row, (label, value) in enumerate(facts, start=11):
        sheet[f"B{row}"], sheet[f"C{row}"] = label, value
        sheet[f"B{row}"].font = Font(name="Calibri", bold=True)
    last = book["1 Security controls"].max_row
    sheet["B15"], sheet["C15"] = "Questions answered", f"=COUNTA('1 Security controls'!C6:C{last})"
    sheet["B15"].font = Font(name="Calibri", bold=True)
    sheet["C15"].number_format = '0 "on sheet 1"'
    _set_widths(sheet, (3, 24, 40, 20, 20))


def _controls(sheet: Any, questions: Sequence[Asked]) -> None:
    _title(sheet, "Security controls", columns=5)
    for cell, text in {
        "A4": "Question",
        "C4": "Supplier's answer",
        "A5": "ID",
        "B5": "Question",
        "C5": "Response",
        "D5": "Explanation (max 60 words)",
        "E5": "Evidence / comments",
    }.items():
        sheet[cell] = text
    sheet.merge_cells("A4:B4")
    sheet.merge_cells("C4:E4")
    _paint_row(sheet, 4, columns=5, fill=_HEAD, font=_WHITE)
    _paint_row(sheet, 5, columns=5, fill=_HEAD, font=_WHITE)
    choices = DataValidation(type="list", formula1='"Yes,No,NA"', allow_blank=True)
    choices.error, choices.errorTitle = "Choose Yes, No or NA.", "Response"
    sheet.add_data_validation(choices)
    last = 5
    for row, item in _rows(sheet, questions, first=6, columns=5):
        choices.add(f"C{row}")
        _put(sheet, row, (item.id, item.question), inputs="CDE")
        last = row
    _footer(sheet, last + 2, columns=5)
    area = f"C6:C{last}"
    sheet.conditional_formatting.add(
        area, CellIsRule(operator="equal", formula=['"No"'], fill=PatternFill("solid", bgColor="F8CBAD"))
    )
    sheet.conditional_formatting.add(
        area, CellIsRule(operator="equal", formula=['"Yes"'], fill=PatternFill("solid", bgColor="C6E0B4"))
    )
    sheet.conditional_formatting.add(
        f"D6:D{last}", FormulaRule(formula=["LEN(TRIM($D6))>420"], font=Font(color="C00000"))
    )
    sheet.freeze_panes = "C6"
    _set_widths(sheet, (10, 58, 12, 52, 40))


def _continuity(sheet: Any, questions: Sequence[Asked]) -> None:
    _title(sheet, "Service, continuity and company", columns=3)
    sheet["A5"], sheet["B5"], sheet["C5"] = "Ref", "Question", "Response"
    _paint_row(sheet, 5, columns=3, fill=_HEAD, font=_WHITE)
    for row, item in _rows(sheet, questions, first=6, columns=3):
        _put(sheet, row, (item.id, item.question), inputs="C")
        if item.kind in {"number", "date"}:
            _limit(sheet, f"C{row}", item.kind)
    sheet.freeze_panes = "A6"
    _set_widths(sheet, (10, 62, 60))


def _compliance(sheet: Any, questions: Sequence[Asked]) -> None:
    _title(sheet, "Compliance with our requirements", columns=3)
    sheet["A5"], sheet["B5"], sheet["C5"] = "Ref", "Requirement", "Compliance"
    _paint_row(sheet, 5, columns=3, fill=_HEAD, font=_WHITE)
    levels = DataValidation(type="list", formula1="Lists!$A$2:$A$5", allow_blank=True)
    sheet.add_data_validation(levels)
    for row, item in _rows(sheet, questions, first=6, columns=3):
        levels.add(f"C{row}")
        _put(sheet, row, (item.id, item.question), inputs="C")
        sheet[f"C{row}"].protection = Protection(locked=False)
    sheet.protection.sheet = True
    _set_widths(sheet, (10, 70, 24))


def _rows(sheet: Any, questions: Sequence[Asked], *, first: int, columns: int) -> Iterator[tuple[int, Asked]]:
    """Yield each question with its row, writing a merged section row where the section changes."""
    row = first
    for section, items in groupby(questions, key=lambda item: item.section):
        sheet.cell(row, 1, section)
        _paint_row(sheet, row, columns=columns, fill=_BAND, font=Font(name="Calibri", bold=True))
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=columns)
        row += 1
        for item in items:
            yield row, item
            row += 1


def _title(sheet: Any, text: str, *, columns: int) -> None:
    sheet["A1"] = text
    sheet["A1"].font = Font(name="Calibri", bold=True, size=14, color="27364A")
    sheet["A2"] = "Brindlewick Mutual, reference BM-SQ-2026-07"
    for row in (1, 2):
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=columns)


def _footer(sheet: Any, row: int, *, columns: int) -> None:
    sheet.cell(row, 1, "\N{COPYRIGHT SIGN} 2026 Brindlewick Mutual. For use by invited suppliers only.")
    sheet.cell(row, 1).font = Font(name="Calibri", italic=True, size=9, color="5C6773")
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=columns)


def _put(sheet: Any, row: int, texts: Sequence[str], *, inputs: str) -> None:
    for column, text in enumerate(texts, start=1):
        sheet.cell(row, column, text)
    for column in range(1, len(texts) + 1):
        sheet.cell(row, column).alignment = _WRAP
        sheet.cell(row, column).border = _THIN
    for letter in inputs:
        cell = sheet[f"{letter}{row}"]
        cell.fill, cell.border, cell.alignment = _INPUT, _THIN, _WRAP
    sheet.row_dimensions[row].height = 34


def _limit(sheet: Any, cell: str, kind: str) -> None:
    if kind == "number":
        rule = DataValidation(type="decimal", operator="greaterThanOrEqual", formula1="0", allow_blank=True)
    else:
        rule = DataValidation(type="date", operator="greaterThan", formula1="36526", allow_blank=True)
        sheet[cell].number_format = "yyyy-mm-dd"
    rule.prompt, rule.promptTitle = f"Give a {kind}.", "Response"
    sheet.add_data_validation(rule)
    rule.add(cell)


def _paint_row(sheet: Any, row: int, *, columns: int, fill: PatternFill, font: Font) -> None:
    for column in range(1, columns + 1):
        cell = sheet.cell(row, column)
        cell.fill, cell.font, cell.border, cell.alignment = fill, font, _THIN, _WRAP


def _set_widths(sheet: Any, widths: Sequence[float]) -> None:
    for index, width in enumerate(widths):
        sheet.column_dimensions["ABCDEFGHIJ"[index]].width = width


def _save(book: Workbook, path: Path) -> None:
    for sheet in book.worksheets:
        sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    book.save(path)
    freeze(path, written=_WRITTEN)
