"""Feedback and the library entries it makes are stored together, once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from bidproof.core.ids import DocumentId, PassageId
from bidproof.core.records import Citation
from bidproof.workspace.feedback import NOT_CITED
from bidproof.workspace.rows import FeedbackRow, JudgedPassage, LibraryEntry, ReviewOutcome
from bidproof.workspace.store import Workspace

DAY = date(2026, 3, 1)
CITATION = Citation(
    passage_id=PassageId("p"),
    document_id=DocumentId("d"),
    path="a.md",
    title="A",
    quote="We encrypt data.",
    start=0,
    end=16,
)


@pytest.fixture
def make(workspace: Workspace) -> Callable[..., FeedbackRow]:
    job = workspace.jobs.start(kind="answer", key="k", total=2, detail={})

    def row(
        question: str = "1", outcome: ReviewOutcome = ReviewOutcome.ACCEPTED, **more: object
    ) -> FeedbackRow:
        values: dict[str, object] = {
            "job_id": job.id,
            "question_id": question,
            "outcome": outcome,
            "questionnaire": "q.xlsx",
            "source": "q.answered.xlsx",
            "question": f"Question {question}?",
            "approver": "ann",
            "approved": DAY,
            "new_text": "We encrypt data.\x00" if outcome.is_answer else "",
            "new_choice": "Yes" if outcome.is_answer else "",
            "options": ("Yes", "No"),
            "citations": (CITATION,),
            "passages": (
                JudgedPassage(
                    passage_id=PassageId("p"),
                    document_id=DocumentId("d"),
                    path="a.md",
                    rank=1,
                    is_accepted=True,
                ),
            ),
            "confidence": 0.5,
            "expires": date(2027, 1, 1),
        }
        return FeedbackRow(**{**values, **more})  # type: ignore[arg-type]

    return row


def test_rows_come_back_whole_and_make_library_entries(
    workspace: Workspace, make: Callable[..., FeedbackRow]
) -> None:
    saved = workspace.feedback.save([make(), make("2", ReviewOutcome.REJECTED, citations=())])
    assert (saved.new, saved.changed, saved.library_added) == (2, 0, 1)
    (entry,) = workspace.library.all()
    assert (entry.answer, entry.choice, entry.approver) == ("We encrypt data.\x00", "Yes", "ann")
    assert (entry.expires, entry.citations, entry.tags) == (date(2027, 1, 1), (CITATION,), ())
    first, second = workspace.feedback.all()
    assert first == replace(make(), library_id=entry.id, has_added_entry=True)
    assert second.library_id is None
    assert saved.rows == (first, second)


def test_the_same_review_again_changes_nothing(
    workspace: Workspace, make: Callable[..., FeedbackRow]
) -> None:
    workspace.feedback.save([make()])
    before, entries = workspace.feedback.all(), workspace.library.all()
    again = workspace.feedback.save([make(approved=date(2026, 5, 5), source="copy.xlsx")])
    assert (again.new, again.changed, again.library_added) == (0, 0, 0)
    assert (workspace.feedback.all(), workspace.library.all()) == (before, entries)
    workspace.library.remove([entries[0].id])
    workspace.feedback.save([make()])
    assert workspace.library.all() == ()


def test_a_later_review_takes_the_place_of_the_earlier(
    workspace: Workspace, make: Callable[..., FeedbackRow]
) -> None:
    workspace.feedback.save([make()])
    changed = workspace.feedback.save(
        [make(outcome=ReviewOutcome.EDITED, new_text="We encrypt all.", citations=())]
    )
    assert (changed.changed, changed.library_added, changed.library_removed) == (1, 1, 1)
    (entry,) = workspace.library.all()
    assert (entry.answer, entry.tags) == ("We encrypt all.", (NOT_CITED,))
    workspace.feedback.save([make(outcome=ReviewOutcome.REJECTED, citations=())])
    assert workspace.library.all() == ()
    assert [row.outcome for row in workspace.feedback.all()] == [ReviewOutcome.REJECTED]


def test_an_answer_that_the_library_holds_is_not_added_nor_taken_out(
    workspace: Workspace, make: Callable[..., FeedbackRow]
) -> None:
    number = workspace.library.add(
        LibraryEntry(
            question="question 1",
            answer="We encrypt data.\x00",
            choice="Yes",
            approver="bob",
            approved=date(2026, 1, 1),
            expires=date(2027, 1, 1),
        )
    )
    assert workspace.feedback.save([make()]).library_added == 0
    assert workspace.feedback.all()[0].library_id == number
    workspace.feedback.save([make(outcome=ReviewOutcome.REJECTED)])
    assert [entry.id for entry in workspace.library.all()] == [number]


def test_all_or_nothing(workspace: Workspace, make: Callable[..., FeedbackRow]) -> None:
    broken = replace(make("2"), citations=(object(),))  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        workspace.feedback.save([make(), broken])
    assert workspace.feedback.all() == ()
    assert workspace.library.all() == ()


def test_rows_of_one_job(workspace: Workspace, make: Callable[..., FeedbackRow]) -> None:
    other = workspace.jobs.start(kind="answer", key="other", total=1, detail={})
    workspace.feedback.save([make(), make(job_id=other.id)])
    assert [row.job_id for row in workspace.feedback.all(other.id)] == [other.id]
    assert workspace.library.get(999) is None
    assert len(workspace.library.all()) == 1
