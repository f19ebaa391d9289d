import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import apps.core.ids

# A person who had one part in an attempt is barred from its others. The turn itself says who they are, so that a
# queue reads only what waits, not everything that a person ever judged.
PLAYED = """
CREATE FUNCTION reviews_played(of_turn bigint, of_attempt bigint, of_part varchar) RETURNS bigint[]
LANGUAGE sql STABLE AS $$
    SELECT COALESCE(array_agg(DISTINCT r.assessor_id), '{}') FROM (
        SELECT r.assessor_id FROM reviews_assignment r JOIN reviews_turn t ON t.id = r.turn_id
        WHERE r.attempt_id = of_attempt AND r.turn_id <> of_turn AND t.part <> of_part
          AND r.state IN ('offered', 'taken', 'done')
        UNION ALL
        SELECT r.assessor_id FROM submissions_attempt this
        JOIN submissions_attempt a ON a.submission_id = this.submission_id
        JOIN reviews_assignment r ON r.attempt_id = a.id
        WHERE of_part = 'appeal' AND this.id = of_attempt AND r.state = 'done') AS r
$$;

CREATE FUNCTION reviews_turn_knows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE reviews_turn t SET beside = reviews_played(t.id, t.attempt_id, t.part)
    FROM (
        -- Nobody judged most of what comes in: only what was on the desk before is looked at one by one.
        SELECT f.id FROM fresh f
        JOIN submissions_attempt this ON this.id = f.attempt_id
        JOIN submissions_attempt a ON a.submission_id = this.submission_id
        JOIN reviews_assignment r ON r.attempt_id = a.id
        WHERE f.state = 'open' AND (f.part = 'appeal' OR a.id = f.attempt_id)
        GROUP BY f.id) AS known
    WHERE t.id = known.id;
    RETURN NULL;
END $$;
CREATE TRIGGER turn_knows_who_played AFTER INSERT ON reviews_turn
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION reviews_turn_knows();

CREATE OR REPLACE FUNCTION reviews_turn_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state IN ('offered', 'taken') THEN
        UPDATE reviews_turn SET holder_id = NEW.assessor_id WHERE id = NEW.turn_id;
    ELSIF TG_OP = 'UPDATE' AND OLD.state IN ('offered', 'taken') THEN
        UPDATE reviews_turn SET holder_id = NULL WHERE id = NEW.turn_id;
    END IF;
    IF EXISTS (
        SELECT FROM reviews_turn
        WHERE attempt_id = NEW.attempt_id AND state = 'open' AND (id <> NEW.turn_id OR part = 'appeal')) THEN
        UPDATE reviews_turn SET beside = reviews_played(id, attempt_id, part)
        WHERE attempt_id = NEW.attempt_id AND state = 'open' AND (id <> NEW.turn_id OR part = 'appeal');
    END IF;
    RETURN NULL;
END $$;

UPDATE reviews_turn t SET beside = reviews_played(t.id, t.attempt_id, t.part) WHERE state = 'open';
"""
NOT_PLAYED = """
DROP TRIGGER turn_knows_who_played ON reviews_turn;
DROP FUNCTION reviews_turn_knows();
CREATE OR REPLACE FUNCTION reviews_turn_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state IN ('offered', 'taken') THEN
        UPDATE reviews_turn SET holder_id = NEW.assessor_id WHERE id = NEW.turn_id;
    ELSIF TG_OP = 'UPDATE' AND OLD.state IN ('offered', 'taken') THEN
        UPDATE reviews_turn SET holder_id = NULL WHERE id = NEW.turn_id;
    END IF;
    RETURN NULL;
END $$;
DROP FUNCTION reviews_played(bigint, bigint, varchar);
"""

