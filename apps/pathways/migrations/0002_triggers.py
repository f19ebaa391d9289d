from django.db import migrations

FORWARD = """
-- What was published is walked by people: it never changes, and neither does its tree.
CREATE TRIGGER published_pathway_version_is_frozen BEFORE UPDATE ON pathways_pathwayversion FOR EACH ROW
WHEN (OLD.state <> 'draft' AND to_jsonb(OLD) - 'state' IS DISTINCT FROM to_jsonb(NEW) - 'state')
EXECUTE FUNCTION satchel_refuse('A published pathway never changes. Start its next version.');
CREATE FUNCTION pathways_node_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[] := ARRAY[]::bigint[];
BEGIN
    IF TG_OP <> 'INSERT' THEN touched := touched || OLD.version_id; END IF;
    IF TG_OP <> 'DELETE' THEN touched := touched || NEW.version_id; END IF;
    IF EXISTS (SELECT 1 FROM pathways_pathwayversion v WHERE v.id = ANY(touched) AND v.state <> 'draft') THEN
        RAISE EXCEPTION 'A published pathway never changes. Start its next version.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER node_of_a_published_version_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON pathways_node FOR EACH ROW
EXECUTE FUNCTION pathways_node_is_frozen();
CREATE FUNCTION pathways_node_issuer_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM pathways_node n JOIN pathways_pathwayversion v ON v.id = n.version_id
        WHERE n.id = COALESCE(NEW.node_id, OLD.node_id) AND v.state <> 'draft'
    ) THEN
        RAISE EXCEPTION 'A published pathway never changes. Start its next version.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER issuer_of_a_published_node_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON pathways_node_issuers
FOR EACH ROW EXECUTE FUNCTION pathways_node_issuer_is_frozen();

-- A node lies beneath one of its own version.
CREATE FUNCTION pathways_node_has_its_parent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.parent_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM pathways_node p WHERE p.id = NEW.parent_id AND p.version_id = NEW.version_id
        AND p.kind IN ('all', 'any', 'some', 'credits', 'milestone')
    ) THEN
        RAISE EXCEPTION 'A node lies beneath a group of its own version.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER node_lies_beneath_a_group_of_its_version BEFORE INSERT OR UPDATE ON pathways_node FOR EACH ROW
EXECUTE FUNCTION pathways_node_has_its_parent();

CREATE TRIGGER component_is_append_only BEFORE UPDATE OR DELETE ON pathways_component FOR EACH ROW
EXECUTE FUNCTION satchel_refuse('What counted is never changed.');
CREATE TRIGGER stack_decision_is_append_only BEFORE UPDATE OR DELETE ON pathways_stackdecision FOR EACH ROW
EXECUTE FUNCTION satchel_refuse('A decision is never changed.');
-- Erasure takes the words of a decision about the person who leaves, and nothing else.
CREATE FUNCTION pathways_stackdecision_forgets(before jsonb, after jsonb, who bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT before - 'reason' = after - 'reason' AND EXISTS (
        SELECT 1 FROM pathways_stack s JOIN pathways_enrolment e ON e.id = s.enrolment_id
        WHERE s.id = (before ->> 'stack_id')::bigint AND e.learner_id = who
    )
$$;
"""
BACKWARD = """
DROP FUNCTION pathways_stackdecision_forgets(jsonb, jsonb, bigint);
DROP TRIGGER stack_decision_is_append_only ON pathways_stackdecision;
DROP TRIGGER component_is_append_only ON pathways_component;
DROP TRIGGER node_lies_beneath_a_group_of_its_version ON pathways_node;
DROP FUNCTION pathways_node_has_its_parent();
DROP TRIGGER issuer_of_a_published_node_is_frozen ON pathways_node_issuers;
DROP FUNCTION pathways_node_issuer_is_frozen();
DROP TRIGGER node_of_a_published_version_is_frozen ON pathways_node;
DROP FUNCTION pathways_node_is_frozen();
DROP TRIGGER published_pathway_version_is_frozen ON pathways_pathwayversion;
"""


class Migration(migrations.Migration):
    dependencies = [("pathways", "0001_tables"), ("core", "0005_what_is_frozen_may_be_forgotten")]

    operations = [migrations.RunSQL(FORWARD.strip(), BACKWARD.strip())]
