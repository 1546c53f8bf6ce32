"""What people made of drafts."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import bidproof.workspace.app.fields


class Migration(migrations.Migration):
    """One row of feedback for each question of a job."""

    dependencies: ClassVar = [("workspace", "0001_initial")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Feedback",
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
                ("outcome", models.CharField(max_length=20)),
                ("body", models.JSONField()),
                ("owner", models.CharField(default="", max_length=200)),
                (
                    "job",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feedback",
                        to="workspace.job",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("job", "question_id"), name="feedback_job_question")
                ],
            },
        ),
    ]
