import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

FORWARD = """
-- PostgreSQL reckons a look into a tsvector as cheap as one at a number, and would rather read the whole table than ask
-- the index. Kept beside its row, and not packed away elsewhere, it nearly is.
ALTER TABLE issuers_catalogueentry ALTER COLUMN document SET STORAGE MAIN, ALTER COLUMN heading SET STORAGE MAIN;

-- Writes the entries of these versions anew; what is not published gets none.
CREATE FUNCTION issuers_list_versions(wanted bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM issuers_catalogueentry_skills WHERE catalogueentry_id = ANY(wanted);
    DELETE FROM issuers_catalogueentry WHERE version_id = ANY(wanted);

    -- In one order, here and below, so that two who publish at once wait for each other and not in a ring.
    INSERT INTO issuers_catalogueskill (key, name)
    SELECT key, mode() WITHIN GROUP (ORDER BY name)
    FROM issuers_skills_of(wanted) GROUP BY key ORDER BY key
    ON CONFLICT DO NOTHING;

    INSERT INTO issuers_catalogueentry (
        version_id, issuer_id, kind, level, credits, credit_band, language, answer_band, published_at, title_key, document,
        heading
    )
    SELECT v.id, i.id, v.kind, COALESCE(v.level_framework || '-' || v.level_number, ''), COALESCE(v.credits, 0),
        CASE WHEN v.credits < 5 THEN 'under-5' WHEN v.credits < 15 THEN '5-to-14' WHEN v.credits < 40 THEN '15-to-39'
             WHEN v.credits IS NOT NULL THEN '40-up' ELSE '' END,
        v.language,
        CASE WHEN v.service_days <= 5 THEN '5' WHEN v.service_days <= 10 THEN '10' WHEN v.service_days <= 20 THEN '20'
             ELSE 'longer' END,
        v.published_at, immutable_unaccent(lower(v.name)), strip(named.heading || said.more), named.heading
    FROM issuers_achievementversion v
    JOIN issuers_achievement a ON a.id = v.achievement_id
    JOIN issuers_issuer i ON i.id = a.issuer_id
    LEFT JOIN (
        SELECT version_id, string_agg(name, E'\\n') AS names FROM issuers_skills_of(wanted) GROUP BY version_id
    ) skills ON skills.version_id = v.id
    CROSS JOIN LATERAL (
        SELECT setweight(issuers_words(v.name), 'A') || setweight(issuers_words(concat_ws(
            E'\\n', v.skill_sentence, v.field_of_study, i.name, skills.names,
            (SELECT string_agg(o.text, E'\\n') FROM issuers_learningoutcome o WHERE o.version_id = v.id)
        )), 'B') AS heading
    ) named
    CROSS JOIN LATERAL (
        SELECT setweight(issuers_words(concat_ws(
            E'\\n', v.description, v.description_for_earners,
            (SELECT string_agg(c.name || ' ' || c.description, E'\\n') FROM issuers_criterion c WHERE c.version_id = v.id),
            (SELECT string_agg(l.target_code, ' ') FROM issuers_alignment l WHERE l.version_id = v.id)
        )), 'C') AS more
    ) said
    WHERE v.id = ANY(wanted) AND v.state = 'published';

    INSERT INTO issuers_catalogueentry_skills (catalogueentry_id, catalogueskill_id)
    SELECT said.version_id, s.id FROM issuers_skills_of(wanted) said JOIN issuers_catalogueskill s USING (key);

    INSERT INTO issuers_catalogueword (word)
    SELECT DISTINCT word
    FROM issuers_catalogueentry e CROSS JOIN LATERAL unnest(tsvector_to_array(e.document)) word
    WHERE e.version_id = ANY(wanted) AND length(word) BETWEEN 3 AND 40 AND word ~ '[^0-9.,+-]'
    ORDER BY word
    ON CONFLICT DO NOTHING;
END $$;

-- Each word as it is, without capitals and marks: no language's stemming, since titles mix two or three. A tsvector
-- holds one megabyte; what a text says beyond its first twenty thousand characters is not searched.
CREATE FUNCTION issuers_words(text) RETURNS tsvector LANGUAGE sql STABLE STRICT AS $$
    SELECT to_tsvector('simple', immutable_unaccent(lower(left($1, 20000))))
$$;
-- Tags and what a version is aligned to, each once.
CREATE FUNCTION issuers_skills_of(wanted bigint[]) RETURNS TABLE (version_id bigint, key text, name text)
LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (1, 2) said.id, immutable_unaccent(lower(said.name)), said.name
    FROM (
        SELECT v.id, left(btrim(l.target_name), 200) AS name
        FROM issuers_achievementversion v JOIN issuers_alignment l ON l.version_id = v.id
        WHERE v.id = ANY(wanted) AND v.state = 'published'
        UNION ALL
        SELECT v.id, left(btrim(tag), 200)
        FROM issuers_achievementversion v CROSS JOIN LATERAL jsonb_array_elements_text(
            CASE jsonb_typeof(v.tags) WHEN 'array' THEN v.tags ELSE '[]' END
        ) tag
        WHERE v.id = ANY(wanted) AND v.state = 'published'
    ) said
    WHERE said.name <> ''
    ORDER BY 1, 2, 3
$$;

CREATE FUNCTION issuers_keep_catalogue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM issuers_list_versions(ARRAY[NEW.id]);
    RETURN NULL;
END $$;
CREATE TRIGGER version_is_listed AFTER UPDATE OF state ON issuers_achievementversion FOR EACH ROW
WHEN ((OLD.state = 'published') <> (NEW.state = 'published')) EXECUTE FUNCTION issuers_keep_catalogue();

CREATE FUNCTION issuers_rename_in_catalogue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM issuers_list_versions(ARRAY(SELECT version_id FROM issuers_catalogueentry WHERE issuer_id = NEW.id));
    RETURN NULL;
END $$;
CREATE TRIGGER issuer_is_renamed AFTER UPDATE OF name ON issuers_issuer FOR EACH ROW
WHEN (OLD.name <> NEW.name) EXECUTE FUNCTION issuers_rename_in_catalogue();

SELECT issuers_list_versions(ARRAY(SELECT id FROM issuers_achievementversion WHERE state = 'published'));
"""
BACKWARD = """
DROP TRIGGER issuer_is_renamed ON issuers_issuer;
DROP TRIGGER version_is_listed ON issuers_achievementversion;
DROP FUNCTION issuers_rename_in_catalogue();
DROP FUNCTION issuers_keep_catalogue();
DROP FUNCTION issuers_list_versions(bigint[]);
DROP FUNCTION issuers_skills_of(bigint[]);
DROP FUNCTION issuers_words(text);
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0003_plain_words"), ("issuers", "0006_badge_svg")]

    operations = [
        TrigramExtension(),
        migrations.CreateModel(
            name="CatalogueSkill",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.TextField(db_collation="C", unique=True)),
                ("name", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="CatalogueEntry",
            fields=[
                (
                    "version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="catalogue_entry",
                        serialize=False,
                        to="issuers.achievementversion",
                    ),
                ),
                (
                    "issuer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="issuers.issuer"
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("level", models.CharField(max_length=12)),
                ("credits", models.DecimalField(decimal_places=1, max_digits=5)),
                ("credit_band", models.CharField(max_length=12)),
                ("language", models.CharField(max_length=12)),
                ("answer_band", models.CharField(max_length=12)),
                ("skills", models.ManyToManyField(related_name="entries", to="issuers.catalogueskill")),
                ("published_at", models.DateTimeField()),
                ("title_key", models.TextField(db_collation="C")),
                ("document", django.contrib.postgres.search.SearchVectorField()),
                ("heading", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["document"], name="catalogue_by_words"),
                    models.Index(
                        models.OrderBy(models.F("published_at"), descending=True),
                        models.OrderBy(models.F("version"), descending=True),
                        name="catalogue_newest",
                    ),
                    models.Index(fields=["title_key", "version"], name="catalogue_by_title"),
                    models.Index(
                        models.OrderBy(models.F("credits"), descending=True),
                        models.OrderBy(models.F("version"), descending=True),
                        name="catalogue_by_credits",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CatalogueWord",
            fields=[
                ("word", models.CharField(db_collation="C", max_length=40, primary_key=True, serialize=False)),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass(models.F("word"), name="gin_trgm_ops"),
                        name="catalogue_word_near",
                    )
                ],
            },
        ),
        migrations.RunSQL(FORWARD.strip(), BACKWARD.strip()),
    ]
