"""An organisation's word for another, for a badge, for what somebody earned: asked for, given, signed, taken back."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from apps.core import clock, outbox
from apps.core.models import Job
from apps.core.refused import Refused
from apps.credentials import multikey, proofs, queries
from apps.credentials import verbs as credentials
from apps.credentials.models import Credential, Endorsement
from apps.issuers import verbs as issuers
from apps.notices.models import Notice
from tests.factories import (
    awarded_credential,
    browser,
    drafted_version,
    endorsed,
    events_of,
    issuer_with_owner,
    operator,
    owner_of,
    person,
    published_version,
    requested,
    seated,
)
from tests.together import at_once

pytestmark = pytest.mark.django_db

SUBJECTS = {
    "issuer": lambda: issuer_with_owner()[0],
    "version": published_version,
    "credential": awarded_credential,
}


@pytest.fixture(params=SUBJECTS)
def subject(request):
    return SUBJECTS[request.param]()


# --- request ----------------------------------------------------------------------------------------------------------
def test_a_request_lies_with_those_who_run_the_endorser(subject):
    endorser, owner = issuer_with_owner()
    manager, designer = seated("manager", endorser), seated("designer", endorser)

    asked = requested(subject, endorser=endorser, note=" You know us. ")

    assert (asked.state, asked.subject, asked.note, asked.expires_at - asked.asked_at) == (
        "requested",
        subject,
        "You know us.",
        timedelta(days=90),
    )
    assert events_of(asked) == [("endorsement.requested", asked.asked_by.public_id)]
    told = Notice.objects.filter(kind="endorsement_asked")
    assert set(told.values_list("person", flat=True)) == {owner.pk, manager.pk}
    assert told[0].address == asked.get_absolute_url()
    assert designer.pk not in set(told.values_list("person", flat=True))


def test_asked_twice_it_is_refused_until_the_first_is_over(subject):
    first = requested(subject)

    with pytest.raises(Refused, match="was asked for this already"):
        requested(subject, endorser=first.endorser)
    requested(subject)  # another organisation may be asked meanwhile
    credentials.decline_endorsement(first, by=owner_of(first.endorser))

    assert requested(subject, endorser=first.endorser).state == "requested"


def test_the_database_holds_one_live_endorsement_a_subject(subject):
    first = requested(subject)
    first.pk, first.public_id = None, "another"
    first._state.adding = True

    with pytest.raises(IntegrityError, match="one_live_endorsement_a_subject"), transaction.atomic():
        first.save()


def test_only_who_runs_it_or_earned_it_may_ask(subject):
    endorser, owner = issuer_with_owner()

    for stranger in (person(), owner):
        with pytest.raises(PermissionDenied):
            credentials.request_endorsement(subject, endorser=endorser, by=stranger)
    assert not Endorsement.objects.exists()


def test_nobody_endorses_what_is_their_own_organisations():
    chief, (above, boss) = operator(), issuer_with_owner()
    here = issuers.found(by=chief, slug="here", name="Here", parent=above)
    below = issuers.found(by=chief, slug="below", name="Below", parent=here)
    issuers.seat(boss, here, "owner", by=boss)
    version = published_version(here)

    for kin in (above, here, below):
        with pytest.raises(Refused, match="part of the same organisation"):
            credentials.request_endorsement(version, endorser=kin, by=boss)
    beside = issuers.found(by=chief, slug="beside", name="Beside", parent=above)
    assert requested(version, endorser=beside).state == "requested"


def test_a_draft_cannot_be_endorsed_and_nobody_who_could_answer_is_not_asked():
    draft, lonely = drafted_version(), issuers.found(by=operator(), slug="lonely", name="Lonely")

    with pytest.raises(Refused, match="Publish it first"):
        requested(draft)
    with pytest.raises(Refused, match="Nobody runs Lonely here"):
        requested(published_version(), endorser=lonely)


def test_who_has_become_kin_meanwhile_cannot_accept():
    asked = requested()
    issuers.place(asked.issuer, under=asked.endorser, by=operator())

    with pytest.raises(Refused, match="part of the same organisation"):
        credentials.accept_endorsement(asked, by=owner_of(asked.endorser), comment="They are ours now.")


# --- accept and sign --------------------------------------------------------------------------------------------------
def test_an_accepted_one_is_signed_with_the_endorsers_key_and_told(subject):
    found = endorsed(subject, comment="  They *can*. \n")

    body = json.loads(found.text)
    kind = {"issuer": "issuers", "achievementversion": "achievements", "credential": "c"}[subject._meta.model_name]
    assert (found.state, found.comment, found.sha256) == (
        "signed",
        "They *can*.",
        hashlib.sha256(found.text.encode()).hexdigest(),
    )
    assert {name: value for name, value in body.items() if name not in ("proof", "issuer", "@context")} == {
        "id": f"http://localhost:8000/endorsements/{found.public_id}",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": f"Endorsement of {found.subject_name}",
        "validFrom": found.answered_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "credentialSubject": {
            "id": body["credentialSubject"]["id"],
            "type": ["EndorsementSubject"],
            "endorsementComment": "They *can*.",
        },
    }
    assert body["credentialSubject"]["id"].startswith(f"http://localhost:8000/{kind}/")
    assert body["issuer"]["id"] == f"http://localhost:8000/issuers/{found.endorser.slug}"
    (proof,) = body["proof"]
    name = proof["verificationMethod"].partition("#")[2]
    assert found.endorser.signing_keys.filter(pk=found.key_id).exists()
    proofs.verify(body, proof, multikey.decode(name))
    owner = owner_of(found.endorser).public_id
    assert events_of(found)[1:] == [("endorsement.accepted", owner), ("endorsement.signed", "")]
    notice = Notice.objects.get(kind="endorsement_answered")
    assert (notice.person, notice.facts["outcome"]) == (found.asked_by, "signed")


def test_no_name_of_an_earner_is_signed():
    credential = awarded_credential()

    assert credential.earner.name not in endorsed(credential).text


def test_running_the_job_again_signs_nothing_anew():
    found = endorsed()

    Job.objects.update(state="pending", done_at=None)
    outbox.drain()

    assert Endorsement.objects.get(pk=found.pk).text == found.text
    assert Notice.objects.filter(kind="endorsement_answered").count() == 1


def test_what_was_signed_is_never_changed_even_by_sql():
    found = endorsed()

    for act in (
        lambda: Endorsement.objects.update(text="other"),
        lambda: Endorsement.objects.update(comment="other"),
        lambda: Endorsement.objects.filter(pk=found.pk).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


def test_the_database_knows_who_answered_and_when():
    found, asked = endorsed(), requested()

    for one, change in (
        (found, {"state": "revoked", "answered_at": None}),
        (asked, {"state": "declined"}),
        (asked, {"state": "declined", "answered_at": asked.asked_at}),
        (asked, {"answered_at": asked.asked_at, "answered_by": asked.asked_by}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Endorsement.objects.filter(pk=one.pk).update(**change)


def test_accepted_or_declined_twice_is_refused():
    found = endorsed()
    owner = owner_of(found.endorser)

    with pytest.raises(Refused, match="This endorsement is signed"):
        credentials.accept_endorsement(found, by=owner, comment="Again.")
    with pytest.raises(Refused, match="This endorsement is signed"):
        credentials.decline_endorsement(found, by=owner)


@pytest.mark.parametrize("act", [credentials.accept_endorsement, credentials.decline_endorsement])
def test_only_who_runs_the_endorser_answers(act):
    asked = requested()
    words = {"comment": "Yes."} if act is credentials.accept_endorsement else {}

    for somebody in (asked.asked_by, seated("designer", asked.endorser), person()):
        with pytest.raises(PermissionDenied):
            act(asked, by=somebody, **words)
    asked.refresh_from_db()
    assert asked.state == "requested"


def test_nobody_accepts_what_they_asked_for_themselves():
    endorser, owner = issuer_with_owner()
    mine = issuers.found(by=operator(), slug="mine", name="Mine")
    issuers.seat(owner, mine, "owner", by=operator())
    asked = requested(mine, endorser=endorser)

    with pytest.raises(Refused, match="You asked for this yourself"):
        credentials.accept_endorsement(asked, by=owner, comment="I am great.")
    assert (
        credentials.accept_endorsement(asked, by=seated("manager", endorser), comment="They are.").state == "accepted"
    )


@pytest.mark.parametrize(("comment", "said"), [("  ", "Say in a sentence"), ("a\x07b", "control character")])
def test_an_endorsement_has_words_that_can_be_signed(comment, said):
    asked = requested()

    with pytest.raises(Refused, match=said):
        credentials.accept_endorsement(asked, by=owner_of(asked.endorser), comment=comment)


@pytest.mark.django_db(transaction=True)
def test_two_accept_at_once_and_one_does():
    asked = requested()
    owner, manager = owner_of(asked.endorser), seated("manager", asked.endorser)

    came_of = at_once(
        lambda: credentials.accept_endorsement(asked, by=owner, comment="One."),
        lambda: credentials.accept_endorsement(asked, by=manager, comment="Two."),
    )

    assert sorted(type(one).__name__ for one in came_of) == ["Endorsement", "Refused"]
    assert [kind for kind, _by in events_of(asked)] == ["endorsement.requested", "endorsement.accepted"]


# --- decline, withdraw, take back, lapse ------------------------------------------------------------------------------
def test_a_refusal_is_told_with_its_reason():
    asked = requested()

    credentials.decline_endorsement(asked, by=owner_of(asked.endorser), reason="We know too little.")

    notice = Notice.objects.get(kind="endorsement_answered")
    assert (notice.person, notice.facts["outcome"], notice.facts["reason"]) == (
        asked.asked_by,
        "declined",
        "We know too little.",
    )
    assert events_of(asked)[-1] == ("endorsement.declined", owner_of(asked.endorser).public_id)


def test_who_asked_may_withdraw_and_nobody_else(subject):
    asked = requested(subject)

    with pytest.raises(PermissionDenied):
        credentials.withdraw_endorsement(asked, by=owner_of(asked.endorser))
    credentials.withdraw_endorsement(asked, by=asked.asked_by)

    with pytest.raises(Refused, match="This endorsement is withdrawn"):
        credentials.accept_endorsement(asked, by=owner_of(asked.endorser), comment="Too late.")
    assert events_of(asked)[-1] == ("endorsement.withdrawn", asked.asked_by.public_id)


def test_an_endorser_may_take_its_word_back_once():
    found = endorsed()
    owner = owner_of(found.endorser)

    with pytest.raises(PermissionDenied):
        credentials.take_back_endorsement(found, by=found.asked_by)
    credentials.take_back_endorsement(found, by=owner)
    with pytest.raises(Refused, match="This endorsement is taken back"):
        credentials.take_back_endorsement(found, by=owner)

    found.refresh_from_db()
    assert (found.state, bool(found.text), bool(found.ended_at)) == ("revoked", True, True)
    assert events_of(found)[-1] == ("endorsement.taken_back", owner.public_id)


def test_after_ninety_days_nobody_can_answer_and_the_request_lapses():
    asked, kept = requested(), endorsed()
    late = asked.expires_at

    with clock.at(late - timedelta(seconds=1)):
        assert credentials.lapse_endorsements() == 0
    with clock.at(late):
        with pytest.raises(Refused, match="has lapsed"):
            credentials.accept_endorsement(asked, by=owner_of(asked.endorser), comment="Late.")
        assert (credentials.lapse_endorsements(), credentials.lapse_endorsements()) == (1, 0)

    asked.refresh_from_db()
    kept.refresh_from_db()
    assert (asked.state, asked.ended_at, kept.state) == ("lapsed", late, "signed")
    assert events_of(asked)[-1] == ("endorsement.lapsed", "")
    notice = Notice.objects.get(kind="endorsement_answered", person=asked.asked_by)
    assert notice.facts["outcome"] == "lapsed"


# --- what no longer stands --------------------------------------------------------------------------------------------
def fallen_credentials():
    """A credential for each way in which it doesn't stand, and the moment to ask at."""
    stands = awarded_credential(version=published_version(valid_for_days=90))
    owner = owner_of(stands.issuer)
    version = published_version(stands.issuer, single=False)
    revoked, suspended, superseded = (awarded_credential(version=version) for _number in range(3))
    credentials.revoke(revoked, by=owner, reason="mistake", note="")
    credentials.suspend(suspended, by=owner, note="")
    credentials.reissue(superseded, by=owner)
    return {
        "revoked": (revoked, clock.now()),
        "suspended": (suspended, clock.now()),
        "superseded": (superseded, clock.now()),
        "expired": (stands, stands.valid_until),
        "unsigned": (Credential.objects.get(supersedes=superseded), clock.now()),
    }


