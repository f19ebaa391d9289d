from django.db import migrations

FORWARD = """
-- Published words and rubrics are frozen: only the version's own state goes on.
CREATE TRIGGER version_is_frozen BEFORE UPDATE ON issuers_achievementversion FOR EACH ROW
WHEN (OLD.state NOT IN ('draft', 'in_approval', 'approved')
      AND to_jsonb(OLD) - 'state' IS DISTINCT FROM to_jsonb(NEW) - 'state')
EXECUTE FUNCTION satchel_refuse('A published version is never changed: draft the next one.');
CREATE TRIGGER version_stays_seen BEFORE UPDATE ON issuers_achievementversion FOR EACH ROW
WHEN (OLD.state IN ('published', 'retired', 'archived') AND NEW.state IN ('draft', 'in_approval', 'approved'))
EXECUTE FUNCTION satchel_refuse('A published version is never unpublished: retire it.');
CREATE TRIGGER version_is_kept BEFORE DELETE ON issuers_achievementversion FOR EACH ROW
WHEN (OLD.state NOT IN ('draft', 'in_approval', 'approved'))
EXECUTE FUNCTION satchel_refuse('A published version is never deleted.');

CREATE FUNCTION issuers_criterion_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM issuers_achievementversion v
               WHERE v.id IN (OLD.version_id, NEW.version_id)
                 AND v.state NOT IN ('draft', 'in_approval', 'approved')) THEN
        RAISE EXCEPTION 'A published rubric is never changed: draft the next version.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER criterion_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON issuers_criterion FOR EACH ROW
EXECUTE FUNCTION issuers_criterion_frozen();

CREATE FUNCTION issuers_level_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM issuers_achievementversion v JOIN issuers_criterion c ON c.version_id = v.id
               WHERE c.id IN (OLD.criterion_id, NEW.criterion_id)
                 AND v.state NOT IN ('draft', 'in_approval', 'approved')) THEN
        RAISE EXCEPTION 'A published rubric is never changed: draft the next version.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER level_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON issuers_level FOR EACH ROW
EXECUTE FUNCTION issuers_level_frozen();
"""
BACKWARD = """
DROP TRIGGER level_is_frozen ON issuers_level;
DROP FUNCTION issuers_level_frozen();
DROP TRIGGER criterion_is_frozen ON issuers_criterion;
DROP FUNCTION issuers_criterion_frozen();
DROP TRIGGER version_is_kept ON issuers_achievementversion;
DROP TRIGGER version_stays_seen ON issuers_achievementversion;
DROP TRIGGER version_is_frozen ON issuers_achievementversion;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0002_triggers"), ("issuers", "0001_tables")]

    operations = [migrations.RunSQL(FORWARD.strip(), BACKWARD.strip())]
