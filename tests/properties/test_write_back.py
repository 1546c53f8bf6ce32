"""Write-back changes answer cells only, for any sheet and any answer."""

import re
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from bidproof.core.records import SlotPurpose
from bidproof.formats.xml import escape_text, legal_text, unescape_text
from bidproof.questionnaires.csv.reader import read as read_csv_file
from bidproof.questionnaires.csv.writer import write as write_csv_file
from bidproof.questionnaires.excel.patch import patch_sheet
from bidproof.questionnaires.excel.reader import read
from bidproof.questionnaires.excel.sheet import scan_sheet
from bidproof.questionnaires.excel.writer import write
from bidproof.questionnaires.sheets.grid import (
    Place,
    cell_location,
    column_letters,
    column_number,
    parse_location,
)
from bidproof.questionnaires.wording import is_placeholder
from workbook_files import Formula, Sheet, build_workbook, draft_for, parts_of

NASTY = st.sampled_from(
    ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "\t=1", "_x000D_", "_x005F_x0041_", "]]>", "<c r='A1'/>",
     "\x00\x07", "\r\nline", "\U0001f600" * 3, "  padded  ", "'quoted", '"a","b"', "\ud800", "￾"]
)  # fmt: skip
ANSWER = st.one_of(NASTY, st.text(max_size=60), st.builds(lambda a, b: a + b, NASTY, st.text(max_size=20)))
SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
OTHER = st.sampled_from([None, "", "note", 7, 2.5, Formula("A1&B1", "ab"), "é <&>"])


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    rows: list[list[object]] = [["ID", "Question", "Answer", "Mapping", "Comments"]]
    for number in range(1, draw(st.integers(1, 6)) + 1):
        blank = draw(st.sampled_from([None, ""]))
        rows.append(
            [
                str(number),
                f"Is thing {number} in place?",
                blank,
                draw(OTHER),
                draw(st.sampled_from([None, ""])),
            ]
        )
    prefix = draw(st.sampled_from(["", "x:"]))
    lists = {f"C2:C{len(rows)}": '"Yes,No,NA"'} if draw(st.booleans()) else {}
    return Sheet('It\'s a "sheet" & more', rows, lists=lists, prefix=prefix, styles={"C2": 1, "D2": 2})


def _normal(text: str) -> str:
    return legal_text(text).strip()


