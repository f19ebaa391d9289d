import django.db.models.deletion
from django.db import migrations, models

# What was awarded stays as it is; the earner may change what is shown of it.
FORWARD = """
DROP TRIGGER credential_facts_are_frozen ON credentials_credential;
CREATE TRIGGER credential_facts_are_frozen BEFORE UPDATE ON credentials_credential FOR EACH ROW
WHEN (to_jsonb(OLD)
    - '{state,visibility,status,status_at,status_reason,status_note,renewed_at,shows_name,shows_words}'::text[]
    IS DISTINCT FROM to_jsonb(NEW)
    - '{state,visibility,status,status_at,status_reason,status_note,renewed_at,shows_name,shows_words}'::text[])
EXECUTE FUNCTION satchel_refuse('What was awarded is never changed.');
"""
BACKWARD = """
DROP TRIGGER credential_facts_are_frozen ON credentials_credential;
CREATE TRIGGER credential_facts_are_frozen BEFORE UPDATE ON credentials_credential FOR EACH ROW
WHEN (to_jsonb(OLD) - '{state,visibility,status,status_at,status_reason,status_note,renewed_at}'::text[]
    IS DISTINCT FROM
    to_jsonb(NEW) - '{state,visibility,status,status_at,status_reason,status_note,renewed_at}'::text[])
EXECUTE FUNCTION satchel_refuse('What was awarded is never changed.');
"""


class Migration(migrations.Migration):
    dependencies = [("credentials", "0005_endorsements")]

    operations = [
        migrations.AddField(
            model_name="credential",
            name="shows_name",
            field=models.BooleanField(default=True, help_text="Whether others see the earner's name on it"),
        ),
        migrations.AddField(
            model_name="credential",
            name="shows_words",
            field=models.BooleanField(default=False, help_text="Whether others see what the assessor wrote"),
        ),
        migrations.CreateModel(
            name="ShownEvidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "evidence_id",
                    models.CharField(db_index=True, help_text="Public id of the piece", max_length=26),
                ),
                (
                    "credential",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shown_evidence",
                        to="credentials.credential",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="shownevidence",
            constraint=models.UniqueConstraint(fields=("credential", "evidence_id"), name="shown_once"),
        ),
        migrations.RunSQL(FORWARD.strip(), BACKWARD.strip()),
    ]
