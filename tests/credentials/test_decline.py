"""An earner says no to an award, and may say yes after all."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from apps.core import outbox
from apps.core.refused import Refused
from apps.credentials import queries, verbs
from apps.credentials.judged import Judged
from apps.credentials.models import Credential
from tests.credentials.letters import awarded
from tests.factories import awarded_credential, browser, events_of, owner_of, person

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


@pytest.mark.parametrize("said_no", [True, False])
def test_what_is_signed_anew_is_not_offered_again_to_who_said_no(credential, said_no):
    earner, owner = credential.earner, owner_of(credential.issuer)
    if said_no:
        verbs.decline(credential, by=earner)

    news = []
    for _twice in range(2):
        credential = verbs.reissue(credential, by=owner)
        outbox.drain()
        credential.refresh_from_db()
        news.append((credential.state, credential.deliveries.count()))

    assert news == ([("declined", 0)] * 2 if said_no else [("offered", 1)] * 2)
    assert (("credential.declined", earner.public_id) in events_of(credential)) is said_no
    assert verbs.claim(credential, by=earner).state == "claimed"


def test_what_goes_to_somebody_else_is_offered_to_them(credential):
    verbs.decline(credential, by=credential.earner)

    new = verbs.correct(credential, by=owner_of(credential.issuer), address=person().email, name="")
    outbox.drain()

    new.refresh_from_db()
    assert (new.state, new.deliveries.count()) == ("offered", 1)


def test_what_a_later_decision_found_is_offered_to_who_said_no():
    credential = awarded_credential()
    verbs.decline(credential, by=credential.earner)

    new = verbs.replace_judged(
        credential, decision_id="d" * 26, judged=Judged(), by=owner_of(credential.issuer), note="Appealed."
    )

    assert queries.declined_among([new]) == set()


def test_the_table_knows_no_other_state(credential):
    with pytest.raises(IntegrityError, match="credential_state_known"), transaction.atomic():
        Credential.objects.filter(pk=credential.pk).update(state="refused")
