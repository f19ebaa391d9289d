import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from apps.accounts import verbs
from apps.accounts.models import ApiToken
from apps.core import clock
from apps.core.models import Event
from tests.factories import PASSWORD, newest_letter, open_attempt, person

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def ask(client, secret, path="/api/v1/me/", **options):
    return client.get(path, headers={"Authorization": f"Bearer {secret}"}, **options)


def test_a_token_stands_for_its_person_within_its_scopes(client):
    someone = person("Aroha")
    token, secret = verbs.create_token(someone, by=someone, name="Report", scopes=["profile:read"])

    answer = ask(client, secret)

    assert answer.json() == {"id": someone.public_id, "name": "Aroha", "addresses": [someone.email]}
    assert ask(client, secret, "/api/v1/submissions/").status_code == 403
    token.refresh_from_db()
    assert token.last_used_on is not None
    assert Event.objects.get(kind="token.created").data == {"scopes": ["profile:read"]}


def test_the_day_of_its_last_use_is_that_of_whose_it_is(client):
    someone = person("Aroha")  # in Auckland
    token, secret = verbs.create_token(someone, by=someone, name="Report", scopes=["profile:read"])

    with clock.at(datetime(2026, 6, 1, 11, 59, tzinfo=UTC)):
        ask(client, secret)
    token.refresh_from_db()
    evening = token.last_used_on
    with clock.at(datetime(2026, 6, 1, 12, 1, tzinfo=UTC)):
        ask(client, secret)
    token.refresh_from_db()

    assert (evening, token.last_used_on) == (date(2026, 6, 1), date(2026, 6, 2))


def test_the_secret_is_kept_nowhere():
    someone = person()
    _token, secret = verbs.create_token(someone, by=someone, name="Report", scopes=["profile:read"])

    assert secret.startswith("satchel_")
    assert secret not in str(list(ApiToken.objects.values()))


def test_a_revoked_an_expired_and_an_unknown_token_open_nothing(client):
    someone = person()
    revoked, first = verbs.create_token(someone, by=someone, name="a", scopes=["profile:read"])
    _expired, second = verbs.create_token(
        someone, by=someone, name="b", scopes=["profile:read"], expires_at=clock.now() - timedelta(seconds=1)
    )
    assert ask(client, first).status_code == 200
    verbs.revoke_token(revoked, by=someone)
    verbs.revoke_token(revoked, by=someone)

    answers = [ask(client, secret) for secret in (first, second, "satchel_nothing")]

    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert answers[0].headers["Content-Type"] == "application/problem+json"
    assert answers[0].json() == {
        "type": "about:blank",
        "title": "Incorrect authentication credentials",
        "status": 401,
        "detail": "This token is not valid, or is no longer valid.",
        "code": "authentication_failed",
    }


def test_only_oneself_makes_and_revokes_ones_tokens():
    someone, other = person(), person()
    token, _secret = verbs.create_token(someone, by=someone, name="a", scopes=["profile:read"])

    with pytest.raises(PermissionDenied):
        verbs.create_token(someone, by=other, name="b", scopes=["profile:read"])
    with pytest.raises(PermissionDenied):
        verbs.revoke_token(token, by=other)


ASKED = {"name": "Report", "scopes": ["profile:read"], "days": "90"}


def proved(client, someone):
    """Signed in, and asked “is it you?” a moment ago."""
    client.force_login(someone)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})


def test_the_page_shows_a_new_token_once(client):
    someone = person()
    proved(client, someone)

    made = client.post("/accounts/tokens/", ASKED)
    secret = made.context["secret"]

    assert (secret in made.content.decode(), made.headers["Cache-Control"]) == (True, "no-store")
    assert secret not in client.get("/accounts/tokens/").content.decode()
    assert ask(client, secret).status_code == 200
    client.post(f"/accounts/tokens/{ApiToken.objects.get().public_id}/revoke/")
    client.logout()
    assert ask(client, secret).status_code == 401


def test_a_token_is_made_for_who_has_just_proved_to_be_the_person_and_nothing_typed_is_lost(client):
    someone = person()
    client.force_login(someone)

    led = client.post("/accounts/tokens/", ASKED).headers["Location"]
    assert (led, ApiToken.objects.count()) == ("/accounts/reauthenticate/?next=%2Faccounts%2Ftokens%2F", 0)
    refused = client.post(led, {"password": "not-that-one", "next": "/accounts/tokens/"})
    assert (refused.status_code, ApiToken.objects.count()) == (200, 0)
    made = client.post(led, {"password": PASSWORD, "next": "/accounts/tokens/"})

    assert ask(client, made.context["secret"]).status_code == 200
    assert ApiToken.objects.get().name == "Report"


