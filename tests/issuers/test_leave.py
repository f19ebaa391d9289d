import pytest

from apps.core.refused import Refused
from apps.issuers import verbs
from apps.issuers.models import Seat
from tests.factories import (
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


def test_leave_gives_up_every_part_there_and_none_elsewhere():
    issuer, owner = issuer_with_owner()
    other, _theirs = issuer_with_owner()
    assessor = seated("assessor", issuer)
    verbs.seat(assessor, issuer, "designer", by=owner)
    verbs.suspend(seat_of(assessor, "designer"), by=owner)
    verbs.seat(assessor, other, "assessor", by=_theirs)

    left = verbs.leave(issuer, by=assessor)

    assert {one.role for one in left} == {"assessor", "designer"}
    for one in left:
        assert events_of(one)[-1] == ("seat.left", assessor.public_id)
    assert seat_of(assessor).issuer == other


def test_left_twice_is_refused():
    issuer, _owner = issuer_with_owner("Ngā Awa")
    assessor = seated("assessor", issuer)
    verbs.leave(issuer, by=assessor)

    with pytest.raises(Refused, match="no part at Ngā Awa any more"):
        verbs.leave(issuer, by=assessor)


def test_the_last_owner_leaves_nothing_at_all():
    issuer, owner = issuer_with_owner()
    verbs.seat(owner, issuer, "assessor", by=owner)

    with pytest.raises(Refused, match="Make somebody else owner first"):
        verbs.leave(issuer, by=owner)

    assert Seat.objects.live().filter(person=owner, issuer=issuer).count() == 2


def test_the_page_names_what_is_given_up_and_leads_out():
    issuer, _owner = issuer_with_owner("Ngā Awa")
    version = published_version(issuer, name="Grind a comb")
    assessor = seated("assessor", issuer, version.achievement)
    client, page = browser(assessor), f"/organisations/{issuer.slug}/leave/"

    shown = client.get(page).content.decode()
    done = client.post(page, follow=True)

    assert "Grind a comb" in shown
    assert (done.redirect_chain, "You have left Ngā Awa." in done.content.decode()) == (
        [("/organisations/", 302)],
        True,
    )
    assert client.get(page).status_code == 404


def test_the_last_owner_reads_why_they_stay():
    issuer, owner = issuer_with_owner("Ngā Awa")

    answer = browser(owner).post(f"/organisations/{issuer.slug}/leave/")

    assert answer.status_code == 409
    assert "Ngā Awa needs an owner. Make somebody else owner first." in answer.content.decode()


def test_whose_part_is_suspended_can_still_leave():
    issuer, owner = issuer_with_owner()
    assessor = seated("assessor", issuer)
    verbs.suspend(seat_of(assessor), by=owner)

    browser(assessor).post(f"/organisations/{issuer.slug}/leave/")

    assert not Seat.objects.kept().filter(person=assessor).exists()


def test_who_sits_elsewhere_or_further_up_has_nothing_to_leave_here():
    chief, (group, boss) = operator(), issuer_with_owner()
    school = verbs.found(by=chief, name="School", parent=group)

    for someone in (boss, chief, person()):
        assert browser(someone).get(f"/organisations/{school.slug}/leave/").status_code == 404
