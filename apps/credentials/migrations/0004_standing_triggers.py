from django.db import migrations

FORWARD = """
-- What goes on after the award: how it is taken up, who sees it, how it stands.
DROP TRIGGER credential_facts_are_frozen ON credentials_credential;
CREATE TRIGGER credential_facts_are_frozen BEFORE UPDATE ON credentials_credential FOR EACH ROW
WHEN (to_jsonb(OLD) - '{state,visibility,status,status_at,status_reason,status_note,renewed_at}'::text[]
    IS DISTINCT FROM
    to_jsonb(NEW) - '{state,visibility,status,status_at,status_reason,status_note,renewed_at}'::text[])
EXECUTE FUNCTION satchel_refuse('What was awarded is never changed.');

CREATE TRIGGER status_entry_is_append_only BEFORE UPDATE OR DELETE ON credentials_statusentry FOR EACH ROW
EXECUTE FUNCTION satchel_refuse('A place in a status list is never changed.');
CREATE TRIGGER status_list_is_kept BEFORE DELETE ON credentials_statuslist FOR EACH ROW
EXECUTE FUNCTION satchel_refuse('A status list is never deleted.');

-- A key that signed anything stays: another seal, or the end of its time, is all that happens to it.
CREATE TRIGGER signing_key_is_kept BEFORE DELETE ON credentials_signingkey FOR EACH ROW
EXECUTE FUNCTION satchel_refuse('A signing key is never deleted.');
CREATE TRIGGER signing_key_stays_the_key BEFORE UPDATE ON credentials_signingkey FOR EACH ROW
WHEN ((OLD.name, OLD.public_pem, OLD.algorithm, OLD.issuer_id, OLD.public_id)
    IS DISTINCT FROM (NEW.name, NEW.public_pem, NEW.algorithm, NEW.issuer_id, NEW.public_id))
EXECUTE FUNCTION satchel_refuse('A signing key is never exchanged for another.');
"""
BACKWARD = """
DROP TRIGGER signing_key_stays_the_key ON credentials_signingkey;
DROP TRIGGER signing_key_is_kept ON credentials_signingkey;
DROP TRIGGER status_list_is_kept ON credentials_statuslist;
DROP TRIGGER status_entry_is_append_only ON credentials_statusentry;
DROP TRIGGER credential_facts_are_frozen ON credentials_credential;
CREATE TRIGGER credential_facts_are_frozen BEFORE UPDATE ON credentials_credential FOR EACH ROW
WHEN (to_jsonb(OLD) - 'state' - 'visibility' IS DISTINCT FROM to_jsonb(NEW) - 'state' - 'visibility')
EXECUTE FUNCTION satchel_refuse('What was awarded is never changed.');
"""


class Migration(migrations.Migration):
    dependencies = [("credentials", "0003_standing_and_keys")]

    operations = [migrations.RunSQL(FORWARD.strip(), BACKWARD.strip())]
