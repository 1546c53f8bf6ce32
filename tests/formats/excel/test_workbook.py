"""The directory of a workbook, and its numbers as cells show them."""

from pathlib import Path

import pytest

from bidproof.formats.excel.workbook import number_text, read_sheets
from bidproof.formats.zip.package import open_package
from workbook_files import Sheet, build_workbook


@pytest.mark.parametrize("is_strict", [False, True])
def test_sheets_come_in_tab_order_with_their_part(tmp_path: Path, is_strict: bool) -> None:
    path = build_workbook(
        tmp_path / "a.xlsx",
        Sheet("One", [["x"]]),
        Sheet("Two", [["y"]], state="veryHidden"),
        is_strict=is_strict,
    )
    assert [(item.name, item.part, item.is_hidden) for item in read_sheets(open_package(path))] == [
        ("One", "xl/worksheets/sheet1.xml", False),
        ("Two", "xl/worksheets/sheet2.xml", True),
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [(7.0, "7"), (0.1 + 0.2, "0.3"), (1 / 3, "0.333333333333333"), (-2.5, "-2.5"), (1e20, "1e+20")],
)
def test_numbers(value: float, text: str) -> None:
    assert number_text(value) == text
