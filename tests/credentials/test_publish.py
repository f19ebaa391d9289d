"""Status lists are signed as often as needed and no oftener: changes between two publications share one job."""

import json

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from apps.core import outbox
from apps.core.models import Event, Job
from apps.credentials import verbs
from apps.credentials.formats import bitstring
from apps.credentials.models import Credential, StatusEntry, StatusList
from apps.credentials.verbs import status_lists
from tests.factories import issuer_with_owner, published_version
from tests.together import meanwhile

pytestmark = pytest.mark.django_db


@pytest.fixture
def school():
    """(owner, credentials): five that stand, every list signed."""
    issuer, owner = issuer_with_owner()
    version = published_version(issuer)
    held = [
        verbs.award_directly(version, by=owner, address=f"learner{n}@people.example", name="", why="Course.")
        for n in range(5)
    ]
    outbox.drain()
    return owner, held


def take_back(credential, owner):
    verbs.revoke(credential, by=owner, reason="mistake", note="")


def pending():
    return Job.objects.filter(function="apps.credentials.tasks.publish", state="pending")


def listed(number=1):
    """(changes counted, changes published, indexes whose bit is set) of a published list."""
    one = StatusList.objects.get(number=number)
    bits = bitstring.decode(json.loads(one.text)["credentialSubject"]["encodedList"], most_bytes=bitstring.MORE_BITS)
    found = {8 * at + bit for at, byte in enumerate(bits) if byte for bit in range(8) if byte & 0x80 >> bit}
    return one.changes, one.published, found


def places(credentials):
    return set(StatusEntry.objects.filter(credential__in=credentials).values_list("index", flat=True))


def signed():
    return Event.objects.filter(kind="status_list.published").count()


def test_changes_between_two_publications_share_one_job(school):
    owner, held = school
    before = signed()

    for one in held[:3]:
        take_back(one, owner)

    assert (pending().count(), listed()) == (1, (4, 1, set()))
    outbox.drain()
    assert (signed() - before, listed()) == (1, (4, 4, places(held[:3])))

    take_back(held[3], owner)
    outbox.drain()

    assert (signed() - before, listed()) == (2, (5, 5, places(held[:4])))


def test_a_list_that_was_never_signed_and_one_that_was_have_jobs_of_their_own(school):
    _owner, _held = school

    keys = Job.objects.filter(function="apps.credentials.tasks.publish").order_by("pk").values_list("key", flat=True)

    first, second = StatusList.objects.order_by("number")
    assert list(keys) == [f"publish:{first.public_id}:0", f"publish:{second.public_id}:0"]


@pytest.mark.django_db(transaction=True)
def test_a_change_that_comes_while_a_list_is_signed_is_in_the_next(school):
    owner, held = school
    take_back(held[0], owner)
    one = StatusList.objects.get(number=1)

    meanwhile(lambda: verbs.publish(one.pk), lambda: take_back(held[1], owner))

    assert (pending().filter(key=f"publish:{one.public_id}:2").count(), listed()) == (1, (3, 2, places(held[:1])))
    outbox.drain()
    assert listed() == (3, 3, places(held[:2]))


@pytest.mark.django_db(transaction=True)
def test_what_signs_a_list_waits_for_a_change_that_is_being_made_and_takes_it_in(school):
    owner, held = school
    take_back(held[0], owner)
    before = signed()

    meanwhile(lambda: take_back(held[1], owner), lambda: verbs.publish(StatusList.objects.get(number=1).pk))

    assert listed() == (3, 3, places(held[:2]))
    outbox.drain()
    assert (signed() - before, listed()) == (1, (3, 3, places(held[:2])))


def test_a_change_shares_the_job_of_a_worker_that_was_killed(school):
    owner, held = school
    take_back(held[0], owner)
    pending().update(leased_until=Now(), attempts=1)

    take_back(held[1], owner)
    outbox.drain()

    assert (pending().count(), listed()) == (0, (3, 3, places(held[:2])))


def test_a_change_shares_the_job_that_failed_and_is_tried_again(school, monkeypatch):
    owner, held = school
    take_back(held[0], owner)
    with monkeypatch.context() as patched:
        patched.setattr(bitstring, "encode", lambda *_asked: 1 / 0)
        outbox.drain()
    assert (pending().get().attempts, listed()) == (1, (2, 1, set()))

    take_back(held[1], owner)
    pending().update(next_at=Now())
    outbox.drain()

    assert (pending().count(), listed()) == (0, (3, 3, places(held[:2])))


def test_a_job_that_was_given_up_silences_no_list(school):
    owner, held = school
    take_back(held[0], owner)
    pending().update(state="dead")

    take_back(held[1], owner)
    outbox.drain()
    assert listed() == (3, 1, set())

    assert [verbs.publish_waiting(), verbs.publish_waiting(), pending().count()] == [1, 0, 1]
    outbox.drain()
    assert (listed(), verbs.publish_waiting()) == ((3, 3, places(held[:2])), 0)
    take_back(held[2], owner)
    outbox.drain()
    assert listed() == (4, 4, places(held[:3]))


def test_the_schedule_asks_for_what_was_given_up_and_leaves_alone_what_is_being_done(school):
    owner, held = school
    take_back(held[0], owner)

    with transaction.atomic():
        outbox.enqueue("apps.credentials.tasks.publish_waiting", key="schedule:publish_waiting:1")
    assert (verbs.publish_waiting(), pending().count()) == (0, 1)

    pending().update(state="dead")
    outbox.drain()

    assert listed() == (2, 2, places(held[:1]))


def change(credentials, now):
    """What a verb for many does: it holds their rows, writes how they stand, and has the bits changed."""
    before = {one.pk: one.status for one in credentials}
    changes = {"status": now, "status_at": Now(), "status_reason": "mistake" if now == "revoked" else ""}
    Credential.objects.filter(pk__in=before).update(**changes)
    with CaptureQueriesContext(connection) as queries:
        status_lists.change_bits_many(before, now=now)
    for one in credentials:
        one.refresh_from_db()
    return len(queries)


@pytest.mark.parametrize("n", [1, 3])
def test_many_changes_are_counted_once_a_list_and_published_together(school, n):
    _owner, held = school

    assert change(held[:n], "suspended") == 6
    outbox.drain()

    assert [listed(1), listed(2)] == [(2, 2, places(held[:n])), (2, 2, places(held[:n]))]


def test_of_many_changes_those_that_change_no_bit_count_in_no_list(school):
    _owner, held = school
    change(held[:2], "suspended")
    outbox.drain()

    assert change(held[:3], "revoked") == 6
    outbox.drain()
    assert [listed(1), listed(2)] == [(3, 3, places(held[:3])), (3, 3, set())]

    assert change(held[:3], "revoked") == 1
    assert change(held[3:], "revoked") == 4
    assert pending().count() == 1


def test_many_changes_reach_the_lists_of_every_issuer(school):
    _owner, held = school
    issuer, owner = issuer_with_owner()
    theirs = verbs.award_directly(
        published_version(issuer), by=owner, address="learner9@people.example", name="", why="Course."
    )
    outbox.drain()

    assert change([held[0], theirs], "revoked") == 6
    outbox.drain()

    changed = StatusList.objects.filter(changes=2).order_by("issuer").values_list("issuer", "number", "published")
    assert list(changed) == [(held[0].issuer_id, 1, 2), (issuer.pk, 1, 2)]
