from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("submissions", "0012_what_was_told_is_kept"),
    ]

    operations = [
        migrations.AddField(
            model_name="evidenceitem",
            name="shows_me",
            field=models.BooleanField(
                default=False,
                help_text="Where assessors don't see who it is, it lies under a veil",
                verbose_name="it shows who I am",
            ),
        ),
        migrations.AlterField(
            model_name="reviewcopy",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("locked", "It is locked with a password."),
                    ("broken", "It is damaged, or not what it seems to be."),
                    ("too_much", "It holds more than can be looked through."),
                    ("unknown", "It is built in a way that can't be read to its end."),
                ],
                max_length=10,
            ),
        ),
    ]
