import django.db.models.functions.comparison
import django.db.models.functions.text
from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    """Addresses are compared exactly, so each is kept in one way. Checked in a second step, which stops nobody."""

    atomic = False
    dependencies = [
        ("accounts", "0016_zones_are_the_machines_to_know"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [
        AddConstraintNotValid(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    email=django.db.models.functions.text.Lower(
                        django.db.models.functions.comparison.Collate("email", "C")
                    )
                ),
                name="primary_address_in_lower_case",
            ),
        ),
        ValidateConstraint(model_name="user", name="primary_address_in_lower_case"),
        migrations.RunSQL(
            """ALTER TABLE account_emailaddress ADD CONSTRAINT address_in_lower_case_only
               CHECK (email = lower(email COLLATE "C")) NOT VALID""",
            "ALTER TABLE account_emailaddress DROP CONSTRAINT address_in_lower_case_only",
        ),
        migrations.RunSQL(
            "ALTER TABLE account_emailaddress VALIDATE CONSTRAINT address_in_lower_case_only", migrations.RunSQL.noop
        ),
    ]
