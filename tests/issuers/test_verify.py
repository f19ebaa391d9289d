from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied

from apps.core import clock
from apps.issuers import verbs
from apps.issuers.models import Issuer
from tests.factories import browser, events_of, issuer_with_owner, operator

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 0, tzinfo=UTC)
ADMIN = "/admin/issuers/issuer/"


def test_verify_and_unverify_leave_a_trail():
    chief, (issuer, _owner) = operator(), issuer_with_owner()

    with clock.at(NOON):
        verbs.verify(issuer, by=chief)
    verified_at = Issuer.objects.get().verified_at
    verbs.unverify(issuer, by=chief)

    assert (verified_at, Issuer.objects.get().verified_at) == (NOON, None)
    assert events_of(issuer)[1:] == [("issuer.verified", chief.public_id), ("issuer.unverified", chief.public_id)]


def test_asked_twice_the_first_time_stays_the_time():
    chief, (issuer, _owner) = operator(), issuer_with_owner()
    with clock.at(NOON):
        verbs.verify(issuer, by=chief)

    verbs.verify(issuer, by=chief)

    assert Issuer.objects.get().verified_at == NOON
    verbs.unverify(issuer, by=chief)
    verbs.unverify(issuer, by=chief)
    kinds = [kind for kind, _by in events_of(issuer)]
    assert kinds == ["issuer.founded", "issuer.verified", "issuer.unverified"]


def test_only_the_operator_verifies():
    issuer, owner = issuer_with_owner()

    for verb in (verbs.verify, verbs.unverify):
        with pytest.raises(PermissionDenied):
            verb(issuer, by=owner)
        assert browser(owner).post(f"/organisations/{issuer.slug}/{verb.__name__}/").status_code == 404

    assert Issuer.objects.get().verified_at is None


def test_who_calls_itself_otherwise_since_the_operator_looked_is_looked_at_first():
    chief, (issuer, owner) = operator(), issuer_with_owner()
    client, inside = browser(chief), f"/organisations/{issuer.slug}/"
    seen = client.get(inside).context["issuer"].attested
    verbs.edit_issuer(issuer, by=owner, name="NZQA", place="Elsewhere")

    refused = client.post(f"{inside}verify/", {"seen": seen}, follow=True).content.decode()

    assert "has changed since you looked" in refused
    now = Issuer.objects.get()
    assert (now.verified_at, f'name="seen" value="{now.attested}"' in refused) == (None, True)
    client.post(f"{inside}verify/", {"seen": now.attested})
    assert Issuer.objects.get().verified_at is not None


def test_the_buttons_do_it():
    chief, (issuer, _owner) = operator(), issuer_with_owner()
    client, inside = browser(chief), f"/organisations/{issuer.slug}/"

    done = client.post(f"{inside}verify/", follow=True).content.decode()
    undone = client.post(f"{inside}unverify/", follow=True).content.decode()

    assert ("Take the mark away" in done, "Verify it" in done) == (True, False)
    assert ("Take the mark away" in undone, "Verify it" in undone) == (False, True)


def test_the_admin_shows_issuers_to_operators_and_changes_them_by_these_verbs_alone():
    chief, (issuer, owner) = operator(), issuer_with_owner("Ngā Awa")
    client = browser(chief)

    for action, kind in (("verify", "issuer.verified"), ("unverify", "issuer.unverified")):
        chosen = {"action": action, "_selected_action": [issuer.pk], "index": "0"}
        assert "Done: Ngā Awa." in client.post(ADMIN, chosen, follow=True).content.decode()
        assert events_of(issuer)[-1] == (kind, chief.public_id)

    page = client.get(f"{ADMIN}{issuer.pk}/change/").content.decode()
    assert ("Ngā Awa" in page, 'name="_save"' in page) == (True, False)
    for path in (f"{ADMIN}add/", f"{ADMIN}{issuer.pk}/delete/"):
        assert client.get(path).status_code == 403
    assert client.post(f"{ADMIN}{issuer.pk}/change/", {"name": "Other"}).status_code == 403
    owner.is_staff = True
    owner.save(update_fields=["is_staff"])
    assert browser(owner).get(ADMIN).status_code == 403
