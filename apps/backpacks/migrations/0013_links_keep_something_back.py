from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("backpacks", "0012_collections_without_a_name"),
    ]

    operations = [
        migrations.AddField(
            model_name="sharelink",
            name="hides_name",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Whether the earner’s name is kept back from whoever comes by it",
            ),
        ),
        migrations.AddField(
            model_name="sharelink",
            name="hides_evidence",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Whether all evidence is kept back from whoever comes by it",
            ),
        ),
    ]
