from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models

# Existing offers end too: after the fourth day from now, which is two business days over a weekend.
BEFORE = """
UPDATE reviews_assignment SET until = statement_timestamp() + interval '4 days' WHERE state = 'offered' AND until IS NULL
"""


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("reviews", "0013_nobody_near_judges")]

    operations = [
        migrations.RunSQL(BEFORE.strip(), migrations.RunSQL.noop),
        AddConstraintNotValid(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "offered"), _negated=True), ("until__isnull", False), _connector="OR"
                ),
                name="what_is_offered_has_an_end",
            ),
        ),
        ValidateConstraint(model_name="assignment", name="what_is_offered_has_an_end"),
    ]
