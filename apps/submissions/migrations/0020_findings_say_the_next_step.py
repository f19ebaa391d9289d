from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("submissions", "0019_erased_work_is_under_way_no_more")]

    operations = [
        migrations.AddField(
            model_name="finding",
            name="next_step",
            field=models.CharField(
                blank=True,
                choices=[("revise", "Revise this"), ("new_evidence", "New evidence needed")],
                default="",
                help_text="What the learner was asked to do, if that was said",
                max_length=12,
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="formeranswer",
            name="findings",
            field=models.JSONField(
                help_text="For each criterion: its code, the level, whether it was met, the comment, the next step"
            ),
        ),
        AddConstraintNotValid(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(("next_step", ""), ("met", False), _connector="OR"),
                name="what_was_met_needs_no_next_step",
            ),
        ),
        ValidateConstraint(model_name="finding", name="what_was_met_needs_no_next_step"),
    ]
