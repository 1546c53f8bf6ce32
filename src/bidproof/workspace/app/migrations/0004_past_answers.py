"""What is known of an answer that came from a completed questionnaire."""

from typing import ClassVar

from django.db import migrations, models

from bidproof.workspace.app.columns import added, exact


class Migration(migrations.Migration):
    """Where an approved answer comes from, what it holds for, and what it contradicts."""

    dependencies: ClassVar = [("workspace", "0003_concurrency")]

    operations: ClassVar = [
        *added(
            "libraryanswer",
            exact("evidence", default=""),
            ("scope", models.JSONField(default=list)),
            exact("section", default=""),
            exact("source", default=""),
            exact("contradicts", default=""),
        )
    ]
