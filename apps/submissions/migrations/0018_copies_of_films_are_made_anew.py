from django.core.files.storage import default_storage
from django.db import migrations, transaction

# What the module `boxes` writes (MP4, QuickTime, and sound in the same boxes); those for other recordings drop
# nothing new.
MEDIA_TYPE = "video/mp4"
AT_ONCE = 200


def forget_copies(apps, schema_editor):
    """Delete copies made before encoder names and the camera's clock were dropped.

    Once its row is gone, `want_copies` requests a copy again, within hours; until then only its learner can open the
    recording. The file is deleted before the row is gone for others: a job that makes the new copy, perhaps under the
    same name, waits for the row. If the storage is unavailable, this fails, and running it again deletes the rest: a
    file left behind would stay for ever, since nothing names it.
    """
    copies = apps.get_model("submissions", "ReviewCopy").objects.using(schema_editor.connection.alias)
    old = copies.filter(state="made", media_type=MEDIA_TYPE).order_by("pk")
    # Copies made while this runs are already as they should be.
    last = old.values_list("pk", flat=True).last()
    while last is not None:
        with transaction.atomic(using=schema_editor.connection.alias):
            names = dict(old.filter(pk__lte=last).select_for_update().values_list("pk", "file")[:AT_ONCE])
            copies.filter(pk__in=names).delete()
            for name in set(names.values()) - set(
                copies.filter(file__in=names.values()).values_list("file", flat=True)
            ):
                default_storage.delete(name)
        if not names:
            return


class Migration(migrations.Migration):
    # A batch at a time, so that no worker waits for all of them.
    atomic = False
    dependencies = [
        ("submissions", "0017_words_change_hands_with_the_account"),
    ]

    operations = [migrations.RunPython(forget_copies, migrations.RunPython.noop)]
