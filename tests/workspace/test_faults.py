"""Each failure of SQLite is told in words, with a next step."""

import sqlite3
from pathlib import Path

import pytest

from bidproof.workspace.faults import translate_database


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("SQLITE_FULL", "disk-full"),
        ("SQLITE_IOERR_WRITE", "disk-error"),
        ("SQLITE_READONLY_DIRECTORY", "workspace-read-only"),
        ("SQLITE_CANTOPEN", "workspace-read-only"),
        ("SQLITE_NOTADB", "workspace-damaged"),
        ("SQLITE_CORRUPT_INDEX", "workspace-damaged"),
        ("SQLITE_BUSY", "workspace-busy"),
        ("SQLITE_CONSTRAINT_FOREIGNKEY", "workspace"),
    ],
)
def test_error_has_code_path_and_hint(name: str, code: str) -> None:
    original = sqlite3.OperationalError("what SQLite said")
    original.sqlite_errorname = name
    error = translate_database(original, path=Path("/data/bidproof.db"))
    assert error.code == code
    assert "/data" in error.message
    assert error.hint
    assert error.exit_code == 2
