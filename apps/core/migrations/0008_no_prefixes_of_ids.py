"""Drop the second index of each public id, for prefixes: nobody searches by those, and every row paid for it."""

from django.db import migrations

FORWARD = """
DO $$
DECLARE one record;
BEGIN
    FOR one IN SELECT schemaname, indexname FROM pg_indexes
        WHERE schemaname = current_schema() AND indexdef LIKE '%(public_id varchar_pattern_ops)'
    LOOP
        EXECUTE format('DROP INDEX %I.%I', one.schemaname, one.indexname);
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0007_what_is_frozen_may_change_hands")]

    operations = [migrations.RunSQL(FORWARD.strip(), migrations.RunSQL.noop)]
