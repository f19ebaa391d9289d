"""Who waits for a job decides when it is heard of: before what is done for many, and on a queue that nothing slow holds."""

from importlib import import_module

import pytest
from django.conf import settings
from django.db import transaction

from apps.core import outbox
from apps.core.models import Job
from apps.core.outbox import Bell
from config.celery import app

# Every job that is not heard of like most others, by its queue. Of the rest nobody waits for any by itself.
HEARD = {
    ("now", Bell.FIRST): {"credentials.publish", "backpacks.hide_everything"},
    ("now", Bell.SOON): {
        "backpacks.file_foreign",
        "credentials.bake",
        "credentials.sign_endorsement",
        "notices.ask_guardian",
        "notices.ask_other_account",
    },
    ("bulk", Bell.SOON): {
        "backpacks.import_item",
        "credentials.check_item",
        "credentials.read_rows",
        "credentials.sign_others",
        "frameworks.carry_out",
        "submissions.capture_link",
        "submissions.check_file",
        "submissions.freeze",
        "submissions.make_copy",
    },
    ("bulk", Bell.LAST): {
        "credentials.check_foreign_again",
        "credentials.reissue_embedding_one",
        "credentials.reissue_one",
        "credentials.sign_endorsement_anew",
        "credentials.sign_others_of",
        "pathways.look_again",
    },
    ("mail", Bell.SOON): {"notices.deliver_awaited"},
    ("mail", Bell.LAST): {"notices.deliver_many"},
}
# A mail server that does not answer holds up what is on its queue.
ON_MAIL = {"notices.deliver_awaited", "notices.deliver", "notices.deliver_many"}
# An act for many: each is a chunk of it, and may be one of hundreds.
FOR_MANY = {"credentials.award_rows", "credentials.undo_rows"}


def jobs():
    """{room.name: function} of every job that there is."""
    found = {}
    for room in settings.ROOMS:
        try:
            tasks = import_module(f"apps.{room}.tasks")
        except ModuleNotFoundError:
            continue
        found |= {f"{room}.{name}": one for name, one in vars(tasks).items() if hasattr(one, "bell")}
    return found


def test_what_somebody_waits_for_is_heard_of_before_what_is_done_for_many():
    heard, every = {}, jobs()
    for name, one in every.items():
        heard.setdefault((one.queue, one.bell), set()).add(name)

    assert {key: names for key, names in heard.items() if key[1] != Bell.LATER} == HEARD
    assert {name for name, one in every.items() if one.queue == "mail"} == ON_MAIL
    assert {every[name].bell for name in FOR_MANY} == {Bell.LATER}
    assert Bell.FIRST < Bell.SOON < Bell.LATER < Bell.LAST


@pytest.mark.django_db(transaction=True)
def test_a_worker_hears_of_a_single_piece_of_work_behind_a_table_first_and_of_its_further_forms_last():
    table = ("sign_others_of", "file_credentials", "award_rows")
    single = ("freeze", "read_rows", "sign_others")
    rooms = {name.partition(".")[2]: one for name, one in jobs().items()}
    with app.connection_for_read() as connection, connection.SimpleQueue("bulk") as bells:
        bells.clear()
        with transaction.atomic():
            for name in (*table, *single):
                outbox.enqueue(f"{rooms[name].__module__}.{name}", key=name)
        heard = []
        for _bell in range(6):
            bell = bells.get(timeout=5)
            bell.ack()
            heard.append(Job.objects.get(pk=bell.payload[0][0]).key)

    assert heard == [*single, "file_credentials", "award_rows", "sign_others_of"]
