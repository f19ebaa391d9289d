"""Paused, taken up again, taken back, replaced: who may, when, what is left behind, and what strangers find."""

import json
from copy import deepcopy

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client

from apps.accounts import verbs as accounts
from apps.backpacks import verbs as backpacks
from apps.core import clock, outbox
from apps.core.refused import Refused
from apps.credentials import queries, verbs, verifier
from apps.credentials.formats import bitstring
from apps.credentials.models import Credential, SigningKey, StatusEntry, StatusList
from apps.notices.models import Letter
from tests.factories import awarded_credential, events_of, newest_letter, owner_of, person, published_version, seated

pytestmark = pytest.mark.django_db
Status = Credential.Status


@pytest.fixture(scope="module")
def awarded(around_the_file):
    return awarded_credential()


@pytest.fixture
def credential(awarded):
    return deepcopy(awarded)


@pytest.fixture
def owner(credential):
    return owner_of(credential.issuer)


def bits(credential):
    """Whether its bit is set in the published lists: (revocation, suspension), each read from both forms."""
    outbox.drain()
    entry = credential.status_entry
    pair = StatusList.objects.filter(issuer=credential.issuer, number__in=(entry.list.number, entry.list.number + 1))
    found = []
    for one in pair.order_by("number"):
        body = json.loads(one.text)["credentialSubject"]
        assert body["statusPurpose"] == one.purpose
        found.append(
            bitstring.is_set(bitstring.decode(body["encodedList"], most_bytes=bitstring.MORE_BITS), entry.index)
        )
    return tuple(found)


def status_check(credential):
    (check,) = (one for one in verifier.check_own(credential).checks if one.name == "status")
    return check.result, str(check.plain)


def test_a_credential_stands_where_its_signed_bytes_say(credential):
    body = json.loads(queries.signed_form(credential).text)["credentialStatus"]
    entry = credential.status_entry

    assert body == {
        "id": f"http://localhost:8000/status/{credential.issuer.slug}/1#{entry.index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(entry.index),
        "statusListCredential": f"http://localhost:8000/status/{credential.issuer.slug}/1",
        "statusReference": f"http://localhost:8000/status/{credential.issuer.slug}/2#{entry.index}",
    }
    assert bits(credential) == (False, False)
    assert status_check(credential) == ("pass", "The issuer has not taken it back.")


def test_paused_and_taken_up_again(credential, owner):
    paused = verbs.suspend(credential, by=owner, note="We look into a complaint.")

    assert (paused.status, paused.status_note, paused.standing) == (
        "suspended",
        "We look into a complaint.",
        "suspended",
    )
    assert bits(credential) == (True, True)
    assert status_check(credential) == ("fail", "The issuer has paused it while something is looked into.")
    letter = newest_letter(credential.earner.email)
    assert letter.subject == "Paused: Sharpen a knife"
    assert "We look into a complaint." in letter.text

    again = verbs.reinstate(credential, by=owner)

    assert (again.status, again.status_note) == ("valid", "")
    assert bits(credential) == (False, False)
    assert status_check(credential)[0] == "pass"
    assert newest_letter(credential.earner.email).subject == "Valid again: Sharpen a knife"
    assert events_of(credential)[-2:] == [
        ("credential.suspended", owner.public_id),
        ("credential.reinstated", owner.public_id),
    ]


def test_taken_back_with_a_reason_for_good(credential, owner):
    verbs.revoke(credential, by=owner, reason="mistake", note="Meant for somebody else.")

    credential.refresh_from_db()
    assert (credential.status, credential.status_reason, credential.status_note) == (
        "revoked",
        "mistake",
        "Meant for somebody else.",
    )
    assert bits(credential) == (True, False)
    assert status_check(credential) == ("fail", "The issuer has taken it back: It was awarded by mistake.")
    letter = newest_letter(credential.earner.email)
    assert letter.subject == "Revoked: Sharpen a knife"
    assert "It was awarded by mistake." in letter.text
    for act in (
        lambda: verbs.revoke(credential, by=owner, reason="other", note=""),
        lambda: verbs.reinstate(credential, by=owner),
        lambda: verbs.suspend(credential, by=owner, note=""),
        lambda: verbs.reissue(credential, by=owner),
    ):
        with pytest.raises(Refused, match="taken back"):
            act()