@SLOW
@given(sheets(), st.data())
def test_only_answer_cells_change_and_they_hold_the_answers(sheet: Sheet, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = build_workbook(Path(folder) / "asked.xlsx", sheet, shared=data.draw(st.booleans()))
        asked = read(path, None)
        texts = {q.id: data.draw(ANSWER) for q in asked.questions}
        drafts = {name: draft_for(name, text, choice="Yes") for name, text in texts.items()}
        out = Path(folder) / "out.xlsx"
        write(asked, drafts, out=out, evidence="none", overwrite=False)
        old, new = parts_of(path), parts_of(out)
        part = "xl/worksheets/sheet1.xml"
        assert list(old) == list(new)
        assert {name for name in new if old[name] != new[name]} <= {part, "xl/styles.xml"}
        known, formats = (re.findall(rb"<xf [^>]*>", parts["xl/styles.xml"]) for parts in (old, new))
        assert formats[: len(known)] == known
        assert all(b'quotePrefix="1"' in item for item in formats[len(known) :])
        slots = {parse_location(s.location)[1] for q in asked.questions for s in q.slots}  # type: ignore[index]
        _check_cells(old[part], new[part], slots, formats=len(known))
        after = read(out, None)
        for question in after.questions:
            choice = [s.current for s in question.slots if s.purpose is SlotPurpose.CHOICE]
            assert choice in ([], ["Yes"])
            held = " ".join(s.current for s in question.slots)
            text = _normal(texts[question.id])
            assert text in held or not text or is_placeholder(text)
        CalamineWorkbook.from_path(str(out)).get_sheet_by_name(sheet.name).to_python()


def _check_cells(old: bytes, new: bytes, slots: set[Place], *, formats: int) -> None:
    """Cells beyond the slots keep their bytes; slots hold text, no formula; styles stay or are marked."""
    before, after = (scan_sheet(raw, file="f", part="p") for raw in (old, new))
    assert list(after.cells) == sorted(after.cells)
    assert set(after.cells) - set(before.cells) <= slots
    for place, cell in before.cells.items():
        now = after.cells[place]
        if place not in slots:
            assert old[cell.start : cell.end] == new[now.start : now.end]
        else:
            assert now.style == cell.style or now.style >= formats
            assert now.has_formula == cell.has_formula
    assert new.count(b"<f>") == old.count(b"<f>")
    outside_old, outside_new = old[before.data_end :], new[after.data_end :]
    assert old[: before.data_start] == new[: after.data_start]
    assert outside_old == outside_new


CELLS = st.dictionaries(
    st.tuples(st.integers(1, 12), st.integers(1, 30)).map(lambda pair: Place(*pair)), ANSWER, max_size=12
)


@settings(max_examples=150, deadline=None)
@given(CELLS, CELLS, st.sampled_from(["", "x:"]))
def test_patched_cells_read_back_and_the_others_stay(
    first: dict[Place, str], second: dict[Place, str], prefix: str
) -> None:
    declared = f'xmlns:{prefix[:-1]}="urn:m"' if prefix else 'xmlns="urn:m"'
    empty = f"<{prefix}worksheet {declared}><{prefix}sheetData/></{prefix}worksheet>".encode()
    once = patch_sheet(empty, first, file="f", part="p")
    twice = patch_sheet(once, second, file="f", part="p")
    cells = scan_sheet(twice, file="f", part="p").cells
    wanted = {place: legal_text(text) for place, text in (first | second).items()}
    assert {p: unescape_text(c.raw) for p, c in cells.items() if c.raw} == {
        p: t for p, t in wanted.items() if t
    }
    assert list(cells) == sorted(cells)


@settings(max_examples=60, deadline=None)
@given(st.lists(ANSWER, min_size=1, max_size=5), st.sampled_from(",;\t|"), st.sampled_from(["\n", "\r\n"]))
def test_csv_answers_read_back_and_none_is_a_formula(texts: list[str], delimiter: str, newline: str) -> None:
    lines = [["ID", "Question", "Answer", "Kept"]]
    lines += [[str(n), f'"Is it ""{n}""{delimiter} on?"', "", f" k{n} "] for n in range(len(texts))]
    raw = newline.join(delimiter.join(line) for line in lines).encode()
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "asked.csv", Path(folder) / "out.csv"
        path.write_bytes(raw)
        asked = read_csv_file(path, None)
        drafts = {q.id: draft_for(q.id, text) for q, text in zip(asked.questions, texts, strict=True)}
        write_csv_file(asked, drafts, out=out, evidence="none", overwrite=False)  # type: ignore[arg-type]
        after = read_csv_file(out, None)
        for question, text in zip(after.questions, texts, strict=True):
            held = question.slots[0].current
            if is_placeholder(text):
                continue
            assert not held.startswith(("=", "+", "-", "@", "\t", "\r"))
            plain = text.strip().replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
            expected = plain.encode("utf-8", "replace").decode()
            assert held.removeprefix("'") in (
                expected,
                expected.removeprefix("'"),
                expected.strip().removeprefix("'"),
            )
        assert out.read_bytes().count(b" k0 ") == 1


@given(st.text())
def test_escaped_text_comes_back(text: str) -> None:
    clean = legal_text(text)
    escaped = escape_text(clean)
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        escaped = escaped.replace(entity, character)
    assert unescape_text(escaped) == clean


@given(st.integers(1, 16_384), st.integers(1, 1_048_576), st.text(min_size=1, max_size=31))
def test_locations_are_read_back(column: int, row: int, name: str) -> None:
    assert column_number(column_letters(column)) == column
    assert parse_location(cell_location(name, row, column)) == (name, Place(row, column))
