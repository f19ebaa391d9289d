import pytest
from django.core.exceptions import PermissionDenied

from apps.core import clock
from apps.core.refused import Refused
from apps.issuers import policies, verbs
from apps.issuers.models import Seat
from apps.notices.models import Notice
from tests.factories import (
    at_once,
    browser,
    events_of,
    issuer_with_owner,
    operator,
    person,
    published_version,
    seat_of,
    seated,
)

pytestmark = pytest.mark.django_db


def test_end_seat_ends_it_and_says_so():
    issuer, owner = issuer_with_owner("Ngā Awa")
    assessor = seated("assessor", issuer)
    seat = seat_of(assessor)

    verbs.end_seat(seat, by=owner)

    seat.refresh_from_db()
    assert (seat.standing, policies.assesses(assessor)) == ("ended", False)
    assert events_of(seat)[-1] == ("seat.ended", owner.public_id)
    told = Notice.objects.get(person=assessor, kind="seat_ended")
    assert (told.facts["what"], told.facts["issuer"], told.address) == ("ended", "Ngā Awa", "/organisations/")


def test_ended_twice_is_refused():
    issuer, owner = issuer_with_owner()
    seat = seat_of(seated("assessor", issuer))
    verbs.end_seat(seat, by=owner)

    with pytest.raises(Refused, match="ended already"):
        verbs.end_seat(seat, by=owner)

    assert [kind for kind, _by in events_of(seat)] == ["seat.given", "seat.ended"]


def test_everybody_gives_up_their_own_and_is_not_told_of_it():
    issuer, _owner = issuer_with_owner()
    assessor = seated("assessor", issuer)

    verbs.end_seat(seat_of(assessor), by=assessor)

    assert not Notice.objects.filter(kind="seat_ended").exists()


def test_managers_end_every_part_but_an_owners_and_the_others_none():
    issuer, owner = issuer_with_owner()
    manager = seated("manager", issuer)
    verbs.end_seat(seat_of(seated("designer", issuer)), by=manager)
    viewer = seat_of(seated("viewer", issuer))

    with pytest.raises(PermissionDenied):
        verbs.end_seat(seat_of(owner), by=manager)
    for someone in (seated("designer", issuer), seated("moderator", issuer), issuer_with_owner()[1], operator()):
        with pytest.raises(PermissionDenied):
            verbs.end_seat(viewer, by=someone)
    viewer.refresh_from_db()
    assert viewer.standing == "live"


def test_the_last_owner_stays_whatever_others_there_are():
    chief, (group, boss) = operator(), issuer_with_owner()
    school = verbs.found(by=chief, name="School", parent=group)
    verbs.seat(owner := person(), school, "owner", by=boss)
    resting = verbs.seat(person(), school, "owner", by=owner)
    verbs.suspend(resting, by=owner)
    verbs.seat(person(), school, "manager", by=owner)

    for by in (owner, boss):
        with pytest.raises(Refused, match="School needs an owner"):
            verbs.end_seat(seat_of(owner), by=by)
        with pytest.raises(Refused, match="School needs an owner"):
            verbs.suspend(seat_of(owner), by=by)
    with pytest.raises(Refused, match="School needs an owner"):
        verbs.leave(school, by=owner)

    assert seat_of(owner).standing == "live"
    verbs.end_seat(resting, by=owner)
    assert policies.has_owner(school)


def test_with_a_second_owner_the_first_may_go():
    issuer, owner = issuer_with_owner()
    verbs.seat(person(), issuer, "owner", by=owner)

    verbs.end_seat(seat_of(owner), by=owner)

    assert Seat.objects.live().filter(issuer=issuer, role="owner").count() == 1


ACTS = {
    "both leave": (lambda one: verbs.leave(one.issuer, by=one.person),) * 2,
    "each ends the other": (
        lambda one: verbs.end_seat(one, by=one.other),
        lambda one: verbs.end_seat(one, by=one.other),
    ),
    "one leaves, the other is suspended": (
        lambda one: verbs.leave(one.issuer, by=one.person),
        lambda one: verbs.suspend(one, by=one.person),
    ),
    "one is ended, the other leaves": (
        lambda one: verbs.end_seat(one, by=one.person),
        lambda one: verbs.leave(one.issuer, by=one.person),
    ),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ACTS)
