"""The first tables."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import bidproof.workspace.app.fields


class Migration(migrations.Migration):
    """Documents, jobs, drafts, calls, the answer library, facts."""

    initial = True

    dependencies: ClassVar = []

    operations: ClassVar = [
        migrations.CreateModel(
            name="Document",
            fields=[
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("id", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("path", bidproof.workspace.app.fields.ExactTextField(unique=True)),
                ("source", bidproof.workspace.app.fields.ExactTextField()),
                ("content_hash", models.CharField(max_length=64)),
                ("media_type", models.CharField(max_length=200)),
                ("title", bidproof.workspace.app.fields.ExactTextField()),
                ("written", models.DateField(null=True)),
                ("expires", models.DateField(null=True)),
                ("tags", models.JSONField(default=list)),
                ("trust", models.CharField(max_length=20)),
                ("warnings", models.JSONField(default=list)),
                ("page_count", models.PositiveIntegerField()),
                ("passage_count", models.PositiveIntegerField(default=0)),
                ("is_indexed", models.BooleanField(default=False)),
                ("size_bytes", models.BigIntegerField()),
                ("modified_ns", models.BigIntegerField()),
                ("owner", models.CharField(default="", max_length=200)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("question_id", bidproof.workspace.app.fields.ExactTextField()),
                ("body", models.JSONField()),
                ("state", models.CharField(max_length=20)),
                ("tier", models.CharField(max_length=20)),
                ("support", models.CharField(max_length=20)),
                ("status", models.CharField(default="drafted", max_length=20)),
                ("assignee", models.CharField(default="", max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="Fact",
            fields=[
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("name", bidproof.workspace.app.fields.ExactTextField(primary_key=True, serialize=False)),
                ("value", bidproof.workspace.app.fields.ExactTextField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="LibraryAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("normalized", bidproof.workspace.app.fields.ExactTextField(db_index=True)),
                ("question", bidproof.workspace.app.fields.ExactTextField()),
                ("answer", bidproof.workspace.app.fields.ExactTextField()),
                ("choice", bidproof.workspace.app.fields.ExactTextField(null=True)),
                ("citations", models.JSONField(default=list)),
                ("tags", models.JSONField(default=list)),
                ("approver", models.CharField(max_length=200)),
                ("approved", models.DateField()),
                ("expires", models.DateField(null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ParseFailure",
            fields=[
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("path", bidproof.workspace.app.fields.ExactTextField(primary_key=True, serialize=False)),
                ("content_hash", models.CharField(max_length=64)),
                ("code", models.CharField(max_length=100)),
                ("message", bidproof.workspace.app.fields.ExactTextField()),
                ("hint", bidproof.workspace.app.fields.ExactTextField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="DocumentBody",
            fields=[
                (
                    "document",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="body",
                        serialize=False,
                        to="workspace.document",
                    ),
                ),
                ("packed", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="DraftEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("actor", models.CharField(default="", max_length=200)),
                ("from_status", models.CharField(default="", max_length=20)),
                ("to_status", models.CharField(max_length=20)),
                ("note", bidproof.workspace.app.fields.ExactTextField(default="")),
                ("after", models.JSONField(null=True)),
                (
                    "draft",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="workspace.draft",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("kind", models.CharField(max_length=50)),
                ("key", models.CharField(max_length=200)),
                ("total", models.PositiveIntegerField()),
                ("detail", models.JSONField(default=dict)),
                ("owner", models.CharField(default="", max_length=200)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["-updated_at"], name="job_updated")],
                "constraints": [models.UniqueConstraint(fields=("kind", "key"), name="job_kind_key")],
            },
        ),
        migrations.AddField(
            model_name="draft",
            name="job",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="drafts",
                to="workspace.job",
            ),
        ),
        migrations.CreateModel(
            name="Call",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("key", models.CharField(max_length=200)),
                ("question_id", bidproof.workspace.app.fields.ExactTextField()),
                ("model", models.CharField(max_length=300)),
                ("attempt", models.PositiveIntegerField()),
                ("state", models.CharField(default="open", max_length=10)),
                ("response", bidproof.workspace.app.fields.ExactTextField(default="")),
                ("code", models.CharField(default="", max_length=100)),
                ("message", bidproof.workspace.app.fields.ExactTextField(default="")),
                ("prompt_tokens", models.PositiveIntegerField(default=0)),
                ("completion_tokens", models.PositiveIntegerField(default=0)),
                ("cost_usd", models.FloatField(default=0.0)),
                ("seconds", models.FloatField(default=0.0)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "job",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="calls",
                        to="workspace.job",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="draft",
            index=models.Index(fields=["job", "status", "tier"], name="draft_worklist"),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(fields=("job", "question_id"), name="draft_job_question"),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(fields=["key", "state"], name="call_key_state"),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(fields=["job", "cost_usd"], name="call_job_cost"),
        ),
    ]
