"""What a workspace holds is its owner's alone."""

import os
from pathlib import Path

import pytest

from bidproof.core import files
from command_line import run


@pytest.fixture(autouse=True)
def usual_umask() -> object:
    before = os.umask(0o022)
    yield before
    os.umask(before)


def modes(folder: Path) -> set[str]:
    return {oct(path.stat().st_mode & 0o777) for path in (folder, *folder.rglob("*"))}


@pytest.fixture
def company(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "docs" / "policy.md").write_text("# Backups\n\nBackups are kept for 30 days.\n")
    (tmp_path / "q.csv").write_text("Question,Answer\nHow long are backups kept?,\n")
    return tmp_path


def test_a_new_workspace_is_closed_to_others_and_outputs_are_as_usual(company: Path) -> None:
    place = ("--workspace", company / "ws")
    assert run("ingest", company / "docs", *place).code == 0
    assert run("answer", company / "q.csv", "-o", company / "out" / "a.csv", *place).code == 0
    assert modes(company / "ws") == {"0o700", "0o600"}
    assert modes(company / "out") == {"0o755", "0o644"}


def test_what_later_runs_add_to_a_workspace_is_closed_to_others(company: Path) -> None:
    place = ("--workspace", company / "ws")
    assert run("ingest", company / "docs", *place).code == 0
    files._private.clear()  # as a process of its own
    new = ("prompts", "new", "--from", "packaged", "--set", "answering.max_sentences=2", "-m", "m")
    assert run(*new, "--label", "mine", *place).code == 0
    files._private.clear()
    assert run("prompts", "export", "mine", "-o", company / "ws" / "deep" / "er", *place).code == 0
    files._private.clear()
    assert run("answer", company / "q.csv", "-o", company / "ws" / "files" / "a.csv", *place).code == 0
    (company / "docs" / "policy.md").write_text("# Backups\n\nBackups are kept for 40 days.\n")
    files._private.clear()
    assert run("ingest", company / "docs", *place).code == 0
    assert modes(company / "ws") == {"0o700", "0o600"}


def test_a_workspace_that_was_open_to_others_stays_so(company: Path) -> None:
    (company / "ws").mkdir()
    (company / "ws" / "bidproof.toml").write_text("")
    assert run("ingest", company / "docs", "--workspace", company / "ws").code == 0
    assert (company / "ws").stat().st_mode & 0o777 == 0o755
