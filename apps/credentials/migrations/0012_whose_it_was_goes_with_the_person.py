from django.db import migrations

# Awards and signed texts stay frozen, except that whose they were is erased with the person (core 0005): the name,
# the addresses, and in snapshots and signed texts the salted hashes of addresses, which confirm a guessed one.
OF_CREDENTIAL = (
    "SELECT FROM credentials_credential c WHERE c.id = (before->>'credential_id')::bigint AND c.earner_id = who"
)
OF_FOREIGN = """SELECT FROM credentials_foreigncredential f
    WHERE f.id = (before->>'credential_id')::bigint AND f.holder_id = who"""
WHOSE = "earner_name sent_to sent_name why status_note visibility shown_until shows_name shows_words snapshot"
FOREIGN = (
    "state file text identity issuer_id issuer_name achievement_id achievement_name credential_id proved_address"
    " verdict why report checked_at next_check_at ended_at"
)


def forgets(table: str, whose: str, columns: str = "", *, goes: bool = False) -> str:
    """Let a row of `table` lose these columns when the person it belongs to is erased; with `goes`, it may be
    deleted.
    """
    without = f"string_to_array('{columns}', ' ')"
    same = f"after IS NOT NULL AND before - {without} = after - {without}"
    return f"""
CREATE FUNCTION {table}_forgets(before jsonb, after jsonb, who bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT ({same}{" OR after IS NULL" if goes else ""}) AND EXISTS ({whose})
$$;
"""


FORGETTING = {
    "credentials_credential": (
        """SELECT WHERE (before->>'earner_id')::bigint = who
            AND (before->'snapshot') - 'identities'::text = (after->'snapshot') - 'identities'::text""",
        WHOSE,
    ),
    "credentials_signedform": (OF_CREDENTIAL, "text"),
    "credentials_endorsement": (OF_CREDENTIAL, "note comment reason text"),
    "credentials_foreigncredential": ("SELECT WHERE (before->>'holder_id')::bigint = who", FOREIGN),
    "credentials_foreigncheck": (OF_FOREIGN, "", True),
}
FORWARD = "".join(
    forgets(table, whose, columns, goes=bool(goes)) for table, (whose, columns, *goes) in FORGETTING.items()
)
BACKWARD = "".join(f"DROP FUNCTION {table}_forgets(jsonb, jsonb, bigint);\n" for table in FORGETTING)


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0005_what_is_frozen_may_be_forgotten"),
        ("credentials", "0011_letters_links_and_codes"),
    ]

    operations = [migrations.RunSQL(FORWARD.strip(), BACKWARD.strip())]