@pytest.mark.parametrize(("days", "lifetime"), [("30", 30), ("90", 90), ("365", 365), ("none", None)])
def test_a_token_works_as_long_as_was_chosen(client, days, lifetime):
    proved(client, person())

    with clock.at(NOON):
        page = client.post("/accounts/tokens/", ASKED | {"days": days}).content.decode()

    assert ApiToken.objects.get().expires_at == (NOON + timedelta(days=lifetime) if lifetime else None)
    assert ("works until" in page) == bool(lifetime)


@pytest.mark.parametrize("days", ["", "0", "-1", "91", "9" * 5000, "never"])
def test_a_lifetime_that_was_not_offered_makes_none(client, days):
    proved(client, person())

    page = client.post("/accounts/tokens/", ASKED | {"days": days}).content.decode()

    assert ApiToken.objects.count() == 0
    assert 'value="Report"' in page


def test_its_person_is_told_of_a_new_token_and_the_trail_says_it_once(client):
    someone = person()
    proved(client, someone)

    client.post("/accounts/tokens/", ASKED)

    told = newest_letter(someone.email)
    assert (told.kind, told.subject) == ("account/email/token_created", "An API token was made")
    assert "An API token was made: “Report”." in told.text
    assert Event.objects.filter(kind="token.created").count() == 1
    assert ApiToken.objects.get().token_hash not in told.text + told.html


def test_a_token_starts_a_submission_and_reads_only_its_persons_own(client):
    foreign = open_attempt()
    someone = person()
    _token, secret = verbs.create_token(someone, by=someone, name="a", scopes=["submissions:read", "submissions:write"])
    headers = {"Authorization": f"Bearer {secret}"}
    slug = foreign.submission.achievement.slug

    made = client.post("/api/v1/submissions/", {"achievement": slug}, content_type="application/json", headers=headers)
    again = client.post("/api/v1/submissions/", {"achievement": slug}, content_type="application/json", headers=headers)
    mine = client.get("/api/v1/submissions/", headers=headers).json()

    assert (made.status_code, made.json()["id"]) == (201, again.json()["id"])
    assert [one["id"] for one in mine["results"]] == [made.json()["id"]]
    assert client.get(f"/api/v1/submissions/{foreign.submission.public_id}/", headers=headers).status_code == 404
    wrong = client.post(
        "/api/v1/submissions/", {"achievement": "no such"}, content_type="application/json", headers=headers
    )
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (400, "#/achievement")


def test_the_catalogue_is_read_in_pages_without_signing_in(client):
    from tests.factories import issuer_with_owner, published_version

    issuer, _owner = issuer_with_owner()
    for _number in range(3):
        published_version(issuer)

    first = client.get("/api/v1/achievements/?limit=2").json()
    second = client.get(first["next"]).json()

    assert (len(first["results"]), len(second["results"]), second["next"]) == (2, 1, None)
    one = client.get(f"/api/v1/achievements/{first['results'][0]['slug']}/").json()
    assert [(row["id"], row["required_level"], len(row["levels"])) for row in one["criteria"]] == [
        ("c1", 2, 3),
        ("c2", 3, 3),
        ("c3", 2, 3),
    ]


NEW = {"password1": "three-rams-in-the-rain", "password2": "three-rams-in-the-rain"}


def changed(client, someone):
    proved(client, someone)
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, **NEW})


def forgotten(client, someone):
    client.post("/accounts/password/reset/", {"email": someone.email})
    link = re.search(r"^http://localhost:8000(\S+key\S+)$", newest_letter(someone.email).text, re.MULTILINE)[1]
    client.post(client.get(link).headers["Location"], NEW)


def first_set(client, someone):
    someone.set_unusable_password()
    someone.save(update_fields=["password"])
    client.force_login(someone)
    client.post("/accounts/password/set/", NEW)


@pytest.mark.parametrize("come_to_it", [changed, forgotten, first_set])
def test_another_password_ends_every_token_of_its_person_and_of_nobody_else(client, come_to_it):
    someone, other = person(), person()
    secrets = [
        verbs.create_token(one, by=one, name="a", scopes=["profile:read"])[1] for one in (someone, someone, other)
    ]

    come_to_it(client, someone)

    stranger = Client()
    assert [ask(stranger, secret).status_code for secret in secrets] == [401, 401, 200]
    assert Event.objects.filter(kind="token.revoked", actor_id=someone.public_id).count() == 2
    told = newest_letter(someone.email)
    assert ("your API tokens are revoked" in told.text, "your API tokens are revoked" in told.html) == (True, True)
