from django.db import migrations

FORWARD = """
-- What was handed in is frozen: words, evidence and what each piece supports.
CREATE TRIGGER attempt_words_are_frozen BEFORE UPDATE ON submissions_attempt FOR EACH ROW
WHEN (OLD.state <> 'open' AND (OLD.overview, OLD.reflection, OLD.submission_id, OLD.number)
      IS DISTINCT FROM (NEW.overview, NEW.reflection, NEW.submission_id, NEW.number))
EXECUTE FUNCTION satchel_refuse('What was handed in is never changed.');
CREATE TRIGGER attempt_manifest_is_frozen BEFORE UPDATE ON submissions_attempt FOR EACH ROW
WHEN (OLD.manifest <> '' AND (OLD.manifest, OLD.manifest_sha256) IS DISTINCT FROM (NEW.manifest, NEW.manifest_sha256))
EXECUTE FUNCTION satchel_refuse('A manifest is never changed.');

CREATE FUNCTION submissions_evidence_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM submissions_attempt a WHERE a.id IN (OLD.attempt_id, NEW.attempt_id) AND a.state <> 'open')
    THEN
        RAISE EXCEPTION 'Evidence that was handed in is never changed.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER evidence_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON submissions_evidenceitem FOR EACH ROW
EXECUTE FUNCTION submissions_evidence_frozen();

CREATE FUNCTION submissions_mapping_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM submissions_attempt a JOIN submissions_evidenceitem e ON e.attempt_id = a.id
               WHERE e.id IN (OLD.evidenceitem_id, NEW.evidenceitem_id) AND a.state <> 'open') THEN
        RAISE EXCEPTION 'Evidence that was handed in is never changed.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER mapping_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON submissions_evidenceitem_criteria
FOR EACH ROW EXECUTE FUNCTION submissions_mapping_frozen();

CREATE TRIGGER finding_is_append_only BEFORE UPDATE OR DELETE ON submissions_finding FOR EACH ROW
EXECUTE FUNCTION satchel_refuse('What a learner was told is never changed.');
CREATE TRIGGER answer_is_append_only BEFORE UPDATE OR DELETE ON submissions_answer FOR EACH ROW
EXECUTE FUNCTION satchel_refuse('What a learner was told is never changed.');
"""
BACKWARD = """
DROP TRIGGER answer_is_append_only ON submissions_answer;
DROP TRIGGER finding_is_append_only ON submissions_finding;
DROP TRIGGER mapping_is_frozen ON submissions_evidenceitem_criteria;
DROP FUNCTION submissions_mapping_frozen();
DROP TRIGGER evidence_is_frozen ON submissions_evidenceitem;
DROP FUNCTION submissions_evidence_frozen();
DROP TRIGGER attempt_manifest_is_frozen ON submissions_attempt;
DROP TRIGGER attempt_words_are_frozen ON submissions_attempt;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0002_triggers"), ("submissions", "0001_tables")]

    operations = [migrations.RunSQL(FORWARD.strip(), BACKWARD.strip())]
