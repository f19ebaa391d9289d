"""The files of a credential at their addresses: what each is, who gets it, and what it costs to ask again."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from apps.core import clock, outbox
from apps.credentials import baking, queries, verbs
from apps.credentials.models import Credential, SignedForm
from tests.answers import headers_of
from tests.factories import awarded_credential, browser, decided, owner_of, person

pytestmark = pytest.mark.django_db
# What follows /c/<id>: media type, form, and the picture where it is one.
FILES = {
    ".json": ("application/vc", "ob3-eddsa-rdfc-2022", ""),
    ".jwt": ("application/vc+jwt", "ob3-jwt-es256", ""),
    ".jwt?alg=ES256": ("application/vc+jwt", "ob3-jwt-es256", ""),
    ".jwt?alg=EdDSA": ("application/vc+jwt", "ob3-jwt-eddsa", ""),
    ".jwt?alg=RS256": ("application/vc+jwt", "ob3-jwt-rs256", ""),
    ".png": ("image/png", "ob3-eddsa-rdfc-2022", "png"),
    ".svg": ("image/svg+xml", "ob3-eddsa-rdfc-2022", "svg"),
    "/ob2.png": ("image/png", "ob2-jws", "png"),
    "/ob2.svg": ("image/svg+xml", "ob2-jws", "svg"),
}


@pytest.fixture
def credential():
    found = awarded_credential()
    verbs.show(found, Credential.Visibility.LINK, by=found.earner)
    return found


def at(credential, ending, **headers):
    return Client().get(f"/c/{credential.public_id}{ending}", headers=headers)


def no_storage(*_args, **_kwargs):
    raise AssertionError("the storage was asked")


def test_each_file_is_the_recorded_bytes_and_is_not_sent_twice(credential, django_assert_num_queries, monkeypatch):
    forms = {form.format: form for form in credential.forms.prefetch_related("bakes")}
    for ending, (media_type, kind, picture) in FILES.items():
        with django_assert_num_queries(1):
            answer = at(credential, ending)
        form = forms[kind]
        sha256 = form.bakes.get(picture=picture).sha256 if picture else form.sha256
        assert (answer.status_code, answer.headers["Content-Type"], hashlib.sha256(answer.content).hexdigest()) == (
            200,
            media_type,
            sha256,
        ), ending
        assert "sessionid" not in answer.cookies
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        with monkeypatch.context() as patched, django_assert_num_queries(1):
            patched.setattr(default_storage, "open", no_storage)
            again = at(credential, ending, if_none_match=answer.headers["ETag"])
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", answer.headers["ETag"])
    assert len({at(credential, ending).headers["ETag"] for ending in FILES}) == len(FILES) - 1


def test_a_drawing_from_us_acts_on_nothing(credential):
    policy = at(credential, ".svg").headers["Content-Security-Policy"]

    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


def test_an_algorithm_that_is_none_is_refused_in_words(credential):
    for asked in ("none", "HS256", "es256", ""):
        answer = at(credential, f".jwt?alg={asked}")
        assert (answer.status_code, answer.content) == (400, b"alg can be ES256, EdDSA, RS256."), asked
    told = Client().get(f"/c/{credential.public_id}.jwt?alg=none", headers={"accept-language": "mi"})
    assert told.content.decode() == "Ko ngā alg ka taea: ES256, EdDSA, RS256."


def test_json_comes_by_the_type_that_was_asked_for(credential):
    for asked in ("application/vc", "application/vc+ld+json", "application/ld+json", "application/json"):
        answer = at(credential, "", accept=asked)
        assert (answer.headers["Content-Type"], answer.content.decode()) == (
            asked,
            queries.signed_form(credential).text,
        )


def test_what_is_being_signed_is_told_to_come_back_and_a_get_signs_nothing():
    credential = Credential.objects.get(decision_id=decided().public_id)
    Credential.objects.filter(pk=credential.pk).update(visibility="link")

    for ending in FILES:
        answer = at(credential, ending)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5"), ending
    assert not SignedForm.objects.exists()


def test_hidden_is_hidden_in_every_file_at_once(credential):
    verbs.show(credential, Credential.Visibility.PRIVATE, by=credential.earner)

    for ending in (*FILES, "/ob2.json"):
        assert at(credential, ending).status_code == 404, ending
        assert browser(credential.earner).get(f"/c/{credential.public_id}{ending}").status_code == 200, ending


def test_what_this_process_holds_costs_one_question_and_no_file(credential, django_assert_num_queries, monkeypatch):
    first = {ending: at(credential, ending) for ending in FILES}
    monkeypatch.setattr(default_storage, "open", no_storage)

    for ending, answer in first.items():
        with django_assert_num_queries(1):
            again = at(credential, ending)
        assert (again.content, headers_of(again)) == (answer.content, headers_of(answer)), ending


def test_what_is_held_is_shown_no_longer_than_its_earner_said(credential):
    until = clock.now() + timedelta(hours=1)
    assert {at(credential, ending).status_code for ending in FILES} == {200}
    Credential.objects.filter(pk=credential.pk).update(shown_until=until)
    assert {at(credential, ending).status_code for ending in FILES} == {200}

    with clock.at(until):
        assert {at(credential, ending).status_code for ending in FILES} == {404}
        assert browser(credential.earner).get(f"/c/{credential.public_id}.json").status_code == 200


def test_what_is_held_is_not_shown_to_another_learner(credential):
    verbs.show(credential, Credential.Visibility.PRIVATE, by=credential.earner)
    mine, another = browser(credential.earner), browser(person("Another"))

    for ending in FILES:
        address = f"/c/{credential.public_id}{ending}"
        assert [one.get(address).status_code for one in (mine, another, mine)] == [200, 404, 200], ending


def test_the_hosted_assertion_turns_into_a_tombstone_and_back(credential):
    owner = owner_of(credential.issuer)
    hosted = f"http://localhost:8000/c/{credential.public_id}/ob2.json"

    whole = at(credential, "/ob2.json")
    verbs.suspend(credential, by=owner, note="")
    paused = at(credential, "/ob2.json")
    verbs.reinstate(credential, by=owner)
    again = at(credential, "/ob2.json")
    verbs.revoke(credential, by=owner, reason="mistake", note="Not for strangers' programs.")
    gone = at(credential, "/ob2.json")

    assert (whole.status_code, again.content) == (200, whole.content)
    body = json.loads(whole.content)
    assert (body["id"], body["verification"], body["recipient"]["hashed"]) == (hosted, {"type": "HostedBadge"}, True)
    tombstone = {"@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "id": hosted, "revoked": True}
    assert (paused.status_code, json.loads(paused.content)) == (410, tombstone | {"revocationReason": "Paused"})
    assert (gone.status_code, json.loads(gone.content)) == (
        410,
        tombstone | {"revocationReason": "It was awarded by mistake"},
    )


def test_a_revoked_credential_keeps_its_files_which_no_longer_verify(credential):
    outbox.drain()
    before = at(credential, ".png").content
    verbs.revoke(credential, by=owner_of(credential.issuer), reason="request", note="")

    assert at(credential, ".png").content == before
    assert baking.read(before).text == queries.signed_form(credential).text
