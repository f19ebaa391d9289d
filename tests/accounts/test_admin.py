"""The admin changes people by verbs alone."""

import pytest
from django.core.exceptions import PermissionDenied

from apps.accounts import verbs
from apps.core.models import Event
from apps.core.refused import Refused
from tests.factories import operator, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper():
    one = operator()
    one.is_staff = True
    one.save(update_fields=["is_staff"])
    return one


def test_an_operator_acts_by_actions_that_leave_events(client, keeper):
    someone = person()
    client.force_login(keeper)
    for action in ("switch_off", "switch_on", "make_operator", "unmake_operator"):
        client.post("/admin/accounts/user/", {"action": action, "_selected_action": [someone.pk], "index": "0"})

    kinds = Event.objects.filter(actor_id=keeper.public_id).exclude(kind="consent.given").order_by("pk")
    assert list(kinds.values_list("kind", flat=True))[-4:] == [
        "person.switched_off",
        "person.switched_on",
        "person.made_operator",
        "person.no_longer_operator",
    ]


def test_its_fields_are_only_read(client, keeper):
    someone = person()
    client.force_login(keeper)
    address = f"/admin/accounts/user/{someone.pk}/change/"

    assert client.get(address).status_code == 200
    assert client.post(address, {"is_operator": "on"}).status_code == 403
    someone.refresh_from_db()
    assert not someone.is_operator


def test_nobody_switches_themselves_off_and_the_last_operator_stays(keeper):
    with pytest.raises(Refused):
        verbs.switch_off(keeper, by=keeper)
    with pytest.raises(Refused):
        verbs.unmake_operator(keeper, by=keeper)


@pytest.mark.parametrize("verb", [verbs.switch_off, verbs.switch_on, verbs.make_operator, verbs.unmake_operator])
def test_only_an_operator_may(verb):
    with pytest.raises(PermissionDenied):
        verb(person(), by=person())
