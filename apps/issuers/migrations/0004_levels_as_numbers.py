from django.db import migrations

# What stood as “Level 3” stands as framework and number; levels and credits were New Zealand's. Published rows are
# frozen, so the trigger that keeps them sleeps meanwhile.
FORWARD = """
ALTER TABLE issuers_achievementversion DISABLE TRIGGER version_is_frozen;
UPDATE issuers_achievementversion
SET level_framework = COALESCE(lower(substring(level FROM '(?i)^(NZQF|AQF|EQF) ')), 'nzqf'),
    level_number = substring(level FROM '[0-9]+$')::smallint
WHERE level ~* 'level [0-9]+$';
UPDATE issuers_achievementversion SET credit_framework = 'nzqa' WHERE credits IS NOT NULL;
ALTER TABLE issuers_achievementversion ENABLE TRIGGER version_is_frozen;
"""


class Migration(migrations.Migration):
    dependencies = [("issuers", "0003_design")]

    operations = [migrations.RunSQL(FORWARD.strip(), migrations.RunSQL.noop)]
