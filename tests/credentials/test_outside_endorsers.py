"""Somebody outside says what they saw of an earner's work: asked by letter or by link, proved by a letter, signed once."""

import json
import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client

from apps.accounts import verbs as accounts
from apps.accounts.models import User
from apps.core import clock, outbox
from apps.core.refused import Refused
from apps.credentials import documents, multikey, proofs, queries, tokens, verbs, verifier
from apps.credentials.models import Endorsement, OutsideEndorser
from apps.notices import words
from apps.notices.models import Letter, Notice
from apps.reviews.queries import conflicts
from tests.factories import (
    asked_outside,
    awarded_credential,
    browser,
    endorsed_outside,
    events_of,
    forgotten,
    newest_letter,
    person,
    published_version,
    requested,
)
from tests.factories.work import assessable_attempt

pytestmark = pytest.mark.django_db

MERE = {"name": "Mere Tuhua", "role": "Head shepherd, Kea Station"}
ADDRESS = "mere@kea.example"
COMMENT = "She sheared **two seasons** for us."


@pytest.fixture
def credential():
    return awarded_credential()


def asked(credential, *, address=ADDRESS, **facts):
    return asked_outside(credential, name=MERE["name"], address=address, **facts)


def token_in_letter(address=ADDRESS):
    """Before it is delivered: then its text is forgotten, for it holds a key."""
    return re.search(r"/endorse/([a-z2-7]{26})/", newest_letter(address).text)[1]


def asked_by_link(credential):
    found = asked_outside(credential)
    return found, tokens.ask_token(found.outside.public_id)


# --- asked by letter --------------------------------------------------------------------------------------------------
def test_asked_by_letter_one_endorses_without_an_account(credential):
    earner, stranger = browser(credential.earner), Client()
    path = f"/endorsements/request/credential/{credential.public_id}/"

    asked = earner.post(path, {"name": "Mere", "address": "Mere@Kea.example", "note": "You saw me."}, follow=True)
    assert "A letter is on its way to them." in asked.content.decode()
    link = f"/endorse/{token_in_letter()}/"
    page = stranger.get(link)
    said = {**MERE, "comment": COMMENT}
    assert (page.status_code, page["X-Robots-Tag"], page["Cache-Control"]) == (
        *(200, "noindex"),
        "max-age=0, no-cache, no-store, must-revalidate, private",
    )
    assert [one in page.content.decode() for one in ("You saw me.", credential.named, 'value="Mere"')] == [True] * 3
    without = stranger.post(link, said | {"comment": " "})
    assert (without.status_code, MERE["role"] in without.content.decode()) == (422, True)
    done = stranger.post(link, said, follow=True).content.decode()
    assert "Your words are being signed" in done
    outbox.drain()

    found = Endorsement.objects.get()
    assert (found.state, found.comment, found.endorser, found.answered_by, found.key) == (
        *("signed", COMMENT),
        *(None, None, None),
    )
    assert [kind for kind, _by in events_of(found)] == [
        *("endorsement.requested", "endorsement.accepted", "endorsement.signed"),
    ]
    told = Notice.objects.get(kind="endorsement_answered")
    assert (told.person, told.facts["endorser"], told.facts["outcome"]) == (credential.earner, "Mere Tuhua", "signed")
    letter = newest_letter(credential.earner.email)
    assert letter.subject == f"Mere Tuhua endorses {credential.version.name}"
    # What somebody outside calls themselves never stands where a letter says whom it is from.
    assert "Mere" not in words.of_letter(letter, credential.earner).sender
    assert f"Ngā mihi,\n{credential.issuer.name}" in letter.text
    mine = earner.get(credential.get_absolute_url()).content.decode()
    assert [
        one in mine
        for one in ("Mere Tuhua", MERE["role"], "reads their mail at kea.example", "<strong>two seasons</strong>")
    ] == [True] * 4
    assert ADDRESS not in mine


def test_what_is_signed_names_them_and_is_checked_by_the_key_at_their_own_address(credential):
    found = endorsed_outside(credential, comment=COMMENT)
    body, at = json.loads(found.text), f"/endorsements/{found.public_id}"

    assert {name: value for name, value in body.items() if name not in ("proof", "@context", "validFrom")} == {
        "id": queries.endorsement_url(found.public_id),
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": f"Endorsement of {credential.version.name}",
        "issuer": {
            "id": f"{queries.endorsement_url(found.public_id)}/endorser",
            "type": ["Profile"],
            "name": "Mere Tuhua",
            "description": "Head shepherd, Kea Station",
        },
        "credentialSubject": {
            "id": queries.credential_url(credential.public_id),
            "type": ["EndorsementSubject"],
            "endorsementComment": COMMENT,
        },
    }
    served = Client().get(f"{at}/endorser")
    assert (served.status_code, served["Access-Control-Allow-Origin"]) == (200, "*")
    (method,) = served.json()["verificationMethod"]
    assert served.json() == documents.endorser_document(found.public_id)
    assert body["proof"][0]["verificationMethod"] == method["id"]
    assert "Mere" not in served.content.decode()

    checked = verifier.check(data=found.text.encode())
    assert (checked.verdict, {one.name: one.result for one in checked.checks}["issuer"]) == ("good", "pass")
    changed = found.text.replace("two", "ten")
    assert verifier.check(data=changed.encode()).verdict == "changed"