def test_only_who_runs_the_issuer_changes_how_it_stands(credential):
    for stranger in (credential.earner, person("Stranger"), owner_of(published_version().achievement.issuer)):
        for act in (
            lambda who=stranger: verbs.suspend(credential, by=who, note=""),
            lambda who=stranger: verbs.reinstate(credential, by=who),
            lambda who=stranger: verbs.revoke(credential, by=who, reason="mistake", note=""),
            lambda who=stranger: verbs.reissue(credential, by=who),
            lambda who=stranger: verbs.correct(credential, by=who, address="a@people.example", name="A"),
            lambda who=stranger: verbs.renew(credential, by=who),
        ):
            with pytest.raises(PermissionDenied):
                act()
    credential.refresh_from_db()
    assert credential.status == "valid"


def test_signed_anew_for_an_address_proved_since(credential, owner):
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=credential.earner, email="new@people.example", verified=True)

    new = verbs.reissue(credential, by=owner)
    outbox.drain()

    credential.refresh_from_db()
    new.refresh_from_db()
    assert (credential.status, new.status, new.supersedes, new.decision_id) == (
        "superseded",
        "valid",
        credential,
        credential.decision_id,
    )
    old_body, body = (json.loads(queries.signed_form(one).text) for one in (credential, new))
    assert [len(one["credentialSubject"]["identifier"]) for one in (old_body, body)] == [1, 2]
    assert body["credentialSubject"]["result"] == old_body["credentialSubject"]["result"]
    assert body["validFrom"] == old_body["validFrom"]
    assert body["id"] != old_body["id"]
    assert (verifier.check_own(new).valid, verifier.check_own(credential).valid) == (True, False)
    with pytest.raises(Refused):
        verbs.correct(new, by=owner, address="else@people.example", name="Else")


