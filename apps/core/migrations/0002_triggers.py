from django.db import migrations

FORWARD = """
-- Whatever a table forbids, it forbids in words.
CREATE FUNCTION satchel_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER event_is_append_only BEFORE UPDATE ON core_event FOR EACH ROW
WHEN (OLD.block_id IS NOT NULL OR to_jsonb(OLD) - 'block_id' IS DISTINCT FROM to_jsonb(NEW) - 'block_id')
EXECUTE FUNCTION satchel_refuse('An event is never changed.');
CREATE TRIGGER event_is_kept BEFORE DELETE ON core_event FOR EACH ROW
EXECUTE FUNCTION satchel_refuse('An event is never deleted.');
CREATE TRIGGER event_block_is_append_only BEFORE UPDATE OR DELETE ON core_eventblock FOR EACH ROW
EXECUTE FUNCTION satchel_refuse('A sealed block is never changed.');
"""
BACKWARD = """
DROP TRIGGER event_block_is_append_only ON core_eventblock;
DROP TRIGGER event_is_kept ON core_event;
DROP TRIGGER event_is_append_only ON core_event;
DROP FUNCTION satchel_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_tables")]

    operations = [migrations.RunSQL(FORWARD.strip(), BACKWARD.strip())]