def test_its_key_is_kept_nowhere_but_for_the_public_half(credential):
    found = endorsed_outside(credential, comment=COMMENT)
    other = endorsed_outside(awarded_credential(), address="piri@kea.example")

    assert found.outside.key_name != other.outside.key_name
    assert found.outside.key_name.startswith("z6Mk")
    body = json.loads(found.text)
    proofs.verify(body, body["proof"][0], multikey.decode(found.outside.key_name))
    with pytest.raises(proofs.ProofError):
        proofs.verify(body, body["proof"][0], multikey.decode(other.outside.key_name))


def test_before_it_is_signed_there_is_no_key(credential):
    found = asked(credential)

    assert Client().get(f"/endorsements/{found.public_id}/endorser").status_code == 404
    assert documents.endorser_document(found.public_id) is None


# --- asked by link ----------------------------------------------------------------------------------------------------
def test_asked_by_a_link_one_proves_an_address_before_anything_is_signed(credential):
    earner, stranger = browser(credential.earner), Client()
    path = f"/endorsements/request/credential/{credential.public_id}/?way=link"
    page = earner.post(path, {"note": ""}, follow=True).content.decode()
    found = Endorsement.objects.get()
    link = f"/endorse/{tokens.ask_token(found.outside.public_id)}/"
    assert link in page

    said = {**MERE, "address": ADDRESS, "comment": COMMENT}
    sent = stranger.post(link, said, follow=True).content.decode()
    assert ("A letter went to m•••@kea.example." in sent, COMMENT in sent) == (True, False)
    found.refresh_from_db()
    assert (found.state, found.comment) == ("requested", "")
    assert COMMENT not in earner.get(found.get_absolute_url()).content.decode()

    to_sign = f"/endorse/{token_in_letter()}/"
    assert all(one in stranger.get(to_sign).content.decode() for one in ("Mere Tuhua", "two seasons"))
    stranger.post(to_sign, {**MERE, "comment": COMMENT})
    outbox.drain()
    found.refresh_from_db()
    assert (found.state, found.comment) == ("signed", COMMENT)
    assert "This link was used" in stranger.get(link).content.decode()


def test_another_address_takes_the_place_of_the_first(credential):
    _found, token = asked_by_link(credential)
    verbs.propose_endorsement(token, address="wrong@kea.example", comment="One.", **MERE)
    first = token_in_letter("wrong@kea.example")
    verbs.propose_endorsement(token, address=ADDRESS, comment="Two.", **MERE)

    assert Client().get(f"/endorse/{first}/").status_code == 404
    with pytest.raises(Refused, match="no longer leads anywhere"):
        verbs.endorse_outside(first, comment=COMMENT, **MERE)
    assert "Two." in Client().get(f"/endorse/{token_in_letter()}/").content.decode()


def test_a_link_sends_five_letters_at_most(credential):
    _found, token = asked_by_link(credential)
    for number in range(5):
        verbs.propose_endorsement(token, address=f"mere{number}@kea.example", comment=COMMENT, **MERE)

    with pytest.raises(Refused, match="Five letters went out"):
        verbs.propose_endorsement(token, address=ADDRESS, comment=COMMENT, **MERE)
    assert Letter.objects.filter(kind="endorse").count() == 5
    with pytest.raises(IntegrityError, match="outside_endorser_few_letters"), transaction.atomic():
        OutsideEndorser.objects.update(letters=6)


def test_who_asked_sees_what_became_of_the_letter_and_sends_it_where_it_arrives(credential):
    found, earner = asked(credential, address="mere@kae.example"), browser(credential.earner)
    first = token_in_letter("mere@kae.example")
    page = earner.get(found.get_absolute_url()).content.decode()
    told = ("Written to mere@kae.example", "Waiting to go", "reads their mail at")
    assert [one in page for one in told] == [True, True, False]

    again = f"{found.get_absolute_url()}/write-again/"
    assert "Enter a valid" in earner.post(again, {"address": "mere"}, follow=True).content.decode()
    sent = earner.post(again, {"address": ADDRESS}, follow=True).content.decode()

    assert ("A letter is on its way to mere@kea.example." in sent, Client().get(f"/endorse/{first}/").status_code) == (
        *(True, 404),
    )
    assert Client().get(f"/endorse/{token_in_letter()}/").status_code == 200
    with pytest.raises(PermissionDenied):
        verbs.write_again(found, by=person(), address="piri@kea.example")
    by_link, _token = asked_by_link(credential)
    with pytest.raises(Refused, match="Only a letter that you asked for"):
        verbs.write_again(by_link, by=credential.earner, address="piri@kea.example")


