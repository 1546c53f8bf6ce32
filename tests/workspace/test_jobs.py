"""A job is found again by its key, with every draft that was acknowledged."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from bidproof.core.errors import WorkspaceError
from bidproof.core.ids import QuestionId
from bidproof.core.records import Draft, DraftState
from bidproof.workspace.rows import DraftStatus
from bidproof.workspace.store import Workspace

Make = Callable[..., Draft]


def start(workspace: Workspace, key: str = "k", kind: str = "answer") -> int:
    return workspace.jobs.start(kind=kind, key=key, total=3, detail={"file": "rfp.xlsx"}).id


def test_the_same_key_is_the_same_job_and_another_is_not(workspace: Workspace) -> None:
    first = start(workspace)
    assert start(workspace) == first
    assert start(workspace, key="other") != first
    assert start(workspace, kind="import") != first


def test_a_finished_job_is_found_again_as_finished(workspace: Workspace) -> None:
    job_id = start(workspace)
    assert workspace.jobs.recent()[0].finished_at is None
    workspace.jobs.finish(job_id)
    job = workspace.jobs.start(kind="answer", key="k", total=4, detail={"file": "new.xlsx"})
    assert job.id == job_id
    assert (job.total, job.detail) == (4, {"file": "new.xlsx"})
    assert job.finished_at is not None
    assert abs((datetime.now(UTC) - job.finished_at).total_seconds()) < 3600


def test_drafts_come_back_whole_and_failed_ones_too(workspace: Workspace, make_draft: Make) -> None:
    job_id = start(workspace)
    drafts = [make_draft("2"), make_draft("1"), make_draft("caf\udce9", DraftState.FAILED)]
    for draft in drafts:
        workspace.jobs.save_draft(job_id, draft)
    stored = workspace.jobs.drafts(job_id)
    assert list(stored.values()) == drafts
    assert list(stored) == ["2", "1", "caf\udce9"]


def test_a_second_draft_of_a_question_takes_the_place_of_the_first(
    workspace: Workspace, make_draft: Make
) -> None:
    job_id = start(workspace)
    workspace.jobs.save_draft(job_id, make_draft("1", DraftState.FAILED))
    assert workspace.jobs.recent()[0].failed == 1
    for _ in range(2):
        workspace.jobs.save_draft(job_id, make_draft("1", text="No."))
    assert workspace.jobs.drafts(job_id) == {"1": make_draft("1", text="No.")}
    job = workspace.jobs.recent()[0]
    assert (job.drafted, job.failed) == (1, 0)


def test_jobs_keep_their_drafts_apart(workspace: Workspace, make_draft: Make) -> None:
    one, two = start(workspace, "one"), start(workspace, "two")
    workspace.jobs.save_draft(one, make_draft("1", text="one"))
    workspace.jobs.save_draft(two, make_draft("1", text="two"))
    assert workspace.jobs.drafts(one)[QuestionId("1")].text == "one"
    assert workspace.jobs.drafts(two)[QuestionId("1")].text == "two"


def test_recent_jobs_are_ordered_by_last_work_and_counted(workspace: Workspace, make_draft: Make) -> None:
    jobs = [start(workspace, f"k{number}") for number in range(4)]
    workspace.jobs.save_draft(jobs[1], make_draft("1"))
    workspace.jobs.save_draft(jobs[1], make_draft("2", DraftState.NOT_FOUND))
    workspace.jobs.save_draft(jobs[1], make_draft("3", DraftState.FAILED))
    recent = workspace.jobs.recent(limit=3)
    assert [job.id for job in recent] == [jobs[1], jobs[3], jobs[2]]
    assert [(job.drafted, job.failed) for job in recent] == [(2, 1), (0, 0), (0, 0)]


def test_each_save_is_in_the_history(workspace: Workspace, make_draft: Make) -> None:
    job_id = start(workspace)
    workspace.jobs.save_draft(job_id, make_draft("1"))
    workspace.jobs.save_draft(job_id, make_draft("1", text="No."))
    from bidproof.workspace.app.ready import models

    events = models.DraftEvent.objects.using(workspace._database.alias).order_by("id")
    rows = workspace._database.read(lambda: list(events.values_list("from_status", "to_status")))
    assert rows == [("", "drafted"), ("drafted", "drafted")]


def test_a_draft_for_no_job_is_refused(workspace: Workspace, make_draft: Make) -> None:
    with pytest.raises(WorkspaceError, match="job 99") as raised:
        workspace.jobs.save_draft(99, make_draft())
    assert raised.value.code == "unknown-job"


def test_a_job_is_claimed_by_one_and_free_when_that_one_lets_go(workspace: Workspace) -> None:
    job_id = start(workspace)
    first = workspace.jobs.claim(job_id)
    assert first == 1
    assert workspace.jobs.claim(job_id) is None
    with Workspace.open(workspace.folder) as other:
        assert other.jobs.claim(job_id) is None
        workspace.jobs.release(job_id, fence=first)
        assert other.jobs.claim(job_id) == 2
        workspace.jobs.release(job_id, fence=first)
        assert workspace.jobs.claim(job_id) is None
    assert workspace.jobs.claim(job_id) == 3


def test_an_approved_draft_is_kept_and_the_new_one_is_in_its_history(
    workspace: Workspace, make_draft: Make
) -> None:
    from bidproof.workspace.app.ready import models

    job_id, alias = start(workspace), workspace._database.alias
    assert workspace.jobs.save_draft(job_id, make_draft("1"))
    drafts = models.Draft.objects.using(alias)
    workspace._database.write(lambda: drafts.update(status="approved"))
    assert not workspace.jobs.save_draft(job_id, make_draft("1", text="No."))
    assert workspace.jobs.drafts(job_id) == {"1": make_draft("1")}
    assert [row.question_id for row in workspace.jobs.draft_rows(job_id, status=DraftStatus.APPROVED)] == [
        "1"
    ]
    events = models.DraftEvent.objects.using(alias).order_by("-id")
    last = workspace._database.read(events.first)
    assert last is not None
    assert (last.to_status, last.after["text"]) == ("approved", "No.")


def test_lists_read_drafts_page_by_page_without_their_texts(workspace: Workspace, make_draft: Make) -> None:
    job_id, other = start(workspace), start(workspace, "other")
    for number in range(5):
        state = DraftState.NOT_FOUND if number % 2 else DraftState.DRAFTED
        workspace.jobs.save_draft(job_id, make_draft(f"caf\udce9{number}", state))
    workspace.jobs.save_draft(other, make_draft("else"))
    first = workspace.jobs.draft_rows(job_id, limit=2)
    second = workspace.jobs.draft_rows(job_id, after=first[-1].id, limit=9)
    assert [row.question_id for row in (*first, *second)] == [f"caf\udce9{number}" for number in range(5)]
    found = workspace.jobs.draft_rows(job_id, state=DraftState.NOT_FOUND, status=DraftStatus.DRAFTED)
    assert [row.question_id[-1] for row in found] == ["1", "3"]
    assert workspace.jobs.draft_rows(job_id, status=DraftStatus.APPROVED) == ()
    assert workspace.jobs.count_drafts(job_id) == {"drafted": 5}
