from django.db import migrations

# What an issuer wrote about someone in a direct award (narrative, addresses of evidence) is in the snapshot too, and
# is erased with the person. For an assessed award all of it stays: it contains nobody's own words.
FORGETS = """
CREATE OR REPLACE FUNCTION credentials_credential_forgets(before jsonb, after jsonb, who bigint)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT (after IS NOT NULL AND before - string_to_array('{columns}', ' ') = after - string_to_array('{columns}', ' '))
        AND EXISTS (SELECT WHERE (before->>'earner_id')::bigint = who
            AND (before->'snapshot') - {words} = (after->'snapshot') - {words})
$$;
"""
COLUMNS = "earner_name sent_to sent_name why status_note visibility shown_until shows_name shows_words snapshot"
ISSUERS = """(CASE WHEN before->'snapshot'->'results' = '[]'::jsonb
    THEN ARRAY['identities', 'narrative', 'evidence'] ELSE ARRAY['identities'] END)"""


class Migration(migrations.Migration):
    dependencies = [("credentials", "0017_letters_guessed")]

    operations = [
        migrations.RunSQL(
            FORGETS.format(columns=COLUMNS, words=ISSUERS),
            FORGETS.format(columns=COLUMNS, words="'identities'::text"),
        )
    ]
