from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("credentials", "0006_disclosure")]

    operations = [
        migrations.AddField(
            model_name="credential",
            name="sent_to",
            field=models.EmailField(
                blank=True,
                default="",
                help_text="The address that the issuer typed for a direct award: all that it learns of whose it is",
                max_length=254,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="credential",
            name="earner_name",
            field=models.CharField(
                blank=True, default="", help_text="What the earner was called at the award", max_length=300
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="credential",
            name="sent_name",
            field=models.CharField(
                blank=True, default="", help_text="The name that the issuer typed with it", max_length=300
            ),
            preserve_default=False,
        ),
    ]
