"""The admin shows people to operators and changes them by verbs alone."""

import pytest
from django.core.exceptions import PermissionDenied

from apps.accounts import verbs
from apps.accounts.models import User
from apps.core import clock
from apps.core.models import Event
from apps.core.refused import Refused
from tests.factories import operator, person

pytestmark = pytest.mark.django_db
PEOPLE = "/admin/accounts/user/"
VERBS = {
    "switch_off": (verbs.switch_off, "person.switched_off"),
    "switch_on": (verbs.switch_on, "person.switched_on"),
    "make_operator": (verbs.make_operator, "person.made_operator"),
    "unmake_operator": (verbs.unmake_operator, "person.no_longer_operator"),
}


def act(client, action, *people):
    """The page that choosing an action for these people leads to."""
    chosen = {"action": action, "_selected_action": [one.pk for one in people], "index": "0"}
    return client.post(PEOPLE, chosen, follow=True).content.decode()


def standing(someone):
    return User.objects.values_list("is_active", "is_operator", "is_staff").get(pk=someone.pk)


def kinds_by(keeper):
    """What an operator did to others, in order."""
    events = Event.objects.filter(actor_id=keeper.public_id).exclude(subject_id=keeper.public_id)
    return list(events.order_by("pk").values_list("kind", flat=True))


def test_an_operator_acts_by_actions_that_leave_events(client):
    keeper, someone = operator(), person("Aroha")
    client.force_login(keeper)
    found = []
    for action in VERBS:
        assert "Done: Aroha." in act(client, action, someone)
        found.append(standing(someone))

    assert found == [(False, False, False), (True, False, False), (True, True, True), (True, False, False)]
    assert kinds_by(keeper) == [kind for _verb, kind in VERBS.values()]


@pytest.mark.parametrize("name", VERBS)
def test_asked_twice_it_stays_and_is_told_once(name):
    keeper, someone = operator(), person()
    if name == "switch_on":
        verbs.switch_off(someone, by=keeper)
    if name == "unmake_operator":
        verbs.make_operator(someone, by=keeper)
    verb, kind = VERBS[name]

    verb(someone, by=keeper)
    verb(someone, by=keeper)

    assert Event.objects.filter(kind=kind).count() == 1


@pytest.mark.parametrize("name", VERBS)
def test_only_an_operator_may(name):
    someone, stranger, former = person(), person(), operator()
    operator_now = operator()
    verbs.unmake_operator(former, by=operator_now)
    verb, kind = VERBS[name]

    for by in (stranger, someone, former):
        with pytest.raises(PermissionDenied):
            verb(someone, by=by)
    verb(someone, by=operator_now)

    assert (
        Event.objects.filter(kind=kind, subject_id=someone.public_id).exclude(actor_id=operator_now.public_id).count()
        == 0
    )


def test_an_operator_who_is_switched_off_does_nothing_more():
    keeper, other, someone = operator(), operator(), person()
    verbs.switch_off(other, by=keeper)

    with pytest.raises(PermissionDenied):
        verbs.make_operator(someone, by=other)


def test_who_is_switched_off_is_out_on_the_next_page(client):
    keeper, someone = operator(), person()
    client.force_login(someone)
    assert client.get("/accounts/profile/").status_code == 200

    verbs.switch_off(someone, by=keeper)

    assert client.get("/accounts/profile/").headers["Location"] == "/accounts/login/?next=/accounts/profile/"


def test_nobody_switches_themselves_off():
    keeper, _other = operator(), operator()

    with pytest.raises(Refused, match="You can't switch off your own account"):
        verbs.switch_off(keeper, by=keeper)

    assert standing(keeper) == (True, True, True)


def test_the_last_operator_stays(client):
    keeper, other = operator(), operator()
    client.force_login(keeper)
    verbs.switch_off(other, by=keeper)

    page = act(client, "unmake_operator", keeper)

    assert "This is the last operator. Make someone else an operator first." in page
    assert standing(keeper) == (True, True, True)


def test_who_ends_their_own_part_with_others_ends_theirs_first(client):
    keeper, other, last = operator(), operator(), operator()
    client.force_login(keeper)

    act(client, "unmake_operator", keeper, other)

    assert [standing(one) for one in (keeper, other, last)] == [(True, False, False)] * 2 + [(True, True, True)]


@pytest.mark.parametrize("name", ["switch_on", "make_operator"])
def test_who_is_gone_comes_in_by_nobody_and_the_others_are_acted_on(client, name):
    keeper, merged, leaver, late, someone = operator(), person("Mere"), person("Leo"), person("Lata"), person("Zoe")
    client.force_login(keeper)
    for one in (merged, leaver, late, someone):
        verbs.switch_off(one, by=keeper)
    now = clock.now()
    User.objects.filter(pk=merged.pk).update(merged_into=someone, merged_at=now)
    User.objects.filter(pk=leaver.pk).update(erased_at=now, name="")
    User.objects.filter(pk=late.pk).update(leaving_at=now)

    page = act(client, name, merged, leaver, late, someone)

    assert page.count("This account was merged into another one.") == 1
    assert page.count("This account was erased, or is being erased.") == 2
    assert "Done: Zoe." in page
    assert [standing(one) for one in (merged, leaver, late)] == [(False, False, False)] * 3


def test_its_fields_are_only_read(client):
    someone = person()
    client.force_login(operator())
    address = f"{PEOPLE}{someone.pk}/change/"

    assert client.get(address).status_code == 200
    assert client.post(address, {"is_operator": "on"}).status_code == 403
    assert client.get(f"{PEOPLE}add/").status_code == 403
    assert client.get(f"{PEOPLE}{someone.pk}/delete/").status_code == 403
    assert standing(someone) == (True, False, False)


def test_who_may_open_the_admin_but_is_no_operator_finds_no_people_there(client):
    clerk = person()
    clerk.is_staff = True
    clerk.save(update_fields=["is_staff"])
    client.force_login(clerk)

    assert (client.get("/admin/").status_code, client.get(PEOPLE).status_code) == (200, 403)


def test_the_password_is_changed_where_everybody_changes_theirs(client):
    client.force_login(operator())

    for way in (client.get, client.post):
        assert way("/admin/password_change/").headers["Location"] == "/accounts/password/change/"
