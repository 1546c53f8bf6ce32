"""Reviews, removals, promotions and runs at once, in processes of their own: nothing is lost."""

import csv
import json
import os
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bidproof.evaluation.gold.store import GoldStore
from bidproof.flows.ingest import ingest
from bidproof.flows.requests.answering import IngestRequest
from bidproof.prompts.program import default_program
from bidproof.runtime.program_choice import open_store
from killing import start
from reviewing import (
    DOCUMENT,
    answer_file,
    import_file,
    opened,
    promote_often,
    remove_numbers,
    write_questions,
)

REPEATS = int(os.environ.get("BIDPROOF_REPEATS", "3"))


@pytest.fixture(params=range(REPEATS), autouse=True)
def repeat() -> None:
    """Every test runs that often."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace with one document, and two questionnaires answered from it."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "backup.md").write_text(DOCUMENT)
    with opened(tmp_path) as session:
        ingest(IngestRequest(roots=(tmp_path / "docs",)), session=session)
    for name in ("ann", "bob"):
        write_questions(tmp_path, name)
        answer_file(str(tmp_path), name)
    return tmp_path


def together(*calls: tuple[Callable[..., None], tuple[Any, ...]]) -> None:
    """Run each in a child, all at once; every one of them ends well."""
    children = [start(target, *arguments) for target, arguments in calls]
    for child in children:
        child.join(120)
    assert [child.exitcode for child in children] == [0] * len(children)


def review(folder: Path, name: str, answer: str) -> None:
    """What a reviewer sends back: the first answer corrected, the others as they were."""
    with (folder / f"{name}.answered.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    rows[1][2] = answer
    with (folder / f"{name}.reviewed.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def filled(path: Path) -> list[str]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return [row["Answer"] for row in csv.DictReader(file)]


def test_two_imports_at_once_lose_nothing(folder: Path) -> None:
    for name in ("ann", "bob"):
        review(folder, name, f"Hourly, says {name}.")
    together(*((import_file, (str(folder), name)) for name in ("ann", "bob")))
    with opened(folder) as session:
        rows = session.workspace.feedback.all()
        answers = {entry.answer for entry in session.workspace.library.all()}
    assert len(rows) == 6
    assert {"Hourly, says ann.", "Hourly, says bob."} <= answers
    cases = GoldStore(folder / "ws").load("own").cases
    assert len({case.question for case in cases}) == len(cases) == 2
    examples = json.loads((folder / "ws" / "feedback" / "examples.json").read_text())
    assert [item["question"] for item in examples] == ["How long are backups kept?"]


def test_of_two_removals_at_once_each_entry_is_taken_by_one(folder: Path) -> None:
    review(folder, "ann", "Hourly.")
    import_file(str(folder), "ann")
    with opened(folder) as session:
        first, second = (entry.id for entry in session.workspace.library.all())
    together(
        (remove_numbers, (str(folder), (first, second), "one.json")),
        (remove_numbers, (str(folder), (second, first), "two.json")),
    )
    said = [json.loads((folder / name).read_text()) for name in ("one.json", "two.json")]
    assert sorted(said, key=str) == [[first, second], "library-entry"]
    with opened(folder) as session:
        assert session.workspace.library.all() == ()


def test_a_run_beside_an_import_loses_neither(folder: Path) -> None:
    review(folder, "ann", "Hourly.")
    together((answer_file, (str(folder), "ann", True)), (import_file, (str(folder), "ann")))
    answer_file(str(folder), "ann")
    assert filled(folder / "ann.answered.csv")[0] == "Hourly."
    assert "35 days" in filled(folder / "ann.answered.csv")[1]


def test_two_runs_at_once_leave_one_whole_set(folder: Path) -> None:
    together(*((answer_file, (str(folder), "ann", True)) for _ in range(2)))
    names = {path.name for path in folder.iterdir() if path.name.startswith((".ann", "ann.answered"))}
    assert names == {
        "ann.answered.csv",
        "ann.answered.json",
        "ann.answered.html",
    }
    (folder / "ann.answered.csv").write_text("mine")
    together(*((answer_file, (str(folder), "ann")) for _ in range(2)))
    assert (folder / "ann.answered.csv").read_text() == "mine"
    assert "35 days" in filled(folder / "ann.answered-2.csv")[1]
    assert not (folder / "ann.answered-3.csv").exists()


def test_two_promotions_at_once_are_both_in_the_log(tmp_path: Path) -> None:
    with opened(tmp_path) as session:
        base = default_program(session.settings)
    store = open_store(tmp_path / "ws")
    programs = [replace(base, repairs=number) for number in range(2)]
    digests = [store.add(item, message="m", author="ann").digest for item in programs]
    together(*((promote_often, (str(tmp_path), digest, 5)) for digest in digests))
    history = store.history("production")
    assert sorted((entry.author, entry.reason) for entry in history) == sorted(
        (digest, str(number)) for digest in digests for number in range(5)
    )
    assert all(late.previous == early.digest for early, late in pairwise(history))
    assert store.labels()["production"] == history[-1].digest
