"""Claims, leases and held money; drafts without their body; files that were written."""

from typing import ClassVar

from django.db import migrations, models

from bidproof.workspace.app.columns import added, body_of, count, exact, line, moment, number, stamps, table

_MOVE_BODIES = "INSERT INTO workspace_draftbody (draft_id, record) SELECT id, body FROM workspace_draft"

# One open call a key from here on; whoever sent these is not known to be alive.
_CLOSE_OPEN = "UPDATE workspace_call SET state = 'lost' WHERE state = 'open'"


class Migration(migrations.Migration):
    """What several workers in one workspace need."""

    dependencies: ClassVar = [("workspace", "0002_feedback")]

    operations: ClassVar = [
        table("DraftBody", body_of("draft"), ("record", models.JSONField())),
        table("Output", number(), *stamps(), exact("path"), line("sha256", 64), abstract=False),
        migrations.RemoveIndex("call", "call_job_cost"),
        migrations.RunSQL(_MOVE_BODIES, migrations.RunSQL.noop),
        migrations.RunSQL(_CLOSE_OPEN, migrations.RunSQL.noop),
        migrations.RemoveField("draft", "body"),
        *added(
            "call",
            ("held_usd", models.FloatField(default=0.0)),
            moment("lease_until", null=True),
            line("run", 64, default=""),
            line("worker", 64, default=""),
        ),
        *added("document", ("is_stale", models.BooleanField(default=False))),
        *added(
            "job",
            count("fence", default=0),
            moment("lease_until", null=True),
            line("worker", 64, default=""),
        ),
        migrations.AddIndex(
            "call", models.Index(fields=["job", "run", "cost_usd", "held_usd"], name="call_money")
        ),
        migrations.AddConstraint(
            "call",
            models.UniqueConstraint(
                fields=("key",), condition=models.Q(("state", "open")), name="call_open_key"
            ),
        ),
        migrations.AddConstraint(
            "output", models.UniqueConstraint(fields=("path", "sha256"), name="output_path_sha256")
        ),
    ]
