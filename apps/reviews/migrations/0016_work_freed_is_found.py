from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("reviews", "0015_marks_say_the_next_step")]

    operations = [
        AddIndexConcurrently(
            model_name="assignment",
            index=models.Index(
                condition=models.Q(("state__in", ("released", "expired", "refused"))),
                fields=["ended_at"],
                name="assignment_given_up",
            ),
        ),
    ]
