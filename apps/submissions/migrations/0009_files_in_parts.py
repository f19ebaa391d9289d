import apps.core.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


FORWARD = """
-- Work that was withdrawn while its files were checked is checked all the same: another attempt may carry it on.
CREATE OR REPLACE FUNCTION submissions_evidence_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found varchar;
BEGIN
    FOR found IN SELECT a.state FROM submissions_attempt a WHERE a.id IN (OLD.attempt_id, NEW.attempt_id) LOOP
        IF found = 'open' THEN
            CONTINUE;
        END IF;
        IF TG_OP = 'UPDATE' AND found IN ('submitted', 'checking', 'withdrawn') AND OLD.file_state = 'checking'
           AND to_jsonb(OLD) - ARRAY['file', 'media_type', 'sha256', 'file_state', 'blocked_because', 'scan', 'scanned_at']
             = to_jsonb(NEW) - ARRAY['file', 'media_type', 'sha256', 'file_state', 'blocked_because', 'scan', 'scanned_at']
        THEN
            CONTINUE;
        END IF;
        RAISE EXCEPTION 'Evidence that was handed in is never changed.' USING ERRCODE = 'restrict_violation';
    END LOOP;
    RETURN COALESCE(NEW, OLD);
END $$;
"""
BACKWARD = """
CREATE OR REPLACE FUNCTION submissions_evidence_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found varchar;
BEGIN
    FOR found IN SELECT a.state FROM submissions_attempt a WHERE a.id IN (OLD.attempt_id, NEW.attempt_id) LOOP
        IF found = 'open' THEN
            CONTINUE;
        END IF;
        IF TG_OP = 'UPDATE' AND found IN ('submitted', 'checking') AND OLD.file_state = 'checking'
           AND to_jsonb(OLD) - ARRAY['file', 'media_type', 'sha256', 'file_state', 'blocked_because', 'scan', 'scanned_at']
             = to_jsonb(NEW) - ARRAY['file', 'media_type', 'sha256', 'file_state', 'blocked_because', 'scan', 'scanned_at']
        THEN
            CONTINUE;
        END IF;
        RAISE EXCEPTION 'Evidence that was handed in is never changed.' USING ERRCODE = 'restrict_violation';
    END LOOP;
    RETURN COALESCE(NEW, OLD);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("issuers", "0009_evidence_types"),
        ("submissions", "0008_links_are_kept"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", apps.core.ids.PublicIdField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("receiving", "On its way"),
                            ("complete", "Sent"),
                            ("kept", "Kept"),
                            ("refused", "Refused"),
                            ("cancelled", "Cancelled"),
                            ("lapsed", "Lapsed"),
                        ],
                        default="receiving",
                        max_length=10,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("document", "Document"),
                            ("image", "Picture"),
                            ("audio", "Sound recording"),
                            ("video", "Video"),
                            ("link", "Link"),
                            ("text", "Text"),
                            ("reflection", "Reflection"),
                            ("data", "Data or code"),
                            ("certificate", "Earlier certificate"),
                            ("credential", "Badge from elsewhere"),
                        ],
                        max_length=12,
                    ),
                ),
                ("file_name", models.CharField(max_length=300)),
                (
                    "told_type",
                    models.CharField(
                        blank=True, help_text="As the browser called it; nobody relies on it", max_length=127
                    ),
                ),
                ("size", models.PositiveBigIntegerField()),
                ("part_size", models.PositiveIntegerField()),
                ("title", models.CharField(blank=True, max_length=300)),
                ("begun_at", models.DateTimeField()),
                ("touched_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "attempt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="uploads", to="submissions.attempt"
                    ),
                ),
                ("criteria", models.ManyToManyField(blank=True, related_name="+", to="issuers.criterion")),
                (
                    "learner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="uploads", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "piece",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="sent_as",
                        to="submissions.evidenceitem",
                    ),
                ),
            ],
            options={
                "ordering": ("begun_at", "pk"),
            },
        ),
        migrations.CreateModel(
            name="UploadPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("size", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("received_at", models.DateTimeField()),
                (
                    "upload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="submissions.upload"
                    ),
                ),
            ],
            options={
                "ordering": ("upload", "number"),
            },
        ),
        migrations.AddIndex(
            model_name="upload",
            index=models.Index(condition=models.Q(("state", "receiving")), fields=["learner"], name="upload_under_way"),
        ),
        migrations.AddIndex(
            model_name="upload",
            index=models.Index(
                condition=models.Q(("state", "receiving")), fields=["touched_at"], name="upload_untouched"
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(("part_size__gt", 0), ("size__gt", 0)), name="upload_has_parts"
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ("document", "image", "audio", "video", "data", "certificate"))),
                name="only_files_are_uploaded",
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("state__in", ("receiving", "complete"))),
                    models.Q(("ended_at__isnull", False), ("state__in", ("kept", "refused", "cancelled", "lapsed"))),
                    _connector="OR",
                ),
                name="upload_ended_at_some_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("receiving", "lapsed")), _negated=True), ("piece", None), _connector="OR"
                ),
                name="a_piece_once_it_is_sent",
            ),
        ),
        migrations.AddConstraint(
            model_name="uploadpart",
            constraint=models.UniqueConstraint(fields=("upload", "number"), name="each_part_once"),
        ),
        migrations.AddConstraint(
            model_name="uploadpart",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1), ("sha256__regex", "^[0-9a-f]{64}$"), ("size__gt", 0)),
                name="part_is_whole",
            ),
        ),
        migrations.RunSQL(FORWARD.strip(), BACKWARD.strip()),
    ]
