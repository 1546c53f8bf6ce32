"""The matrix is a workbook that other programs open, and nothing in it is a formula."""

import io
import zipfile
from dataclasses import replace
from functools import partial

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from bidproof.questionnaires.response import matrix
from bidproof.questionnaires.response.matrix import MatrixRow

matrix_bytes = partial(matrix.matrix_bytes, with_proof=True)

ROW = MatrixRow(
    number="3.2.1",
    requirement="The vendor shall <log> & keep.",
    section="3 Security › 3.2 Logs",
    page="12",
    location="page 12",
    mandatory="yes",
    answer='=HYPERLINK("http://example.com")',
    status="supported by evidence; review",
    evidence="Policy, p. 3: “We log.”\nGuide: “We keep.”",
)


def test_rows_come_back_with_their_header_and_layout() -> None:
    book = openpyxl.load_workbook(io.BytesIO(matrix_bytes([ROW, replace(ROW, number="3.2.2")])))
    sheet = book["Compliance"]
    assert [cell.value for cell in sheet[1]] == [
        "Number", "Requirement", "Section", "Page", "Mandatory", "Answer", "Location", "Status", "Evidence",
    ]  # fmt: skip
    assert sheet["B2"].value == "The vendor shall <log> & keep."
    assert sheet["A3"].value == "3.2.2"
    assert sheet["A1"].font.bold
    assert sheet["I2"].alignment.wrap_text
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:I3"
    assert int(sheet.column_dimensions["B"].width) == 60


def test_what_is_to_be_sent_has_none_of_our_columns() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(matrix.matrix_bytes([ROW], with_proof=False)))["Compliance"]
    assert [cell.value for cell in sheet[1]][4:] == ["Mandatory", "Answer"]
    assert sheet.auto_filter.ref == "A1:F2"


def test_text_that_looks_like_a_formula_is_text() -> None:
    data = matrix_bytes([ROW])
    cell = openpyxl.load_workbook(io.BytesIO(data))["Compliance"]["F2"]
    assert cell.data_type == "s" or cell.data_type == "inlineStr"
    assert cell.value == ROW.answer
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert b"<f>" not in package.read("xl/worksheets/sheet1.xml")


def test_no_rows_still_make_a_workbook() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(matrix_bytes([])))["Compliance"]
    assert sheet.max_row == 1


def test_equal_rows_give_equal_bytes_and_long_text_is_cut() -> None:
    assert matrix_bytes([ROW]) == matrix_bytes([ROW])
    long = matrix_bytes([replace(ROW, answer="x" * 40_000)])
    value = openpyxl.load_workbook(io.BytesIO(long))["Compliance"]["F2"].value
    assert isinstance(value, str)
    assert (len(value), value[-1]) == (32_767, "…")


@settings(max_examples=20, deadline=None)
@given(text=st.text(max_size=60))
def test_any_text_makes_a_sound_workbook(text: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(matrix_bytes([replace(ROW, answer=text)])))
    assert book["Compliance"]["A2"].value == "3.2.1"
