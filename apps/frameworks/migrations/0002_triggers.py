from django.db import migrations

FORWARD = """
CREATE TRIGGER framework_keeps_its_names BEFORE UPDATE ON frameworks_framework FOR EACH ROW
WHEN (OLD.slug IS DISTINCT FROM NEW.slug OR OLD.public_id IS DISTINCT FROM NEW.public_id)
EXECUTE FUNCTION satchel_refuse('A framework keeps its address.');

-- From the moment a version is current only its retirement goes on.
CREATE TRIGGER framework_version_is_frozen BEFORE UPDATE ON frameworks_frameworkversion FOR EACH ROW
WHEN (OLD.state <> 'draft'
      AND (to_jsonb(OLD) - 'state' - 'retired_at' IS DISTINCT FROM to_jsonb(NEW) - 'state' - 'retired_at'
           OR NEW.state = 'draft'))
EXECUTE FUNCTION satchel_refuse('An imported version is never changed: import the next one.');
CREATE TRIGGER framework_version_stays_retired BEFORE UPDATE ON frameworks_frameworkversion FOR EACH ROW
WHEN (OLD.state = 'retired' AND OLD IS DISTINCT FROM NEW)
EXECUTE FUNCTION satchel_refuse('A retired version stays as it is.');
CREATE TRIGGER framework_version_is_kept BEFORE DELETE ON frameworks_frameworkversion FOR EACH ROW
WHEN (OLD.state <> 'draft')
EXECUTE FUNCTION satchel_refuse('An imported version is never deleted.');

-- A parent stands in the same version.
ALTER TABLE frameworks_item ADD CONSTRAINT item_parent_of_the_same_version
FOREIGN KEY (parent_id, version_id) REFERENCES frameworks_item (id, version_id) DEFERRABLE INITIALLY DEFERRED;

CREATE FUNCTION frameworks_item_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM frameworks_frameworkversion v
               WHERE v.id IN (OLD.version_id, NEW.version_id) AND v.state <> 'draft') THEN
        RAISE EXCEPTION 'The items of an imported version are never changed: import the next one.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER item_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON frameworks_item FOR EACH ROW
EXECUTE FUNCTION frameworks_item_frozen();
"""
BACKWARD = """
DROP TRIGGER item_is_frozen ON frameworks_item;
DROP FUNCTION frameworks_item_frozen();
ALTER TABLE frameworks_item DROP CONSTRAINT item_parent_of_the_same_version;
DROP TRIGGER framework_version_is_kept ON frameworks_frameworkversion;
DROP TRIGGER framework_version_stays_retired ON frameworks_frameworkversion;
DROP TRIGGER framework_version_is_frozen ON frameworks_frameworkversion;
DROP TRIGGER framework_keeps_its_names ON frameworks_framework;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0002_triggers"), ("frameworks", "0001_tables")]

    operations = [migrations.RunSQL(FORWARD.strip(), BACKWARD.strip())]
