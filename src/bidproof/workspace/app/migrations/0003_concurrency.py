"""Claims, leases and held money; drafts without their body; files that were written."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import bidproof.workspace.app.fields

_MOVE_BODIES = "INSERT INTO workspace_draftbody (draft_id, record) SELECT id, body FROM workspace_draft"

# One open call a key from here on; whoever sent these is not known to be alive.
_CLOSE_OPEN = "UPDATE workspace_call SET state = 'lost' WHERE state = 'open'"


class Migration(migrations.Migration):
    """What several workers in one workspace need."""

    dependencies: ClassVar = [("workspace", "0002_feedback")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="DraftBody",
            fields=[
                (
                    "draft",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="body",
                        serialize=False,
                        to="workspace.draft",
                    ),
                ),
                ("record", models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name="Output",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("path", bidproof.workspace.app.fields.ExactTextField()),
                ("sha256", models.CharField(max_length=64)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.RemoveIndex(
            model_name="call",
            name="call_job_cost",
        ),
        migrations.RunSQL(_MOVE_BODIES, migrations.RunSQL.noop),
        migrations.RunSQL(_CLOSE_OPEN, migrations.RunSQL.noop),
        migrations.RemoveField(
            model_name="draft",
            name="body",
        ),
        migrations.AddField(
            model_name="call",
            name="held_usd",
            field=models.FloatField(default=0.0),
        ),
        migrations.AddField(
            model_name="call",
            name="lease_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="call",
            name="run",
            field=models.CharField(default="", max_length=64),
        ),
        migrations.AddField(
            model_name="call",
            name="worker",
            field=models.CharField(default="", max_length=64),
        ),
        migrations.AddField(
            model_name="document",
            name="is_stale",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="job",
            name="fence",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="job",
            name="lease_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="job",
            name="worker",
            field=models.CharField(default="", max_length=64),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(fields=["job", "run", "cost_usd", "held_usd"], name="call_money"),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")), fields=("key",), name="call_open_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="output",
            constraint=models.UniqueConstraint(fields=("path", "sha256"), name="output_path_sha256"),
        ),
    ]