# --- who may ask and answer -------------------------------------------------------------------------------------------
def test_only_the_earner_asks_and_a_minor_with_a_guardians_word(credential):
    with pytest.raises(PermissionDenied):
        verbs.ask_outside(credential, by=person(), address=ADDRESS)
    accounts.say_minor(credential.earner, by=credential.earner)
    credential.earner.refresh_from_db()
    with pytest.raises(Refused, match="until your guardian agrees"):
        asked(credential)
    assert not Endorsement.objects.exists()


def test_a_badge_that_no_longer_stands_is_not_endorsed(credential):
    asked(credential)
    token = token_in_letter()
    verbs.revoke(credential, by=credential.issuer.seats.get(role="owner").person, reason="mistake", note="")

    with pytest.raises(Refused, match="no longer valid"):
        verbs.endorse_outside(token, comment=COMMENT, **MERE)
    credential.refresh_from_db()
    with pytest.raises(Refused, match="no longer valid"):
        asked(credential, address="piri@kea.example")


def test_nobody_endorses_themselves_by_another_address_of_theirs(credential):
    found, token = asked_by_link(credential)
    own = credential.earner.email

    with pytest.raises(Refused, match="what they earned themselves"):
        asked(credential, address=own.upper())
    with pytest.raises(Refused, match="what they earned themselves"):
        verbs.propose_endorsement(token, address=own, comment=COMMENT, **MERE)
    found.refresh_from_db()
    assert (found.outside.address, found.outside.draft, Letter.objects.filter(kind="endorse").count()) == ("", "", 0)


def test_one_address_is_asked_once_for_a_badge_and_ten_people_at_a_time(credential):
    for number in range(10):
        asked(credential, address=f"mere{number}@kea.example")

    with pytest.raises(Refused, match="Ten people have not answered"):
        asked(credential)
    verbs.withdraw_endorsement(Endorsement.objects.first(), by=credential.earner)
    with pytest.raises(Refused, match=r"mere5@kea\.example was asked for this already"):
        asked(credential, address="mere5@kea.example")
    assert asked(credential).state == "requested"


def test_who_has_an_account_with_that_address_judges_no_work_of_the_earner(credential):
    mere = person("Mere Tuhua", email=ADDRESS)
    found = endorsed_outside(credential, comment=COMMENT)
    attempt = assessable_attempt(published_version(), learner=credential.earner)

    assert found.answered_by == mere
    assert conflicts.conflict_of(mere, attempt.submission) == "You cannot judge this one: you endorsed its learner."
    assert conflicts.conflict_of(person(), attempt.submission) is None


# --- how it ends ------------------------------------------------------------------------------------------------------
def test_they_decline_by_their_letter_and_are_written_to_no_more(credential):
    found = asked(credential)
    link = f"/endorse/{token_in_letter()}/"

    Client().post(f"{link}decline/", {"reason": "I saw too little."})

    found.refresh_from_db()
    found.outside.refresh_from_db()
    assert (found.state, found.reason, found.outside.address) == ("declined", "I saw too little.", "")
    assert "You have declined." in Client().get(link).content.decode()
    again = Client().post(link, {**MERE, "comment": COMMENT})
    assert (again.status_code, Endorsement.objects.get().state) == (422, "declined")


def test_they_take_it_back_by_their_letter_and_are_named_no_more(credential):
    found = endorsed_outside(credential, comment=COMMENT)
    link = f"/endorse/{tokens.answer_token(found.outside.public_id, ADDRESS)}/"
    verbs.show(credential, "public", by=credential.earner)
    shown = found.get_absolute_url()
    assert "Mere Tuhua" in Client().get(shown).content.decode()

    for _twice in range(2):
        Client().post(f"{link}take-back/")

    found.refresh_from_db()
    page, mine = (Client().get(one).content.decode() for one in (shown, credential.get_absolute_url()))
    assert found.state == "revoked"
    assert ("Mere" in page, "Mere" in mine, COMMENT in page) == (False, False, False)
    assert Client().get(shown, headers={"Accept": "application/vc"}).status_code == 410
    assert verifier.check(data=found.text.encode()).verdict == "taken_back"
    assert "You have taken your endorsement back." in Client().get(link).content.decode()
    told = Notice.objects.filter(kind="endorsement_answered").order_by("pk").values_list("facts", flat=True)
    assert [(one["outcome"], one["endorser"]) for one in told] == [("signed", "Mere Tuhua"), ("revoked", "Mere Tuhua")]


