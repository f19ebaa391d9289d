"""A badge from elsewhere is looked at again while its holder waits."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied

from apps.backpacks import verbs
from apps.core import clock, outbox
from apps.core.refused import Refused
from apps.credentials import verbs as credentials
from tests.backpacks import theirs
from tests.core.test_client import Server, ok
from tests.credentials.abroad import abroad
from tests.factories import awarded_credential, browser, person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CONTEXT = "https://w3id.org/openbadges/v2"


class Publishing(Server):
    """Answers each address with its document, as often as it is asked."""

    def __init__(self):
        super().__init__()
        self.published = {}

    def _serve(self):
        self.listener.settimeout(0.1)
        while not self.left.is_set():
            try:
                connection, _address = self.listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            with connection:
                path = connection.recv(65536).decode().split()[1]
                connection.sendall(ok(json.dumps(self.published[path]).encode()))


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


def test_what_an_older_badge_is_called_is_learnt_when_its_issuer_answers(settings):
    """Of Open Badges 2.0 the badge and its issuer are described at addresses of their own."""
    someone, server = person(), Publishing()
    at = f"http://localhost:{server.port}"
    profile = {
        "@context": CONTEXT,
        "id": f"{at}/issuer",
        "type": "Profile",
        "name": "Weavers",
        "url": at,
        "email": "a@b.example",
    }
    badge = {"@context": CONTEXT, "id": f"{at}/badge", "type": "BadgeClass", "name": "Weave", "description": "Weaves."}
    badge |= {"image": f"{at}/badge.png", "criteria": {"narrative": "Weave."}, "issuer": f"{at}/issuer"}
    assertion = {"@context": CONTEXT, "id": f"{at}/1", "type": "Assertion", "badge": f"{at}/badge"}
    assertion |= {"recipient": {"type": "email", "hashed": False, "identity": "a@b.example"}}
    assertion |= {"issuedOn": "2026-01-02T00:00:00Z", "verification": {"type": "HostedBadge"}}
    server.published = {"/1": assertion, "/badge": badge, "/issuer": profile, "/badge.png": {}}

    settings.FETCH_ALLOW = []
    with clock.at(NOW):
        item = filed(json.dumps(assertion).encode(), someone)
    settings.FETCH_ALLOW = [f"localhost:{server.port}"]
    assert (item.name, item.issuer_name, item.foreign.verdict) == (f"{at}/1", "", "undecided")
    with server, clock.at(NOW + timedelta(days=1)):
        verbs.check_again(item, by=someone)
        outbox.drain()
    item.refresh_from_db()

    assert (item.name, item.issuer_name, item.foreign.verdict) == ("Weave", "Weavers", "valid")
