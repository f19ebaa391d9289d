from django.db import migrations

# Nobody judges their own work, under any address of either person, verified or not; nor work of someone they
# endorsed, or mentored while it was under way; nor against a conflict, nor one attempt in two parts. An appeal needs
# someone new. The same person is found as in `accounts.queries.same_people`, each question by an index. Only the
# verbs check for colleagues, coached learners and assessors' badges: those depend on the application's clock.
FAIR = """
CREATE OR REPLACE FUNCTION reviews_assignment_fair() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE work bigint; whose bigint; began timestamptz; played varchar; selves bigint[];
BEGIN
    SELECT a.submission_id, s.learner_id, s.started_at, t.part INTO work, whose, began, played
    FROM submissions_attempt a JOIN submissions_submission s ON s.id = a.submission_id, reviews_turn t
    WHERE a.id = NEW.attempt_id AND t.id = NEW.turn_id AND t.attempt_id = a.id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'A turn is of its own attempt.' USING ERRCODE = 'restrict_violation';
    END IF;
    selves := ARRAY(
        SELECT NEW.assessor_id
        UNION SELECT u.id FROM accounts_user u WHERE u.merged_into_id = NEW.assessor_id
        UNION SELECT me.merged_into_id FROM accounts_user me WHERE me.id = NEW.assessor_id
        UNION SELECT u.id FROM accounts_user me JOIN accounts_user u ON lower(u.email) = lower(me.email)
        WHERE me.id = NEW.assessor_id
        UNION SELECT a.user_id FROM accounts_user me JOIN account_emailaddress a ON lower(a.email) = lower(me.email)
        WHERE me.id = NEW.assessor_id
        UNION SELECT u.id FROM account_emailaddress mine JOIN accounts_user u ON lower(u.email) = lower(mine.email)
        WHERE mine.user_id = NEW.assessor_id
        UNION SELECT a.user_id
        FROM account_emailaddress mine JOIN account_emailaddress a ON lower(a.email) = lower(mine.email)
        WHERE mine.user_id = NEW.assessor_id);
    IF whose = ANY (selves) THEN
        RAISE EXCEPTION 'Nobody judges their own work.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (SELECT FROM reviews_conflict c WHERE c.submission_id = work AND c.assessor_id = ANY (selves)) THEN
        RAISE EXCEPTION 'Nobody judges against a conflict.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (
        SELECT FROM credentials_credential c JOIN credentials_endorsement e ON e.credential_id = c.id
        WHERE c.earner_id = whose AND e.answered_by_id = ANY (selves) AND e.state IN ('accepted', 'signed')) THEN
        RAISE EXCEPTION 'Nobody judges whom they endorsed.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (
        SELECT FROM pathways_enrolment e JOIN pathways_membership m ON m.enrolment_id = e.id
        JOIN pathways_group g ON g.id = m.group_id
        WHERE e.learner_id = whose AND g.mentor_id = ANY (selves) AND m.agreed_at IS NOT NULL
          AND (m.ended_at IS NULL OR m.ended_at >= began)) THEN
        RAISE EXCEPTION 'Nobody judges whom they mentor.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (
        SELECT FROM reviews_assignment r JOIN reviews_turn t ON t.id = r.turn_id
        WHERE r.attempt_id = NEW.attempt_id AND r.assessor_id = ANY (selves) AND r.id IS DISTINCT FROM NEW.id
          AND r.state IN ('offered', 'taken', 'done') AND t.part <> played) THEN
        RAISE EXCEPTION 'Nobody judges one attempt in two parts.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF played = 'appeal' AND EXISTS (
        SELECT FROM reviews_assignment r JOIN submissions_attempt a ON a.id = r.attempt_id
        WHERE a.submission_id = work AND r.assessor_id = ANY (selves) AND r.state = 'done') THEN
        RAISE EXCEPTION 'An appeal goes to fresh eyes.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
-- What was offered is asked about again when it is taken: much may have come between.
CREATE TRIGGER taking_is_fair BEFORE UPDATE OF state, assessor_id ON reviews_assignment FOR EACH ROW
WHEN (NEW.state IN ('offered', 'taken')
      AND (OLD.state, OLD.assessor_id) IS DISTINCT FROM (NEW.state, NEW.assessor_id))
EXECUTE FUNCTION reviews_assignment_fair();
"""
AS_BEFORE = """
DROP TRIGGER taking_is_fair ON reviews_assignment;
CREATE OR REPLACE FUNCTION reviews_assignment_fair() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""


class Migration(migrations.Migration):
    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),
        ("accounts", "0012_two_accounts_become_one"),
        ("credentials", "0005_endorsements"),
        ("pathways", "0001_tables"),
        ("reviews", "0012_words_go_with_their_person"),
    ]

    operations = [migrations.RunSQL(FAIR.strip(), AS_BEFORE.strip())]
