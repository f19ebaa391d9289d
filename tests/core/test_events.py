import hashlib

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils.functional import SimpleLazyObject

from apps.core import events, tasks
from apps.core.models import Event, EventBlock, Job
from tests.factories import person

pytestmark = pytest.mark.django_db


def test_record_appends_who_did_what_to_what():
    someone = person()
    with transaction.atomic():
        event = events.record("thing.happened", someone, by=someone, note=events.digest("words"))

    event.refresh_from_db()
    assert (event.kind, event.subject_type, event.subject_id, event.actor_id, event.data) == (
        "thing.happened",
        "accounts.user",
        someone.public_id,
        someone.public_id,
        {"note": hashlib.sha256(b"words").hexdigest()},
    )


def test_whoever_is_signed_in_is_a_subject_like_any_other():
    someone = person()

    event = events.record("thing.happened", SimpleLazyObject(lambda: someone), by=SimpleLazyObject(lambda: someone))

    event.refresh_from_db()
    assert (event.subject_type, event.subject_id, event.actor_id) == (
        "accounts.user",
        someone.public_id,
        someone.public_id,
    )


def test_an_event_is_never_changed_or_deleted():
    someone = person()
    event = events.record("thing.happened", someone, by=None)

    for act in (
        lambda: Event.objects.filter(pk=event.pk).update(kind="other"),
        lambda: Event.objects.filter(pk=event.pk).update(actor_id="x"),
        lambda: Event.objects.filter(pk=event.pk).delete(),
    ):
        with pytest.raises(IntegrityError, match="never"), transaction.atomic():
            act()

    assert Event.objects.get(pk=event.pk).kind == "thing.happened"


def test_an_event_brings_forth_the_jobs_of_its_reactions(settings):
    settings.REACTIONS = "tests.core.test_events.REACTIONS"
    someone = person()

    event = events.record("thing.happened", someone, by=None)

    made = Job.objects.filter(key=f"apps.core.tasks.prune_jobs:{event.pk}").values_list("function", "arguments")
    assert list(made) == [("apps.core.tasks.prune_jobs", {"event_id": event.pk})]


REACTIONS = {"thing.happened": ("apps.core.tasks.prune_jobs",)}


def test_seal_chains_what_is_not_sealed_yet_and_verifies():
    someone = person()
    events.seal()
    before = EventBlock.objects.order_by("number").last()
    for number in range(5):
        events.record("thing.happened", someone, by=None, number=number)

    block = events.seal()

    assert (block.number, block.events, block.previous_hash) == (before.number + 1, 5, before.hash)
    assert events.seal() is None
    assert events.first_break() is None


def test_the_job_seals_block_after_block_until_a_whole_one_is_not_full(monkeypatch):
    someone = person()
    events.seal()
    sealed = EventBlock.objects.count()
    monkeypatch.setattr(events, "MOST_IN_A_BLOCK", 2)
    for _number in range(5):
        events.record("thing.happened", someone, by=None)

    tasks.seal_events()

    assert list(EventBlock.objects.order_by("number").values_list("events", flat=True))[sealed:] == [2, 2, 1]
    assert events.first_break() is None


@pytest.mark.parametrize(
    ("sabotage", "words"),
    [
        (
            "UPDATE core_event SET actor_id = 'somebodyelse' WHERE kind = 'thing.happened'",
            "an event in block 2 was changed",
        ),
        (
            "DELETE FROM core_event WHERE id = (SELECT min(id) FROM core_event WHERE kind = 'thing.happened')",
            "sealed 3",
        ),
        (
            "UPDATE core_eventblock SET merkle_root = repeat('0', 64) WHERE number = 2",
            "an event in block 2 was changed",
        ),
        ("UPDATE core_eventblock SET sealed_at = now() + interval '1 day' WHERE number = 2", "block 2 was changed"),
        ("UPDATE core_event SET block_id = NULL; DELETE FROM core_eventblock WHERE number = 1", "block 1 is missing"),
    ],
)
def test_verify_names_the_first_break_when_someone_goes_past_the_triggers(sabotage, words):
    someone = person()
    events.seal()
    for number in range(3):
        events.record("thing.happened", someone, by=None, number=number)
    events.seal()
    assert events.first_break() is None

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sabotage)
        cursor.execute("SET session_replication_role = DEFAULT")

    assert words in (events.first_break() or "")


def test_the_merkle_root_of_one_and_of_three_leaves_is_that_of_rfc_6962():
    one, two, three = (events.digest(word) for word in ("a", "b", "c"))

    def node(left, right):
        return hashlib.sha256(b"\x01" + left + right).digest()

    leaves = [hashlib.sha256(b"\x00" + bytes.fromhex(leaf)).digest() for leaf in (one, two, three)]
    assert events.merkle_root([one]) == leaves[0].hex()
    assert events.merkle_root([one, two, three]) == node(node(leaves[0], leaves[1]), leaves[2]).hex()
