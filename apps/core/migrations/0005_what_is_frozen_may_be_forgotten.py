from django.db import migrations

# Frozen rows may change for one reason only: the erasure of the person they belong to, named for one transaction by
# `satchel.erasing` (apps.core.erasing). A table allows it by a function `<table>_forgets(before, after, who)`:
# whether the row is that person's, and the change only removes words.
FORWARD = """
CREATE FUNCTION satchel_forgets(what text, before jsonb, after jsonb) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
    who bigint := NULLIF(current_setting('satchel.erasing', true), '')::bigint;
    lets boolean;
BEGIN
    IF who IS NULL OR to_regprocedure(format('%I(jsonb,jsonb,bigint)', what || '_forgets')) IS NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('SELECT %I($1, $2, $3)', what || '_forgets') INTO lets USING before, after, who;
    RETURN COALESCE(lets, false);
END $$;
CREATE OR REPLACE FUNCTION satchel_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND satchel_forgets(TG_TABLE_NAME, to_jsonb(OLD), to_jsonb(NEW)) THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$;
"""
BACKWARD = """
CREATE OR REPLACE FUNCTION satchel_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$;
DROP FUNCTION satchel_forgets(text, jsonb, jsonb);
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0004_plain_words_anywhere")]

    operations = [migrations.RunSQL(FORWARD.strip(), BACKWARD.strip())]
