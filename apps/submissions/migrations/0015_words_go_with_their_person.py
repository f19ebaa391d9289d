from django.db import migrations

# What was handed in, said and told stays frozen, except that a person's text goes with the person (core 0005).
OF_SUBMISSION = (
    "SELECT FROM submissions_submission s WHERE s.id = (before->>'submission_id')::bigint AND s.learner_id = who"
)
OF_ATTEMPT = """SELECT FROM submissions_attempt a JOIN submissions_submission s ON s.id = a.submission_id
    WHERE a.id = (before->>'attempt_id')::bigint AND s.learner_id = who"""
OF_PIECE = """SELECT FROM submissions_evidenceitem e JOIN submissions_attempt a ON a.id = e.attempt_id
    JOIN submissions_submission s ON s.id = a.submission_id
    WHERE e.id = (before->>'evidenceitem_id')::bigint AND s.learner_id = who"""
PAPERS = "overview reflection what_changed context_place context_period context_role context_confirmer manifest"
PIECE = "title text url file file_name transcript people_note key file_state blocked_because shows_me"


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
    "submissions_attempt": (OF_SUBMISSION, PAPERS),
    "submissions_message": (OF_SUBMISSION, "text"),
    "submissions_coachtalk": (OF_SUBMISSION, "note"),
    "submissions_capture": (OF_SUBMISSION, "", True),
    "submissions_evidenceitem": (OF_ATTEMPT, PIECE),
    "submissions_evidenceitem_criteria": (OF_PIECE, "quote"),
    "submissions_finding": (OF_ATTEMPT, "comment"),
    "submissions_answer": (OF_ATTEMPT, "note reason"),
    "submissions_formeranswer": (OF_ATTEMPT, "note reason findings"),
    "submissions_returned": (OF_ATTEMPT, "reason"),
}
FROZEN = """
CREATE OR REPLACE FUNCTION submissions_evidence_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found varchar;
BEGIN
GIVES_WAY    FOR found IN SELECT a.state FROM submissions_attempt a WHERE a.id IN (OLD.attempt_id, NEW.attempt_id) LOOP
        IF found = 'open' THEN
            CONTINUE;
        END IF;
        IF TG_OP = 'UPDATE' AND found IN ('submitted', 'checking', 'withdrawn') AND OLD.file_state = 'checking'
           AND to_jsonb(OLD) - ARRAY['file', 'media_type', 'sha256', 'file_state', 'blocked_because', 'scan', 'scanned_at']
             = to_jsonb(NEW) - ARRAY['file', 'media_type', 'sha256', 'file_state', 'blocked_because', 'scan', 'scanned_at']
        THEN
            CONTINUE;
        END IF;
        RAISE EXCEPTION 'Evidence that was handed in is never changed.' USING ERRCODE = 'restrict_violation';
    END LOOP;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE OR REPLACE FUNCTION submissions_mapping_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
GIVES_WAY    IF EXISTS (SELECT FROM submissions_attempt a JOIN submissions_evidenceitem e ON e.attempt_id = a.id
               WHERE e.id IN (OLD.evidenceitem_id, NEW.evidenceitem_id) AND a.state <> 'open') THEN
        RAISE EXCEPTION 'Evidence that was handed in is never changed.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
"""
GIVES_WAY = """    IF TG_OP <> 'INSERT' AND satchel_forgets(TG_TABLE_NAME, to_jsonb(OLD), to_jsonb(NEW)) THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
"""
FORWARD = "".join(
    forgets(table, whose, columns, goes=bool(goes)) for table, (whose, columns, *goes) in FORGETTING.items()
) + FROZEN.replace("GIVES_WAY", GIVES_WAY)
BACKWARD = FROZEN.replace("GIVES_WAY", "") + "".join(
    f"DROP FUNCTION {table}_forgets(jsonb, jsonb, bigint);\n" for table in FORGETTING
)


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0005_what_is_frozen_may_be_forgotten"),
        ("submissions", "0014_upload_in_a_bucket"),
    ]

    operations = [migrations.RunSQL(FORWARD.strip(), BACKWARD.strip())]
