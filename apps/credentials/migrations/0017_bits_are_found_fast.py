from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("credentials", "0016_awards_in_bulk")]

    operations = [
        AddIndexConcurrently(
            model_name="credential",
            index=models.Index(
                condition=models.Q(("status__in", ("suspended", "revoked", "superseded"))),
                fields=["issuer"],
                name="credential_in_a_status_list",
            ),
        ),
    ]
