"""An earner says no to an award, and may say yes after all."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from apps.core.refused import Refused
from apps.credentials import verbs
from apps.credentials.models import Credential
from tests.credentials.letters import awarded
from tests.factories import browser, events_of, owner_of, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def credential():
    return awarded(address=person().email)


def test_decline_leaves_its_trail_and_the_issuer_sees_it(credential):
    declined = verbs.decline(credential, by=credential.earner)

    base = f"/organisations/{credential.issuer.slug}/credentials/"
    desk = browser(owner_of(credential.issuer))
    assert (declined.state, declined.standing, declined.status) == ("declined", "declined", "valid")
    assert events_of(credential)[-1] == ("credential.declined", credential.earner.public_id)
    listed = {query: credential.public_id in desk.get(base + query).content.decode() for query in ("", "unclaimed/")}
    listed |= {
        name: credential.public_id in desk.get(f"{base}?standing={name}").content.decode()
        for name in ("declined", "unclaimed", "valid")
    }
    assert listed == {"": True, "unclaimed/": False, "declined": True, "unclaimed": False, "valid": True}
    assert "Not wanted by the earner" in desk.get(f"{base}{credential.public_id}/").content.decode()


def test_declined_twice_it_is_declined_once(credential):
    for _again in range(2):
        verbs.decline(credential, by=credential.earner)

    assert [kind for kind, _by in events_of(credential)].count("credential.declined") == 1


def test_it_can_be_kept_after_all_and_not_declined_then(credential):
    verbs.decline(credential, by=credential.earner)
    kept = verbs.claim(credential, by=credential.earner)

    assert kept.state == "claimed"
    with pytest.raises(Refused, match="can no longer be done"):
        verbs.decline(credential, by=credential.earner)


def test_only_its_earner_declines(credential):
    for somebody in (person(), owner_of(credential.issuer)):
        with pytest.raises(PermissionDenied):
            verbs.decline(credential, by=somebody)


def test_what_is_still_being_signed_or_is_paused_waits(credential):
    for state, words in {"awarded": "being signed", "baked": "being signed"}.items():
        Credential.objects.filter(pk=credential.pk).update(state=state)
        with pytest.raises(Refused, match=words):
            verbs.decline(credential, by=credential.earner)


def test_what_was_shown_is_hidden(credential):
    verbs.show(credential, "link", by=credential.earner)

    assert verbs.decline(credential, by=credential.earner).visibility == "private"


def test_the_table_knows_no_other_state(credential):
    with pytest.raises(IntegrityError, match="credential_state_known"), transaction.atomic():
        Credential.objects.filter(pk=credential.pk).update(state="refused")
