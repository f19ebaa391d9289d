from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from apps.core import clock
from apps.core.refused import Refused
from apps.issuers import verbs
from apps.issuers.models import Seat
from apps.notices.models import Notice
from tests.factories import (
    at_once,
    events_of,
    issuer_with_owner,
    letters_to,
    operator,
    person,
    published_version,
    seat_of,
    seated,
)

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def test_seat_gives_a_part_and_says_so():
    issuer, owner = issuer_with_owner("Ngā Awa")
    achievement = published_version(issuer).achievement
    someone = person()

    with clock.at(NOON):
        given = verbs.seat(someone, issuer, "assessor", by=owner, achievement=achievement, until=NOON + DAY)

    assert (given.issuer, given.person, given.role, given.achievement, given.until, given.given_at) == (
        *(issuer, someone, "assessor", achievement, NOON + DAY, NOON),
    )
    assert events_of(given) == [("seat.given", owner.public_id)]
    told = Notice.objects.get(person=someone)
    assert (told.kind, told.address) == ("seat_given", f"/organisations/{issuer.slug}/")
    assert (told.facts["issuer"], told.facts["part"], told.facts["badge"]) == ("Ngā Awa", "Assessor", "Sharpen a knife")
    assert letters_to(someone.email) == 1


def test_given_to_oneself_nobody_is_told():
    issuer, owner = issuer_with_owner()

    verbs.seat(owner, issuer, "designer", by=owner)

    assert not Notice.objects.filter(person=owner, facts__part="Designer").exists()


def test_the_same_part_twice_is_refused():
    issuer, owner = issuer_with_owner()
    someone = person("Tevita")
    verbs.seat(someone, issuer, "assessor", by=owner)

    with pytest.raises(Refused, match="Tevita has that part already"):
        verbs.seat(someone, issuer, "assessor", by=owner)
    verbs.suspend(seat_of(someone), by=owner)
    with pytest.raises(Refused, match="It is suspended: resume it"):
        verbs.seat(someone, issuer, "assessor", by=owner)

    assert Seat.objects.filter(person=someone).count() == 1


def test_a_part_that_ran_out_makes_room_for_a_new_one():
    issuer, owner = issuer_with_owner()
    someone = person()
    with clock.at(NOON):
        old = verbs.seat(someone, issuer, "assessor", by=owner, until=NOON + DAY)

    with clock.at(NOON + 2 * DAY):
        new = verbs.seat(someone, issuer, "assessor", by=owner)

    assert seat_of(someone) == new
    assert events_of(old)[-1] == ("seat.ended", owner.public_id)


@pytest.mark.parametrize(
    ("role", "facts", "refusal"),
    [
        ("designer", {"achievement": "own"}, "Only an assessor’s part"),
        ("assessor", {"achievement": "theirs"}, "belongs to another issuer"),
        ("owner", {"until": NOON + DAY}, "An owner’s part has no end"),
        ("viewer", {"until": NOON}, "That day is past"),
    ],
)
def test_what_cannot_be_is_refused_in_words(role, facts, refusal):
    issuer, owner = issuer_with_owner()
    achievements = {"own": published_version(issuer).achievement, "theirs": published_version().achievement}
    if "achievement" in facts:
        facts = {"achievement": achievements[facts["achievement"]]}
    someone = person()

    with clock.at(NOON), pytest.raises(Refused, match=refusal):
        verbs.seat(someone, issuer, role, by=owner, **facts)

    assert not Seat.objects.filter(person=someone).exists()


def test_managers_give_every_part_but_an_owners_and_the_others_none():
    issuer, _owner = issuer_with_owner()
    manager = seated("manager", issuer)
    for role in ("manager", "designer", "assessor", "moderator", "recogniser", "viewer"):
        assert verbs.seat(person(), issuer, role, by=manager).role == role
    with pytest.raises(PermissionDenied):
        verbs.seat(person(), issuer, "owner", by=manager)

    for role in ("designer", "assessor", "moderator", "recogniser", "viewer"):
        with pytest.raises(PermissionDenied):
            verbs.seat(person(), issuer, "viewer", by=seated(role, issuer))


def test_an_owner_further_up_makes_owners_and_one_elsewhere_none():
    chief, (group, boss) = operator(), issuer_with_owner()
    school = verbs.found(by=chief, name="School", parent=group)

    given = verbs.seat(person(), school, "owner", by=boss)

    assert given.issuer == school
    with pytest.raises(PermissionDenied):
        verbs.seat(person(), group, "viewer", by=given.person)
    with pytest.raises(PermissionDenied):
        verbs.seat(person(), school, "viewer", by=issuer_with_owner()[1])


def test_the_operator_seats_the_first_owner_and_nobody_after_that():
    chief = operator()
    issuer = verbs.found(by=chief, name="Ngā Awa")
    with pytest.raises(PermissionDenied):
        verbs.seat(person(), issuer, "manager", by=chief)

    verbs.seat(person(), issuer, "owner", by=chief)

    with pytest.raises(PermissionDenied):
        verbs.seat(person(), issuer, "owner", by=chief)


@pytest.mark.django_db(transaction=True)
def test_two_who_seat_one_at_once_seat_them_once():
    issuer, owner = issuer_with_owner()
    someone = person()

    ended = at_once(*[lambda: verbs.seat(someone, issuer, "assessor", by=owner)] * 2)

    assert sorted(type(one).__name__ for one in ended) == ["Refused", "Seat"]
    assert Seat.objects.filter(person=someone).count() == 1
