from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from apps.accounts import verbs
from apps.accounts.models import ApiToken
from apps.core import clock
from apps.core.models import Event
from tests.factories import PASSWORD, newest_letter, open_attempt, person

pytestmark = pytest.mark.django_db


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
        "detail": "This token is not valid, or no longer.",
        "code": "authentication_failed",
    }


def test_only_oneself_makes_and_revokes_ones_tokens():
    someone, other = person(), person()
    token, _secret = verbs.create_token(someone, by=someone, name="a", scopes=["profile:read"])

    with pytest.raises(PermissionDenied):
        verbs.create_token(someone, by=other, name="b", scopes=["profile:read"])
    with pytest.raises(PermissionDenied):
        verbs.revoke_token(token, by=other)


def test_the_page_shows_a_new_token_once(client):
    someone = person()
    client.force_login(someone)

    unproved = client.post("/accounts/tokens/", {"name": "Report", "scopes": ["profile:read"], "days": "90"})
    assert unproved.headers["Location"].startswith("/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    made = client.post("/accounts/tokens/", {"name": "Report", "scopes": ["profile:read"], "days": "90"})
    secret = made.context["secret"]
    assert ApiToken.objects.get().expires_at.date() == (clock.now() + timedelta(days=90)).date()
    assert newest_letter(someone.email).subject == "An API token was made"

    assert (secret in made.content.decode(), made.headers["Cache-Control"]) == (True, "no-store")
    assert secret not in client.get("/accounts/tokens/").content.decode()
    assert ask(client, secret).status_code == 200
    client.post(f"/accounts/tokens/{ApiToken.objects.get().public_id}/revoke/")
    client.logout()
    assert ask(client, secret).status_code == 401


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


def test_another_password_ends_every_token(client):
    someone = person()
    _token, secret = verbs.create_token(someone, by=someone, name="a", scopes=["profile:read"])
    client.force_login(someone)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})

    client.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": "another-long-password", "password2": "another-long-password"},
    )

    assert ask(client, secret).status_code == 401
    assert Event.objects.filter(kind="token.revoked").count() == 1
    assert "your API tokens are revoked" in newest_letter(someone.email).text
