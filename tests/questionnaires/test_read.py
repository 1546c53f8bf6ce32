"""The format is told by the bytes; the work runs in a guarded child; errors are two plain lines."""

import zipfile
from pathlib import Path

import docx
import pytest
from reportlab.pdfgen.canvas import Canvas

from bidproof.cli.hints import worded
from bidproof.core.errors import InvalidMapping, UnreadableFile
from bidproof.questionnaires.read import read_questionnaire
from command_line import run
from workbook_files import Sheet, build_workbook

ASKED = Sheet("S", [["Question", "Answer"], ["Is TLS used?", ""]])


def test_a_workbook_and_a_csv_read_alike(tmp_path: Path) -> None:
    book = read_questionnaire(build_workbook(tmp_path / "asked.xlsx", ASKED))
    (tmp_path / "asked.csv").write_text("Question,Answer\nIs TLS used?,\n")
    table = read_questionnaire(tmp_path / "asked.csv")
    assert (book.format, table.format) == ("xlsx", "csv")
    assert [q.text for q in book.questions] == [q.text for q in table.questions] == ["Is TLS used?"]
    assert Path(book.path).is_absolute()
    assert len(book.content_hash) == 64


def test_a_workbook_under_another_name_is_still_a_workbook(tmp_path: Path) -> None:
    path = build_workbook(tmp_path / "asked.csv", ASKED)
    assert read_questionnaire(path).format == "xlsx"


def test_errors_cross_the_process_edge_whole(tmp_path: Path) -> None:
    path = build_workbook(tmp_path / "asked.xlsx", ASKED)
    with pytest.raises(InvalidMapping, match="No such sheet") as caught:
        read_questionnaire(path, mapping={"sheets": [{"name": "No such sheet", "tables": [
            {"rows": [1, 2], "columns": {"question": "A", "answer": "B"}}
        ]}]})  # fmt: skip
    assert "bidproof inspect" in worded(caught.value.hint)


@pytest.mark.parametrize(
    ("name", "content", "found", "code"),
    [
        ("a.xlsx", b"", "an empty file", "empty-file"),
        ("a.xlsx", b"\0" * 4096, "an empty file", "empty-file"),
        ("a.csv", b" \r\n\n", "an empty file", "empty-file"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "97–2003", "legacy-format"),
        (
            "a.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
            "encrypted with a password",
            "encrypted-file",
        ),
        (
            "a.xls",
            b"<html><table><tr><td>Question</td></tr></table></html>",
            "found HTML",
            "unsupported-type",
        ),
        ("a.xlsx", b"PK\x03\x04 cut short", "cut short", "corrupt-file"),
        ("a.csv", b"Question,Answer\n\0\0\0", "bytes that are no text", "unsupported-type"),
        ("a.md", b"# Question", "found MARKDOWN", "unsupported-type"),
    ],
)
def test_what_is_no_questionnaire_is_named(
    tmp_path: Path, name: str, content: bytes, found: str, code: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=found) as caught:
        read_questionnaire(path)
    assert repr(name) in caught.value.message
    assert caught.value.code == code
    assert caught.value.hint


def test_a_binary_workbook_is_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsb", "w") as package:
        package.writestr("xl/workbook.bin", b"\x83\x01")
    with pytest.raises(UnreadableFile, match=r"binary workbook \(\.xlsb\)") as caught:
        read_questionnaire(tmp_path / "a.xlsb")
    assert caught.value.code == "unsupported-type"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="No such file"):
        read_questionnaire(tmp_path / "none.xlsx")


def test_a_file_that_asks_nothing_is_an_error_and_leaves_no_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    document = docx.Document()
    document.add_paragraph("We sell widgets.")
    document.save(str(tmp_path / "asked.docx"))
    page = Canvas(str(tmp_path / "asked.pdf"))
    page.drawString(100, 700, "We sell widgets.")
    page.save()
    build_workbook(tmp_path / "asked.xlsx", Sheet("S", [["We sell widgets."]]))
    (tmp_path / "asked.csv").write_text("Name,City\nBo,Rome\n")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("We sell widgets.")
    for kind, code in (("docx", "no-questions"), ("pdf", "no-questions"), ("xlsx", "unsure-mapping"),
                       ("csv", "unsure-mapping")):  # fmt: skip
        ended = run("answer", f"asked.{kind}", "--docs", "docs")
        assert (ended.code, ended.refusal) == (2, code), ended
        assert "hint: " in ended.err
    assert not list(tmp_path.glob("*.answered*"))