# One row has all figures of a badge, a part and a day; another, without a day, those of all days together. For
# someone who judges many badges, one row of each is added up, and only of near days.
TALLY = """
CREATE OR REPLACE FUNCTION reviews_tally_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reviews_tally (achievement_id, part, due_on, n, free, again)
    SELECT achievement_id, part, due_on, count(*), count(*) FILTER (WHERE holder_id IS NULL),
           count(*) FILTER (WHERE again)
    FROM fresh WHERE state = 'open'
    GROUP BY GROUPING SETS ((achievement_id, part, due_on), (achievement_id, part));
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION reviews_tally_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reviews_tally (achievement_id, part, due_on, n, free, again)
    SELECT achievement_id, part, due_on, sum(n), sum(free), sum(again) FROM (
        SELECT achievement_id, part, due_on, 1 AS n, (holder_id IS NULL)::int AS free, again::int AS again
        FROM fresh WHERE state = 'open'
        UNION ALL
        SELECT achievement_id, part, due_on, -1, -(holder_id IS NULL)::int, -again::int
        FROM stale WHERE state = 'open') AS moved
    GROUP BY GROUPING SETS ((achievement_id, part, due_on), (achievement_id, part))
    HAVING sum(n) <> 0 OR sum(free) <> 0 OR sum(again) <> 0;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION reviews_tally_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reviews_tally (achievement_id, part, due_on, n, free, again)
    SELECT achievement_id, part, due_on, -count(*), -count(*) FILTER (WHERE holder_id IS NULL),
           -count(*) FILTER (WHERE again)
    FROM stale WHERE state = 'open'
    GROUP BY GROUPING SETS ((achievement_id, part, due_on), (achievement_id, part));
    RETURN NULL;
END $$;

INSERT INTO reviews_tally (achievement_id, part, due_on, n, free, again)
SELECT achievement_id, part, due_on, count(*), count(*) FILTER (WHERE holder_id IS NULL), count(*) FILTER (WHERE again)
FROM reviews_turn WHERE state = 'open' GROUP BY GROUPING SETS ((achievement_id, part, due_on), (achievement_id, part));
"""
AS_BEFORE = """
CREATE OR REPLACE FUNCTION reviews_tally_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reviews_tally (achievement_id, part, due_on, again, is_free, n)
    SELECT achievement_id, part, due_on, again, holder_id IS NULL, count(*) FROM fresh WHERE state = 'open'
    GROUP BY 1, 2, 3, 4, 5;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION reviews_tally_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reviews_tally (achievement_id, part, due_on, again, is_free, n)
    SELECT achievement_id, part, due_on, again, is_free, sum(n) FROM (
        SELECT achievement_id, part, due_on, again, holder_id IS NULL AS is_free, 1 AS n FROM fresh WHERE state = 'open'
        UNION ALL
        SELECT achievement_id, part, due_on, again, holder_id IS NULL, -1 FROM stale WHERE state = 'open') AS moved
    GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION reviews_tally_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reviews_tally (achievement_id, part, due_on, again, is_free, n)
    SELECT achievement_id, part, due_on, again, holder_id IS NULL, -count(*) FROM stale WHERE state = 'open'
    GROUP BY 1, 2, 3, 4, 5;
    RETURN NULL;
END $$;
INSERT INTO reviews_tally (achievement_id, part, due_on, again, is_free, n)
SELECT achievement_id, part, due_on, again, holder_id IS NULL, count(*) FROM reviews_turn WHERE state = 'open'
GROUP BY 1, 2, 3, 4, 5;
"""
PARTS = [
    ("first", "Marking"),
    ("second", "Second marking"),
    ("grant", "Granting"),
    ("adjudicate", "Adjudication"),
    ("moderate", "Moderation"),
    ("appeal", "Appeal"),
]


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("reviews", "0009_reasons_of_leads_so_far"),
    ]

    operations = [
        migrations.AddField(
            model_name="turn",
            name="beside",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(),
                db_default=[],
                default=list,
                editable=False,
                help_text="Who has, or had, another part in this attempt; of an appeal, who judged its submission before",
                size=None,
            ),
        ),
        migrations.RunSQL(PLAYED.strip(), NOT_PLAYED.strip()),
        migrations.RunSQL(migrations.RunSQL.noop, AS_BEFORE.strip()),
        migrations.DeleteModel(name="Tally"),
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("part", models.CharField(choices=PARTS, max_length=12)),
                ("due_on", models.DateField(help_text="Empty: all days together", null=True)),
                ("n", models.IntegerField(help_text="All of them")),
                ("free", models.IntegerField(help_text="Those that nobody holds")),
                ("again", models.IntegerField(help_text="Those whose learner handed in before")),
                (
                    "achievement",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="issuers.achievement",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["achievement", "due_on"],
                        include=("part", "n", "free", "again"),
                        name="tally_by_badge_and_day",
                    )
                ]
            },
        ),
        migrations.RunSQL(TALLY.strip(), migrations.RunSQL.noop),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", apps.core.ids.PublicIdField()),
                ("name", models.CharField(max_length=40)),
                ("asked", models.CharField(max_length=1000)),
                ("saved_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_views",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("person", "name"), name="one_saved_view_a_name")]},
        ),
    ]
