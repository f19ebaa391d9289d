from django.db import migrations

# A row may change its person when one account is merged into another (core 0007).
OWNERS = {"submissions_message": "author_id"}
FORWARD = "".join(
    f"CREATE FUNCTION {table}_owner() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT '{column}' $$;\n"
    for table, column in OWNERS.items()
)
BACKWARD = "".join(f"DROP FUNCTION {table}_owner();\n" for table in OWNERS)


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0007_what_is_frozen_may_change_hands"),
        ("submissions", "0016_forgotten_in_time"),
    ]

    operations = [migrations.RunSQL(FORWARD.strip(), BACKWARD.strip())]