def test_of_two_owners_who_go_at_once_one_stays(name):
    issuer, first = issuer_with_owner()
    second = person()
    verbs.seat(second, issuer, "owner", by=first)
    seats = seat_of(first), seat_of(second)
    seats[0].other, seats[1].other = second, first
    acts = ACTS[name]

    ended = at_once(lambda: acts[0](seats[0]), lambda: acts[1](seats[1]))

    refused = [one for one in ended if isinstance(one, Exception)]
    assert len(refused) == 1, ended
    assert isinstance(refused[0], (Refused, PermissionDenied))
    assert Seat.objects.live().filter(issuer=issuer, role="owner").count() == 1


def test_the_page_of_a_part_says_what_it_is_and_ends_it():
    issuer, owner = issuer_with_owner()
    version = published_version(issuer, name="Grind a comb")
    assessor = seated("assessor", issuer, version.achievement)
    seat = seat_of(assessor)
    page = f"/organisations/{issuer.slug}/people/{seat.public_id}/"

    shown = browser(owner).get(page).content.decode()
    done = browser(owner).post(f"{page}end/", follow=True)

    assert "Grind a comb" in shown
    assert assessor.email in shown
    assert done.redirect_chain == [(f"/organisations/{issuer.slug}/people/", 302)]
    assert f"Ended: Assessor: {assessor}." in done.content.decode()
    assert browser(owner).get(page).status_code == 404
    assert browser(owner).post(f"{page}end/").status_code == 404


def test_the_last_owner_is_told_on_the_page_why_they_stay():
    issuer, owner = issuer_with_owner("Ngā Awa")
    page = f"/organisations/{issuer.slug}/people/{seat_of(owner).public_id}/"

    answer = browser(owner).post(f"{page}end/", follow=True).content.decode()

    assert "Ngā Awa needs an owner. Make somebody else owner first." in answer
    assert seat_of(owner).standing == "live"


def test_who_gives_up_their_only_part_is_led_out():
    issuer, _owner = issuer_with_owner()
    assessor = seated("assessor", issuer)
    page = f"/organisations/{issuer.slug}/people/{seat_of(assessor).public_id}/"

    shown = browser(assessor).get(page).content.decode()
    done = browser(assessor).post(f"{page}end/")

    assert ("Give it up" in shown, "Suspend it" in shown) == (True, False)
    assert done.headers["Location"] == "/organisations/"


def test_a_manager_sees_an_owners_part_and_can_do_nothing_to_it():
    issuer, owner = issuer_with_owner()
    page = f"/organisations/{issuer.slug}/people/{seat_of(owner).public_id}/"
    client = browser(seated("manager", issuer))

    shown = client.get(page).content.decode()

    assert (owner.email in shown, "End it" in shown, "Suspend it" in shown) == (True, False, False)
    assert [client.post(f"{page}{act}/").status_code for act in ("end", "suspend", "resume")] == [403, 403, 403]


def test_anothers_part_is_not_there_for_colleagues_and_strangers():
    issuer, _owner = issuer_with_owner()
    seat = seat_of(seated("assessor", issuer))
    page = f"/organisations/{issuer.slug}/people/{seat.public_id}/"
    elsewhere = issuer_with_owner()

    for someone in (seated("designer", issuer), seated("moderator", issuer), elsewhere[1], operator(), person()):
        answers = [browser(someone).get(page), browser(someone).post(f"{page}end/")]
        assert [one.status_code for one in answers] == [404, 404]
    wrong = f"/organisations/{elsewhere[0].slug}/people/{seat.public_id}/"
    assert browser(_owner).get(wrong).status_code == 404


def test_ended_is_not_the_end_of_what_was_decided():
    """The seat's row stays: decisions refer to people, and the trail to the seat."""
    issuer, owner = issuer_with_owner()
    seat = seat_of(seated("assessor", issuer))
    with clock.at(clock.now()) as now:
        verbs.end_seat(seat, by=owner)

    assert Seat.objects.get(pk=seat.pk).ended_at == now
