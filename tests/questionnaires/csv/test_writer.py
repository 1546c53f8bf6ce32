"""Answers land in their CSV cells; all other bytes stay; nothing runs as a formula."""

import csv
import io
import os
from pathlib import Path

import pytest

from bidproof.questionnaires.csv.reader import read
from bidproof.questionnaires.csv.writer import write
from workbook_files import draft_for

ODD = b'ID , "Question",Answer,Comments\r\n 1,"Is it, ""on""?" ,,kept  \r\n2,Is it safe?\r\n\r\nfooter,"x"'


def answered(path: Path, text: str, **more: object) -> bytes:
    asked = read(path, None)
    out = path.with_name("out.csv")
    drafts = {q.id: draft_for(q.id, text, **more) for q in asked.questions}  # type: ignore[arg-type]
    write(asked, drafts, out=out, evidence="none", overwrite=False)
    return out.read_bytes()


def test_untouched_cells_keep_their_bytes(tmp_path: Path) -> None:
    path = tmp_path / "asked.csv"
    path.write_bytes(ODD)
    expected = ODD.replace(b'" ,,kept', b'" ,"We do, yes.",kept').replace(
        b"safe?\r\n", b'safe?,"We do, yes."\r\n'
    )
    assert answered(path, "We do, yes.") == expected


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16-le", "cp1252"])
def test_encoding_and_byte_order_mark_stay(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "asked.csv"
    mark = "\ufeff" if encoding == "utf-16-le" else ""
    text = f"{mark}ID;Question;Answer\nä;Is it on?;\n"
    path.write_bytes(text.encode(encoding))
    assert answered(path, "Grüße") == f"{mark}ID;Question;Answer\nä;Is it on?;Grüße\n".encode(encoding)


def test_characters_that_the_encoding_lacks_are_reported(tmp_path: Path) -> None:
    path = tmp_path / "asked.csv"
    path.write_bytes("ID;Question;Answer\nä;Is it on?;\n".encode("cp1252"))
    asked = read(path, None)
    drafts = {q.id: draft_for(q.id, "Smile \U0001f600") for q in asked.questions}
    report = write(asked, drafts, out=tmp_path / "o.csv", evidence="none", overwrite=False)
    assert (tmp_path / "o.csv").read_bytes().endswith(b"Smile ?\n")
    assert any("cp1252 lacks" in note for note in report.skipped)


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)"])
def test_no_answer_starts_a_formula(tmp_path: Path, text: str) -> None:
    path = tmp_path / "asked.csv"
    path.write_text("ID,Question,Answer\n1,Is it on?,\n")
    rows = list(csv.reader(io.StringIO(answered(path, text).decode())))
    assert rows[1][2] == f"'{text}"


def test_evidence_goes_to_a_file_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "asked.csv"
    path.write_text("ID,Question,Answer\n1,Is it on?,\n")
    asked = read(path, None)
    drafts = {asked.questions[0].id: draft_for("1", "It is.", quote="=it is on")}
    report = write(asked, drafts, out=tmp_path / "out.csv", evidence="sheet", overwrite=False)
    assert report.files == (tmp_path / "out.csv", tmp_path / "out.evidence.csv")
    head, row = csv.reader(io.StringIO(report.files[1].read_text("utf-8-sig")))
    assert dict(zip(head, row, strict=True))["Quote"] == "'=it is on"


def test_a_file_whose_name_is_no_utf8_is_answered(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"Fragebogen f\xfcr uns.csv")
    path.write_text("ID,Question,Answer\n1,Is it on?,\n")
    assert answered(path, "It is.").endswith(b"1,Is it on?,It is.\n")
    assert read(path, None).path.endswith("f\\xfcr uns.csv")
