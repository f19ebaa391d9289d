from django.db import migrations

# Triggers keep who holds a turn, and how many turns wait: no verb can forget to, nor can COPY bypass them.
TURNS = """
CREATE FUNCTION reviews_turn_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state IN ('offered', 'taken') THEN
        UPDATE reviews_turn SET holder_id = NEW.assessor_id WHERE id = NEW.turn_id;
    ELSIF TG_OP = 'UPDATE' AND OLD.state IN ('offered', 'taken') THEN
        UPDATE reviews_turn SET holder_id = NULL WHERE id = NEW.turn_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER turn_follows_assignment AFTER INSERT OR UPDATE OF state, assessor_id, turn_id ON reviews_assignment
FOR EACH ROW EXECUTE FUNCTION reviews_turn_follows();

CREATE FUNCTION reviews_tally_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reviews_tally (achievement_id, part, due_on, again, is_free, n)
    SELECT achievement_id, part, due_on, again, holder_id IS NULL, count(*) FROM fresh WHERE state = 'open'
    GROUP BY 1, 2, 3, 4, 5;
    RETURN NULL;
END $$;
CREATE FUNCTION reviews_tally_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reviews_tally (achievement_id, part, due_on, again, is_free, n)
    SELECT achievement_id, part, due_on, again, is_free, sum(n) FROM (
        SELECT achievement_id, part, due_on, again, holder_id IS NULL AS is_free, 1 AS n FROM fresh WHERE state = 'open'
        UNION ALL
        SELECT achievement_id, part, due_on, again, holder_id IS NULL, -1 FROM stale WHERE state = 'open') AS moved
    GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0;
    RETURN NULL;
END $$;
CREATE FUNCTION reviews_tally_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reviews_tally (achievement_id, part, due_on, again, is_free, n)
    SELECT achievement_id, part, due_on, again, holder_id IS NULL, -count(*) FROM stale WHERE state = 'open'
    GROUP BY 1, 2, 3, 4, 5;
    RETURN NULL;
END $$;
CREATE TRIGGER tally_follows_new_turns AFTER INSERT ON reviews_turn
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION reviews_tally_added();
CREATE TRIGGER tally_follows_turns AFTER UPDATE ON reviews_turn
REFERENCING NEW TABLE AS fresh OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION reviews_tally_changed();
CREATE TRIGGER tally_follows_gone_turns AFTER DELETE ON reviews_turn
REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION reviews_tally_removed();
"""
NO_TURNS = """
DROP TRIGGER tally_follows_gone_turns ON reviews_turn;
DROP TRIGGER tally_follows_turns ON reviews_turn;
DROP TRIGGER tally_follows_new_turns ON reviews_turn;
DROP FUNCTION reviews_tally_removed();
DROP FUNCTION reviews_tally_changed();
DROP FUNCTION reviews_tally_added();
DROP TRIGGER turn_follows_assignment ON reviews_assignment;
DROP FUNCTION reviews_turn_follows();
"""

# Work that waited or was judged before turns existed gets one each.
BEFORE = """
INSERT INTO reviews_turn (public_id, attempt_id, part, state, achievement_id, due_on, again, opened_at, closed_at)
SELECT translate(substr(md5(random()::text || a.id) || md5(random()::text), 1, 26), '0189', 'ghij'), a.id, 'first',
       CASE WHEN a.state = 'assessable' THEN 'open' ELSE 'done' END, s.achievement_id,
       COALESCE(s.answer_by, a.saved_at::date), a.number > 1, COALESCE(a.submitted_at, a.saved_at),
       CASE WHEN a.state <> 'assessable' THEN COALESCE(s.decided_at, a.saved_at) END
FROM submissions_attempt a JOIN submissions_submission s ON s.id = a.submission_id
WHERE a.state = 'assessable' OR EXISTS (SELECT FROM reviews_assignment r WHERE r.attempt_id = a.id);
UPDATE reviews_assignment r SET turn_id = t.id FROM reviews_turn t WHERE t.attempt_id = r.attempt_id;
"""

