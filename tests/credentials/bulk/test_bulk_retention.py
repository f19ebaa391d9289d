"""What a table holds of people goes when it is no longer needed, but for what the law holds."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage

from apps.accounts import verbs as accounts
from apps.core import clock, erasing, outbox
from apps.credentials import verbs
from apps.credentials.models import BulkAward, Credential
from config.retention import YEAR
from tests.factories import operator, published_version
from tests.factories.bulk import begun, checked

pytestmark = pytest.mark.django_db
ANI = ("ani@people.example", "Ani Ruru", "She threw it.")
HEMI = ("hemi@people", "Hēmi Ruru")


def forgotten(kind, later):
    with clock.at(clock.now() + later):
        found = erasing.forget_class(kind)
        outbox.drain()
    return found


def awarded(*rows, **facts):
    bulk = checked(*rows, **facts)
    verbs.award_bulk(bulk, by=bulk.by)
    outbox.drain()
    bulk.refresh_from_db()
    return bulk


def test_a_table_that_nobody_used_goes_after_a_month():
    unused, named, used = begun(ANI), checked(ANI), awarded(ANI)
    names = [one.file.name for one in (unused, named)]
    assert forgotten("tables", timedelta(days=29)) == 0

    assert forgotten("tables", timedelta(days=31)) == 2

    assert list(BulkAward.objects.all()) == [used]
    assert [default_storage.exists(name) for name in names] == [False, False]


def test_what_stood_in_the_rows_goes_after_a_year_and_the_badges_stay():
    bulk = awarded(ANI, HEMI)
    assert forgotten("cells", YEAR - timedelta(days=1)) == 0

    assert forgotten("cells", YEAR + timedelta(days=1)) == 2

    [row] = bulk.rows.all()
    assert (row.cells, row.name, row.narrative, row.address) == ([], "", "", f"erased-row-{row.pk}@invalid")
    assert row.credential == Credential.objects.get(sent_to="ani@people.example")
    assert forgotten("cells", YEAR + timedelta(days=2)) == 0


def test_a_table_that_was_taken_back_is_forgotten_too():
    bulk = awarded(ANI)
    verbs.undo_bulk(bulk, by=bulk.by, reason="mistake", note="")
    outbox.drain()

    assert forgotten("cells", YEAR + timedelta(days=1)) == 1


def test_what_the_law_holds_stays():
    bulk = awarded(ANI, ("hemi@people.example", "Hēmi"))
    ani = Credential.objects.get(sent_to="ani@people.example").earner
    accounts.hold(ani, by=operator(), reason="Case 12")

    assert forgotten("cells", YEAR + timedelta(days=1)) == 1

    assert [row.cells[:1] for row in bulk.rows.all()] == [["ani@people.example"], []]


def test_a_name_that_two_people_have_stays_where_it_is_the_others():
    version = published_version()
    both = awarded(ANI, version=version)
    others = checked(("ani.two@people.example", "Ani Ruru", "With Ani Ruru."), version=published_version())
    ani = both.rows.get().credential.earner
    ani.name = "Ani Ruru"
    ani.save()
    accounts.leave(ani, by=ani, address=ani.email)
    with clock.at(clock.now() + accounts.COOLING_OFF + timedelta(minutes=1)):
        assert accounts.erase(ani.pk)

    assert both.rows.get().name == ""
    assert (others.rows.get().name, others.rows.get().narrative) == ("Ani Ruru", "With Ani Ruru.")
    others.refresh_from_db()
    assert others.file
