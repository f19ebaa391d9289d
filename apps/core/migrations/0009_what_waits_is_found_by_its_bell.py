from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    RemoveIndexConcurrently,
    ValidateConstraint,
)
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("core", "0008_no_prefixes_of_ids")]

    operations = [
        migrations.AddField(
            model_name="job",
            name="bell",
            field=models.PositiveSmallIntegerField(
                db_default=6, help_text="The lower, the sooner a worker hears of it"
            ),
        ),
        AddIndexConcurrently(
            model_name="job",
            index=models.Index(
                condition=models.Q(("state", "pending")),
                fields=["queue", "bell", "next_at"],
                name="job_due_by_bell",
            ),
        ),
        RemoveIndexConcurrently(model_name="job", name="job_due"),
        AddConstraintNotValid(
            model_name="job",
            constraint=models.CheckConstraint(condition=models.Q(("bell__in", (0, 3, 6, 9))), name="job_bell_known"),
        ),
        ValidateConstraint(model_name="job", name="job_bell_known"),
    ]
