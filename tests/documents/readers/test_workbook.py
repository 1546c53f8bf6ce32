import datetime
from io import BytesIO

import openpyxl

from workbook_files import Sheet, build_workbook


def save(book) -> bytes:
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_sheets_are_headings_and_tables(read, shown):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Controls"
    sheet.append(["All controls as of this year"])
    sheet.append(["Id", "Status", "Checked"])
    sheet.append(["A.1", True, datetime.date(2024, 3, 5)])
    sheet.append(["A.2", 0.1 + 0.2, 7.0])
    document = read("controls.xlsx", save(book))

    assert shown(document) == [
        ("heading 1", "Controls"),
        ("paragraph", "All controls as of this year"),
        ("table", "Id | Status | Checked\nA.1 | TRUE | 2024-03-05\nA.2 | 0.3 | 7"),
    ]
    assert document.blocks[-1].header_rows == 1


def test_hidden_sheets_rows_and_columns_are_left_out(read):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Name", "Secret", "City"])
    sheet.append(["Ann", "x1", "Rome"])
    sheet.append(["Bob", "x2", "Oslo"])
    sheet.column_dimensions["B"].hidden = True
    sheet.row_dimensions[3].hidden = True
    other = book.create_sheet("Hidden")
    other.append(["nothing to see"])
    other.sheet_state = "hidden"

    assert read("book.xlsx", save(book)).text == "Name | City\nAnn | Rome"


def test_hidden_lines_of_a_strict_workbook_are_left_out(read, tmp_path):
    sheet = Sheet(
        "Sheet1", [["Name", "Secret"], ["Ann", "x1"], ["Bob", "x2"]], hidden_rows=[3], hidden_columns=[2]
    )
    path = build_workbook(tmp_path / "strict.xlsx", sheet, is_strict=True)

    assert read("strict.xlsx", path.read_bytes()).text == "Name\n\nAnn"
