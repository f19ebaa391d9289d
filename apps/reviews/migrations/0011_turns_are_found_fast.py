import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("reviews", "0010_queue_is_found_and_counted")]

    operations = [
        # Assessors find learners whom they may know by part of the name.
        migrations.RunSQL(
            "CREATE INDEX CONCURRENTLY person_by_name ON accounts_user "
            "USING gin (immutable_unaccent(lower(name)) gin_trgm_ops)",
            "DROP INDEX CONCURRENTLY person_by_name",
        ),
        AddIndexConcurrently(
            model_name="assignment",
            index=models.Index(
                condition=models.Q(("state", "done")),
                fields=["assessor", "ended_at", "id"],
                name="assignment_by_its_end",
            ),
        ),
        AddIndexConcurrently(
            model_name="assignment",
            index=models.Index(
                condition=models.Q(("state__in", ("offered", "taken"))),
                fields=["assessor", "state"],
                name="assignment_in_hand",
            ),
        ),
        AddIndexConcurrently(
            model_name="turn",
            index=models.Index(
                condition=models.Q(("holder__isnull", True), ("state", "open")),
                fields=["due_on", "id"],
                name="turn_free_by_due_date",
            ),
        ),
        AddIndexConcurrently(
            model_name="turn",
            index=models.Index(
                condition=models.Q(("holder__isnull", True), ("state", "open")),
                fields=["achievement", "due_on", "id"],
                name="turn_free_by_badge",
            ),
        ),
        AddIndexConcurrently(
            model_name="turn",
            index=models.Index(
                condition=models.Q(("again", True), ("state", "open")),
                fields=["due_on", "id"],
                name="turn_again_by_due_date",
            ),
        ),
        AddIndexConcurrently(
            model_name="turn",
            index=models.Index(
                condition=models.Q(("again", True), ("state", "open")),
                fields=["achievement", "due_on", "id"],
                name="turn_again_by_badge",
            ),
        ),
        AddIndexConcurrently(
            model_name="turn",
            index=models.Index(
                condition=models.Q(("state", "open"), models.Q(("part", "first"), _negated=True)),
                fields=["part", "due_on", "id"],
                name="turn_of_part_by_due_date",
            ),
        ),
        AddIndexConcurrently(
            model_name="turn",
            index=models.Index(
                condition=models.Q(("state", "open"), models.Q(("part", "first"), _negated=True)),
                fields=["part", "achievement", "due_on", "id"],
                name="turn_of_part_by_badge",
            ),
        ),
        AddIndexConcurrently(
            model_name="turn",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["opened_at", "id"], name="turn_by_opening"
            ),
        ),
        AddIndexConcurrently(
            model_name="turn",
            index=models.Index(
                condition=models.Q(("state", "open")),
                fields=["achievement", "opened_at", "id"],
                name="turn_of_badge_by_opening",
            ),
        ),
        AddIndexConcurrently(
            model_name="turn",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("state", "open"), models.Q(("beside", []), _negated=True)),
                fields=["beside"],
                name="turn_by_who_played",
            ),
        ),
    ]
