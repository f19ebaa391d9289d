from django.db import migrations


class Migration(migrations.Migration):
    """Who counts as the same person is asked by every queue, over all addresses and whatever their capitals."""

    atomic = False
    dependencies = [
        ("accounts", "0006_scopes_of_reviews"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX CONCURRENTLY address_in_lower_case ON account_emailaddress (lower(email))",
            "DROP INDEX CONCURRENTLY address_in_lower_case",
        ),
    ]
