import apps.core.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0002_triggers"),
        ("issuers", "0007_catalogue"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RenameField("signingkey", "multibase", "name"),
        migrations.CreateModel(
            name="StatusEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("index", models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="StatusList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", apps.core.ids.PublicIdField()),
                (
                    "purpose",
                    models.CharField(choices=[("revocation", "Taken back"), ("suspension", "Paused")], max_length=12),
                ),
                ("number", models.PositiveIntegerField(help_text="Stands in its address")),
                ("made_at", models.DateTimeField()),
                ("changes", models.PositiveIntegerField(default=0, help_text="How often a bit has changed")),
                (
                    "published",
                    models.PositiveIntegerField(help_text="How many changes the signed texts hold", null=True),
                ),
                ("published_at", models.DateTimeField(null=True)),
                ("text", models.TextField(blank=True, help_text="Signed, with a Data Integrity proof")),
                ("jwt", models.TextField(blank=True, help_text="Signed, as a JWT")),
            ],
            options={
                "ordering": ("issuer", "number"),
            },
        ),
        migrations.AlterModelOptions(
            name="signingkey",
            options={"ordering": ("created_at", "pk")},
        ),
        migrations.RemoveConstraint(
            model_name="credential",
            name="one_live_credential_a_person",
        ),
        migrations.RemoveConstraint(
            model_name="signingkey",
            name="one_active_key",
        ),
        migrations.AddField(
            model_name="credential",
            name="renewed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="credential",
            name="renews",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="renewals",
                to="credentials.credential",
            ),
        ),
        migrations.AddField(
            model_name="credential",
            name="status",
            field=models.CharField(
                choices=[
                    ("valid", "Valid"),
                    ("suspended", "Paused"),
                    ("revoked", "Taken back"),
                    ("superseded", "Replaced"),
                ],
                default="valid",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="credential",
            name="status_at",
            field=models.DateTimeField(help_text="When the status last changed", null=True),
        ),
        migrations.AddField(
            model_name="credential",
            name="status_note",
            field=models.TextField(blank=True, help_text="Shown on the credential's page.", verbose_name="note"),
        ),
        migrations.AddField(
            model_name="credential",
            name="status_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("mistake", "It was awarded by mistake"),
                    ("evidence", "The evidence turned out not to be what it was said to be"),
                    ("conduct", "The terms of the award were broken"),
                    ("request", "The earner asked for it"),
                    ("other", "Another reason"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="credential",
            name="supersedes",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="superseded_by",
                to="credentials.credential",
            ),
        ),
        migrations.AddField(
            model_name="credential",
            name="why",
            field=models.TextField(
                blank=True, help_text="What a direct award rests on. Only the issuer reads it.", verbose_name="why"
            ),
        ),
        migrations.AddField(
            model_name="signingkey",
            name="algorithm",
            field=models.CharField(
                choices=[("ed25519", "Ed25519"), ("p256", "P-256"), ("rsa", "RSA 2048")],
                default="ed25519",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="signingkey",
            name="ended_at",
            field=models.DateTimeField(help_text="When it was retired, or found to be compromised", null=True),
        ),
        migrations.AddField(
            model_name="signingkey",
            name="public_pem",
            field=models.TextField(blank=True, help_text="The public half of an RSA key, which its name doesn't hold"),
        ),
        migrations.AddField(
            model_name="signingkey",
            name="why",
            field=models.TextField(blank=True, help_text="What is known of a compromised key.", verbose_name="why"),
        ),
        migrations.AlterField(
            model_name="bake",
            name="picture",
            field=models.CharField(choices=[("png", "PNG"), ("svg", "SVG")], max_length=4),
        ),
        migrations.AlterField(
            model_name="credential",
            name="basis",
            field=models.CharField(
                choices=[("assessed", "Assessed evidence"), ("direct", "Awarded directly"), ("renewal", "Renewed")],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="credential",
            name="decision_id",
            field=models.CharField(help_text="Public id of the decision", max_length=26, null=True),
        ),
        migrations.AlterField(
            model_name="signedform",
            name="format",
            field=models.CharField(
                choices=[
                    ("ob3-eddsa-rdfc-2022", "Open Badges 3.0, Data Integrity"),
                    ("ob3-jwt-eddsa", "Open Badges 3.0, JWT (EdDSA)"),
                    ("ob3-jwt-es256", "Open Badges 3.0, JWT (ES256)"),
                    ("ob3-jwt-rs256", "Open Badges 3.0, JWT (RS256)"),
                    ("ob2-jws", "Open Badges 2.0, signed"),
                ],
                max_length=24,
            ),
        ),
        migrations.AlterField(
            model_name="signingkey",
            name="name",
            field=models.CharField(
                help_text="Of the public half, in addresses: its Multikey (z6Mk…, zDn…), or an RSA key's thumbprint",
                max_length=64,
                unique=True,
            ),
        ),
        migrations.AddIndex(
            model_name="credential",
            index=models.Index(
                condition=models.Q(("renewed_at", None), ("status", "valid")),
                fields=["valid_until"],
                name="credential_running_out",
            ),
        ),
        migrations.AddConstraint(
            model_name="credential",
            constraint=models.UniqueConstraint(
                condition=models.Q(("renewed_at", None), ("single", True), ("status__in", ("valid", "suspended"))),
                fields=("achievement", "earner"),
                name="one_live_credential_a_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="credential",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ("valid", "suspended", "revoked"))),
                fields=("decision_id",),
                name="one_effective_credential_a_decision",
            ),
        ),
        migrations.AddConstraint(
            model_name="credential",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "superseded"), _negated=True), fields=("renews",), name="renewed_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="credential",
            constraint=models.CheckConstraint(
                condition=models.Q(("basis", "direct"), ("why", ""), _negated=True), name="direct_says_why"
            ),
        ),
        migrations.AddConstraint(
            model_name="credential",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "revoked"), models.Q(("status_reason", ""), _negated=True)),
                    models.Q(models.Q(("status", "revoked"), _negated=True), ("status_reason", "")),
                    _connector="OR",
                ),
                name="revoked_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="credential",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("basis", "renewal"), _negated=True),
                    models.Q(("renews", None), _negated=True),
                    models.Q(("supersedes", None), _negated=True),
                    _connector="OR",
                ),
                name="renewal_renews_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="signingkey",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "active")), fields=("issuer", "algorithm"), name="one_active_key_of_a_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="signingkey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("algorithm__in", ("ed25519", "p256")), ("public_pem", "")),
                    models.Q(("algorithm", "rsa"), models.Q(("public_pem", ""), _negated=True)),
                    _connector="OR",
                ),
                name="key_algorithm_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="signingkey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("state", "active")),
                    models.Q(models.Q(("state", "active"), _negated=True), models.Q(("ended_at", None), _negated=True)),
                    _connector="OR",
                ),
                name="key_ended_when_not_active",
            ),
        ),
        migrations.AddField(
            model_name="statusentry",
            name="credential",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="status_entry", to="credentials.credential"
            ),
        ),
        migrations.AddField(
            model_name="statuslist",
            name="issuer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="status_lists", to="issuers.issuer"
            ),
        ),
        migrations.AddField(
            model_name="statusentry",
            name="list",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="credentials.statuslist"
            ),
        ),
        migrations.AddConstraint(
            model_name="statuslist",
            constraint=models.UniqueConstraint(fields=("issuer", "number"), name="one_status_list_a_number"),
        ),
        migrations.AddConstraint(
            model_name="statuslist",
            constraint=models.CheckConstraint(
                condition=models.Q(("purpose__in", ("revocation", "suspension"))), name="status_purpose_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="statusentry",
            constraint=models.UniqueConstraint(fields=("list", "index"), name="one_credential_an_index"),
        ),
    ]
