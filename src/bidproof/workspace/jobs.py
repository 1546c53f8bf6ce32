"""Runs of work that survive their process, and the drafts they made."""

from collections.abc import Mapping

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from bidproof.core.errors import WorkspaceError
from bidproof.core.ids import QuestionId
from bidproof.core.jsonable import from_json, to_json
from bidproof.core.records import Draft, DraftState
from bidproof.workspace.app.ready import models
from bidproof.workspace.database import Database
from bidproof.workspace.rows import Job


class JobTable:
    """Jobs and their drafts.

    A job is one answering run of one questionnaire with one program over one
    state of the documents; its key is made of those three.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
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

    def finish(self, job_id: int) -> None:
        """Note that every question of a job has been tried."""
        now = timezone.now()
        self._database.write(
            lambda: self._jobs.filter(id=job_id).update(finished_at=now, updated_at=now),
        )

    def save_draft(self, job_id: int, draft: Draft) -> None:
        """Store a draft; a second one for the same question takes its place.

        Durable on return. Each save adds a row to the draft's history.

        Raises:
            WorkspaceError: There is no such job (``unknown-job``).
        """
        values = {
            "state": str(draft.state),
            "tier": str(draft.tier),
            "support": str(draft.support),
            "status": "drafted",
        }

        def store() -> None:
            if not self._jobs.filter(id=job_id).update(updated_at=timezone.now()):
                raise _unknown_job(job_id)
            old = self._drafts.filter(job_id=job_id, question_id=draft.question_id)
            before = old.values_list("status", flat=True).first() or ""
            row, _ = self._drafts.update_or_create(
                job_id=job_id, question_id=draft.question_id, defaults=values
            )
            self._bodies.update_or_create(draft=row, defaults={"record": to_json(draft)})
            self._events.create(draft=row, from_status=before, to_status="drafted")

        self._database.write(store)

    def drafts(self, job_id: int) -> dict[QuestionId, Draft]:
        """The drafts of a job by question, in the order they were first made.

        Failed ones are among them: whoever resumes the job tries those again.
        """
        rows = self._bodies.filter(draft__job_id=job_id).order_by("draft_id").values_list("record", flat=True)
        drafts = (from_json(Draft, body) for body in self._database.read(lambda: list(rows)))
        return {draft.question_id: draft for draft in drafts}

    def approved(self, job_id: int) -> frozenset[QuestionId]:
        """Questions of a job whose draft a person approved in review."""
        rows = self._drafts.filter(job_id=job_id, status="approved").values_list("question_id", flat=True)
        return frozenset(QuestionId(name) for name in self._database.read(lambda: list(rows)))

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


def _unknown_job(job_id: int) -> WorkspaceError:
    return WorkspaceError(
        f"cannot use job {job_id!r}: found no such job in this workspace",
        hint="run the command again from the start",
        code="unknown-job",
    )


def _job(row: models.Job) -> Job:
    return Job(
        id=row.pk,
        kind=row.kind,
        key=row.key,
        total=row.total,
        drafted=getattr(row, "drafted", 0),
        failed=getattr(row, "failed", 0),
        created_at=row.created_at,
        updated_at=row.updated_at,
        finished_at=row.finished_at,
        detail=row.detail,
    )
