from bidproof.formats.excel.far_cells import without_far_cells

NEAR = b'<x:row r="2"><x:c s="1" r="B2"><x:v>1</x:v></x:c></x:row>'
FAR = b'<x:c r="XFD1048576" s="2"><x:v>2</x:v></x:c>'


def test_a_stray_cell_is_left_out_and_all_others_keep_their_bytes():
    sheet = NEAR + b'<x:row spans="2:16384" r="1048576"><x:c r="B1048576"/>' + FAR + b"</x:row>"

    assert without_far_cells(sheet, most=5_000_000) == (sheet.replace(FAR, b""), ("XFD1048576",))


def test_cells_that_fit_stay_wherever_they_are():
    sheet = NEAR + b'<x:row r="1048576"><x:c r="C1048576"/></x:row>'

    assert without_far_cells(sheet, most=5_000_000) == (sheet, ())


def test_a_sheet_without_a_gap_stays_as_it_is():
    sheet = b"".join(b'<row r="%d"><c r="ZZ%d"><v>1</v></c></row>' % (n, n) for n in range(1, 300))

    assert without_far_cells(sheet, most=1000) == (sheet, ())
