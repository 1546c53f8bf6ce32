"""Rows grow for answers that would be cut off, and nothing else of a sheet changes."""

import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from bidproof.questionnaires.excel.reader import read
from bidproof.questionnaires.excel.writer import write
from bidproof.questionnaires.protocol import WriteReport
from workbook_files import draft_for, parts_of

LONG = "Backups are taken every six hours and kept for thirty-five days in a second region. " * 4
PART = "xl/worksheets/sheet1.xml"
ROW = re.compile(r'<row r="2"[^>]*>')


def workbook(path: Path, change: Callable[[Worksheet], object]) -> Path:
    """A question with a wrapped answer cell of 40 digits in a row of 20 points, changed."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "S"
    for row in (["ID", "Question", "Response"], ["1", "How are backups taken?"], ["2", "How are logs kept?"]):
        sheet.append(row)
    for row in (2, 3):
        sheet.cell(row, 3).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions["C"].width = 40
    sheet.row_dimensions[2].height = 20
    change(sheet)
    book.save(path)
    return path


def answered(path: Path, text: str = LONG) -> tuple[Path, WriteReport]:
    asked = read(path, None)
    out = path.with_name("out.xlsx")
    drafts = {asked.questions[0].id: draft_for("1", text)}
    return out, write(asked, drafts, out=out, evidence="none", overwrite=False)


def heights(path: Path) -> list[float | None]:
    sheet = openpyxl.load_workbook(path)["S"]
    return [sheet.row_dimensions[row].height for row in (1, 2, 3)]


def _bare(part: str) -> str:
    """A sheet without the answered cell and the tag of its row."""
    return re.sub(r'<c r="C2".*?</c>', "", ROW.sub("", part))


def nothing(sheet: Worksheet) -> None:
    del sheet


def test_a_row_of_a_fixed_height_grows_for_its_answer(tmp_path: Path) -> None:
    path = workbook(tmp_path / "asked.xlsx", nothing)
    out, report = answered(path)
    first, second, third = heights(out)
    assert (first, third) == (None, None)
    assert second is not None
    assert 100 < second < 180
    assert report.clipped == ()
    old, new = parts_of(path)[PART].decode(), parts_of(out)[PART].decode()
    assert _bare(old) == _bare(new)
    changed = re.sub(r' (?:ht|customHeight)="[^"]*"', "", ROW.findall(new)[0])
    assert changed == re.sub(r' (?:ht|customHeight)="[^"]*"', "", ROW.findall(old)[0])


def test_a_short_answer_and_a_row_that_fits_itself_change_no_height(tmp_path: Path) -> None:
    out, _ = answered(workbook(tmp_path / "asked.xlsx", nothing), "Daily.")
    assert heights(out)[1] == 20

    def free(sheet: Worksheet) -> None:
        sheet.row_dimensions[2].height = None

    out, report = answered(workbook(tmp_path / "free.xlsx", free))
    assert (heights(out)[1], report.clipped) == (None, ())


@pytest.mark.parametrize(("may_format", "is_raised"), [(False, False), (True, True)])
def test_the_protection_of_a_sheet_is_kept(tmp_path: Path, may_format: bool, is_raised: bool) -> None:
    def protect(sheet: Worksheet) -> None:
        sheet.protection.sheet = True
        sheet.protection.formatRows = not may_format

    out, report = answered(workbook(tmp_path / "asked.xlsx", protect))
    assert (heights(out)[1] != 20) is is_raised
    assert bool(report.clipped) is not is_raised
    if not is_raised:
        assert re.fullmatch(r"'S'!C2: 1 of \d+ lines show", report.clipped[0])


def test_what_no_row_can_hold_is_said(tmp_path: Path) -> None:
    out, report = answered(workbook(tmp_path / "asked.xlsx", nothing), LONG * 12)
    assert heights(out)[1] == 409
    assert re.fullmatch(r"'S'!C2: 2\d of \d+ lines show", report.clipped[0])


def test_a_format_that_does_not_wrap_is_said_and_kept(tmp_path: Path) -> None:
    def flat(sheet: Worksheet) -> None:
        sheet["C2"].alignment = Alignment(wrap_text=False)

    path = workbook(tmp_path / "asked.xlsx", flat)
    out, report = answered(path)
    assert heights(out)[1] == 20
    assert report.clipped[0].startswith("'S'!C2: its format shows one line")
    assert parts_of(path)["xl/styles.xml"] == parts_of(out)["xl/styles.xml"]


def test_a_merged_cell_shares_out_what_it_lacks_and_a_larger_font_needs_more(tmp_path: Path) -> None:
    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells("C2:C3")

    out, report = answered(workbook(tmp_path / "merged.xlsx", merge))
    _, second, third = heights(out)
    assert second is not None
    assert third is not None
    assert report.clipped == ()
    single = heights(answered(workbook(tmp_path / "single.xlsx", nothing))[0])[1]
    assert single is not None
    assert second + third == pytest.approx(single, abs=1)

    def large(sheet: Worksheet) -> None:
        sheet["C2"].font = Font(size=18)

    larger = heights(answered(workbook(tmp_path / "large.xlsx", large))[0])[1]
    assert larger is not None
    assert larger > 2 * single


def test_a_narrow_answer_column_beside_comments_is_for_a_word(tmp_path: Path) -> None:
    def comments(sheet: Worksheet) -> None:
        sheet["D1"] = "Comments"
        sheet.column_dimensions["C"].width = 9
        sheet.column_dimensions["D"].width = 50

    path = workbook(tmp_path / "asked.xlsx", comments)
    out, _ = answered(path)
    row = [cell.value for cell in openpyxl.load_workbook(out)["S"][2]]
    assert row[2:] == [None, LONG.strip()]
