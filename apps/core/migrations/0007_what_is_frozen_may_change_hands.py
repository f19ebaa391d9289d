from django.db import migrations

# Frozen rows may change for one more reason: someone's second account is merged into their first, both named for one
# transaction by `satchel.merging` (apps.core.merging). A table allows it by a function `<table>_owner()`, which names
# the owner's column; that column may change from the one to the other, and nothing else with it.
FORWARD = """
CREATE FUNCTION satchel_changes_hands(what text, before jsonb, after jsonb) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
    said text := NULLIF(current_setting('satchel.merging', true), '');
    owner text;
BEGIN
    IF said IS NULL OR to_regprocedure(format('%I()', what || '_owner')) IS NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('SELECT %I()', what || '_owner') INTO owner;
    RETURN COALESCE(
        before - owner = after - owner
        AND before->>owner = split_part(said, ',', 1)
        AND after->>owner = split_part(said, ',', 2),
        false);
END $$;
CREATE OR REPLACE FUNCTION satchel_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND satchel_forgets(TG_TABLE_NAME, to_jsonb(OLD), to_jsonb(NEW)) THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    IF TG_OP = 'UPDATE' AND satchel_changes_hands(TG_TABLE_NAME, to_jsonb(OLD), to_jsonb(NEW)) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$;
"""
BACKWARD = """
CREATE OR REPLACE FUNCTION satchel_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND satchel_forgets(TG_TABLE_NAME, to_jsonb(OLD), to_jsonb(NEW)) THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$;
DROP FUNCTION satchel_changes_hands(text, jsonb, jsonb);
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0006_what_was_forgotten_in_time")]

    operations = [migrations.RunSQL(FORWARD.strip(), BACKWARD.strip())]
