"""What people made of drafts."""

from typing import ClassVar

from django.db import migrations, models

from bidproof.workspace.app.columns import exact, line, number, parent, stamps, table


class Migration(migrations.Migration):
    """One row of feedback for each question of a job."""

    dependencies: ClassVar = [("workspace", "0001_initial")]

    operations: ClassVar = [
        table(
            "Feedback",
            number(),
            *stamps(),
            exact("question_id"),
            line("outcome", 20),
            ("body", models.JSONField()),
            line("owner", 200, default=""),
            parent("job", related_name="feedback", db_index=False),
            abstract=False,
            constraints=[
                models.UniqueConstraint(fields=("job", "question_id"), name="feedback_job_question")
            ],
        )
    ]
