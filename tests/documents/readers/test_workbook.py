import datetime
from io import BytesIO

import openpyxl
import pytest
from openpyxl.comments import Comment

from bidproof.core.errors import UnreadableFile
from bidproof.core.records import Span
from bidproof.documents.locations import span_cells
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

    document = read("book.xlsx", save(book))

    assert document.text == "Name | City\nAnn | Rome"
    assert document.warnings == ("not read: 1 hidden row, 1 hidden column, 1 hidden sheet",)


def test_hidden_lines_of_a_strict_workbook_are_left_out(read, tmp_path):
    sheet = Sheet(
        "Sheet1", [["Name", "Secret"], ["Ann", "x1"], ["Bob", "x2"]], hidden_rows=[3], hidden_columns=[2]
    )
    path = build_workbook(tmp_path / "strict.xlsx", sheet, is_strict=True)

    assert read("strict.xlsx", path.read_bytes()).text == "Name\n\nAnn"


def test_values_are_read_as_they_are_displayed(read):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Service", "Uptime", "Price", "Since", "Code", "Plain"])
    sheet.append(["Portal", 0.9995, 12500, datetime.date(2024, 3, 5), 7, 0.25])
    for column, code in zip("BCDE", ["0.00%", "[$€-x-euro2]#,##0", "dd.mm.yyyy", "000"], strict=True):
        sheet[f"{column}2"].number_format = code

    assert read("prices.xlsx", save(book)).text.split("\n")[1] == (
        "Portal | 99.95% | €12,500 | 05.03.2024 | 007 | 0.25"
    )


def test_a_merged_cell_reaches_all_its_rows_and_groups_name_their_columns(read):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Region", "2024", None, "2025", None])
    sheet.append([None, "Plan", "Actual", "Plan", "Actual"])
    sheet.append(["Porto", 1, 2, 3, 4])
    sheet.append([None, 5, 6, 7, 8])
    sheet.append(["Ghent", "closed", None, 9, 10])
    for area in ("A1:A2", "B1:C1", "D1:E1", "A3:A4", "B5:C5"):
        sheet.merge_cells(area)
    document = read("regions.xlsx", save(book))

    assert document.text == (
        "Region | 2024 | 2024 | 2025 | 2025\nRegion | Plan | Actual | Plan | Actual\n"
        "Porto | 1 | 2 | 3 | 4\nPorto | 5 | 6 | 7 | 8\nGhent | closed | | 9 | 10"
    )
    assert document.blocks[0].header_rows == 2


def test_remarks_and_targets_of_links_are_read(read):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Control", "Proof"])
    sheet.append(["A.1", "Certificate"])
    sheet["B2"].hyperlink = "https://example.com/iso.pdf"
    sheet["A2"].comment = Comment("Renewed in May.", "Ann")

    assert read("controls.xlsx", save(book)).text == (
        "Control | Proof\nA.1 | Certificate (https://example.com/iso.pdf)\n\n"
        "Comment (Ann): Renewed in May. (cell A2)"
    )


def test_each_line_knows_its_cells_hidden_ones_counted(read):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Uptime figures"
    for row in (
        ["All services"],
        [],
        ["Name", "Old", "Now"],
        ["Portal", "1", "2"],
        ["Mail", "3"],
        ["", "", "4"],
    ):
        sheet.append(row)
    sheet.column_dimensions["B"].hidden = True
    sheet.row_dimensions[5].hidden = True
    document = read("book.xlsx", save(book))

    assert [block.cells for block in document.blocks[1:]] == [
        ("Uptime figures!A1",),
        ("Uptime figures!A3:C3", "Uptime figures!A4:C4", "Uptime figures!C6"),
    ]
    start = document.text.index("Portal")
    assert span_cells(document, Span(start=start, end=start + 6)) == "Uptime figures!A4:C4"
    assert span_cells(document, Span(start=start, end=len(document.text))) == "Uptime figures!A4:C6"


def test_a_stray_cell_far_away_is_named_and_the_rest_is_read(read):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Name", "City"])
    sheet.append(["Ann", "Rome"])
    sheet["XFD1048576"] = "stray"
    document = read("book.xlsx", save(book))

    assert document.text == "Name | City\nAnn | Rome"
    assert document.warnings == ("far from all other cells and not read: Sheet!XFD1048576",)


def test_a_sheet_of_too_many_cells_is_refused_by_their_number(read):
    book = openpyxl.Workbook()
    for number in range(1, 2300):
        book.active.cell(number, number, "x")

    with pytest.raises(UnreadableFile, match=r"5\d{6} cells, expected at most 5000000"):
        read("book.xlsx", save(book))
