from django.db import migrations

FORWARD = """
-- A credential keeps the facts of its award; only its state and who sees it go on.
CREATE TRIGGER credential_facts_are_frozen BEFORE UPDATE ON credentials_credential FOR EACH ROW
WHEN (to_jsonb(OLD) - 'state' - 'visibility' IS DISTINCT FROM to_jsonb(NEW) - 'state' - 'visibility')
EXECUTE FUNCTION satchel_refuse('What was awarded is never changed.');
CREATE TRIGGER credential_is_kept BEFORE DELETE ON credentials_credential FOR EACH ROW
EXECUTE FUNCTION satchel_refuse('A credential is never deleted.');
CREATE TRIGGER signed_form_is_append_only BEFORE UPDATE OR DELETE ON credentials_signedform FOR EACH ROW
EXECUTE FUNCTION satchel_refuse('What was signed is never changed.');
CREATE TRIGGER bake_is_append_only BEFORE UPDATE OR DELETE ON credentials_bake FOR EACH ROW
EXECUTE FUNCTION satchel_refuse('A recorded digest is never changed.');

-- The copies of issuer and single are those of the achievement.
ALTER TABLE credentials_credential ADD CONSTRAINT credential_copies_its_achievement
    FOREIGN KEY (achievement_id, issuer_id, single) REFERENCES issuers_achievement (id, issuer_id, single);

"""
BACKWARD = """
ALTER TABLE credentials_credential DROP CONSTRAINT credential_copies_its_achievement;
DROP TRIGGER bake_is_append_only ON credentials_bake;
DROP TRIGGER signed_form_is_append_only ON credentials_signedform;
DROP TRIGGER credential_is_kept ON credentials_credential;
DROP TRIGGER credential_facts_are_frozen ON credentials_credential;
"""


class Migration(migrations.Migration):
    dependencies = [("issuers", "0002_triggers"), ("credentials", "0001_tables")]

    operations = [migrations.RunSQL(FORWARD.strip(), BACKWARD.strip())]
