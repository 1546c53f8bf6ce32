"""Runs of work that survive their process, and the drafts they made."""

from collections import Counter
from collections.abc import Mapping

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from bidproof.core.errors import WorkspaceError
from bidproof.core.ids import QuestionId
from bidproof.core.jsonable import from_json, to_json
from bidproof.core.records import Draft, DraftState
from bidproof.workspace.app.fields import unescape
from bidproof.workspace.app.ready import models
from bidproof.workspace.database import Database
from bidproof.workspace.rows import DraftRow, DraftStatus, Job, record_of
from bidproof.workspace.workers import Worker

_CLAIM = """
UPDATE workspace_job SET worker = %s, lease_until = %s, fence = fence + 1
WHERE id = %s AND lease_until IS NULL RETURNING fence
"""
# Written out: the ORM takes four times as long to build it as it takes to run.
_ROWS = (
    "SELECT id, question_id, state, tier, support, status FROM workspace_draft WHERE job_id = %s AND id > %s"
)
_ALL = 2**62
_ALIVE = "UPDATE workspace_job SET updated_at = %s WHERE id = %s AND (fence = %s OR %s = 0)"


class JobTable:
    """Jobs and their drafts.

    A job is one answering run of one questionnaire with one program over one
    state of the documents; its key is made of those three.

    Args:
        database: Of the workspace.
        worker: Claims jobs.
    """

    def __init__(self, database: Database, worker: Worker) -> None:
        self._database = database
        self._worker = worker
        self._jobs = models.Job.objects.using(database.alias)
        self._drafts = models.Draft.objects.using(database.alias)
        self._bodies = models.DraftBody.objects.using(database.alias)
        self._events = models.DraftEvent.objects.using(database.alias)

    def start(self, *, kind: str, key: str, total: int, detail: Mapping[str, object]) -> Job:
        """Begin a job, or find the one with this kind and key again, finished or not.

        Args:
            kind: What is done, such as ``answer``.
            key: Names the input and the program, at most 200 characters.
            total: Questions to draft.
            detail: JSON values for whoever lists the jobs; the latest start wins.
        """
        values = {"total": total, "detail": to_json(detail)}

        def begin() -> models.Job:
            row, _ = self._jobs.update_or_create(kind=kind, key=key, defaults=values)
            return self._counted().get(id=row.pk)

        return _job(self._database.write(begin))

    def claim(self, job_id: int) -> int | None:
        """Take a job for this workspace alone: nobody else gets it while this one shows signs of life.

        Returns:
            The fence of the claim, above 0, for :meth:`save_draft`, :meth:`finish` and
            :meth:`release`; None while another worker holds the job.
        """
        worker = self._worker.start()

        def take() -> int | None:
            row = self._database.execute(_CLAIM, worker, self._worker.lease(), job_id).row
            if row is None and self._worker.free_dead():
                row = self._database.execute(_CLAIM, worker, self._worker.lease(), job_id).row
            return None if row is None else int(row[0])

        return self._database.write(take)

    def release(self, job_id: int, *, fence: int) -> None:
        """Let go of a claim; nothing happens when it was taken over."""
        rows = self._jobs.filter(id=job_id, fence=fence)
        self._database.write(lambda: rows.update(worker="", lease_until=None))

    def get(self, job_id: int) -> Job:
        """A job as it stands.

        Raises:
            WorkspaceError: There is no such job (``unknown-job``).
        """
        row = self._database.read(self._counted().filter(id=job_id).first)
        if row is None:
            raise _unknown_job(job_id)
        return _job(row)

    def finish(self, job_id: int) -> None:
        """Note that every question of a job has been tried."""
        now = timezone.now()
        self._database.write(
            lambda: self._jobs.filter(id=job_id).update(finished_at=now, updated_at=now),
        )

    def save_draft(self, job_id: int, draft: Draft, *, fence: int = 0) -> bool:
        """Store a draft; a second one for the same question takes its place.

        Durable on return. Each save adds a row to the draft's history. An approved draft
        is left alone: the new one is in its history only.

        Args:
            job_id: The job.
            draft: The draft.
            fence: Of the claim under which it was made; 0 for work without a claim.

        Returns:
            Whether it stands now.

        Raises:
            WorkspaceError: There is no such job (``unknown-job``), or another worker has
                taken it over (``job-taken``).
        """
        values = {"state": str(draft.state), "tier": str(draft.tier), "support": str(draft.support)}
        body = to_json(draft)

        def store() -> bool:
            if not self._database.execute(_ALIVE, self._database.now(), job_id, fence, fence).changed:
                raise _taken(job_id) if self._jobs.filter(id=job_id).exists() else _unknown_job(job_id)
            old = self._drafts.filter(job_id=job_id, question_id=draft.question_id).first()
            before = "" if old is None else old.status
            if old is not None and before == DraftStatus.APPROVED:
                self._events.create(draft=old, from_status=before, to_status=before, note=_KEPT, after=body)
                return False
            row, _ = self._drafts.update_or_create(
                job_id=job_id,
                question_id=draft.question_id,
                defaults=values | {"status": str(DraftStatus.DRAFTED)},
            )
            self._bodies.update_or_create(draft=row, defaults={"record": body})
            self._events.create(draft=row, from_status=before, to_status=str(DraftStatus.DRAFTED))
            return True

        return self._database.write(store)

    def drafts(self, job_id: int) -> dict[QuestionId, Draft]:
        """The drafts of a job by question, in the order they were first made.

        Failed ones are among them: whoever resumes the job tries those again. Each is read
        whole, some 0.5 ms of it; lists read :meth:`draft_rows`.
        """
        rows = self._bodies.filter(draft__job_id=job_id).order_by("draft_id").values_list("record", flat=True)
        drafts = (from_json(Draft, body) for body in self._database.read(lambda: list(rows)))
        return {draft.question_id: draft for draft in drafts}

    def draft_rows(
        self,
        job_id: int,
        *,
        status: DraftStatus | None = None,
        state: DraftState | None = None,
        after: int = 0,
        limit: int | None = None,
    ) -> tuple[DraftRow, ...]:
        """Drafts of a job without their texts, in the order they were first made.

        Args:
            job_id: The job.
            status: Only those that stand there in review.
            state: Only those that drafting ended so.
            after: Only those after the row of this number, for the next page.
            limit: How many at most; None for all.
        """
        where, values = _ROWS, [job_id, after]
        if status is not None:
            where, values = f"{where} AND status = %s", [*values, str(status)]
        if state is not None:
            where, values = f"{where} AND state = %s", [*values, str(state)]
        sql = f"{where} ORDER BY id LIMIT %s"
        found = self._database.read(
            lambda: self._database.rows(sql, *values, _ALL if limit is None else limit)
        )
        return tuple(DraftRow(row[0], unescape(row[1]), *row[2:]) for row in found)

    def count_drafts(self, job_id: int) -> Counter[str]:
        """How many drafts of a job stand where in review, by status."""
        rows = self._drafts.filter(job_id=job_id).values_list("status").annotate(Count("id")).order_by()
        return Counter(dict(self._database.read(lambda: list(rows))))

    def recent(self, limit: int = 20) -> tuple[Job, ...]:
        """The jobs last worked on, newest first."""
        rows = self._database.read(lambda: list(self._counted().order_by("-updated_at", "-id")[:limit]))
        return tuple(_job(row) for row in rows)

    def _counted(self) -> "QuerySet[models.Job]":
        is_failed = Q(drafts__state=str(DraftState.FAILED))
        return self._jobs.annotate(
            drafted=Count("drafts", filter=~is_failed & Q(drafts__isnull=False)),
            failed=Count("drafts", filter=is_failed),
        )


_KEPT = "the approved answer was kept"


def _unknown_job(job_id: int) -> WorkspaceError:
    return WorkspaceError(
        f"cannot use job {job_id!r}: found no such job in this workspace",
        hint="run the command again from the start",
        code="unknown-job",
    )


def _taken(job_id: int) -> WorkspaceError:
    return WorkspaceError(
        f"cannot go on with job {job_id!r}: found that another run has taken it over, as this one gave no "
        "sign of life",
        hint="run the same command again; nothing that was saved is lost",
        code="job-taken",
    )


def _job(row: models.Job) -> Job:
    counts = {name: getattr(row, name, 0) for name in ("drafted", "failed")}
    return record_of(Job, row, **counts)
