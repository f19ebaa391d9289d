"""What day it is in a zone, as `apps.core.clock.zone` has it: in one that the database doesn't know, UTC's."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION satchel_day(moment timestamptz, zone text) RETURNS date LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (moment AT TIME ZONE zone)::date;
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN (moment AT TIME ZONE 'UTC')::date;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("pathways", "0007_those_who_left_are_watched")]

    operations = [migrations.RunSQL(FORWARD.strip(), "DROP FUNCTION satchel_day(timestamptz, text)")]