# The only change to a decision is its release, once.
DECISIONS = """
DROP TRIGGER decision_is_append_only ON reviews_decision;
UPDATE reviews_decision SET released_at = decided_at;
CREATE TRIGGER decision_is_append_only BEFORE UPDATE ON reviews_decision FOR EACH ROW
WHEN (OLD.released_at IS NOT NULL
      OR to_jsonb(OLD) - 'released_at' IS DISTINCT FROM to_jsonb(NEW) - 'released_at')
EXECUTE FUNCTION satchel_refuse('A decision is never changed.');
CREATE TRIGGER decision_is_kept BEFORE DELETE ON reviews_decision FOR EACH ROW
EXECUTE FUNCTION satchel_refuse('A decision is never changed.');

-- A decision that was released and meets the rubric has its credential: its own, or that of one it took the place of.
DROP TRIGGER decision_has_its_award ON reviews_decision;
CREATE OR REPLACE FUNCTION reviews_decision_awards() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.outcome = 'meets' AND NEW.released_at IS NOT NULL AND NOT EXISTS (
        WITH RECURSIVE line AS (
            SELECT d.public_id, d.replaces_id FROM reviews_decision d WHERE d.id = NEW.id
            UNION ALL
            SELECT d.public_id, d.replaces_id FROM reviews_decision d JOIN line ON d.id = line.replaces_id)
        SELECT FROM credentials_credential c JOIN line ON c.decision_id = line.public_id) THEN
        RAISE EXCEPTION 'A decision that meets the rubric awards its credential.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER decision_has_its_award AFTER INSERT OR UPDATE ON reviews_decision
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION reviews_decision_awards();

CREATE OR REPLACE FUNCTION reviews_award_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.basis = 'assessed' AND NOT EXISTS (
        SELECT FROM reviews_decision d
        JOIN submissions_attempt a ON a.id = d.attempt_id
        JOIN submissions_submission s ON s.id = a.submission_id
        WHERE d.public_id = NEW.decision_id AND d.outcome = 'meets' AND d.released_at IS NOT NULL
          AND s.version_id = NEW.version_id AND s.learner_id = NEW.earner_id) THEN
        RAISE EXCEPTION 'An assessed credential needs a decision that meets the rubric.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION reviews_appeal_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM reviews_decision d WHERE d.id = NEW.decision_id AND d.how = 'appealed') THEN
        RAISE EXCEPTION 'What was decided on appeal is final.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER appeal_is_final BEFORE INSERT OR UPDATE OF decision_id ON reviews_appeal FOR EACH ROW
EXECUTE FUNCTION reviews_appeal_once();
CREATE TRIGGER moderation_is_append_only BEFORE UPDATE OR DELETE ON reviews_moderation FOR EACH ROW
EXECUTE FUNCTION satchel_refuse('What a moderator said is never changed.');
CREATE TRIGGER conflict_is_append_only BEFORE UPDATE OR DELETE ON reviews_conflict FOR EACH ROW
EXECUTE FUNCTION satchel_refuse('A conflict that was told is never untold.');
"""
AS_BEFORE = """
DROP TRIGGER conflict_is_append_only ON reviews_conflict;
DROP TRIGGER moderation_is_append_only ON reviews_moderation;
DROP TRIGGER appeal_is_final ON reviews_appeal;
DROP FUNCTION reviews_appeal_once();
DROP TRIGGER decision_has_its_award ON reviews_decision;
CREATE CONSTRAINT TRIGGER decision_has_its_award AFTER INSERT ON reviews_decision
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION reviews_decision_awards();
DROP TRIGGER decision_is_kept ON reviews_decision;
DROP TRIGGER decision_is_append_only ON reviews_decision;
CREATE TRIGGER decision_is_append_only BEFORE UPDATE OR DELETE ON reviews_decision FOR EACH ROW
EXECUTE FUNCTION satchel_refuse('A decision is never changed.');
"""

# Nobody judges their own work, against a conflict, or one attempt in two parts; an appeal needs someone new.
FAIR = """
CREATE FUNCTION reviews_assignment_fair() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE work bigint; whose bigint; played varchar;
BEGIN
    SELECT a.submission_id, s.learner_id, t.part INTO work, whose, played
    FROM submissions_attempt a JOIN submissions_submission s ON s.id = a.submission_id, reviews_turn t
    WHERE a.id = NEW.attempt_id AND t.id = NEW.turn_id AND t.attempt_id = a.id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'A turn is of its own attempt.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF whose = NEW.assessor_id THEN
        RAISE EXCEPTION 'Nobody judges their own work.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (SELECT FROM reviews_conflict c WHERE c.submission_id = work AND c.assessor_id = NEW.assessor_id) THEN
        RAISE EXCEPTION 'Nobody judges against a conflict.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (
        SELECT FROM reviews_assignment r JOIN reviews_turn t ON t.id = r.turn_id
        WHERE r.attempt_id = NEW.attempt_id AND r.assessor_id = NEW.assessor_id AND r.id IS DISTINCT FROM NEW.id
          AND r.state IN ('offered', 'taken', 'done') AND t.part <> played) THEN
        RAISE EXCEPTION 'Nobody judges one attempt in two parts.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF played = 'appeal' AND EXISTS (
        SELECT FROM reviews_assignment r JOIN submissions_attempt a ON a.id = r.attempt_id
        WHERE a.submission_id = work AND r.assessor_id = NEW.assessor_id AND r.state = 'done') THEN
        RAISE EXCEPTION 'An appeal goes to fresh eyes.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER assignment_is_fair BEFORE INSERT ON reviews_assignment FOR EACH ROW
WHEN (NEW.state IN ('offered', 'taken')) EXECUTE FUNCTION reviews_assignment_fair();
"""
UNFAIR = """
DROP TRIGGER assignment_is_fair ON reviews_assignment;
DROP FUNCTION reviews_assignment_fair();
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0005_turns_conflicts_and_second_looks")]

    operations = [
        migrations.RunSQL(TURNS.strip(), NO_TURNS.strip()),
        migrations.RunSQL(BEFORE.strip(), migrations.RunSQL.noop),
        migrations.RunSQL(DECISIONS.strip(), AS_BEFORE.strip()),
        migrations.RunSQL(FAIR.strip(), UNFAIR.strip()),
    ]
