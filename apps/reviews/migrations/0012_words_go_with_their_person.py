from django.db import migrations

# Marks, notes and decisions stay frozen, except that text about a person goes with the person (core 0005).
OF_ATTEMPT = """SELECT FROM submissions_attempt a JOIN submissions_submission s ON s.id = a.submission_id
    WHERE a.id = (before->>'attempt_id')::bigint AND s.learner_id = who"""
OF_SUBMISSION = (
    "SELECT FROM submissions_submission s WHERE s.id = (before->>'submission_id')::bigint AND s.learner_id = who"
)
OF_REVIEW = """SELECT FROM reviews_review r JOIN reviews_assignment g ON g.id = r.assignment_id
    JOIN submissions_attempt a ON a.id = g.attempt_id JOIN submissions_submission s ON s.id = a.submission_id
    WHERE r.id = (before->>'review_id')::bigint AND s.learner_id = who"""
OF_DECISION = """SELECT FROM reviews_decision d JOIN submissions_attempt a ON a.id = d.attempt_id
    JOIN submissions_submission s ON s.id = a.submission_id
    WHERE d.id = (before->>'decision_id')::bigint AND s.learner_id = who"""


def forgets(table: str, whose: str, columns: str = "", *, goes: bool = False) -> str:
    """SQL for a function that lets a row of `table` lose `columns` when its person is erased; with `goes`, the whole
    row.
    """
    without = f"string_to_array('{columns}', ' ')"
    same = f"after IS NOT NULL AND before - {without} = after - {without}"
    return f"""
CREATE FUNCTION {table}_forgets(before jsonb, after jsonb, who bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT ({same}{" OR after IS NULL" if goes else ""}) AND EXISTS ({whose})
$$;
"""


FORGETTING = {
    "reviews_mark": (OF_REVIEW, "comment"),
    "reviews_piececheck": (OF_REVIEW, "comment"),
    "reviews_annotation": (OF_REVIEW, "text quote"),
    "reviews_decision": (OF_ATTEMPT, "note reason"),
    "reviews_moderation": (OF_DECISION, "reason"),
    "reviews_conflict": (OF_SUBMISSION, "reason"),
}
FROZEN = """
CREATE OR REPLACE FUNCTION reviews_mark_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
GIVES_WAY    IF EXISTS (SELECT FROM reviews_review r WHERE r.id IN (OLD.review_id, NEW.review_id) AND r.state <> 'draft') THEN
        RAISE EXCEPTION 'Marks that were sent are never changed.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE OR REPLACE FUNCTION reviews_annotation_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
GIVES_WAY    IF TG_OP <> 'DELETE' AND (
        NEW.evidence_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM reviews_review r
            JOIN reviews_assignment a ON a.id = r.assignment_id
            JOIN submissions_evidenceitem e ON e.attempt_id = a.attempt_id
            WHERE r.id = NEW.review_id AND e.id = NEW.evidence_id)
        OR NEW.criterion_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM reviews_review r
            JOIN reviews_assignment a ON a.id = r.assignment_id
            JOIN submissions_attempt t ON t.id = a.attempt_id
            JOIN submissions_submission s ON s.id = t.submission_id
            JOIN issuers_criterion c ON c.version_id = s.version_id
            WHERE r.id = NEW.review_id AND c.id = NEW.criterion_id)
        OR NEW.parent_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM reviews_annotation p
            WHERE p.id = NEW.parent_id AND p.review_id = NEW.review_id AND p.parent_id IS NULL)) THEN
        RAISE EXCEPTION 'A note stands on what is marked.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' AND NEW.parent_id IS NOT NULL THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.review_id, OLD.parent_id, OLD.evidence_id, OLD.criterion_id, OLD.page, OLD.seconds,
            OLD.quote, OLD.text, OLD.for_learner, OLD.by_id, OLD.written_at)
        IS NOT DISTINCT FROM (NEW.review_id, NEW.parent_id, NEW.evidence_id, NEW.criterion_id, NEW.page, NEW.seconds,
            NEW.quote, NEW.text, NEW.for_learner, NEW.by_id, NEW.written_at) THEN
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT FROM reviews_review r WHERE r.id IN (OLD.review_id, NEW.review_id) AND r.state <> 'draft') THEN
        RAISE EXCEPTION 'Notes that were sent are never changed.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
"""
GIVES_WAY = """    IF TG_OP <> 'INSERT' AND satchel_forgets(TG_TABLE_NAME, to_jsonb(OLD), to_jsonb(NEW)) THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
"""
FORWARD = "".join(forgets(table, *told) for table, told in FORGETTING.items()) + FROZEN.replace("GIVES_WAY", GIVES_WAY)
BACKWARD = FROZEN.replace("GIVES_WAY", "") + "".join(
    f"DROP FUNCTION {table}_forgets(jsonb, jsonb, bigint);\n" for table in FORGETTING
)


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0005_what_is_frozen_may_be_forgotten"),
        ("reviews", "0011_turns_are_found_fast"),
    ]

    operations = [migrations.RunSQL(FORWARD.strip(), BACKWARD.strip())]
