from django.contrib.postgres.operations import UnaccentExtension
from django.db import migrations

# unaccent() itself is only STABLE, since its dictionary could change; ours names the dictionary, so an index may use
# it.
FORWARD = """
CREATE FUNCTION immutable_unaccent(text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$ SELECT unaccent('unaccent'::regdictionary, $1) $$;
"""
BACKWARD = "DROP FUNCTION immutable_unaccent(text);"


class Migration(migrations.Migration):
    dependencies = [("core", "0002_triggers")]

    operations = [UnaccentExtension(), migrations.RunSQL(FORWARD.strip(), BACKWARD)]
