import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reviews", "0006_turns_are_kept")]

    operations = [
        migrations.AlterField(
            model_name="assignment",
            name="turn",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="assignments", to="reviews.turn"
            ),
        ),
    ]
