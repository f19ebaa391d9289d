"""Badges that hold the words of an endorser whose key is in other hands: who is told, and how they are signed anew."""

import json

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from apps.core import outbox
from apps.core.refused import Refused
from apps.credentials import verbs, verifier
from apps.credentials.models import Credential, SignedForm
from apps.issuers import verbs as issuers
from apps.notices.models import Letter, Notice
from tests.factories import (
    awarded_credential,
    browser,
    endorsed,
    events_of,
    forgotten,
    issuer_with_owner,
    owner_of,
    person,
    published_version,
    seated,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def version():
    return published_version()


@pytest.fixture(params=["version", "issuer"])
def found(request, version):
    """Said for a badge, or for the organisation that offers it."""
    return endorsed(version if request.param == "version" else version.achievement.issuer)


def lost(endorsement):
    """Its key is in other hands."""
    verbs.compromise_key(endorsement.key, by=owner_of(endorsement.endorser), why="A laptop was stolen.")
    outbox.drain()


def inside(credential):
    form = SignedForm.objects.get(credential=credential, format=SignedForm.Format.OB3_EDDSA)
    body = json.loads(form.text)
    places = body["issuer"], body["credentialSubject"]["achievement"]
    return [one["id"].rpartition("/")[2] for place in places for one in place.get("endorsement", [])]


def test_who_issued_badges_with_such_words_inside_is_told_once_with_how_many_and_where_to_sign_them_anew(
    found, version
):
    awarded_credential(version=version)
    awarded_credential(version=version)
    awarded_credential(version=published_version())  # of another issuer
    issuer = version.achievement.issuer
    manager = seated("manager", issuer)
    seated("designer", issuer)

    lost(found)
    verbs.tell_embedding(found.key.pk)

    told = Notice.objects.filter(kind="endorsement_lost")
    assert {one.person for one in told} == {owner_of(issuer), manager}
    assert told.count() == 2
    assert {(one.address, json.dumps(one.facts, sort_keys=True)) for one in told} == {
        (
            found.get_absolute_url(),
            json.dumps({"count": 2, "issuer": found.endorser.name, "subject": found.subject_name}, sort_keys=True),
        )
    }
    letter = Letter.objects.get(kind="endorsement_lost", person=manager)
    assert letter.subject == (
        f"Sign your badges again: the key behind the endorsement of {found.subject_name} by {found.endorser.name} is "
        "compromised"
    )
    assert f"2 of your badges contain the endorsement of {found.subject_name} by {found.endorser.name}." in letter.text
    assert found.get_absolute_url() in letter.text


def test_nobody_is_told_where_no_badge_that_stands_holds_them(version):
    taken_back, forgotten_one = awarded_credential(version=version), awarded_credential(version=version)
    found = endorsed(version)
    endorsed(taken_back, endorser=found.endorser)  # said for a badge: no badge holds it
    assert inside(taken_back) == inside(forgotten_one) == []
    later, left = awarded_credential(version=version), awarded_credential(version=version)
    verbs.revoke(later, by=owner_of(later.issuer), reason="other", note="")
    forgotten(left.earner)

    lost(found)

    assert not Notice.objects.filter(kind="endorsement_lost").exists()


def test_the_endorser_sees_on_the_keys_page_which_badges_of_others_hold_its_words_and_how_many(found, version):
    awarded_credential(version=version)
    awarded_credential(version=version)
    other = awarded_credential(version=published_version())
    client, slug = browser(owner_of(found.endorser)), found.endorser.slug
    path = f"/organisations/{slug}/keys/{found.key.public_id}/"
    before = client.get(path).content.decode()

    lost(found)

    after, listed = client.get(path).content.decode(), client.get(f"{path}embedding/")
    assert (
        "contain an endorsement signed with this key" in before,
        "contain an endorsement signed with this key" in after,
    ) == (0, 1)
    assert "2 badges of other issuers contain an endorsement signed with this key." in after
    assert [(one, one.holding) for one in listed.context["page"]] == [(version, 2)]
    assert other.version.name not in listed.content.decode() or other.version.name == version.name
    assert version.achievement.issuer.name in listed.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_badges_that_hold_a_keys_words_asks_as_much_for_many(django_assert_num_queries, rows):
    endorser, owner = issuer_with_owner()
    for _number in range(rows):
        version = published_version()
        said = endorsed(version, endorser=endorser)
        awarded_credential(version=version)
    client = browser(owner)

    with django_assert_num_queries(8):
        page = client.get(f"/organisations/{endorser.slug}/keys/{said.key.public_id}/embedding/")

    assert len(page.context["page"].object_list) == rows


def test_signed_anew_each_holds_what_stands_by_then_and_verifies_again(found, version):
    first, second = awarded_credential(version=version), awarded_credential(version=version)
    owner = owner_of(version.achievement.issuer)
    lost(found)
    path = found.get_absolute_url()
    client = browser(owner)
    assert "2 of your badges contain this endorsement" in client.get(path).content.decode()
    assert "contain this endorsement" not in Client().get(path).content.decode()

    assert client.post(f"{path}/reissue-embedding/").url == path
    outbox.drain()

    new = list(Credential.objects.filter(supersedes__in=(first, second)).order_by("pk"))
    assert [inside(one) for one in new] == [[], []]
    assert [verifier.check_own(one).verdict for one in new] == ["good", "good"]
    assert events_of(found)[-1] == ("endorsement.embedding_reissued", owner.public_id)
    assert "contain this endorsement" not in client.get(path).content.decode()


def test_once_the_endorser_has_signed_its_word_anew_the_new_badges_hold_that(found, version):
    credential = awarded_credential(version=version)
    lost(found)
    verbs.reissue_touched(found.key, by=owner_of(found.endorser))
    outbox.drain()
    found.refresh_from_db()
    owner = owner_of(version.achievement.issuer)
    page = browser(owner).get(found.get_absolute_url()).content.decode()
    assert (
        "has signed its endorsement again: your new badges will contain that one." in page,
        "1 of your badges contains" in page,
    ) == (1, 1)

    for _twice in range(2):
        verbs.reissue_embedding(found, by=owner)
    outbox.drain()

    assert inside(Credential.objects.get(supersedes=credential)) == [found.superseded_by.public_id]
    assert Credential.objects.filter(version=version).count() == 2
    assert verbs.reissue_embedding(found, by=owner) == 0


def test_the_askers_own_badge_is_signed_anew_with_all_others_and_not_by_itself(version):
    found = endorsed(version)
    credential, other = awarded_credential(version=version), awarded_credential(version=version)
    asker = credential.earner
    issuers.seat(asker, credential.issuer, "owner", by=owner_of(credential.issuer))
    lost(found)
    with pytest.raises(Refused, match="This badge is yours"):
        verbs.reissue(credential, by=asker)

    verbs.reissue_embedding(found, by=asker)
    outbox.drain()

    assert {one.supersedes for one in Credential.objects.exclude(supersedes=None)} == {credential, other}


def test_what_ended_meanwhile_is_passed_over(version):
    found = endorsed(version)
    credential, other = awarded_credential(version=version), awarded_credential(version=version)
    owner = owner_of(credential.issuer)
    lost(found)
    verbs.reissue_embedding(found, by=owner)
    verbs.revoke(credential, by=owner, reason="other", note="")

    outbox.drain()

    assert [one.supersedes for one in Credential.objects.exclude(supersedes=None)] == [other]


def test_only_who_runs_the_issuer_of_those_badges_has_them_signed_anew_and_only_once_the_key_is_lost(found, version):
    owner = owner_of(version.achievement.issuer)
    with pytest.raises(Refused, match="not marked"):
        verbs.reissue_embedding(found, by=owner)
    lost(found)

    for somebody in (person("Stranger"), owner_of(found.endorser), seated("designer", version.achievement.issuer)):
        with pytest.raises(PermissionDenied):
            verbs.reissue_embedding(found, by=somebody)
