from django.core.files.storage import default_storage
from django.db import migrations, transaction

# What the maker of these writes (MP4, QuickTime, and sound in the same boxes); the makers of other recordings drop
# what they dropped before.
MEDIA_TYPE = "video/mp4"
AT_ONCE = 200


def forget_copies(apps, schema_editor):
    """Copies that were made before their maker dropped the names of coders and the clock of the camera.

    Without its row a copy is asked for anew by `want_copies`, within hours; until then nobody but its learner opens the
    recording. The file goes too, before the row is gone for others: whoever makes the new one, perhaps under the same
    name, waits for the row. Where the storage is away, this fails, and what was not yet forgotten is when it is run again:
    a file that stayed would lie there for ever, since nothing names it.
    """
    copies = apps.get_model("submissions", "ReviewCopy").objects.using(schema_editor.connection.alias)
    old = copies.filter(state="made", media_type=MEDIA_TYPE).order_by("pk")
    # Those that are made while this runs are as they should be.
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
