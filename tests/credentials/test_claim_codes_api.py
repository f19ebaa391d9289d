"""Claim codes, letters and declining for programs."""

from datetime import timedelta

import pytest

from apps.core import clock, outbox
from apps.credentials import verbs
from apps.credentials.models import ClaimCode, Credential
from tests.credentials.letters import awarded, letters_of
from tests.factories import events_of, owner_of, person, published_version
from tests.issuers.test_api import program

pytestmark = pytest.mark.django_db

BOTH = ("awards:read", "awards:write")
JSON = "application/json"


@pytest.fixture
def version():
    return published_version()


@pytest.fixture
def owner(version):
    return owner_of(version.achievement.issuer)


@pytest.fixture
def codes(version):
    return f"/api/v1/issuers/{version.achievement.issuer.slug}/claim-codes/"


def asked(version, **changes):
    now = clock.now()
    window = {"opens_at": now.isoformat(), "closes_at": (now + timedelta(days=1)).isoformat()}
    return {"achievement": version.achievement.slug, "why": "Open day.", "most": 2} | window | changes


def test_a_code_is_made_listed_used_answered_and_ended(version, owner, codes):
    desk, ani, bo = program(owner, *BOTH), *(program(person(name), "credentials:write") for name in ("Ani", "Bo"))

    made = desk.post(codes, asked(version, asks_approval=True), JSON).json()
    uses = [one.post("/api/v1/claims/", {"code": made["code"].lower()}, JSON) for one in (ani, bo, ani)]
    requests = desk.get(f"/api/v1/claim-codes/{made['id']}/requests/").json()["results"]
    yes = desk.post(f"/api/v1/claim-requests/{requests[0]['id']}/approve/", {}, JSON).json()
    no = desk.post(f"/api/v1/claim-requests/{requests[1]['id']}/decline/", {}, JSON).json()
    ended = desk.post(f"/api/v1/claim-codes/{made['id']}/end/", {}, JSON).json()
    late = ani.post("/api/v1/claims/", {"code": made["code"]}, JSON).json()

    (credential,) = Credential.objects.all()
    (listed,) = desk.get(codes).json()["results"]
    assert {name: made[name] for name in ("achievement", "version", "most", "taken", "standing", "asks_approval")} == {
        "achievement": version.achievement.slug,
        "version": 1,
        "most": 2,
        "taken": 0,
        "standing": "open",
        "asks_approval": True,
    }
    assert made["url"] == f"http://localhost:8000/claim/code/{made['code']}/"
    assert [one.json()["state"] for one in uses] == ["waiting"] * 3
    assert [one["name"] for one in requests] == ["Ani", "Bo"]
    assert (yes["state"], yes["credential"], no["state"]) == ("awarded", credential.public_id, "declined")
    assert (ended["standing"], listed["standing"], listed["taken"], late["state"]) == ("ended", "ended", 1, "awarded")


def test_what_can_not_be_is_refused_in_words(version, owner, codes):
    desk, learner = program(owner, *BOTH), program(person(), "credentials:write")
    over = asked(version, closes_at="2020-01-01T00:00Z")
    answers = [
        *(desk.post(codes, asked(version, most=most), JSON) for most in (0, 10_001)),
        desk.post(codes, asked(version, achievement="nothing"), JSON),
        desk.post(codes, over, JSON),
    ]
    made = desk.post(codes, asked(version), JSON).json()
    desk.post(f"/api/v1/claim-codes/{made['id']}/end/", {}, JSON)
    tried = [learner.post("/api/v1/claims/", {"code": code}, JSON) for code in (made["code"], "KTR-7F4W", "x" * 30)]

    assert [one.status_code for one in (*answers, *tried)] == [400, 400, 404, 409, 409, 404, 400]
    assert "has ended this code" in tried[0].json()["detail"]


def test_without_the_scope_or_the_part_nothing_happens(version, owner, codes):
    made = program(owner, *BOTH).post(codes, asked(version, asks_approval=True), JSON).json()
    request = verbs.use_claim_code(ClaimCode.objects.get(), by=person())
    ways = {
        "read only": program(owner, "awards:read", "credentials:read"),
        "elsewhere": program(owner_of(published_version().achievement.issuer), *BOTH),
        "the learner": program(request.person, *BOTH),
    }
    posts = (
        codes,
        f"/api/v1/claim-codes/{made['id']}/end/",
        f"/api/v1/claim-requests/{request.public_id}/approve/",
        f"/api/v1/claim-requests/{request.public_id}/decline/",
    )

    found = {name: [one.post(path, {}, JSON).status_code for path in posts] for name, one in ways.items()}
    found["claims"] = [one.post("/api/v1/claims/", {"code": made["code"]}, JSON).status_code for one in ways.values()]

    assert found == {
        "read only": [403] * 4,
        "elsewhere": [400, 404, 404, 404],
        "the learner": [400, 404, 404, 404],
        "claims": [403] * 3,
    }
    assert ways["elsewhere"].get(codes).status_code == 404
    assert ways["elsewhere"].get(f"/api/v1/claim-codes/{made['id']}/requests/").status_code == 404


def test_an_award_is_sent_again_and_an_earner_declines_it(version, owner):
    earner = person()
    credential = awarded(version, earner.email)
    path = f"/api/v1/credentials/{credential.public_id}/"
    desk, mine = program(owner, *BOTH), program(earner, "credentials:write")

    early = desk.post(f"{path}resend/", {}, JSON)
    with clock.at(clock.now() + timedelta(hours=2)):
        again = desk.post(f"{path}resend/", {}, JSON)
        outbox.drain()
    strangers = [
        program(person(), *BOTH, "credentials:write").post(f"{path}{act}/", {}, JSON) for act in ("resend", "decline")
    ]
    declined = [mine.post(f"{path}decline/", {}, JSON) for _again in range(2)]

    assert [one.status_code for one in (early, again, *strangers, *declined)] == [409, 200, 404, 404, 200, 200]
    assert (letters_of(credential), declined[0].json()["state"]) == (
        [("award", 0, "sent"), ("again", 1, "sent")],
        "declined",
    )
    assert [kind for kind, _by in events_of(credential)].count("credential.declined") == 1
