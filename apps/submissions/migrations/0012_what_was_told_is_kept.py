from django.db import migrations

# What a learner was told may be deleted only once it is among the former answers.
FORWARD = """
DROP TRIGGER finding_is_append_only ON submissions_finding;
DROP TRIGGER answer_is_append_only ON submissions_answer;
CREATE TRIGGER finding_is_never_changed BEFORE UPDATE ON submissions_finding FOR EACH ROW
EXECUTE FUNCTION satchel_refuse('What a learner was told is never changed.');
CREATE TRIGGER answer_is_never_changed BEFORE UPDATE ON submissions_answer FOR EACH ROW
EXECUTE FUNCTION satchel_refuse('What a learner was told is never changed.');
CREATE TRIGGER former_answer_is_append_only BEFORE UPDATE OR DELETE ON submissions_formeranswer FOR EACH ROW
EXECUTE FUNCTION satchel_refuse('What a learner was told is never changed.');
CREATE FUNCTION submissions_told_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM submissions_formeranswer f JOIN submissions_answer a ON a.attempt_id = f.attempt_id
        WHERE f.attempt_id = OLD.attempt_id AND f.given_at = a.given_at) THEN
        RAISE EXCEPTION 'What a learner was told is never lost.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER finding_is_kept BEFORE DELETE ON submissions_finding FOR EACH ROW
EXECUTE FUNCTION submissions_told_is_kept();
CREATE TRIGGER answer_is_kept BEFORE DELETE ON submissions_answer FOR EACH ROW
EXECUTE FUNCTION submissions_told_is_kept();
"""
BACKWARD = """
DROP TRIGGER answer_is_kept ON submissions_answer;
DROP TRIGGER finding_is_kept ON submissions_finding;
DROP FUNCTION submissions_told_is_kept();
DROP TRIGGER former_answer_is_append_only ON submissions_formeranswer;
DROP TRIGGER answer_is_never_changed ON submissions_answer;
DROP TRIGGER finding_is_never_changed ON submissions_finding;
CREATE TRIGGER finding_is_append_only BEFORE UPDATE OR DELETE ON submissions_finding FOR EACH ROW
EXECUTE FUNCTION satchel_refuse('What a learner was told is never changed.');
CREATE TRIGGER answer_is_append_only BEFORE UPDATE OR DELETE ON submissions_answer FOR EACH ROW
EXECUTE FUNCTION satchel_refuse('What a learner was told is never changed.');
"""


class Migration(migrations.Migration):
    dependencies = [("submissions", "0011_decided_and_appealed")]

    operations = [migrations.RunSQL(FORWARD.strip(), BACKWARD.strip())]
