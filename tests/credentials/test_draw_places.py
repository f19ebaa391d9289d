"""Places in status lists, drawn for many at once: by lot, each its own, none twice."""

import json

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.core import outbox
from apps.credentials import verbs
from apps.credentials.formats import bitstring
from apps.credentials.models import Credential, StatusEntry, StatusList
from apps.credentials.verbs import status_lists
from tests.factories import awarded_credential, issuer_with_owner, owner_of, published_version
from tests.together import at_once, meanwhile

pytestmark = pytest.mark.django_db


def drawn(issuer, n, *, after=0):
    """[(list number, index)] for `n` credentials that do not come to be, and how many questions it took."""
    ids = list(range(10**9 + after, 10**9 + after + n))
    with CaptureQueriesContext(connection) as queries:
        places = status_lists.draw_places(issuer, credential_ids=ids)
    rows = StatusEntry.objects.filter(credential_id__in=ids).values_list("credential_id", "list__number", "index")
    assert sorted(rows) == [(pk, one.list.number, one.index) for pk, one in zip(ids, places, strict=True)]
    return [(one.list.number, one.index) for one in places], len(queries)


@pytest.fixture
def nothing_stays():
    """Places refer to credentials, and the end of a transaction looks for them: here it never ends well."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def small(monkeypatch):
    """Lots are drawn among the first hundred places of a list, in stripes of ten."""
    monkeypatch.setattr(status_lists, "_stripes", lambda _list: [range(first, 100, 10) for first in range(10)])


@pytest.mark.usefixtures("nothing_stays")
@pytest.mark.parametrize("n", [1, 3, 1_000])
def test_many_take_as_few_questions_as_one(n):
    issuer, _owner = issuer_with_owner()
    drawn(issuer, 1, after=5_000)

    places, asked = drawn(issuer, n)

    assert (len(set(places)), {number for number, _index in places}, asked) == (n, {1}, 4)


@pytest.mark.usefixtures("nothing_stays")
def test_lots_fall_over_the_whole_list_in_no_order():
    issuer, _owner = issuer_with_owner()

    indexes = [index for _number, index in drawn(issuer, 1_000)[0]]

    assert indexes != sorted(indexes)
    assert min(indexes) < bitstring.FEWEST_BITS // 10
    assert max(indexes) > bitstring.FEWEST_BITS * 9 // 10


@pytest.mark.usefixtures("nothing_stays", "small")
def test_whoever_finds_its_lot_taken_draws_again():
    issuer, _owner = issuer_with_owner()
    drawn(issuer, 50, after=5_000)

    places, _asked = drawn(issuer, 20)

    assert {number for number, _index in places} == {1}
    assert len(set(places)) == 20


@pytest.mark.usefixtures("nothing_stays", "small")
def test_a_list_that_is_three_quarters_full_is_followed_by_a_large_one():
    issuer, _owner = issuer_with_owner()

    places, _asked = drawn(issuer, 150)

    found = {number: len({index for one, index in places if one == number}) for number in (1, 3)}
    assert sum(found.values()) == 150
    assert found[1] >= 75
    assert list(issuer.status_lists.values_list("number", "size")) == [
        (1, bitstring.FEWEST_BITS),
        (2, bitstring.FEWEST_BITS),
        (3, bitstring.MORE_BITS),
        (4, bitstring.MORE_BITS),
    ]
    assert {number for number, _index in drawn(issuer, 3, after=5_000)[0]} == {3}


@pytest.mark.usefixtures("nothing_stays", "small")
def test_no_room_in_two_lists_is_an_error_and_no_endless_search():
    issuer, _owner = issuer_with_owner()

    with pytest.raises(LookupError, match="no free places"), transaction.atomic():
        drawn(issuer, 300)

    assert not StatusEntry.objects.exists()


def test_in_a_large_list_a_credential_is_found_behind_the_end_of_a_small_one(monkeypatch):
    first = awarded_credential()
    with monkeypatch.context() as patched:
        patched.setattr(status_lists.secrets, "randbelow", lambda _size: first.status_entry.index)
        awarded_credential(version=published_version(first.issuer, name="Opens the next"))
    monkeypatch.setattr(status_lists.secrets, "randbelow", lambda size: size - 1)

    last = awarded_credential(version=published_version(first.issuer, name="Far back"))
    verbs.revoke(last, by=owner_of(first.issuer), reason="mistake", note="")
    outbox.drain()

    assert (last.status_entry.list.number, last.status_entry.index) == (3, bitstring.MORE_BITS - 1)
    encoded = json.loads(StatusList.objects.get(number=3).text)["credentialSubject"]["encodedList"]
    bits = bitstring.decode(encoded, most_bytes=bitstring.MORE_BITS // 8)
    assert (len(bits) * 8, bitstring.is_set(bits, bitstring.MORE_BITS - 1), sum(bits)) == (bitstring.MORE_BITS, True, 1)


@pytest.mark.usefixtures("nothing_stays")
def test_the_database_knows_each_lists_size():
    issuer, _owner = issuer_with_owner()
    drawn(issuer, 1)
    small = StatusList.objects.get(issuer=issuer, number=1)

    def made(size):
        return StatusList.objects.create(
            issuer=issuer, purpose="revocation", number=3, size=size, made_at=small.made_at
        )

    large = made(bitstring.MORE_BITS)

    StatusEntry.objects.create(list=large, credential_id=10**9 + 7, index=bitstring.FEWEST_BITS)

    for words, act in (
        (
            "index_within_its_list",
            lambda: StatusEntry.objects.create(list=small, credential_id=10**9 + 8, index=bitstring.FEWEST_BITS),
        ),
        ("signed address", lambda: StatusList.objects.filter(number=3).update(size=bitstring.FEWEST_BITS)),
        ("status_list_size_known", lambda: made(bitstring.FEWEST_BITS * 2)),
    ):
        with pytest.raises(IntegrityError, match=words), transaction.atomic():
            act()


def draw_and_forget(issuer, n, after):
    """What is drawn stays drawn until the transaction ends, as among others; then it is as if nothing had been."""
    ids = range(10**9 + after, 10**9 + after + n)
    with transaction.atomic():
        found = {(one.list.number, one.index) for one in status_lists.draw_places(issuer, credential_ids=ids)}
        transaction.set_rollback(True)
    return found


@pytest.mark.django_db(transaction=True)
def test_many_at_once_draw_from_other_stripes_and_none_is_given_up():
    first = awarded_credential()

    found = at_once(*(lambda n=n: draw_and_forget(first.issuer, 500, after=1_000 * n) for n in range(4)))

    assert [len(one) for one in found] == [500] * 4


@pytest.mark.django_db(transaction=True)
def test_who_draws_one_does_not_wait_for_who_draws_many():
    first = awarded_credential()
    version = published_version(first.issuer, name="Another")
    ids, places = range(10**9, 10**9 + 500), []

    # Nobody writes the credentials that many were drawn for, and the end of that transaction notices: by then the one
    # has its place.
    with pytest.raises(IntegrityError, match="foreign key"):
        meanwhile(
            lambda: status_lists.draw_places(first.issuer, credential_ids=ids),
            lambda: places.append(awarded_credential(version=version).status_entry.index),
        )

    assert [Credential.objects.get(version=version).status_entry.index] == places
