"""The first tables."""

from typing import ClassVar

from django.db import migrations, models

from bidproof.workspace.app.columns import (
    added,
    body_of,
    count,
    exact,
    line,
    moment,
    number,
    parent,
    stamps,
    table,
)


class Migration(migrations.Migration):
    """Documents, jobs, drafts, calls, the answer library, facts."""

    initial = True

    dependencies: ClassVar = []

    operations: ClassVar = [
        table(
            "Document",
            *stamps(),
            line("id", 64, primary_key=True, serialize=False),
            exact("path", unique=True),
            exact("source"),
            line("content_hash", 64),
            line("media_type", 200),
            exact("title"),
            ("written", models.DateField(null=True)),
            ("expires", models.DateField(null=True)),
            ("tags", models.JSONField(default=list)),
            line("trust", 20),
            ("warnings", models.JSONField(default=list)),
            count("page_count"),
            count("passage_count", default=0),
            ("is_indexed", models.BooleanField(default=False)),
            ("size_bytes", models.BigIntegerField()),
            ("modified_ns", models.BigIntegerField()),
            line("owner", 200, default=""),
            abstract=False,
        ),
        table(
            "Draft",
            number(),
            *stamps(),
            exact("question_id"),
            ("body", models.JSONField()),
            line("state", 20),
            line("tier", 20),
            line("support", 20),
            line("status", 20, default="drafted"),
            line("assignee", 200, default=""),
        ),
        table(
            "Fact",
            *stamps(),
            exact("name", primary_key=True, serialize=False),
            exact("value"),
            abstract=False,
        ),
        table(
            "LibraryAnswer",
            number(),
            *stamps(),
            exact("normalized", db_index=True),
            exact("question"),
            exact("answer"),
            exact("choice", null=True),
            ("citations", models.JSONField(default=list)),
            ("tags", models.JSONField(default=list)),
            line("approver", 200),
            ("approved", models.DateField()),
            ("expires", models.DateField(null=True)),
            abstract=False,
        ),
        table(
            "ParseFailure",
            *stamps(),
            exact("path", primary_key=True, serialize=False),
            line("content_hash", 64),
            line("code", 100),
            exact("message"),
            exact("hint"),
            abstract=False,
        ),
        table("DocumentBody", body_of("document"), ("packed", models.BinaryField())),
        table(
            "DraftEvent",
            number(),
            moment("at", auto_now_add=True),
            line("actor", 200, default=""),
            line("from_status", 20, default=""),
            line("to_status", 20),
            exact("note", default=""),
            ("after", models.JSONField(null=True)),
            parent("draft", related_name="events"),
        ),
        table(
            "Job",
            number(),
            *stamps(),
            line("kind", 50),
            line("key", 200),
            count("total"),
            ("detail", models.JSONField(default=dict)),
            line("owner", 200, default=""),
            moment("finished_at", null=True),
            indexes=[models.Index(fields=["-updated_at"], name="job_updated")],
            constraints=[models.UniqueConstraint(fields=("kind", "key"), name="job_kind_key")],
        ),
        *added("draft", parent("job", related_name="drafts", db_index=False)),
        table(
            "Call",
            number(),
            *stamps(),
            line("key", 200),
            exact("question_id"),
            line("model", 300),
            count("attempt"),
            line("state", 10, default="open"),
            exact("response", default=""),
            line("code", 100, default=""),
            exact("message", default=""),
            count("prompt_tokens", default=0),
            count("completion_tokens", default=0),
            ("cost_usd", models.FloatField(default=0.0)),
            ("seconds", models.FloatField(default=0.0)),
            moment("ended_at", null=True),
            parent("job", related_name="calls", on_delete=models.SET_NULL, db_index=False, null=True),
        ),
        migrations.AddIndex("draft", models.Index(fields=["job", "status", "tier"], name="draft_worklist")),
        migrations.AddConstraint(
            "draft", models.UniqueConstraint(fields=("job", "question_id"), name="draft_job_question")
        ),
        migrations.AddIndex("call", models.Index(fields=["key", "state"], name="call_key_state")),
        migrations.AddIndex("call", models.Index(fields=["job", "cost_usd"], name="call_job_cost")),
    ]
