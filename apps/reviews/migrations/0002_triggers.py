from django.db import migrations

FORWARD = """
CREATE TRIGGER decision_is_append_only BEFORE UPDATE OR DELETE ON reviews_decision FOR EACH ROW
EXECUTE FUNCTION satchel_refuse('A decision is never changed.');

CREATE FUNCTION reviews_mark_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM reviews_review r WHERE r.id IN (OLD.review_id, NEW.review_id) AND r.state <> 'draft') THEN
        RAISE EXCEPTION 'Marks that were sent are never changed.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER mark_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON reviews_mark FOR EACH ROW
EXECUTE FUNCTION reviews_mark_frozen();

-- An assessed credential stands on a decision that meets the rubric, on an attempt of the same version and person.
-- Deferred, since decision and credential are written in one transaction.
CREATE FUNCTION reviews_award_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.basis = 'assessed' AND NOT EXISTS (
        SELECT FROM reviews_decision d
        JOIN submissions_attempt a ON a.id = d.attempt_id
        JOIN submissions_submission s ON s.id = a.submission_id
        WHERE d.public_id = NEW.decision_id AND d.outcome = 'meets'
          AND s.version_id = NEW.version_id AND s.learner_id = NEW.earner_id) THEN
        RAISE EXCEPTION 'An assessed credential needs a decision that meets the rubric.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER award_stands_on_a_decision AFTER INSERT ON credentials_credential
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION reviews_award_stands();

-- And the other way round: a decision that meets the rubric has its credential.
CREATE FUNCTION reviews_decision_awards() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.outcome = 'meets' AND NOT EXISTS (
        SELECT FROM credentials_credential c WHERE c.decision_id = NEW.public_id) THEN
        RAISE EXCEPTION 'A decision that meets the rubric awards its credential.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER decision_has_its_award AFTER INSERT ON reviews_decision
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION reviews_decision_awards();
"""
BACKWARD = """
DROP TRIGGER decision_has_its_award ON reviews_decision;
DROP FUNCTION reviews_decision_awards();
DROP TRIGGER award_stands_on_a_decision ON credentials_credential;
DROP FUNCTION reviews_award_stands();
DROP TRIGGER mark_is_frozen ON reviews_mark;
DROP FUNCTION reviews_mark_frozen();
DROP TRIGGER decision_is_append_only ON reviews_decision;
"""


class Migration(migrations.Migration):
    dependencies = [("credentials", "0002_triggers"), ("submissions", "0002_triggers"), ("reviews", "0001_tables")]

    operations = [migrations.RunSQL(FORWARD.strip(), BACKWARD.strip())]