def test_the_earner_withdraws_and_neither_link_answers(credential):
    found, token = asked_by_link(credential)
    verbs.propose_endorsement(token, address=ADDRESS, comment=COMMENT, **MERE)
    letter = token_in_letter()

    verbs.withdraw_endorsement(found, by=credential.earner)

    for act in (
        lambda: verbs.propose_endorsement(token, address=ADDRESS, comment=COMMENT, **MERE),
        lambda: verbs.endorse_outside(letter, comment=COMMENT, **MERE),
        lambda: verbs.decline_outside(letter),
    ):
        with pytest.raises(Refused, match="can no longer be answered"):
            act()
    found.outside.refresh_from_db()
    assert (found.outside.address, found.outside.draft) == ("", "")
    assert "This can no longer be answered." in Client().get(f"/endorse/{letter}/").content.decode()


def test_after_ninety_days_it_has_lapsed(credential):
    found = asked(credential)
    token = token_in_letter()

    with clock.at(clock.now() + timedelta(days=91)):
        with pytest.raises(Refused, match="can no longer be answered"):
            verbs.endorse_outside(token, comment=COMMENT, **MERE)
        verbs.lapse_endorsements()

    found.refresh_from_db()
    found.outside.refresh_from_db()
    assert (found.state, found.outside.address) == ("lapsed", "")


def test_a_link_that_nobody_used_lapses_in_the_language_of_who_made_it(credential):
    User.objects.filter(pk=credential.earner_id).update(language="mi")
    credential.earner.refresh_from_db()
    asked_by_link(credential)

    with clock.at(clock.now() + timedelta(days=91)):
        verbs.lapse_endorsements()

    told = Notice.objects.get(kind="endorsement_answered")
    assert (told.facts["outcome"], told.facts["endorser"]) == ("lapsed", "tētahi tangata nō waho")


# --- what must not leak -----------------------------------------------------------------------------------------------
def test_a_guessed_link_answers_as_if_there_were_none(credential):
    found = asked(credential)
    for token in ("a" * 26, tokens.ask_token(found.outside.public_id), found.public_id, found.outside.public_id):
        for path in (f"/endorse/{token}/", f"/endorse/{token}/decline/", f"/endorse/{token}/take-back/"):
            answers = [Client().post(path).status_code]
            answers += [Client().get(path).status_code] if path.count("/") == 3 else []
            assert set(answers) == {404}, path


def test_once_it_is_over_a_link_tells_nothing_of_the_badge(credential):
    found, token = asked_by_link(credential)
    verbs.propose_endorsement(token, address=ADDRESS, comment=COMMENT, **MERE)
    links = [f"/endorse/{one}/" for one in (token, token_in_letter())]
    told = (credential.named, credential.version.name, credential.issuer.name)

    def read():
        return [[one in Client().get(link).content.decode() for one in told] for link in links]

    assert read() == [[True] * 3] * 2
    verbs.withdraw_endorsement(found, by=credential.earner)
    assert read() == [[False] * 3] * 2


def test_once_the_earner_has_left_no_link_leads_anywhere(credential):
    _found, token = asked_by_link(credential)
    verbs.propose_endorsement(token, address=ADDRESS, comment=COMMENT, **MERE)
    links = [f"/endorse/{one}/" for one in (token, token_in_letter())]
    assert [Client().get(link).status_code for link in links] == [200, 200]

    forgotten(credential.earner)

    assert [Client().get(link).status_code for link in links] == [404, 404]


def test_tokens_are_stored_hashed(credential):
    found, token = asked_by_link(credential)
    verbs.propose_endorsement(token, address=ADDRESS, comment=COMMENT, **MERE)
    letter = token_in_letter()
    row = OutsideEndorser.objects.values().get(pk=found.outside.pk)

    assert not {token, letter} & {str(one) for one in row.values()}


def test_a_hidden_badge_hides_who_endorsed_it(credential):
    found = endorsed_outside(credential, comment=COMMENT)

    assert Client().get(found.get_absolute_url()).status_code == 404
    assert browser(person()).get(found.get_absolute_url()).status_code == 404
    assert browser(credential.earner).get(found.get_absolute_url()).status_code == 200


def test_one_endorser_each_is_held_by_the_database(credential):
    found = asked(credential)
    theirs = requested(credential)

    for wrong in ({"endorser": theirs.endorser}, {"outside": None}, {"credential": None, "issuer": credential.issuer}):
        with pytest.raises(IntegrityError, match=r"endorsement_(by_one_endorser|of_one_thing)"), transaction.atomic():
            Endorsement.objects.filter(pk=found.pk).update(**wrong)
    assert User.objects.filter(email=ADDRESS).count() == 0