def test_the_database_keeps_reasons_places_and_the_one_that_holds(credential, owner):
    entry = credential.status_entry
    for act in (
        lambda: Credential.objects.filter(pk=credential.pk).update(status="revoked"),
        lambda: Credential.objects.filter(pk=credential.pk).update(status_reason="mistake"),
        lambda: Credential.objects.filter(pk=credential.pk).update(why="other"),
        lambda: type(entry).objects.filter(pk=entry.pk).update(index=entry.index + 1),
        entry.delete,
        lambda: StatusList.objects.filter(pk=entry.list_id).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


def test_the_database_keeps_ends_and_what_stands_in_signed_addresses(credential, owner):
    revoked = awarded_credential(version=published_version(credential.issuer, name="Another"))
    verbs.revoke(revoked, by=owner, reason="mistake", note="")
    verbs.reissue(credential, by=owner)
    outbox.drain()
    entries = StatusEntry.objects.filter(credential=credential)
    lists, keys = StatusList.objects.filter(number=1), SigningKey.objects.filter(algorithm="ed25519")
    now, direct = clock.now(), {"basis": "direct", "why": "A list.", "sent_to": ""}
    for words, act in (
        ("stays so", lambda: Credential.objects.filter(pk=revoked.pk).update(status="valid", status_reason="")),
        ("stays so", lambda: Credential.objects.filter(pk=credential.pk).update(status="suspended")),
        ("status_changed_at", lambda: Credential.objects.filter(pk=credential.pk).update(status_at=None)),
        ("direct_says_to_whom", lambda: again(credential, **direct)),
        ("index_within_its_list", lambda: again(entries.get(), index=131_072, credential_id=10**9)),
        ("index_check", lambda: again(entries.get(), index=-1)),
        ("signed address", lambda: lists.update(number=9)),
        ("signed address", lambda: lists.update(purpose="suspension")),
        ("signed address", lambda: lists.update(issuer=published_version().achievement.issuer)),
        (
            "compromised key stays",
            lambda: (keys.update(state="compromised", ended_at=now), keys.update(state="active", ended_at=None)),
        ),
        (
            "compromised key stays",
            lambda: (keys.update(state="compromised", ended_at=now), keys.update(state="retired")),
        ),
        (
            "retired key signs",
            lambda: (keys.update(state="retired", ended_at=now), keys.update(state="active", ended_at=None)),
        ),
    ):
        with pytest.raises(IntegrityError, match=words), transaction.atomic():
            act()


def again(row, **changes):
    """A second row like this one, but for the changes."""
    row = type(row).objects.get(pk=row.pk)
    for name, value in ({"pk": None, "id": None} | changes).items():
        setattr(row, name, value)
    row._state.adding = True
    row.save(force_insert=True)


def test_a_list_is_signed_once_a_change_whoever_asks(credential, owner):
    verbs.suspend(credential, by=owner, note="")
    outbox.drain()
    before = list(StatusList.objects.values_list("pk", "text", "jwt", "published"))

    for pk, _text, _jwt, _published in before:
        verbs.publish(pk)

    assert list(StatusList.objects.values_list("pk", "text", "jwt", "published")) == before


def test_a_full_list_is_followed_by_the_next_pair(credential, monkeypatch):
    from apps.credentials.verbs import status_lists

    monkeypatch.setattr(status_lists.secrets, "randbelow", lambda _size: credential.status_entry.index)
    other = awarded_credential(version=published_version(credential.issuer, name="Another"))

    assert [one.number for one in StatusList.objects.filter(issuer=credential.issuer)] == [1, 2, 3, 4]
    assert (other.status_entry.list.number, other.status_entry.index) == (3, credential.status_entry.index)
    assert bits(other) == (False, False)


def shown_by(credential):
    return (
        credential.shows_name,
        credential.shows_words,
        list(credential.shown_evidence.values_list("evidence_id", flat=True)),
    )


def test_what_an_earner_hides_stays_hidden_on_what_takes_its_place(credential, owner):
    (piece,) = queries.evidence_of(credential)
    verbs.disclose(credential, by=credential.earner, name=False, words=True, evidence=[piece])

    new = verbs.reissue(credential, by=owner)

    assert shown_by(new) == (False, True, [piece])


def test_what_is_paused_stays_paused_when_it_is_signed_anew(credential, owner):
    verbs.suspend(credential, by=owner, note="We look into it.")

    new = verbs.reissue(credential, by=owner)

    assert (new.status, new.status_note, bits(new), bits(credential)) == (
        "suspended",
        "We look into it.",
        (True, True),
        (True, False),
    )
    assert verbs.reinstate(new, by=owner).status == "valid"
    assert bits(new) == (False, False)


def test_one_that_takes_anothers_place_is_found_in_the_collections_that_held_it(credential, owner):
    earner = credential.earner
    collection = backpacks.make_collection(by=earner, title="Blades")
    backpacks.collect(collection, credential.backpack_item, by=earner)
    backpacks.share(collection, by=earner)

    new = verbs.reissue(credential, by=owner)
    outbox.drain()

    new.refresh_from_db()
    assert [block.item.credential for block in collection.blocks.all()] == [new]
    assert new.visibility == "link"
    backpacks.unshare(collection, by=earner)
    for one in (credential, new):
        one.refresh_from_db()
    assert (credential.visibility, new.visibility) == ("private", "private")


def test_what_no_longer_stands_when_it_is_baked_is_sent_to_nobody(owner, credential):
    version = published_version(credential.issuer, name="Another")
    wrong = verbs.award_directly(version, by=owner, address="typo@people.example", name="Ani", why="Course.")
    right = verbs.correct(wrong, by=owner, address="ani@people.example", name="Ani")

    outbox.drain()

    wrong.refresh_from_db()
    right.refresh_from_db()
    assert (wrong.state, right.state) == ("offered", "offered")
    sent = Letter.objects.filter(kind="award", to__in=("typo@people.example", "ani@people.example"))
    assert list(sent.values_list("to", flat=True)) == ["ani@people.example"]


def test_a_list_is_signed_anew_only_where_a_bit_changed(credential, owner):
    outbox.drain()
    before = dict(StatusList.objects.values_list("number", "changes"))

    verbs.revoke(credential, by=owner, reason="mistake", note="")

    assert dict(StatusList.objects.values_list("number", "changes")) == before | {1: before[1] + 1}


def test_nobody_takes_up_or_renews_their_own(credential):
    colleague = seated("manager", credential.issuer)
    own = verbs.award_directly(
        published_version(credential.issuer, name="Another"),
        by=owner_of(credential.issuer),
        address=colleague.email,
        name="",
        why="Course.",
    )
    outbox.drain()
    verbs.suspend(own, by=owner_of(credential.issuer), note="A doubt.")

    for act in (verbs.reinstate, verbs.reissue, verbs.renew):
        with pytest.raises(Refused, match="This badge is yours"):
            act(own, by=colleague)
    assert verbs.reinstate(own, by=owner_of(credential.issuer)).status == "valid"


def test_a_note_of_the_past_goes_to_nothing_new(credential, owner):
    verbs.suspend(credential, by=owner, note="A doubt.")
    verbs.reinstate(credential, by=owner, note="No doubt any more.")

    assert verbs.reissue(credential, by=owner).status_note == ""


def test_who_takes_another_name_lends_nobody_a_badge(credential, owner):
    verbs.show(credential, "link", by=credential.earner)
    accounts.edit_profile(credential.earner, by=credential.earner, name="Somebody Else")

    page = Client().get(f"/c/{credential.public_id}").content.decode()

    assert ("Somebody Else" in page, "Learner" in page) == (False, True)
    assert verbs.reissue(credential, by=owner).named == "Somebody Else"


def test_what_an_earner_hides_is_hidden_on_what_it_took_the_place_of_too(credential, owner):
    earner, (piece,) = credential.earner, queries.evidence_of(credential)
    collection = backpacks.make_collection(by=earner, title="Blades")
    backpacks.collect(collection, credential.backpack_item, by=earner)
    backpacks.share(collection, by=earner)
    verbs.disclose(credential, by=earner, name=True, words=True, evidence=[piece])
    new = verbs.reissue(credential, by=owner)
    outbox.drain()

    verbs.disclose(new, by=earner, name=False, words=False, evidence=[])
    credential.refresh_from_db()
    assert shown_by(credential) == (False, False, [])

    backpacks.uncollect(collection.blocks.get(), by=earner)
    for one in (credential, new):
        assert Client().get(f"/c/{one.public_id}").status_code == 404


def test_what_is_paused_before_its_earner_heard_of_it_is_offered_when_it_holds_again(credential, owner):
    version = published_version(credential.issuer, name="Another")
    new = verbs.award_directly(version, by=owner, address="ani@people.example", name="Ani", why="Course.")
    verbs.suspend(new, by=owner, note="")
    outbox.drain()
    letters = Letter.objects.filter(kind="award", to="ani@people.example")
    assert not letters.exists()
    new.refresh_from_db()
    with pytest.raises(Refused, match="This badge is paused"):
        verbs.claim(new, by=new.earner)

    verbs.reinstate(new, by=owner)
    outbox.drain()

    new.refresh_from_db()
    assert (new.state, letters.count()) == ("offered", 1)


def test_one_signed_anew_while_paused_says_since_when_it_is_paused(credential, owner):
    paused = verbs.suspend(credential, by=owner, note="")

    assert verbs.reissue(credential, by=owner).status_at == paused.status_at
