"""The tables. Times are UTC and aware; texts come back exactly as they went in.

There is no tenant column: a workspace has a database (or a PostgreSQL schema)
of its own, so a forgotten filter cannot leak. Columns that name a person
(``owner``, ``assignee``, ``actor``) hold an account name and are empty while a
workspace has one user.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from django.db import models

from bidproof.workspace.app.fields import ExactTextField


class Stamped(models.Model):
    """A row that knows when it was made and last changed."""

    created_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now_add=True)
    updated_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now=True)

    class Meta:  # noqa: D106  (read by Django, not by people)
        abstract = True


class Fact(Stamped):
    """One named text about the workspace, such as the fingerprint of its index."""

    name = ExactTextField(primary_key=True)
    value = ExactTextField()


class Document(Stamped):
    """An ingested file, without its text."""

    id: models.CharField[str, str] = models.CharField(max_length=64, primary_key=True)
    path = ExactTextField(unique=True)
    source = ExactTextField()
    content_hash: models.CharField[str, str] = models.CharField(max_length=64)
    media_type: models.CharField[str, str] = models.CharField(max_length=200)
    title = ExactTextField()
    written: models.DateField[date | None, date | None] = models.DateField(null=True)
    expires: models.DateField[date | None, date | None] = models.DateField(null=True)
    tags: models.JSONField[Any, Any] = models.JSONField(default=list)
    trust: models.CharField[str, str] = models.CharField(max_length=20)
    warnings: models.JSONField[Any, Any] = models.JSONField(default=list)
    page_count: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    passage_count: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    is_indexed: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    is_stale: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    size_bytes: models.BigIntegerField[int, int] = models.BigIntegerField()
    modified_ns: models.BigIntegerField[int, int] = models.BigIntegerField()
    owner: models.CharField[str, str] = models.CharField(max_length=200, default="")


class DocumentBody(models.Model):
    """Text, blocks and pages: zlib-compressed JSON, apart so that lists stay cheap to read."""

    document: models.OneToOneField[Document, Document] = models.OneToOneField(
        Document, models.CASCADE, primary_key=True, related_name="body"
    )
    packed: models.BinaryField[bytes, bytes] = models.BinaryField()


class ParseFailure(Stamped):
    """A file that could not be read, until it can or is gone."""

    path = ExactTextField(primary_key=True)
    content_hash: models.CharField[str, str] = models.CharField(max_length=64)
    code: models.CharField[str, str] = models.CharField(max_length=100)
    message = ExactTextField()
    hint = ExactTextField()


class Job(Stamped):
    """One run of work that can be resumed: same kind and key, same job.

    ``worker`` works on it until ``lease_until``, which it keeps putting off; ``fence``
    grows with each claim, so that a worker that was taken for dead writes nothing more.
    """

    kind: models.CharField[str, str] = models.CharField(max_length=50)
    key: models.CharField[str, str] = models.CharField(max_length=200)
    total: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    detail: models.JSONField[Any, Any] = models.JSONField(default=dict)
    owner: models.CharField[str, str] = models.CharField(max_length=200, default="")
    worker: models.CharField[str, str] = models.CharField(max_length=64, default="")
    lease_until: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)
    fence: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    finished_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)

    class Meta(Stamped.Meta):  # noqa: D106  (read by Django, not by people)
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "key"], name="job_kind_key")]
        indexes: ClassVar = [models.Index(fields=["-updated_at"], name="job_updated")]


class Draft(Stamped):
    """The latest draft of one question in one job, and where its review stands.

    ``state``, ``tier`` and ``support`` repeat what the body holds, for lists and filters.
    ``status`` is the review's own: drafted, in review, approved, rejected, needs expert.
    """

    job: models.ForeignKey[Job, Job] = models.ForeignKey(
        Job, models.CASCADE, related_name="drafts", db_index=False
    )
    question_id = ExactTextField()
    state: models.CharField[str, str] = models.CharField(max_length=20)
    tier: models.CharField[str, str] = models.CharField(max_length=20)
    support: models.CharField[str, str] = models.CharField(max_length=20)
    status: models.CharField[str, str] = models.CharField(max_length=20, default="drafted")
    assignee: models.CharField[str, str] = models.CharField(max_length=200, default="")

    class Meta(Stamped.Meta):  # noqa: D106  (read by Django, not by people)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["job", "question_id"], name="draft_job_question")
        ]
        indexes: ClassVar = [models.Index(fields=["job", "status", "tier"], name="draft_worklist")]


class DraftBody(models.Model):
    """A whole draft as JSON, apart so that lists stay cheap to read."""

    draft: models.OneToOneField[Draft, Draft] = models.OneToOneField(
        Draft, models.CASCADE, primary_key=True, related_name="body"
    )
    record: models.JSONField[Any, Any] = models.JSONField()


class DraftEvent(models.Model):
    """One step in the history of a draft; rows are added, never changed.

    ``after`` is the draft as it stood after the step, so an edit made in review
    can be read back as feedback.
    """

    draft: models.ForeignKey[Draft, Draft] = models.ForeignKey(Draft, models.CASCADE, related_name="events")
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now_add=True)
    actor: models.CharField[str, str] = models.CharField(max_length=200, default="")
    from_status: models.CharField[str, str] = models.CharField(max_length=20, default="")
    to_status: models.CharField[str, str] = models.CharField(max_length=20)
    note = ExactTextField(default="")
    after: models.JSONField[Any, Any] = models.JSONField(null=True)


class Feedback(Stamped):
    """What a person made of one question of a job; ``body`` holds the whole record.

    The columns beside it repeat what lists and counts read.
    """

    job: models.ForeignKey[Job, Job] = models.ForeignKey(
        Job, models.CASCADE, related_name="feedback", db_index=False
    )
    question_id = ExactTextField()
    outcome: models.CharField[str, str] = models.CharField(max_length=20)
    body: models.JSONField[Any, Any] = models.JSONField()
    owner: models.CharField[str, str] = models.CharField(max_length=200, default="")

    class Meta(Stamped.Meta):  # noqa: D106  (read by Django, not by people)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["job", "question_id"], name="feedback_job_question")
        ]


class Call(Stamped):
    """One paid model call: the row stands before the call is sent.

    ``state`` is open, finished, failed or lost; a lost call was in flight when its
    worker ended and may have been paid. ``key`` names prompt, model and settings;
    several attempts may share it, one of them open. ``held_usd`` is what it may still
    turn out to cost beside ``cost_usd``. ``run`` names the calls of no job that share a limit.
    """

    key: models.CharField[str, str] = models.CharField(max_length=200)
    job: models.ForeignKey[Job | None, Job | None] = models.ForeignKey(
        Job, models.SET_NULL, null=True, related_name="calls", db_index=False
    )
    question_id = ExactTextField()
    model: models.CharField[str, str] = models.CharField(max_length=300)
    attempt: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    state: models.CharField[str, str] = models.CharField(max_length=10, default="open")
    response = ExactTextField(default="")
    code: models.CharField[str, str] = models.CharField(max_length=100, default="")
    message = ExactTextField(default="")
    prompt_tokens: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    completion_tokens: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    cost_usd: models.FloatField[float, float] = models.FloatField(default=0.0)
    held_usd: models.FloatField[float, float] = models.FloatField(default=0.0)
    run: models.CharField[str, str] = models.CharField(max_length=64, default="")
    worker: models.CharField[str, str] = models.CharField(max_length=64, default="")
    lease_until: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)
    seconds: models.FloatField[float, float] = models.FloatField(default=0.0)
    ended_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)

    class Meta(Stamped.Meta):  # noqa: D106  (read by Django, not by people)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], condition=models.Q(state="open"), name="call_open_key")
        ]
        indexes: ClassVar = [
            models.Index(fields=["key", "state"], name="call_key_state"),
            models.Index(fields=["job", "run", "cost_usd", "held_usd"], name="call_money"),
        ]


class LibraryAnswer(Stamped):
    """An approved answer; ``normalized`` is the question text as it is compared."""

    normalized = ExactTextField(db_index=True)
    question = ExactTextField()
    answer = ExactTextField()
    choice = ExactTextField(null=True)
    citations: models.JSONField[Any, Any] = models.JSONField(default=list)
    tags: models.JSONField[Any, Any] = models.JSONField(default=list)
    approver: models.CharField[str, str] = models.CharField(max_length=200)
    approved: models.DateField[date, date] = models.DateField()
    expires: models.DateField[date | None, date | None] = models.DateField(null=True)
    evidence = ExactTextField(default="")
    scope: models.JSONField[Any, Any] = models.JSONField(default=list)
    section = ExactTextField(default="")
    source = ExactTextField(default="")
    contradicts = ExactTextField(default="")


class Output(Stamped):
    """A file that this workspace wrote; noted before it is put in place."""

    path = ExactTextField()
    sha256: models.CharField[str, str] = models.CharField(max_length=64)

    class Meta(Stamped.Meta):  # noqa: D106  (read by Django, not by people)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["path", "sha256"], name="output_path_sha256")
        ]
