"""Answers land in their cells; the rest of the package stays byte for byte."""

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from bidproof.core.choices import EvidenceMode
from bidproof.core.errors import WriteFailed
from bidproof.core.records import SlotPurpose
from bidproof.questionnaires.excel.reader import read
from bidproof.questionnaires.excel.writer import write
from bidproof.questionnaires.protocol import WriteReport
from workbook_files import (
    Formula,
    Sheet,
    blank_answers,
    build_workbook,
    draft_for,
    parts_of,
)

HEAD = ["ID", "Question", "Answer", "Comments"]
ASKED = Sheet(
    "Security & more",
    [
        HEAD,
        ["1", "Is MFA enforced?", "", None],
        ["2", "Is TLS used?", "", ""],
        ["3", "Sum?", Formula('IF(A4="",1,"")', ""), ""],
    ],
    lists={"C2:C3": '"Yes,No,N/A"'},
    styles={"C2": 1, "C3": 2},
    is_protected=True,
)
BARE = Sheet("Bare", [["Question", "Answer"], ["Who audits you?", None]])


def answer(
    path: Path, *, evidence: EvidenceMode = "auto", text: str = "We do.", choice: str | None = "Yes"
) -> tuple[Path, WriteReport]:
    asked = read(path, None)
    out = path.with_name("answered.xlsx")
    drafts = {q.id: draft_for(q.id, text, choice=choice, quote="we do") for q in asked.questions}
    return out, write(asked, drafts, out=out, evidence=evidence, overwrite=False)


def changed_parts(before: Path, after: Path) -> set[str]:
    old, new = parts_of(before), parts_of(after)
    assert list(old) == list(new)[: len(old)]
    return {name for name in new if new[name] != old.get(name)}


def shown(path: Path, sheet: str) -> list[list[object]]:
    """Values as calamine, another reader, sees them."""
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def test_only_the_answered_sheet_changes(tmp_path: Path) -> None:
    macros = {"xl/vbaProject.bin": bytes(range(256)) * 40, "customXml/item1.xml": b"<a/>"}
    path = build_workbook(tmp_path / "asked.xlsm", ASKED, BARE, extra=macros)
    asked = read(path, None)
    drafts = {"1": draft_for("1", "We do.", choice="Yes")}
    out = tmp_path / "out.xlsm"
    report = write(asked, drafts, out=out, evidence="none", overwrite=False)  # type: ignore[arg-type]
    assert changed_parts(path, out) == {"xl/worksheets/sheet1.xml"}
    assert report.filled == 1
    assert shown(out, "Security & more")[1] == ["1", "Is MFA enforced?", "Yes", "We do."]


def test_bytes_around_the_answer_cells_stay(tmp_path: Path) -> None:
    path = build_workbook(tmp_path / "asked.xlsx", ASKED)
    out, _ = answer(path, evidence="none")
    part = "xl/worksheets/sheet1.xml"
    old, new = parts_of(path)[part].decode(), parts_of(out)[part].decode()
    inline = '<is><t xml:space="preserve">{}</t></is></c>'
    expected = old.replace('<c r="C2" s="1"/>', '<c r="C2" s="1" t="inlineStr">' + inline.format("Yes"))
    expected = expected.replace('<c r="C3" s="2"/>', '<c r="C3" s="2" t="inlineStr">' + inline.format("Yes"))
    expected = expected.replace(
        '</c></row><row r="3">',
        '</c><c r="D2" t="inlineStr">' + inline.format("We do.") + '</row><row r="3">',
    )
    for cell, text in (("D3", "We do."), ("D4", "Yes. We do.")):
        expected = expected.replace(f'<c r="{cell}"/>', f'<c r="{cell}" t="inlineStr">' + inline.format(text))
    assert new == expected


def test_untouched_parts_keep_their_compressed_bytes_dates_and_order(tmp_path: Path) -> None:
    path = build_workbook(tmp_path / "asked.xlsx", ASKED)
    out, _ = answer(path)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out) as new:
        assert new.testzip() is None
        for before in old.infolist():
            after = new.getinfo(before.filename)
            assert (after.date_time, after.external_attr) == (before.date_time, before.external_attr)
            if before.filename != "xl/worksheets/sheet1.xml":
                assert (after.CRC, after.compress_size) == (before.CRC, before.compress_size)


def test_dropdown_values_come_from_the_cells_own_list(tmp_path: Path) -> None:
    out, _ = answer(build_workbook(tmp_path / "asked.xlsx", ASKED), choice="Not applicable")
    assert [row[2] for row in shown(out, "Security & more")[1:3]] == ["N/A", "N/A"]