def test_what_does_not_stand_is_neither_asked_for_nor_accepted():
    for why, (credential, at) in fallen_credentials().items():
        credential.refresh_from_db()
        with pytest.raises(Refused, match=r"no longer valid|still being signed"), clock.at(at):
            requested(credential)
        assert not Endorsement.objects.filter(credential=credential).exists(), why


def test_what_fell_after_it_was_asked_for_is_not_signed():
    credential = awarded_credential()
    asked = requested(credential)
    credentials.suspend(credential, by=owner_of(credential.issuer), note="")

    with pytest.raises(Refused, match="this badge is no longer valid"):
        credentials.accept_endorsement(asked, by=owner_of(asked.endorser), comment="Yes.")
    credentials.reinstate(credential, by=owner_of(credential.issuer))

    assert credentials.accept_endorsement(asked, by=owner_of(asked.endorser), comment="Yes.").state == "accepted"


# --- a key in other hands ---------------------------------------------------------------------------------------------
def test_what_a_compromised_key_signed_is_said_again_with_a_new_one(subject):
    found = endorsed(subject)
    owner = owner_of(found.endorser)
    key = credentials.compromise_key(found.key, by=owner, why="A laptop was stolen.")
    about = {"issuer": found.issuer, "version": found.version, "credential": found.credential}
    assert not queries.endorsements_shown(**about).exists()

    planned = credentials.reissue_touched(key, by=owner)
    outbox.drain()

    found.refresh_from_db()
    new = Endorsement.objects.get(supersedes=found)
    assert (planned, found.state, new.state, new.key.state) == (1, "revoked", "signed", "active")
    for name in ("subject", "endorser", "asked_by", "note", "comment", "answered_by", "answered_at"):
        assert getattr(new, name) == getattr(found, name), name
    assert json.loads(new.text)["id"] == f"http://localhost:8000/endorsements/{new.public_id}"
    assert list(queries.endorsements_shown(**about)) == [new]
    assert events_of(found)[-1] == ("endorsement.superseded", owner.public_id)
    assert credentials.reissue_touched(key, by=owner) == 0


