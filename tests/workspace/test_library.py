"""Approved answers are found by the same question, while they are valid."""

from datetime import date
from typing import Any

import pytest

from bidproof.core.ids import DocumentId, PassageId
from bidproof.core.records import Citation
from bidproof.workspace.rows import LibraryEntry
from bidproof.workspace.store import Workspace

TODAY = date(2026, 6, 1)


def entry(question: str, answer: str = "Yes.", **changes: Any) -> LibraryEntry:
    values = {"choice": "Yes", "approver": "jo", "approved": date(2026, 1, 1), "expires": None, **changes}
    return LibraryEntry(question=question, answer=answer, **values)


def test_an_answer_comes_back_whole(workspace: Workspace) -> None:
    citation = Citation(
        passage_id=PassageId("p"),
        document_id=DocumentId("d"),
        path="a.pdf",
        title="A",
        quote="We encrypt.",
        start=3,
        end=14,
        pages=(2,),
    )
    added = entry("Do you encrypt?", citations=(citation,), tags=("security",), expires=date(2027, 1, 1))
    number = workspace.library.add(added)
    (stored,) = workspace.library.all()
    assert stored == LibraryEntry(
        id=number,
        question="Do you encrypt?",
        answer="Yes.",
        choice="Yes",
        approver="jo",
        approved=date(2026, 1, 1),
        expires=date(2027, 1, 1),
        citations=(citation,),
        tags=("security",),
    )


@pytest.mark.parametrize("asked", ["do  you ENCRYPT", "1.2 Do you encrypt?", "Q7: Do you\nencrypt ?"])
def test_the_same_question_is_found_however_it_is_written(workspace: Workspace, asked: str) -> None:
    workspace.library.add(entry("Do you encrypt?"))
    found = workspace.library.find_same(asked, today=TODAY)
    assert found is not None
    assert found.answer == "Yes."


@pytest.mark.parametrize("asked", ["Do you encrypt backups?", "Do you not encrypt?", "", "?!", "1.2"])
def test_another_question_is_not(workspace: Workspace, asked: str) -> None:
    workspace.library.add(entry("Do you encrypt?"))
    workspace.library.add(entry("?"))
    assert workspace.library.find_same(asked, today=TODAY) is None


def test_an_expired_answer_is_kept_but_not_found(workspace: Workspace) -> None:
    workspace.library.add(entry("Do you encrypt?", expires=TODAY))
    assert workspace.library.find_same("Do you encrypt?", today=TODAY) is not None
    assert workspace.library.find_same("Do you encrypt?", today=date(2026, 6, 2)) is None
    assert len(workspace.library.all()) == 1


def test_the_latest_valid_approval_wins(workspace: Workspace) -> None:
    workspace.library.add(entry("Do you encrypt?", "new", approved=date(2026, 5, 1)))
    workspace.library.add(entry("Do you encrypt?", "old", approved=date(2025, 5, 1)))
    workspace.library.add(entry("Do you encrypt?", "not yet", approved=date(2026, 7, 1)))
    workspace.library.add(
        entry("Do you encrypt?", "over", approved=date(2026, 5, 9), expires=date(2026, 5, 10))
    )
    found = workspace.library.find_same("Do you encrypt?", today=TODAY)
    assert found is not None
    assert found.answer == "new"
