"""A small company's documents, a buyer's questions, and the command line in this process."""

from collections.abc import Callable
from pathlib import Path

import pytest

from command_line import Ended, run

ENCRYPTION = """# Encryption standard

## Data at rest

All customer data at rest is encrypted with AES-256. Keys are held in a hardware security module and
rotated every 90 days by the platform team.

## Data in transit

Connections use TLS 1.2 or newer. Older protocol versions are refused.
"""
BACKUP = """# Backup and recovery

## Schedule

Databases are backed up every 6 hours. Backups are kept for 35 days in a second region.

## Recovery

The recovery time objective is 4 hours and the recovery point objective is 6 hours. A restore is tested
every quarter.
"""
PEOPLE = """# People security

Every employee completes security awareness training when joining and once a year afterwards.
Background checks are carried out before employment where the law permits.
"""
QUESTIONS = (
    "Id,Question,Answer\n"
    "Q-1,How is customer data at rest encrypted?,\n"
    "Q-2,How often are databases backed up?,\n"
    "Q-3,What is the recovery time objective?,\n"
    "Q-4,How often do employees complete security awareness training?,\n"
    "Q-5,What is the colour of the chief executive's bicycle?,\n"
)


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with ``docs/`` and ``questions.csv``; the working directory of the test."""
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "encryption.md").write_text(ENCRYPTION)
    (docs / "backup.md").write_text(BACKUP)
    (docs / "people.md").write_text(PEOPLE)
    (tmp_path / "questions.csv").write_text(QUESTIONS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def bidproof() -> Callable[..., Ended]:
    """The command line, run in this process."""
    return run
