import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("issuers", "0008_a_talk_before_the_next_attempt"),
    ]

    operations = [
        migrations.AddField(
            model_name="issuer",
            name="evidence_types",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("documents", "Documents"),
                        ("pictures", "Pictures"),
                        ("sound", "Sound recordings"),
                        ("video", "Videos"),
                        ("data", "Tables and data"),
                        ("archives", "Zip files"),
                    ],
                    max_length=10,
                ),
                blank=True,
                default=list,
                help_text="Choose none to take them all. Words, links and badges are always taken.",
                size=None,
                verbose_name="files that you take as evidence",
            ),
        ),
        migrations.AddConstraint(
            model_name="issuer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("evidence_types__contained_by", ["documents", "pictures", "sound", "video", "data", "archives"])
                ),
                name="issuer_takes_known_files",
            ),
        ),
    ]
