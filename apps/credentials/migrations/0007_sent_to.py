from django.db import migrations, models

# An earlier direct award kept no word of what was typed, but a salted sum of the address: whose of the earner's it was
# is found by it. Where they have given that one up since, it is the one that the issuer has been shown so far.
FORWARD = """
ALTER TABLE credentials_credential DISABLE TRIGGER credential_facts_are_frozen;
UPDATE credentials_credential AS credential SET sent_to = coalesce(
    (SELECT lower(known.email) FROM account_emailaddress AS known
     WHERE known.user_id = credential.earner_id
       AND credential.snapshot #>> '{identities,0,identity_hash}' = 'sha256$' || encode(sha256(convert_to(
           lower(known.email) || (credential.snapshot #>> '{identities,0,salt}'), 'UTF8')), 'hex')
     ORDER BY known.id LIMIT 1),
    (SELECT earner.email FROM accounts_user AS earner WHERE earner.id = credential.earner_id))
WHERE (basis = 'direct' OR snapshot ->> 'narrative' LIKE 'Awarded directly%') AND sent_to = '';
ALTER TABLE credentials_credential ENABLE TRIGGER credential_facts_are_frozen;
"""


class Migration(migrations.Migration):
    dependencies = [("credentials", "0006_disclosure"), ("account", "0009_emailaddress_unique_primary_email")]

    operations = [
        migrations.AddField(
            model_name="credential",
            name="sent_to",
            field=models.EmailField(
                blank=True,
                default="",
                help_text="The address that the issuer typed for a direct award: all that it learns of whose it is",
                max_length=254,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="credential",
            name="sent_name",
            field=models.CharField(
                blank=True, default="", help_text="The name that the issuer typed with it", max_length=300
            ),
            preserve_default=False,
        ),
        migrations.RunSQL(FORWARD.strip(), migrations.RunSQL.noop),
    ]
