"""Single cells change in a sheet's bytes, whatever the writer of the sheet did."""

import pytest

from bidproof.core.errors import UnreadableFile, WriteFailed
from bidproof.formats.xml import unescape_text
from bidproof.questionnaires.excel.patch import patch_sheet
from bidproof.questionnaires.excel.sheet import scan_sheet
from bidproof.questionnaires.sheets.grid import Place

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def sheet(body: str, *, after: str = "", root: str = "") -> bytes:
    return f'<worksheet xmlns="{MAIN}"{root}><sheetData>{body}</sheetData>{after}</worksheet>'.encode()


def patch(content: bytes, values: dict[tuple[int, int], str]) -> bytes:
    return patch_sheet(content, {Place(*k): v for k, v in values.items()}, file="f.xlsx", part="s.xml")


def texts(content: bytes) -> dict[tuple[int, int], str]:
    cells = scan_sheet(content, file="f.xlsx", part="s.xml").cells
    return {tuple(place): unescape_text(cell.raw) for place, cell in cells.items() if cell.raw}


def test_style_and_unknown_attributes_stay_and_value_metadata_goes() -> None:
    old = sheet('<row r="1"><c r="A1" s="7" t="s" vm="1" foo="&amp;"><v>3</v></c></row>')
    assert b'<c r="A1" s="7" foo="&amp;" t="inlineStr"><is>' in patch(old, {(1, 1): "x"})


def test_an_empty_text_clears_the_cell_and_keeps_its_style() -> None:
    old = sheet('<row r="1"><c r="A1" s="7" t="s"><v>3</v></c></row>')
    assert b'<row r="1"><c r="A1" s="7"/></row>' in patch(old, {(1, 1): ""})


def test_clearing_what_is_not_there_changes_nothing() -> None:
    old = sheet('<row r="1"/>')
    assert patch(old, {(1, 1): "", (9, 9): ""}) == old


@pytest.mark.parametrize(
    "body",
    ["", '<row r="2"/>', '<row r="2" ht="20" />', '<row r="2"></row>', '<row r="1"/><row r="3"/>',
     '<row r="3"><c r="A3"/></row>', '<row r="2"><c r="A2"/><c r="D2"/></row>',
     '<row><c><v>1</v></c></row><row/>'],
)  # fmt: skip
def test_missing_rows_and_cells_are_made_in_order(body: str) -> None:
    new = patch(sheet(body), {(2, 2): "b", (2, 3): "c", (5, 1): "e"})
    assert {k: v for k, v in texts(new).items() if v != "1"} == {(2, 2): "b", (2, 3): "c", (5, 1): "e"}
    scan = scan_sheet(new, file="f", part="p")
    assert list(scan.cells) == sorted(scan.cells)
    assert list(scan.rows) == sorted(scan.rows)


def test_self_closed_sheet_data_is_opened() -> None:
    old = f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'.encode()
    assert texts(patch(old, {(1, 1): "a"})) == {(1, 1): "a"}


def test_everything_outside_the_cells_stays() -> None:
    root = ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:x14ac="u"'
    root += ' mc:Ignorable="x14ac"'
    after = "<!-- kept --><extLst><ext uri='{1}'>&#8217;</ext></extLst>"
    old = sheet('<row r="1" x14ac:dyDescent="0.25"><c r="A1"/></row>', after=after, root=root)
    new = patch(old, {(1, 1): "x"})
    assert new == old.replace(
        b'<c r="A1"/>', b'<c r="A1" t="inlineStr"><is><t xml:space="preserve">x</t></is></c>'
    )


def test_prefixed_elements_get_prefixed_children() -> None:
    old = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"/></x:sheetData></x:worksheet>'.encode()
    new = patch(old, {(1, 1): "a", (2, 1): "b"})
    assert texts(new) == {(1, 1): "a", (2, 1): "b"}
    assert b"<x:is><x:t" in new


def test_text_that_looks_like_markup_or_escapes_is_kept() -> None:
    text = "<c> & ]]> _x000D_ _x005F_ \U0001f600"
    assert texts(patch(sheet('<row r="1"><c r="A1"/></row>'), {(1, 1): text})) == {(1, 1): text}


def test_a_formula_is_never_overwritten() -> None:
    with pytest.raises(WriteFailed, match="cell B1 holds a formula"):
        patch(sheet('<row r="1"><c r="B1"><f>1+1</f><v>2</v></c></row>'), {(1, 2): "x"})


def test_other_encodings_and_document_types_are_refused() -> None:
    with pytest.raises(WriteFailed, match="UTF-8"):
        patch(sheet("").decode().encode("utf-16"), {(1, 1): "x"})
    bomb = b'<!DOCTYPE w [<!ENTITY a "b">]>' + sheet('<row r="1"><c r="A1"><v>&a;</v></c></row>')
    with pytest.raises(UnreadableFile, match="document type"):
        patch(bomb, {(1, 1): "x"})
