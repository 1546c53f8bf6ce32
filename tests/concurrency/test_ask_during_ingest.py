"""Readers beside a writer, in processes of their own: nobody is refused, and what is missing is said."""

import json
import time
from pathlib import Path

from bidproof.runtime.session import SessionRequest, open_session
from killing import Process, ask_often, ingest_all, look, run_to_end, start
from repeating import REPEATS

FILES = 400


def _write_documents(folder: Path, *, turn: int, count: int = FILES) -> None:
    folder.mkdir(exist_ok=True)
    for number in range(count):
        text = f"# Site {number}\n\nThe site {number} keeps its backups for {number + turn} days.\n"
        (folder / f"site-{number:03}.md").write_text(text)


def _ask_beside(writer: Process, folder: Path) -> list[list[str]]:
    """What the answers of three processes said that asked beside a writer; all of them end well."""
    assert writer.is_alive(), "the writer had ended before anyone asked"
    readers = [start(ask_often, str(folder), f"said-{number}", REPEATS) for number in range(3)]
    for reader in readers:
        reader.join(120)
    assert [reader.exitcode for reader in readers] == [0, 0, 0]
    return [item for number in range(3) for item in json.loads((folder / f"said-{number}.json").read_text())]


def test_asking_goes_on_while_documents_are_brought_in(tmp_path: Path) -> None:
    _write_documents(tmp_path / "docs", turn=0)
    writer = start(ingest_all, str(tmp_path))
    while not (tmp_path / "ws" / "bidproof.lock").exists():
        time.sleep(0.01)
    said = _ask_beside(writer, tmp_path)
    was_beside_all_along = writer.is_alive()  # on a quick machine it may have ended before the first answer
    assert not was_beside_all_along or any(
        "documents are not indexed yet; another bidproof is writing" in line for item in said for line in item
    )
    writer.join(120)
    assert writer.exitcode == 0
    run_to_end(ask_often, str(tmp_path), "said-last", 1)
    assert not any(
        "indexed" in line for item in json.loads((tmp_path / "said-last.json").read_text()) for line in item
    )


def test_a_reader_with_other_settings_leaves_the_writer_alone(tmp_path: Path) -> None:
    _write_documents(tmp_path / "docs", turn=0, count=40)
    run_to_end(ingest_all, str(tmp_path))
    _write_documents(tmp_path / "docs", turn=1, count=120)
    writer = start(ingest_all, str(tmp_path))
    reader = start(ask_often, str(tmp_path), "said", 2, {"documents.max_tokens": 64})
    for process in (writer, reader):
        process.join(120)
    # The writer is refused where the reader came first and indexes for its own settings.
    assert reader.exitcode == 0
    run_to_end(ingest_all, str(tmp_path))
    run_to_end(look, str(tmp_path))


def test_two_that_bring_documents_along_take_turns(tmp_path: Path) -> None:
    _write_documents(tmp_path / "docs", turn=0, count=40)
    _write_documents(tmp_path / "other", turn=9, count=40)
    both = [start(ask_often, str(tmp_path), folder, 1, {}, folder) for folder in ("docs", "other")]
    for process in both:
        process.join(120)
    assert [process.exitcode for process in both] == [0, 0]
    with open_session(SessionRequest(workspace=tmp_path / "ws")) as session:
        rows = session.workspace.documents.known().values()
        assert len(rows) == 80
        assert all(row.is_indexed for row in rows)
