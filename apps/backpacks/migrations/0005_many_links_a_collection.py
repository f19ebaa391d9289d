import apps.core.ids
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("backpacks", "0004_what_was_shared_stays_shared")]

    operations = [
        migrations.AlterField("block", "public_id", apps.core.ids.PublicIdField()),
        migrations.RemoveConstraint("sharelink", "one_live_link_a_collection"),
        migrations.RemoveField("sharelink", "lifted"),
    ]
