from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from apps.core import clock
from apps.core.refused import Refused
from apps.issuers import policies, verbs
from apps.notices.models import Notice
from tests.factories import browser, events_of, issuer_with_owner, operator, person, seat_of, seated

pytestmark = pytest.mark.django_db


def test_a_suspended_part_lets_nobody_do_anything_until_it_is_resumed():
    issuer, owner = issuer_with_owner("Ngā Awa")
    manager = seated("manager", issuer)
    seat = seat_of(manager)

    verbs.suspend(seat, by=owner)
    resting = policies.can_edit(manager, issuer), browser(manager).get(f"/organisations/{issuer.slug}/").status_code
    verbs.resume(seat, by=owner)

    assert resting == (False, 404)
    assert policies.can_edit(manager, issuer)
    kinds = events_of(seat)[1:]
    assert kinds == [("seat.suspended", owner.public_id), ("seat.resumed", owner.public_id)]
    told = Notice.objects.filter(person=manager, facts__issuer="Ngā Awa").order_by("pk")
    assert [(one.kind, one.facts.get("what")) for one in told] == [
        ("seat_given", None),
        ("seat_ended", "suspended"),
        ("seat_given", None),
    ]


def test_each_time_it_rests_its_holder_hears_of_it():
    issuer, owner = issuer_with_owner()
    seat = seat_of(seated("assessor", issuer))

    for day in (1, 2):
        with clock.at(clock.now() + timedelta(days=day)):
            verbs.suspend(seat, by=owner)
            verbs.resume(seat, by=owner)

    assert Notice.objects.filter(person=seat.person, kind="seat_ended").count() == 2
    assert Notice.objects.filter(person=seat.person, kind="seat_given").count() == 3


def test_asked_twice_it_is_refused():
    issuer, owner = issuer_with_owner()
    seat = seat_of(seated("assessor", issuer))
    with pytest.raises(Refused, match="not suspended"):
        verbs.resume(seat, by=owner)
    verbs.suspend(seat, by=owner)

    with pytest.raises(Refused, match="suspended already"):
        verbs.suspend(seat, by=owner)

    verbs.end_seat(seat, by=owner)
    for verb in (verbs.suspend, verbs.resume):
        with pytest.raises(Refused, match="ended already"):
            verb(seat, by=owner)


def test_managers_suspend_no_owner_and_nobody_else_anybody():
    issuer, owner = issuer_with_owner()
    verbs.seat(person(), issuer, "owner", by=owner)
    manager, seat = seated_beside(issuer, owner)
    verbs.suspend(seat, by=manager)
    verbs.resume(seat, by=manager)

    for verb in (verbs.suspend, verbs.resume):
        with pytest.raises(PermissionDenied):
            verb(seat_of(owner), by=manager)
        for someone in (seat.person, issuer_with_owner()[1], operator()):
            with pytest.raises(PermissionDenied):
                verb(seat, by=someone)
    seat.refresh_from_db()
    assert seat.standing == "live"


def seated_beside(issuer, owner):
    manager, assessor = person("Manager"), person("Assessor")
    verbs.seat(manager, issuer, "manager", by=owner)
    return manager, verbs.seat(assessor, issuer, "assessor", by=owner)


def test_the_page_suspends_and_resumes():
    issuer, owner = issuer_with_owner()
    assessor = seated("assessor", issuer)
    client, page = browser(owner), f"/organisations/{issuer.slug}/people/{seat_of(assessor).public_id}/"

    resting = client.post(f"{page}suspend/", follow=True).content.decode()
    shown = client.get(page).content.decode()
    twice = client.post(f"{page}suspend/", follow=True).content.decode()
    again = client.post(f"{page}resume/", follow=True).content.decode()

    assert f"Suspended: Assessor: {assessor}." in resting
    assert "Resume it" in shown
    assert "That part is suspended already." in twice
    assert f"Active again: Assessor: {assessor}." in again
