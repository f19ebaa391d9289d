from django.db import migrations

# A row's owner may change if the account is merged into another (core 0007).
OWNERS = {
    "credentials_credential": "earner_id",
    "credentials_foreigncredential": "holder_id",
    "credentials_endorsement": "asked_by_id",
}
FORWARD = "".join(
    f"CREATE FUNCTION {table}_owner() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT '{column}' $$;\n"
    for table, column in OWNERS.items()
)
BACKWARD = "".join(f"DROP FUNCTION {table}_owner();\n" for table in OWNERS)


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0007_what_is_frozen_may_change_hands"),
        ("credentials", "0013_awards_of_pathways"),
    ]

    operations = [migrations.RunSQL(FORWARD.strip(), BACKWARD.strip())]
