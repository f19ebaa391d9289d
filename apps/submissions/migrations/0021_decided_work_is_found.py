from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("submissions", "0020_findings_say_the_next_step")]

    operations = [
        AddIndexConcurrently(
            model_name="submission",
            index=models.Index(
                condition=models.Q(("decided_at__isnull", False)),
                fields=["achievement", "decided_at", "id"],
                include=("state",),
                name="submission_of_badge_by_answer",
            ),
        ),
        AddIndexConcurrently(
            model_name="submission",
            index=models.Index(
                condition=models.Q(("decided_at__isnull", False)),
                fields=["decided_at", "id"],
                include=("achievement", "state"),
                name="submission_by_answer",
            ),
        ),
    ]
