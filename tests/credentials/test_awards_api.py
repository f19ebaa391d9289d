"""Programs that award and change how awards stand, by the same verbs as the desk."""

from datetime import timedelta

import pytest

from apps.core import clock, outbox
from apps.credentials.models import Credential
from tests.factories import awarded_credential, browser, owner_of, person, published_version
from tests.issuers.test_api import program

pytestmark = pytest.mark.django_db
SCOPES = ("awards:read", "awards:write")


@pytest.fixture
def credential():
    return awarded_credential()


@pytest.fixture
def client(credential):
    return program(owner_of(credential.issuer), *SCOPES)


def act(client, credential, verb, **said):
    return client.post(f"/api/v1/credentials/{credential.public_id}/{verb}/", said, "application/json")


def test_a_direct_award_and_the_list_it_stands_in(client, credential):
    version = published_version(credential.issuer, name="Tie a fly")
    address = f"/api/v1/issuers/{credential.issuer.slug}/credentials/"
    said = {"achievement": version.achievement.slug, "address": "ani@people.example", "name": "Ani", "why": "Course."}

    awarded = client.post(address, said, "application/json")
    listed = client.get(address).json()["results"]

    assert awarded.status_code == 201
    body = awarded.json()
    assert (body["basis"], body["status"], body["earner"]) == (
        "direct",
        "valid",
        {"name": "Ani", "address": "ani@people.example"},
    )
    assert [one["id"] for one in listed] == [body["id"], credential.public_id]
    again = client.post(address, said, "application/json")
    assert (again.status_code, again.json()["detail"]) == (409, "ani@people.example holds this already.")


def test_each_act_answers_with_how_it_stands_then(client, credential):
    paused = act(client, credential, "suspend", note="We look into it.").json()
    again = act(client, credential, "reinstate").json()
    new = act(client, credential, "reissue").json()
    gone = act(client, Credential.objects.get(public_id=new["id"]), "revoke", reason="mistake").json()
    outbox.drain()

    assert (paused["status"], paused["status_note"], again["status"]) == ("suspended", "We look into it.", "valid")
    assert (new["supersedes"], new["status"]) == (credential.public_id, "valid")
    assert (gone["id"], gone["status"], gone["status_reason"]) == (new["id"], "revoked", "mistake")
    assert act(client, credential, "renew").status_code == 409
    assert act(client, credential, "correct", address="a@b.example", name="A").status_code == 409
    assert act(client, credential, "revoke", reason="nonsense").status_code == 400


def test_a_body_that_nobody_can_read_is_refused_in_words_and_one_line_stays_one(client, credential):
    address = f"/api/v1/issuers/{credential.issuer.slug}/credentials/"
    version = published_version(credential.issuer, name="Tie a fly")
    said = {"achievement": version.achievement.slug, "address": "ani@people.example", "why": "Course."}

    deep = client.post(address, "[" * 50_000, "application/json")
    awarded = client.post(address, said | {"name": "Ani\r\nBcc: x@people.example"}, "application/json")

    assert (deep.status_code, deep.json()["detail"]) == (400, "This is nested too deep.")
    assert awarded.status_code == 201
    assert Credential.objects.get(public_id=awarded.json()["id"]).earner.name == "Ani Bcc: x@people.example"


def test_without_the_scope_or_the_part_nothing_happens(client, credential):
    owner = owner_of(credential.issuer)
    reads = program(owner, "awards:read")
    other = program(owner_of(published_version().achievement.issuer), *SCOPES)
    earner = program(credential.earner, *SCOPES)

    statuses = [act(one, credential, "suspend", note="").status_code for one in (reads, other, earner)]
    mine = f"/api/v1/issuers/{credential.issuer.slug}/credentials/"
    lists = [one.get(mine).status_code for one in (reads, other, earner, program(person(), *SCOPES))]

    assert (statuses, lists) == ([403, 404, 404], [200, 404, 404, 404])
    credential.refresh_from_db()
    assert credential.status == "valid"


def test_awards_and_corrections_are_counted_together_with_those_of_the_desk(client, credential, settings):
    settings.RATE_LIMITS_FACTOR, settings.RATE_LIMITS = 1, settings.RATE_LIMITS | {"invite": "2/h"}
    version = published_version(credential.issuer, name="Tie a fly")
    desk = browser(owner_of(credential.issuer))
    said = {"achievement": version.achievement.slug, "address": "ani@people.example", "name": "Ani", "why": "Course."}
    address = f"/api/v1/issuers/{credential.issuer.slug}/credentials/"

    # Half past: they are counted by the hour, and this one shall not end among them.
    with clock.at(clock.now().replace(minute=30, second=0) + timedelta(hours=1)):
        first = client.post(address, said, "application/json")
        awarded = Credential.objects.get(public_id=first.json()["id"])
        second = act(client, awarded, "correct", address="kea@people.example", name="Kea")
        third = client.post(address, said | {"address": "tui@people.example"}, "application/json")
        page = desk.post(f"/organisations/{credential.issuer.slug}/credentials/award/", {})

    assert [one.status_code for one in (first, second, third, page)] == [201, 200, 429, 429]
    assert third["Retry-After"] == "1800"
    assert client.get(address).status_code == 200