def test_formulas_are_never_overwritten(tmp_path: Path) -> None:
    out, report = answer(build_workbook(tmp_path / "asked.xlsx", ASKED))
    part = parts_of(out)["xl/worksheets/sheet1.xml"].decode()
    assert '<f>IF(A4="",1,"")</f><v></v>' in part
    assert part.count("<f>") == 1
    assert any("formula" in note for note in report.skipped)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "@SUM(A1)",
        "-2",
        "a\x00b\x0bc",
        "_x000D_ and _x005F_",
        "é😀 <&>\"'",
        " a \n b ",
    ],
)
def test_any_text_is_read_back_as_that_text(tmp_path: Path, text: str) -> None:
    out, _ = answer(build_workbook(tmp_path / "asked.xlsx", BARE), text=text, choice=None, evidence="none")
    assert shown(out, "Bare")[1][1] == re.sub(r"[\x00\x0b]", "", text).strip()
    assert b"<f" not in parts_of(out)["xl/worksheets/sheet1.xml"]


def test_the_longest_cell_is_cut_at_a_sentence(tmp_path: Path) -> None:
    text = "This is a sentence. " * 3000
    out, report = answer(
        build_workbook(tmp_path / "asked.xlsx", BARE), text=text, choice=None, evidence="none"
    )
    value = str(shown(out, "Bare")[1][1])
    assert len(value) <= 32_767
    assert value.endswith("sentence.")
    assert any("shortened" in note for note in report.skipped)


def test_citations_go_to_the_comment_column(tmp_path: Path) -> None:
    out, _ = answer(build_workbook(tmp_path / "asked.xlsx", ASKED), evidence="column")
    assert shown(out, "Security & more")[1][3] == "We do.\n\nSources:\nPolicy, page 3: “we do”"
    assert CalamineWorkbook.from_path(str(out)).sheet_names == ["Security & more"]


def test_what_is_to_be_sent_has_no_added_sheet_and_no_source(tmp_path: Path) -> None:
    path = build_workbook(tmp_path / "asked.xlsx", ASKED)
    out, _ = answer(path)
    assert changed_parts(path, out) == {"xl/worksheets/sheet1.xml"}
    assert [row[3] for row in shown(out, "Security & more")[1:]] == ["We do.", "We do.", "Yes. We do."]


def test_citations_go_to_an_added_sheet_where_one_is_asked_for(tmp_path: Path) -> None:
    taken = Sheet("evidence", [["x"]])
    path = build_workbook(tmp_path / "asked.xlsx", BARE, taken)
    out, _ = answer(path, evidence="sheet")
    lists = {"xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"}
    assert changed_parts(path, out) == lists | {"xl/worksheets/sheet1.xml", "xl/worksheets/evidence1.xml"}
    head, row = shown(out, "Evidence (2)")
    assert head[:3] == ["Question ID", "Question", "Answer"]
    assert row[1:8] == ["Who audits you?", "Yes – We do.", "supported, review", "Policy", "3", "we do",
                        "characters 10–15"]  # fmt: skip
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["Bare", "evidence", "Evidence (2)"]
    assert len(read(out, None).questions) == 1


@pytest.mark.parametrize("prefix", ["", "x:"])
def test_strict_workbooks_are_patched_alike(tmp_path: Path, prefix: str) -> None:
    sheet = Sheet("S", [["Question", "Answer"], ["Is it on?", None]], prefix=prefix)
    path = build_workbook(tmp_path / "asked.xlsx", sheet, is_strict=True)
    out, _ = answer(path, evidence="sheet")
    assert [slot.current for slot in read(out, None).questions[0].slots] == ["Yes. We do."]
    assert shown(out, "S")[1][1] == "Yes. We do."
    assert shown(out, "Evidence")[1][4] == "Policy"


def test_evidence_stays_out_of_a_workbook_with_locked_structure(tmp_path: Path) -> None:
    path = build_workbook(tmp_path / "asked.xlsx", BARE, locks_structure=True)
    out, report = answer(path, evidence="sheet")
    assert changed_parts(path, out) == {"xl/worksheets/sheet1.xml"}
    assert report.files == (out, tmp_path / "answered.evidence.csv")
    assert "“" not in report.files[1].read_text("utf-8-sig")
    assert "we do" in report.files[1].read_text("utf-8-sig")


def test_marks_follow_the_files_own_habit(tmp_path: Path) -> None:
    rows = [
        ["ID", "Question", "Yes", "No", "N/A"],
        ["1", "Is MFA enforced?", "X", "", ""],
        ["2", "Is TLS used?", "", "", ""],
    ]
    out, _ = answer(build_workbook(tmp_path / "asked.xlsx", Sheet("S", rows)), choice="No", evidence="none")
    assert [row[2:] for row in shown(out, "S")[1:]] == [["X", "", ""], ["", "X", ""]]


def test_a_value_that_only_asks_to_be_filled_is_no_answer(tmp_path: Path) -> None:
    rows = [
        ["ID", "Question", "Answer", "Comments"],
        ["1", "Is MFA enforced?", "Please select", "{{answer}}"],
        ["2", "Is TLS used?", "Please select", ""],
    ]
    sheet = Sheet("S", rows, lists={"C2:C3": '"Yes,No"'})
    out, report = answer(build_workbook(tmp_path / "asked.xlsx", sheet), evidence="none")
    assert [row[2:] for row in shown(out, "S")[1:]] == [["Yes", "We do."], ["Yes", "We do."]]
    assert (report.filled, report.skipped) == (2, ())


