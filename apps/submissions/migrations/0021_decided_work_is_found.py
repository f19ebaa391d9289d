from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("submissions", "0020_findings_say_the_next_step")]

    operations = [
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(
                condition=models.Q(("decided_at__isnull", False)),
                fields=["achievement", "decided_at", "id"],
                include=("state",),
                name="submission_of_badge_by_answer",
            ),
        ),
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(
                condition=models.Q(("decided_at__isnull", False)),
                fields=["decided_at", "id"],
                include=("achievement", "state"),
                name="submission_by_answer",
            ),
        ),
    ]
