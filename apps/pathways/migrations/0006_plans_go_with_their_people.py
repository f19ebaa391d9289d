from django.db import migrations

FORWARD = """
-- Erasure takes the words of a plan whose owner leaves, and nothing else: others may walk it.
CREATE FUNCTION pathways_pathwayversion_forgets(before jsonb, after jsonb, who bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT before - 'name' - 'description' = after - 'name' - 'description' AND EXISTS (
        SELECT 1 FROM pathways_pathway p WHERE p.id = (before ->> 'pathway_id')::bigint AND p.owner_id = who
    )
$$;
CREATE FUNCTION pathways_node_forgets(before jsonb, after jsonb, who bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT before - 'name' = after - 'name' AND EXISTS (
        SELECT 1 FROM pathways_pathwayversion v JOIN pathways_pathway p ON p.id = v.pathway_id
        WHERE v.id = (before ->> 'version_id')::bigint AND p.owner_id = who
    )
$$;
CREATE OR REPLACE FUNCTION pathways_node_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[] := ARRAY[]::bigint[];
BEGIN
    IF TG_OP <> 'INSERT' THEN touched := touched || OLD.version_id; END IF;
    IF TG_OP <> 'DELETE' THEN touched := touched || NEW.version_id; END IF;
    IF TG_OP = 'UPDATE' AND satchel_forgets(TG_TABLE_NAME, to_jsonb(OLD), to_jsonb(NEW)) THEN
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT 1 FROM pathways_pathwayversion v WHERE v.id = ANY(touched) AND v.state <> 'draft') THEN
        RAISE EXCEPTION 'A published pathway never changes. Start its next version.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
"""
BACKWARD = """
CREATE OR REPLACE FUNCTION pathways_node_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
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
DROP FUNCTION pathways_node_forgets(jsonb, jsonb, bigint);
DROP FUNCTION pathways_pathwayversion_forgets(jsonb, jsonb, bigint);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("pathways", "0005_dossiers_and_answers_never_change"),
        ("core", "0005_what_is_frozen_may_be_forgotten"),
    ]

    operations = [migrations.RunSQL(FORWARD.strip(), BACKWARD.strip())]
