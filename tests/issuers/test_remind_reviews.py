"""Those who design hear of a day of review: a month before, and on the day that it is where the issuer is."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from apps.core import clock
from apps.issuers import verbs
from apps.issuers.models import Issuer
from apps.notices import verbs as notices
from apps.notices.models import Letter, Notice
from tests.factories import drafted_version, issuer_with_owner, owner_of, published_version, seated

pytestmark = pytest.mark.django_db

DAY = date(2028, 5, 31)
AUCKLAND = ZoneInfo("Pacific/Auckland")


def reminded(moment):
    """What is written at that moment: (person, key), and how many are due."""
    before = set(Notice.objects.values_list("pk", flat=True))
    with clock.at(moment):
        due = verbs.remind_reviews()
    return [(one.person, one.key) for one in Notice.objects.exclude(pk__in=before).order_by("person_id")], due


def at_noon(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=AUCKLAND)


@pytest.fixture
def version():
    house, _owner = issuer_with_owner()
    Issuer.objects.filter(pk=house.pk).update(time_zone="Pacific/Auckland")
    return published_version(Issuer.objects.get(pk=house.pk), review_by=DAY)


def test_all_who_design_are_told_a_month_before_and_on_the_day_and_once_each(version):
    house = version.achievement.issuer
    told = [owner_of(house), seated("manager", house), seated("designer", house)]
    seated("assessor", house)
    near, past = (f"review_due:{stage}:{version.achievement.public_id}:1" for stage in ("near", "past"))

    assert reminded(at_noon(DAY - timedelta(days=31))) == ([], 0)
    assert reminded(at_noon(DAY - timedelta(days=30))) == ([(one, near) for one in told], 3)
    assert reminded(at_noon(DAY - timedelta(days=29))) == ([], 3)
    assert reminded(at_noon(DAY)) == ([(one, past) for one in told], 3)
    assert reminded(at_noon(DAY + timedelta(days=90))) == ([], 3)
    notice = Notice.objects.latest("pk")
    assert (notice.kind, notice.way, notice.address, notice.facts) == (
        "review_due",
        "digest",
        f"/designs/{version.achievement.public_id}/",
        {"day": "2028-05-31", "badge": version.name, "issuer": house.name},
    )


def test_whoever_missed_the_month_hears_of_the_day_alone(version):
    owner = owner_of(version.achievement.issuer)

    assert reminded(at_noon(DAY + timedelta(days=9))) == (
        [(owner, f"review_due:past:{version.achievement.public_id}:1")],
        1,
    )


@pytest.mark.parametrize(("zone", "stage"), [("Pacific/Auckland", "past"), ("Pacific/Honolulu", "near")])
def test_the_day_begins_where_the_issuer_is(version, zone, stage):
    Issuer.objects.update(time_zone=zone)

    [(_person, key)], _due = reminded(datetime(2028, 5, 30, 13, tzinfo=UTC))

    assert key.split(":")[1] == stage


@pytest.mark.parametrize(("zone", "due"), [("Pacific/Auckland", 1), ("Pacific/Honolulu", 0)])
def test_so_does_the_month_before(version, zone, due):
    Issuer.objects.update(time_zone=zone)

    assert reminded(datetime(2028, 4, 30, 13, tzinfo=UTC))[1] == due


def test_of_what_is_not_open_nobody_is_reminded(version):
    owner = owner_of(version.achievement.issuer)
    drafted_version(version.achievement.issuer, review_by=DAY)
    verbs.retire(version, by=owner)

    assert reminded(at_noon(DAY)) == ([], 0)


def test_its_letter_says_the_day_and_whose_it_is(version):
    owner = owner_of(version.achievement.issuer)
    notices.choose(owner, by=owner, ways={"review_due": "at_once"})
    reminded(at_noon(DAY))

    letter = Letter.objects.get()
    notices.deliver(letter.pk)
    letter.refresh_from_db()

    assert (letter.to, letter.subject) == (owner.email, "Due for review: Sharpen a knife")
    said = f"{version.achievement.issuer} set 31 May 2028 as the day to look at its wording again."
    assert (said in letter.text, said in letter.html, "Due for review: Sharpen a knife" in letter.text) == (True,) * 3
