from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("credentials", "0018_an_issuers_words_go_with_the_person")]

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
