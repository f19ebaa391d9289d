from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("reviews", "0014_offers_end")]

    operations = [
        migrations.AddField(
            model_name="mark",
            name="next_step",
            field=models.CharField(
                blank=True,
                choices=[("revise", "Revise this"), ("new_evidence", "New evidence needed")],
                default="",
                help_text="What the learner has to do if the level is below the one needed",
                max_length=12,
            ),
            preserve_default=False,
        ),
        AddConstraintNotValid(
            model_name="mark",
            constraint=models.CheckConstraint(
                condition=models.Q(("next_step", ""), ("level__isnull", False), _connector="OR"),
                name="a_next_step_goes_with_a_level",
            ),
        ),
        ValidateConstraint(model_name="mark", name="a_next_step_goes_with_a_level"),
    ]
