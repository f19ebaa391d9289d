from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("backpacks", "0001_tables")]

    operations = [
        migrations.RemoveField("collection", "items"),
        migrations.RenameModel("CollectionItem", "Block"),
    ]
