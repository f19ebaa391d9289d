from django.db import migrations

BLOCKS_HAVE_IDS = """
UPDATE backpacks_block
SET public_id = translate(substr(md5(random()::text || id), 1, 26), '0189', 'wxyz') WHERE public_id IS NULL
"""
ITEMS_HAVE_NAMES = """
UPDATE backpacks_backpackitem AS item
SET name = credential.snapshot->'achievement'->>'name',
    issuer_name = credential.snapshot->'issuer'->>'name',
    earned_on = (credential.valid_from AT TIME ZONE issuer.time_zone)::date,
    skills = ARRAY(
        SELECT DISTINCT one->>'name' FROM jsonb_path_query(
            credential.snapshot, '$.achievement.**.alignments[*]'
        ) AS one
    )
FROM credentials_credential AS credential JOIN issuers_issuer AS issuer ON issuer.id = credential.issuer_id
WHERE credential.id = item.credential_id
"""
WHAT_WAS_SHOWN = """
UPDATE backpacks_collection SET visibility = 'link'
WHERE id IN (SELECT collection_id FROM backpacks_sharelink WHERE revoked_at IS NULL)
"""
WHAT_WAS_LIFTED = """
INSERT INTO backpacks_lift (collection_id, credential_id)
SELECT DISTINCT link.collection_id, lifted.credential_id
FROM backpacks_sharelink_lifted AS lifted JOIN backpacks_sharelink AS link ON link.id = lifted.sharelink_id
WHERE link.revoked_at IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("backpacks", "0003_blocks_links_and_profiles")]

    operations = [
        migrations.RunSQL(statement, migrations.RunSQL.noop)
        for statement in (BLOCKS_HAVE_IDS, ITEMS_HAVE_NAMES, WHAT_WAS_SHOWN, WHAT_WAS_LIFTED)
    ]
