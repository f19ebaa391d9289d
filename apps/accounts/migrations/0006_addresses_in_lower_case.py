from django.db import migrations


class Migration(migrations.Migration):
    """Who counts as the same person is asked by every queue, over all addresses and whatever their capitals; and people
    are found by a part of their name there.
    """

    atomic = False
    dependencies = [
        ("accounts", "0005_scopes_of_awards"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("core", "0004_plain_words_anywhere"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX CONCURRENTLY address_in_lower_case ON account_emailaddress (lower(email))",
            "DROP INDEX CONCURRENTLY address_in_lower_case",
        ),
        migrations.RunSQL(
            "CREATE INDEX CONCURRENTLY person_by_name ON accounts_user "
            "USING gin (immutable_unaccent(lower(name)) gin_trgm_ops)",
            "DROP INDEX CONCURRENTLY person_by_name",
        ),
    ]
