from django.db import migrations

# A body parsed at creation finds its dictionary under any search path: a restored dump, which sets none, can compute
# stored keys too.
FORWARD = """
CREATE OR REPLACE FUNCTION immutable_unaccent(text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN unaccent('unaccent'::regdictionary, $1);
"""
BACKWARD = """
CREATE OR REPLACE FUNCTION immutable_unaccent(text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$ SELECT unaccent('unaccent'::regdictionary, $1) $$;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0003_plain_words")]

    operations = [migrations.RunSQL(FORWARD.strip(), BACKWARD.strip())]