def test_only_what_a_compromised_key_signed_is_said_again_and_once_only():
    found = endorsed()
    owner = owner_of(found.endorser)

    assert credentials.sign_endorsement_anew(found.pk, by_id=owner.pk) is None
    key = credentials.compromise_key(found.key, by=owner, why="")
    with pytest.raises(PermissionDenied):
        credentials.reissue_touched(key, by=found.asked_by)
    assert credentials.sign_endorsement_anew(found.pk, by_id=owner.pk).supersedes == found
    assert credentials.sign_endorsement_anew(found.pk, by_id=owner.pk) is None
    assert Endorsement.objects.count() == 2


def test_the_key_page_lists_what_it_said_and_signs_that_anew():
    found = endorsed()
    client = browser(owner_of(found.endorser))
    path = f"/organisations/{found.endorser.slug}/keys/{found.key.public_id}/"

    before = client.get(path).content.decode()
    client.post(path, {"why": "A laptop was stolen."})
    marked = client.get(path).content.decode()
    planned = client.post(f"{path}reissue/", follow=True).content.decode()
    outbox.drain()
    after = client.get(path).content.decode()
    old = browser(None).get(found.get_absolute_url()).content.decode()

    link = f'href="{found.get_absolute_url()}"'
    assert [link in page for page in (before, marked, after)] == [True, True, False]
    assert ("Sign them all again" in marked, "Under way" in planned) == (True, True)
    assert "there is nothing left to do" in after
    assert ("no longer endorses" in old, Endorsement.objects.get(supersedes=found).get_absolute_url() in old) == (
        False,
        True,
    )
