"""Damaged files of every kind: each is read or refused in two plain lines, and harms nobody else.

``benchmarks/mutated_files.py`` does the same with thousands.
"""

from pathlib import Path

from bidproof.core.errors import BidproofError
from bidproof.flows.ingest import ingest
from bidproof.flows.inspect import inspect
from bidproof.flows.requests.answering import IngestRequest
from bidproof.runtime.session import SessionRequest, open_session
from mutating import BROKEN, mutated_files

COUNT, SEED = 54, 11
UNREADABLE = BROKEN | {"not-indexed"}


def test_damaged_files_are_read_or_refused_by_name(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    for file in mutated_files(COUNT, seed=SEED):
        (folder / file.name).write_bytes(file.content)
    (folder / "whole.md").write_text("# Backups\n\nBackups run every night.\n")
    with open_session(SessionRequest(workspace=tmp_path / "workspace")) as session:
        report = ingest(IngestRequest(roots=(folder,)), session=session)

    assert report.added + len(report.problems) == COUNT + 1
    assert report.passages >= report.added
    for problem in report.problems:
        assert problem.code not in UNREADABLE, problem
        assert problem.path in problem.message
        assert problem.hint


def test_damaged_questionnaires_are_read_or_refused_by_name(tmp_path: Path) -> None:
    read, refused = 0, list[tuple[str, BidproofError]]()
    for file in mutated_files(COUNT, seed=SEED):
        path = tmp_path / file.name
        path.write_bytes(file.content)
        try:
            read += bool(inspect(path).questionnaire.questions)
        except BidproofError as error:
            refused.append((path.stem, error))

    assert read
    for name, error in refused:
        assert error.code not in UNREADABLE, error
        assert name in error.message
        assert str(error.hint)


def test_the_same_seed_makes_the_same_files() -> None:
    assert list(mutated_files(20, seed=3)) == list(mutated_files(20, seed=3))
    assert list(mutated_files(5, seed=3, start=15)) == list(mutated_files(20, seed=3))[15:]
