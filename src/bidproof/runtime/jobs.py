"""Work on a job alone: claim it, or wait for whoever works on it."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from bidproof.core.ids import QuestionId
from bidproof.core.records import Draft
from bidproof.runtime.progress import Progress, Step, silent
from bidproof.workspace.rows import Job
from bidproof.workspace.store import Workspace

_FIRST_LOOK_S = 0.05
_LAST_LOOK_S = 1.0
_WAITING = "waiting for another run of the same"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedJob:
    """A job that nobody else works on while the block of :func:`claimed` runs."""

    job: Job
    workspace: Workspace
    fence: int

    @property
    def id(self) -> int:
        """The job's number."""
        return self.job.id

    def drafts(self) -> dict[QuestionId, Draft]:
        """What has been drafted so far, by whomever."""
        return self.workspace.jobs.drafts(self.id)

    def save(self, draft: Draft) -> bool:
        """Store a draft; returns whether it stands, an approved answer being kept.

        Raises:
            WorkspaceError: Another run has taken the job over (``job-taken``).
        """
        return self.workspace.jobs.save_draft(self.id, draft, fence=self.fence)

    def finish(self) -> None:
        """Note that every question of the job has been tried."""
        self.workspace.jobs.finish(self.id)


@contextmanager
def claimed(workspace: Workspace, job_id: int, *, progress: Progress = silent) -> Generator[ClaimedJob]:
    """Work on a job alone while the block runs.

    Where another run works on it, wait until that one has ended; what it drafted is
    there then. A run that was killed holds nobody up, one of another machine for a lease.

    Args:
        workspace: Where the job lies.
        job_id: Of a job that was started.
        progress: Is told how far the other run is.
    """
    jobs, pause_s = workspace.jobs, _FIRST_LOOK_S
    while (fence := jobs.claim(job_id)) is None:
        seen = jobs.get(job_id)
        progress(Step(stage=_WAITING, done=seen.drafted + seen.failed, total=seen.total))
        time.sleep(pause_s)
        pause_s = min(_LAST_LOOK_S, pause_s * 1.5)
    try:
        yield ClaimedJob(job=jobs.get(job_id), workspace=workspace, fence=fence)
    finally:
        jobs.release(job_id, fence=fence)
