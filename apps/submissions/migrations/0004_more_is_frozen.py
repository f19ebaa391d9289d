from django.db import migrations

FORWARD = """
-- All that a learner writes is frozen with what was handed in.
CREATE TRIGGER attempt_words_are_frozen BEFORE UPDATE ON submissions_attempt FOR EACH ROW
WHEN (OLD.state <> 'open' AND (OLD.overview, OLD.reflection, OLD.context_place, OLD.context_period, OLD.context_role,
                               OLD.context_confirmer, OLD.what_changed, OLD.declared_own, OLD.submission_id, OLD.number)
      IS DISTINCT FROM (NEW.overview, NEW.reflection, NEW.context_place, NEW.context_period, NEW.context_role,
                        NEW.context_confirmer, NEW.what_changed, NEW.declared_own, NEW.submission_id, NEW.number))
EXECUTE FUNCTION satchel_refuse('What was handed in is never changed.');

-- Only what a job finds out about a file while the attempt is being checked is written after handing in.
CREATE OR REPLACE FUNCTION submissions_evidence_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found varchar;
BEGIN
    FOR found IN SELECT a.state FROM submissions_attempt a WHERE a.id IN (OLD.attempt_id, NEW.attempt_id) LOOP
        IF found = 'open' THEN
            CONTINUE;
        END IF;
        IF TG_OP = 'UPDATE' AND found IN ('submitted', 'checking') AND OLD.file_state = 'checking'
           AND to_jsonb(OLD) - ARRAY['file', 'media_type', 'sha256', 'file_state', 'blocked_because', 'scan', 'scanned_at']
             = to_jsonb(NEW) - ARRAY['file', 'media_type', 'sha256', 'file_state', 'blocked_because', 'scan', 'scanned_at']
        THEN
            CONTINUE;
        END IF;
        RAISE EXCEPTION 'Evidence that was handed in is never changed.' USING ERRCODE = 'restrict_violation';
    END LOOP;
    RETURN COALESCE(NEW, OLD);
END $$;
"""
BACKWARD = """
CREATE OR REPLACE FUNCTION submissions_evidence_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM submissions_attempt a WHERE a.id IN (OLD.attempt_id, NEW.attempt_id) AND a.state <> 'open')
    THEN
        RAISE EXCEPTION 'Evidence that was handed in is never changed.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
DROP TRIGGER attempt_words_are_frozen ON submissions_attempt;
"""


class Migration(migrations.Migration):
    dependencies = [("submissions", "0003_evidence_of_all_kinds")]

    operations = [migrations.RunSQL(FORWARD.strip(), BACKWARD.strip())]