def test_overwrite_moves_the_mark(tmp_path: Path) -> None:
    rows = [["ID", "Question", "Yes", "No"], ["1", "Is MFA enforced?", "x", ""]]
    asked = read(build_workbook(tmp_path / "asked.xlsx", Sheet("S", rows)), None)
    out = tmp_path / "out.xlsx"
    drafts = {asked.questions[0].id: draft_for("1", choice="No")}
    write(asked, drafts, out=out, evidence="none", overwrite=True)
    assert shown(out, "S")[1][2:] == ["", "x"]


def test_rows_and_cells_are_added_in_order(tmp_path: Path) -> None:
    rows = [["Question", "Answer", None, None], ["Is TLS used?", None, None, "seen"], ["Is MFA enforced?"]]
    out, _ = answer(build_workbook(tmp_path / "asked.xlsx", Sheet("S", rows)), evidence="none")
    part = parts_of(out)["xl/worksheets/sheet1.xml"].decode()
    assert re.findall(r' r="([A-Z]+\d+)"', part) == ["A1", "B1", "A2", "B2", "D2", "A3", "B3"]


def test_a_file_that_changed_since_is_refused(tmp_path: Path) -> None:
    path = build_workbook(tmp_path / "asked.xlsx", BARE)
    asked = read(path, None)
    build_workbook(path, ASKED)
    with pytest.raises(WriteFailed, match="changed since it was read"):
        write(asked, {}, out=tmp_path / "out.xlsx", evidence="auto", overwrite=False)


def test_without_drafts_the_copy_is_the_file_itself(tmp_path: Path) -> None:
    path = build_workbook(tmp_path / "asked.xlsx", ASKED)
    out = tmp_path / "out.xlsx"
    write(read(path, None), {}, out=out, evidence="auto", overwrite=False)
    assert out.read_bytes() == path.read_bytes()


def test_a_real_questionnaire_blanked_and_filled_again(tmp_path: Path, data_folder: Path) -> None:
    completed = read(data_folder / "whitepact" / "completed.xlsx", None)
    blank = blank_answers(completed, tmp_path / "blank.xlsx")
    asked = read(blank, None)
    assert len(asked.questions) == 261
    assert not any(slot.current for q in asked.questions for slot in q.slots)
    gold = {q.id: {slot.purpose: slot.current for slot in q.slots} for q in completed.questions}
    drafts = {
        name: draft_for(name, slots[SlotPurpose.COMMENT], choice=slots[SlotPurpose.CHOICE])
        for name, slots in gold.items()
    }
    out = tmp_path / "filled.xlsx"
    report = write(asked, drafts, out=out, evidence="none", overwrite=False)
    assert report.filled == 261
    assert changed_parts(blank, out) == {"xl/worksheets/sheet2.xml"}
    filled = read(out, None)
    for question in filled.questions:
        now = {slot.purpose: slot.current for slot in question.slots}
        assert now[SlotPurpose.CHOICE] == gold[question.id][SlotPurpose.CHOICE]
        assert now[SlotPurpose.CHOICE] in question.options
        assert now[SlotPurpose.COMMENT] == gold[question.id][SlotPurpose.COMMENT]
        assert now[SlotPurpose.OWNERSHIP] == ""
    before, after = (
        openpyxl.load_workbook(data_folder / "whitepact" / "completed.xlsx"),
        openpyxl.load_workbook(out),
    )
    assert after["CAIQv4.0.3"].protection.sheet is True
    assert len(after["CAIQv4.0.3"].data_validations.dataValidation) == 2
    assert after["CAIQv4.0.3"].merged_cells.ranges == before["CAIQv4.0.3"].merged_cells.ranges


@pytest.mark.parametrize("text", ["=1+1", "- weekly\n- monthly", "+44 20 7946 0000", "@SUM(A1)", "＝1+1"])
def test_a_text_like_a_formula_is_marked_as_text_and_every_style_stays(tmp_path: Path, text: str) -> None:
    source = build_workbook(tmp_path / "asked.xlsx", ASKED, BARE)
    out, _ = answer(source, text=text, choice=None, evidence="inline")
    assert changed_parts(source, out) >= {"xl/styles.xml"}
    before, after = (openpyxl.load_workbook(path) for path in (source, out))
    for sheet in before:
        for row in sheet.iter_rows():
            for old in row:
                new = after[sheet.title][old.coordinate]
                for name in ("font", "fill", "border", "alignment", "number_format", "protection"):
                    assert repr(getattr(new, name)) == repr(getattr(old, name)), (name, old.coordinate)
                assert new.quotePrefix == (new.data_type != "f" and str(new.value or "").startswith(text[0]))
    assert after["Bare"]["B2"].value.startswith(text[0])
    again, _ = answer(build_workbook(tmp_path / "asked.xlsx", ASKED, BARE), text="We do.", evidence="inline")
    assert "xl/styles.xml" not in changed_parts(source, again)
