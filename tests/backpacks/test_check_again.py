"""A badge from elsewhere is looked at again while its holder waits."""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied

from apps.backpacks import verbs
from apps.core import clock
from apps.core.refused import Refused
from apps.credentials import verbs as credentials
from tests.backpacks import theirs
from tests.credentials.abroad import abroad
from tests.factories import awarded_credential, browser, person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def filed(data, by):
    return verbs.file_foreign(credentials.keep_foreign(data, by=by))


def test_who_has_confirmed_an_address_meanwhile_has_proved_that_it_is_theirs(settings):
    someone = person()
    with abroad(settings) as there, clock.at(NOW):
        item = filed(there.badge("second@people.example"), someone)
        path = f"/backpack/items/{item.public_id}/"
        EmailAddress.objects.create(user=someone, email="second@people.example", verified=True)
        client = browser(someone)
        before = client.get(path).content.decode()
        with clock.at(NOW + timedelta(minutes=5)):
            client.post(f"{path}check-again/")
            after = client.get(path).content.decode()

    assert ("Check again now" in before, "It is not proved that it is yours" in before) == (True, True)
    assert "It was awarded to second@people.example, which is yours." in after
    assert "Looked at again, just now." in after


def test_it_is_looked_at_once_a_minute_by_its_holder_while_it_is_kept():
    someone = person()
    with clock.at(NOW):
        item = filed(theirs.proof(ends=NOW + timedelta(days=1)), someone)
        with pytest.raises(Refused, match="just now"):
            verbs.check_again(item, by=someone)
    with clock.at(NOW + timedelta(days=2)):
        with pytest.raises(PermissionDenied):
            verbs.check_again(item, by=person())
        assert verbs.check_again(item, by=someone).foreign.verdict == "invalid"
        page = browser(someone).get(f"/backpack/items/{item.public_id}/").content.decode()
    with clock.at(NOW + timedelta(days=3)):
        verbs.give_up(item, by=someone)
        item.foreign.refresh_from_db()
        with pytest.raises(Refused, match="no longer"):
            verbs.check_again(item, by=someone)

    assert "Ran out" in page
    assert "Valid</span>" not in page


def test_an_award_of_this_house_is_not_looked_at_this_way():
    credential = awarded_credential()

    with pytest.raises(Refused, match="only badges from elsewhere"):
        verbs.check_again(credential.backpack_item, by=credential.earner)
    assert (
        browser(person()).post(f"/backpack/items/{credential.backpack_item.public_id}/check-again/").status_code == 404
    )
