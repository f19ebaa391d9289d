from django.db import migrations, models

FORWARD = """
-- Who stands below whom: recomputed for a moved issuer and everybody below it.
CREATE FUNCTION issuers_keep_descent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Two moves at once would each not see the other, and could make a ring: one waits.
    PERFORM pg_advisory_xact_lock(hashtext('issuers_descent'));
    IF TG_OP = 'UPDATE' THEN
        IF EXISTS (SELECT FROM issuers_descent WHERE ancestor_id = NEW.id AND descendant_id = NEW.parent_id) THEN
            RAISE EXCEPTION 'An organisation never stands below itself.' USING ERRCODE = 'restrict_violation';
        END IF;
        DELETE FROM issuers_descent d
        USING issuers_descent below, issuers_descent above
        WHERE below.ancestor_id = NEW.id AND above.descendant_id = NEW.id AND above.ancestor_id <> NEW.id
          AND d.descendant_id = below.descendant_id AND d.ancestor_id = above.ancestor_id;
    ELSE
        INSERT INTO issuers_descent (ancestor_id, descendant_id, steps) VALUES (NEW.id, NEW.id, 0);
    END IF;
    INSERT INTO issuers_descent (ancestor_id, descendant_id, steps)
    SELECT above.ancestor_id, below.descendant_id, above.steps + below.steps + 1
    FROM issuers_descent above, issuers_descent below
    WHERE above.descendant_id = NEW.parent_id AND below.ancestor_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER issuer_has_descent AFTER INSERT ON issuers_issuer FOR EACH ROW EXECUTE FUNCTION issuers_keep_descent();
CREATE TRIGGER issuer_moves AFTER UPDATE OF parent_id ON issuers_issuer FOR EACH ROW
WHEN (OLD.parent_id IS DISTINCT FROM NEW.parent_id) EXECUTE FUNCTION issuers_keep_descent();
INSERT INTO issuers_descent (ancestor_id, descendant_id, steps) SELECT id, id, 0 FROM issuers_issuer;

-- What else belongs to a published version is as frozen as its rubric.
CREATE FUNCTION issuers_part_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM issuers_achievementversion v
               WHERE v.id IN (OLD.version_id, NEW.version_id)
                 AND v.state NOT IN ('draft', 'in_approval', 'approved')) THEN
        RAISE EXCEPTION 'A published version is never changed: draft the next one.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER outcome_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON issuers_learningoutcome FOR EACH ROW
EXECUTE FUNCTION issuers_part_frozen();
CREATE TRIGGER alignment_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON issuers_alignment FOR EACH ROW
EXECUTE FUNCTION issuers_part_frozen();
CREATE FUNCTION issuers_requirement_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM issuers_achievementversion v JOIN issuers_criterion c ON c.version_id = v.id
               WHERE c.id IN (OLD.criterion_id, NEW.criterion_id)
                 AND v.state NOT IN ('draft', 'in_approval', 'approved')) THEN
        RAISE EXCEPTION 'A published rubric is never changed: draft the next version.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER requirement_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON issuers_evidencerequirement FOR EACH ROW
EXECUTE FUNCTION issuers_requirement_frozen();
CREATE TRIGGER approval_step_is_append_only BEFORE UPDATE OR DELETE ON issuers_approvalstep FOR EACH ROW
EXECUTE FUNCTION satchel_refuse('The approval log is only added to.');
"""
BACKWARD = """
DROP TRIGGER approval_step_is_append_only ON issuers_approvalstep;
DROP TRIGGER requirement_is_frozen ON issuers_evidencerequirement;
DROP FUNCTION issuers_requirement_frozen();
DROP TRIGGER alignment_is_frozen ON issuers_alignment;
DROP TRIGGER outcome_is_frozen ON issuers_learningoutcome;
DROP FUNCTION issuers_part_frozen();
DROP TRIGGER issuer_moves ON issuers_issuer;
DROP TRIGGER issuer_has_descent ON issuers_issuer;
DROP FUNCTION issuers_keep_descent();
"""


class Migration(migrations.Migration):
    dependencies = [("issuers", "0004_levels_as_numbers")]

    operations = [
        migrations.RunSQL(FORWARD.strip(), BACKWARD.strip()),
        migrations.RemoveField(
            model_name="achievementversion",
            name="level",
        ),
        migrations.AddConstraint(
            model_name="achievementversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("level_framework", ""), ("level_number", None)),
                    models.Q(
                        ("level_framework__in", ("nzqf", "aqf")),
                        ("level_number__isnull", False),
                        ("level_number__range", (1, 10)),
                    ),
                    models.Q(
                        ("level_framework", "eqf"), ("level_number__isnull", False), ("level_number__range", (1, 8))
                    ),
                    _connector="OR",
                ),
                name="level_of_its_framework",
            ),
        ),
        migrations.AddConstraint(
            model_name="achievementversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("credits", None),
                    models.Q(("credits__gt", 0), models.Q(("credit_framework", ""), _negated=True)),
                    _connector="OR",
                ),
                name="credits_of_a_framework",
            ),
        ),
        migrations.AddConstraint(
            model_name="achievementversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("moderation_percent__lte", 100)), name="moderation_in_percent"
            ),
        ),
        migrations.AddConstraint(
            model_name="achievementversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("attempts_allowed", None), ("attempts_allowed__gte", 1), _connector="OR"),
                name="one_attempt",
            ),
        ),
        migrations.AddConstraint(
            model_name="achievementversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_for_days", None), ("valid_for_days__gte", 1), _connector="OR"),
                name="valid_for_a_day_at_least",
            ),
        ),
        migrations.AddConstraint(
            model_name="achievementversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("published", "retired", "archived")), _negated=True),
                    models.Q(
                        models.Q(("description", ""), _negated=True),
                        models.Q(("how_earned", ""), _negated=True),
                        models.Q(("skill_sentence", ""), _negated=True),
                        models.Q(("picture_sha256", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="published_says_what_it_is",
            ),
        ),
        migrations.AddConstraint(
            model_name="issuer",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ("organisation", "individual"))), name="issuer_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="issuer",
            constraint=models.CheckConstraint(
                condition=models.Q(("terminology__in", ("badge", "micro_credential"))), name="issuer_terminology_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="issuer",
            constraint=models.CheckConstraint(
                condition=models.Q(("parent", models.F("id")), _negated=True), name="issuer_not_below_itself"
            ),
        ),
    ]
