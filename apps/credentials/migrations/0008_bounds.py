import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARD = """
-- A status list, a signed document and everybody's copy say how it ended: the table doesn't take it back.
CREATE TRIGGER credential_end_is_the_end BEFORE UPDATE ON credentials_credential FOR EACH ROW
WHEN (OLD.status IN ('revoked', 'superseded') AND NEW.status <> OLD.status)
EXECUTE FUNCTION satchel_refuse('What was taken back or replaced stays so.');
CREATE TRIGGER signing_key_compromised_is_the_end BEFORE UPDATE ON credentials_signingkey FOR EACH ROW
WHEN (OLD.state = 'compromised' AND NEW.state <> OLD.state)
EXECUTE FUNCTION satchel_refuse('A compromised key stays so.');
CREATE TRIGGER signing_key_retired_signs_no_more BEFORE UPDATE ON credentials_signingkey FOR EACH ROW
WHEN (OLD.state = 'retired' AND NEW.state = 'active')
EXECUTE FUNCTION satchel_refuse('A retired key signs no more.');
CREATE TRIGGER status_list_stays_the_list BEFORE UPDATE ON credentials_statuslist FOR EACH ROW
WHEN ((OLD.issuer_id, OLD.purpose, OLD.number, OLD.public_id)
    IS DISTINCT FROM (NEW.issuer_id, NEW.purpose, NEW.number, NEW.public_id))
EXECUTE FUNCTION satchel_refuse('Issuer, purpose and number of a status list stand in a signed address.');
"""
BACKWARD = """
DROP TRIGGER status_list_stays_the_list ON credentials_statuslist;
DROP TRIGGER signing_key_retired_signs_no_more ON credentials_signingkey;
DROP TRIGGER signing_key_compromised_is_the_end ON credentials_signingkey;
DROP TRIGGER credential_end_is_the_end ON credentials_credential;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0007_whom"),
        ("issuers", "0007_catalogue"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="endorsement",
            name="supersedes",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="superseded_by",
                to="credentials.endorsement",
            ),
        ),
        migrations.AddConstraint(
            model_name="credential",
            constraint=models.CheckConstraint(
                condition=models.Q(("basis", "direct"), ("sent_to", ""), _negated=True), name="direct_says_to_whom"
            ),
        ),
        migrations.AddConstraint(
            model_name="credential",
            constraint=models.CheckConstraint(
                condition=models.Q(("status", "valid"), ("status_at__isnull", False), _connector="OR"),
                name="status_changed_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="endorsement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("answered_at", None),
                        ("answered_by", None),
                        ("state__in", ("requested", "withdrawn", "lapsed")),
                    ),
                    models.Q(
                        models.Q(("state__in", ("requested", "withdrawn", "lapsed")), _negated=True),
                        ("answered_at__isnull", False),
                        ("answered_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="endorsement_answered_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="statusentry",
            constraint=models.CheckConstraint(condition=models.Q(("index__lt", 131072)), name="index_within_its_list"),
        ),
        migrations.RunSQL(FORWARD.strip(), BACKWARD.strip()),
    ]
