"""Answers are written to a copy, whole or not at all."""

import errno
import os
from pathlib import Path

import pytest

from bidproof.core.errors import WriteFailed
from bidproof.core.records import Questionnaire
from bidproof.questionnaires.read import read_questionnaire
from bidproof.questionnaires.write import write_answers
from workbook_files import Sheet, build_workbook, draft_for


@pytest.fixture
def asked(tmp_path: Path) -> Questionnaire:
    sheet = Sheet("S", [["ID", "Question", "Answer"], ["1", "Is TLS used?", ""]])
    return read_questionnaire(build_workbook(tmp_path / "asked.xlsx", sheet))


def drafts() -> dict[str, object]:
    return {"1": draft_for("1", "It is.", quote="it is")}


def test_a_copy_is_answered_and_the_original_stays(asked: Questionnaire, tmp_path: Path) -> None:
    before = Path(asked.path).read_bytes()
    report = write_answers(asked, drafts(), out=tmp_path / "out.xlsx")  # type: ignore[arg-type]
    assert report.files == (tmp_path / "out.xlsx",)
    assert (report.filled, report.left_blank) == (1, 0)
    assert read_questionnaire(tmp_path / "out.xlsx").questions[0].slots[0].current == "It is."
    assert Path(asked.path).read_bytes() == before


def test_the_questionnaire_itself_is_never_the_output(asked: Questionnaire, tmp_path: Path) -> None:
    (tmp_path / "link.xlsx").symlink_to(asked.path)
    for out in (Path(asked.path), tmp_path / "link.xlsx"):
        with pytest.raises(WriteFailed, match="the questionnaire itself"):
            write_answers(asked, drafts(), out=out)  # type: ignore[arg-type]


def test_a_missing_folder_is_named(asked: Questionnaire, tmp_path: Path) -> None:
    with pytest.raises(WriteFailed, match="no such folder"):
        write_answers(asked, {}, out=tmp_path / "none" / "out.xlsx")


@pytest.mark.parametrize("step", ["write", "fsync", "rename"])
def test_a_full_disk_leaves_the_target_as_it_was(
    asked: Questionnaire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    out = tmp_path / "out.xlsx"
    out.write_bytes(b"earlier work")

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    if step == "write":
        monkeypatch.setattr("bidproof.core.files.os.fdopen", full)
    elif step == "fsync":
        monkeypatch.setattr("bidproof.core.files.os.fsync", full)
    else:
        monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(WriteFailed, match="No space left on device; nothing was written"):
        write_answers(asked, drafts(), out=out)  # type: ignore[arg-type]
    assert out.read_bytes() == b"earlier work"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["asked.xlsx", "out.xlsx"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write into read-only folders")
def test_a_read_only_folder_is_named(asked: Questionnaire, tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o555)
    with pytest.raises(WriteFailed, match="Permission denied"):
        write_answers(asked, drafts(), out=folder / "out.xlsx")  # type: ignore[arg-type]


def test_a_new_file_gets_the_usual_permissions(asked: Questionnaire, tmp_path: Path) -> None:
    usual = tmp_path / "usual"
    usual.touch()
    write_answers(asked, drafts(), out=tmp_path / "out.xlsx")  # type: ignore[arg-type]
    assert (tmp_path / "out.xlsx").stat().st_mode == usual.stat().st_mode
