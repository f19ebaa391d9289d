"""Awards without an assessment here: who may, to whom, and that the credential says so."""

import json

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from apps.accounts import queries as people
from apps.accounts.models import User
from apps.core import outbox
from apps.core.refused import Refused
from apps.credentials import queries, verbs, verifier
from apps.credentials.models import Credential
from tests.factories import (
    at_once,
    browser,
    drafted_version,
    events_of,
    newest_letter,
    owner_of,
    person,
    published_version,
    seated,
)
from tests.issuers.test_api import program

pytestmark = pytest.mark.django_db
NEW = "hemi@people.example"


@pytest.fixture
def version():
    return published_version()


@pytest.fixture
def owner(version):
    return owner_of(version.achievement.issuer)


def award(version, by, **changes):
    facts = {"address": NEW, "name": "Hēmi Ruru", "why": "Course list of 2019."} | changes
    awarded = verbs.award_directly(version, by=by, **facts)
    outbox.drain()
    awarded.refresh_from_db()
    return awarded


def test_somebody_new_is_awarded_and_told_and_the_credential_says_how(version, owner):
    credential = award(version, owner)

    earner = User.objects.get(email=NEW)
    body = json.loads(queries.signed_form(credential).text)
    subject = body["credentialSubject"]
    assert (credential.basis, credential.earner, credential.state, credential.why) == (
        "direct",
        earner,
        "offered",
        "Course list of 2019.",
    )
    assert (earner.name, earner.has_usable_password(), people.verified_addresses_of(earner)) == ("Hēmi Ruru", False, [])
    assert subject["narrative"] == "Awarded directly by the issuer: no work was assessed here."
    assert ("result" in subject, "evidence" in body) == (False, False)
    assert verifier.check_own(credential).valid
    checks = verifier.check(queries.signed_form(credential).text, recipient=NEW).checks
    assert [one.result for one in checks if one.name == "recipient"] == ["pass"]
    letter = newest_letter(NEW)
    assert (letter.subject, "no password" in letter.text) == ("Awarded to you: Sharpen a knife", True)
    assert "Course list" not in letter.text + queries.signed_form(credential).text
    assert events_of(credential)[0] == ("credential.awarded", owner.public_id)


def test_somebody_known_gets_it_under_the_address_that_was_named(version, owner):
    earner = person("Ani")

    credential = award(version, owner, address=earner.email.upper(), name="Not used")

    assert (credential.earner, credential.earner.name) == (earner, "Ani")


def test_twice_is_refused_and_awards_once(version, owner):
    award(version, owner)

    with pytest.raises(Refused, match="holds this already"):
        award(version, owner)

    assert Credential.objects.count() == 1


def test_nobody_awards_to_themselves(version, owner):
    with pytest.raises(Refused, match="to yourself"):
        award(version, owner, address=owner.email)


def test_a_draft_is_not_awarded(owner, version):
    draft = drafted_version(version.achievement.issuer, name="Draft")

    with pytest.raises(Refused, match="published"):
        award(draft, owner)


def test_only_who_runs_the_issuer_awards(version):
    issuer = version.achievement.issuer
    others = owner_of(published_version().achievement.issuer)
    for somebody in (person("Stranger"), others, seated("designer", issuer), seated("assessor", issuer)):
        with pytest.raises(PermissionDenied):
            award(version, somebody)
    assert not User.objects.filter(email=NEW).exists()


def test_a_wrong_address_is_put_right_by_a_new_credential(version, owner):
    wrong = award(version, owner)

    right = verbs.correct(wrong, by=owner, address="hemi.ruru@people.example", name="Hēmi Ruru")
    outbox.drain()

    wrong.refresh_from_db()
    right.refresh_from_db()
    assert (wrong.status, right.status, right.supersedes, right.why) == ("superseded", "valid", wrong, wrong.why)
    assert right.earner.email == "hemi.ruru@people.example"
    assert not verifier.check_own(wrong).valid
    assert verifier.check_own(right).valid
    letter = newest_letter(NEW)
    assert letter.subject == "Replaced: Sharpen a knife"
    assert "hemi.ruru" not in letter.text
    assert newest_letter("hemi.ruru@people.example").subject == "Awarded to you: Sharpen a knife"


# --- what the issuer learns of whom it named --------------------------------------------------------------------------
ALIAS = "kea@alias.example"


@pytest.fixture
def earner():
    """Somebody with another address and name than the ones that issuers type."""
    somebody = person("Kiri Real")
    EmailAddress.objects.create(user=somebody, email=ALIAS, verified=True)
    return somebody


def test_an_issuer_learns_no_more_than_what_it_typed(version, owner, earner):
    first = award(version, owner, address=ALIAS, name="K. from the course")
    verbs.claim(first, by=earner)
    anew = verbs.reissue(first, by=owner)
    corrected = verbs.correct(anew, by=owner, address=ALIAS.upper(), name="Kea")
    outbox.drain()

    issuer = version.achievement.issuer
    desk, base = browser(owner), f"/organisations/{issuer.slug}/credentials/"
    paths = ["", *(f"{one.public_id}/" for one in (first, anew, corrected)), f"{corrected.public_id}/correct/"]
    pages = [desk.get(base + path).content.decode() for path in [*paths, f"{corrected.public_id}/revoke/"]]
    listed = program(owner, "awards:read").get(f"/api/v1/issuers/{issuer.slug}/credentials/")
    refused = desk.post(
        f"{base}award/", {"version": version.achievement.slug, "address": ALIAS, "name": "K", "why": "w"}
    )

    assert [one["earner"] for one in listed.json()["results"]] == [
        {"name": "K. from the course", "address": ALIAS},
        {"name": "K. from the course", "address": ALIAS},
        {"name": "Kea", "address": ALIAS},
    ]
    assert f"{ALIAS} holds this already." in refused.content.decode()
    for text in (*pages, listed.content.decode(), refused.content.decode()):
        assert (earner.email in text, "Kiri Real" in text) == (False, False)


def test_the_list_is_searched_by_what_was_typed_and_not_by_the_account(version, owner, earner):
    found = award(version, owner, address=ALIAS, name="K. from the course")
    issuer = version.achievement.issuer

    hits = {
        asked: list(queries.issued_at(issuer, queries.Sought(q=asked)))
        for asked in ("kea@alias", "the course", "Kiri", earner.email)
    }

    assert hits == {"kea@alias": [found], "the course": [found], "Kiri": [], earner.email: []}


def test_a_renewal_knows_no_more_than_what_it_renews(owner, version, earner):
    version = published_version(version.achievement.issuer, name="Runs out", valid_for_days=30)
    first = award(version, owner, address=ALIAS, name="Kea")

    renewed = verbs.renew(first, by=owner)

    assert (renewed.recipient_name, renewed.recipient_address) == ("Kea", ALIAS)


def test_whom_it_was_sent_to_is_frozen(version, owner):
    credential = award(version, owner)

    for change in ({"sent_to": "else@people.example"}, {"sent_name": "Else"}):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            Credential.objects.filter(pk=credential.pk).update(**change)


@pytest.mark.django_db(transaction=True)
def test_two_who_award_to_one_person_at_once_award_once():
    version = published_version()
    owner = owner_of(version.achievement.issuer)
    earner = person("Ani")

    def award_it():
        return verbs.award_directly(version, by=owner, address=earner.email, name="", why="Course.")

    came = at_once(award_it, award_it)

    assert Credential.objects.count() == 1
    assert sorted(type(one).__name__ for one in came) == ["Credential", "Refused"]
