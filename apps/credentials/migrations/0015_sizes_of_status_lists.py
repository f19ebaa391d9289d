from django.db import migrations, models

FORWARD = """
-- A list says its own size: what is not within it has no bit.
CREATE FUNCTION credentials_places_exist() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM new_entries e JOIN credentials_statuslist l ON l.id = e.list_id WHERE e.index >= l.size
    ) THEN
        RAISE EXCEPTION 'index_within_its_list: a list has no more places than its size says.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'index_within_its_list';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER index_within_its_list AFTER INSERT ON credentials_statusentry
REFERENCING NEW TABLE AS new_entries FOR EACH STATEMENT EXECUTE FUNCTION credentials_places_exist();

DROP TRIGGER status_list_stays_the_list ON credentials_statuslist;
CREATE TRIGGER status_list_stays_the_list BEFORE UPDATE ON credentials_statuslist FOR EACH ROW
WHEN ((OLD.issuer_id, OLD.purpose, OLD.number, OLD.public_id, OLD.size)
    IS DISTINCT FROM (NEW.issuer_id, NEW.purpose, NEW.number, NEW.public_id, NEW.size))
EXECUTE FUNCTION satchel_refuse('Issuer, purpose and number of a status list stand in a signed address.');
"""
BACKWARD = """
DROP TRIGGER status_list_stays_the_list ON credentials_statuslist;
CREATE TRIGGER status_list_stays_the_list BEFORE UPDATE ON credentials_statuslist FOR EACH ROW
WHEN ((OLD.issuer_id, OLD.purpose, OLD.number, OLD.public_id)
    IS DISTINCT FROM (NEW.issuer_id, NEW.purpose, NEW.number, NEW.public_id))
EXECUTE FUNCTION satchel_refuse('Issuer, purpose and number of a status list stand in a signed address.');
DROP TRIGGER index_within_its_list ON credentials_statusentry;
DROP FUNCTION credentials_places_exist();
"""


class Migration(migrations.Migration):
    dependencies = [("credentials", "0014_awards_change_hands_with_the_account")]

    operations = [
        migrations.RemoveConstraint(model_name="statusentry", name="index_within_its_list"),
        migrations.AddField(
            model_name="statuslist",
            name="size",
            field=models.PositiveIntegerField(default=131072, help_text="In bits"),
        ),
        migrations.AddConstraint(
            model_name="statuslist",
            constraint=models.CheckConstraint(
                condition=models.Q(("size__in", (131072, 1048576))), name="status_list_size_known"
            ),
        ),
        migrations.RunSQL(FORWARD.strip(), BACKWARD.strip()),
    ]
