from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    """An earner has a letter sent to another address of theirs. Checked in a second step, which stops nobody."""

    atomic = False
    dependencies = [
        ("credentials", "0021_a_mistake_leaves_room_to_renew"),
    ]

    operations = [
        migrations.AlterField(
            model_name="delivery",
            name="kind",
            field=models.CharField(
                choices=[
                    ("award", "The award"),
                    ("again", "Sent once more"),
                    ("own", "Sent where the earner asked"),
                    ("reminder", "A reminder"),
                ],
                max_length=8,
            ),
        ),
        migrations.RemoveConstraint(model_name="delivery", name="delivery_kind_known"),
        AddConstraintNotValid(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "award"), ("number", 0)),
                    models.Q(("kind__in", ("again", "own")), ("number__gte", 1), ("number__lte", 5)),
                    models.Q(("kind", "reminder"), ("number__in", (7, 30))),
                    _connector="OR",
                ),
                name="delivery_kind_known",
            ),
        ),
        ValidateConstraint(model_name="delivery", name="delivery_kind_known"),
    ]
