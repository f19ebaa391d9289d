"""How often is too often. Tests run with limits a hundred times as generous; here they are as in production."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import reverse

from apps.accounts import verbs
from apps.core import clock, limits
from apps.credentials import verbs as credentials
from config.limits import account_limits
from tests.factories import awarded_credential, open_attempt, person
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 5, 4, 12, 0, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _as_in_production(settings):
    settings.RATE_LIMITS_FACTOR = 1
    settings.ACCOUNT_RATE_LIMITS = account_limits(1)


def until_too_many(ask, most=1000):
    """How many were answered before the first that was too many, and that answer."""
    for number in range(most):
        answer = ask()
        if answer.status_code == 429:
            return number, answer
    raise AssertionError(f"{most} were answered")


def test_checking_badges_is_limited_by_address_and_free_again_in_the_next_minute(client):
    with clock.at(NOON):
        answered, answer = until_too_many(lambda: client.post("/verify/", {"text": "not a badge"}))
        elsewhere = client.post("/verify/", {"text": "not a badge"}, REMOTE_ADDR="198.51.100.7")
        reading = client.get("/verify/")
    with clock.at(NOON + timedelta(minutes=1)):
        later = client.post("/verify/", {"text": "not a badge"})

    assert (answered, answer["Retry-After"]) == (30, "40")
    assert "Try again in 40 seconds" in answer.content.decode()
    assert (elsewhere.status_code, reading.status_code, later.status_code) == (422, 200, 422)


def test_sending_evidence_is_limited_by_person(client):
    attempt = open_attempt()
    learner, other = attempt.submission.learner, person()
    address = reverse("submissions:add_evidence", args=[attempt.submission.public_id])
    client.force_login(learner)

    with clock.at(NOON):
        answered, _answer = until_too_many(lambda: client.post(address, {"kind": "text"}))
        client.force_login(other)
        others = client.post("/verify/", {"text": "not a badge"})

    assert (answered, others.status_code) == (60, 422)


def test_having_paper_set_is_limited_though_it_only_reads(client, settings):
    settings.RATE_LIMITS = {"paper": "2/m"}
    credential = awarded_credential()
    credentials.show(credential, "link", by=credential.earner)
    paths = [f"/c/{credential.public_id}{end}" for end in ("/card.png", ".pdf", "/card.png")]

    with clock.at(NOON):
        answers = [client.get(path).status_code for path in paths]

    assert answers == [200, 200, 429]


def test_changing_anything_is_limited_by_person(client):
    client.force_login(person())

    with clock.at(NOON):
        answered, _answer = until_too_many(lambda: client.post("/accounts/tokens/none/revoke/"))

    assert answered == 120


def test_making_tokens_is_limited_by_person(client):
    client.force_login(person())
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})

    with clock.at(NOON):
        answered, answer = until_too_many(lambda: client.post("/accounts/tokens/", {}))

    assert (answered, answer["Retry-After"]) == (20, "3580")


def test_the_api_is_limited_and_says_so_as_a_problem(client):
    with clock.at(NOON):
        answered, answer = until_too_many(lambda: client.get("/api/v1/achievements/"))
        client.force_login(person())
        signed_in = client.get("/api/v1/achievements/")

    assert (answered, answer["Retry-After"], answer["Content-Type"]) == (300, "40", "application/problem+json")
    assert answer.json()["status"] == 429
    assert signed_in.status_code == 200


def test_guessing_a_password_ends_after_five_tries_even_when_the_sixth_is_right(client):
    someone, other = person(), person()

    def sign_in(who, password):
        return client.post("/accounts/login/", {"login": who.email, "password": password})

    tries = [sign_in(someone, f"guess {number}").status_code for number in range(5)]
    right = sign_in(someone, PASSWORD)

    assert tries == [200] * 5
    assert right.status_code == 200
    assert "That failed too often." in right.content.decode()
    assert sign_in(other, PASSWORD).status_code == 302


def test_signing_in_is_limited_by_address(client):
    answered, _answer = until_too_many(
        lambda: client.post("/accounts/login/", {"login": "nobody", "password": "whatever"})
    )

    assert answered == 30


def test_limits_are_multiplied_or_lifted(client, settings):
    settings.RATE_LIMITS = {"verify": "2/m", "post": "3/m"}
    settings.RATE_LIMITS_FACTOR = 2
    with clock.at(NOON):
        assert until_too_many(lambda: client.post("/verify/", {"text": "x"}))[0] == 4
        settings.RATE_LIMITS_FACTOR = 0
        assert {client.post("/verify/", {"text": "x"}).status_code for _ in range(9)} == {422}

    assert account_limits(100)["login_failed"] == "1000/m/ip,500/300s/key"
    assert account_limits(0) is False


@pytest.mark.parametrize(
    ("proxies", "header", "seen"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "10.9.9.9, 203.0.113.9", "203.0.113.9"),
        (2, "10.9.9.9, 203.0.113.9, 192.0.2.1", "203.0.113.9"),
        (2, "203.0.113.9", "127.0.0.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_only_our_own_proxies_are_believed_about_the_address(settings, proxies, header, seen):
    settings.TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get("/", headers={"X-Forwarded-For": header})

    assert limits.address(request) == seen


def test_a_lost_cache_turns_nobody_away(client, settings):
    cache.clear()
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "unix:///nowhere/valkey.sock?db=1"}}

    answers = {client.post("/verify/", {"text": "x"}).status_code for _ in range(40)}

    assert answers == {422}


@pytest.mark.parametrize(
    ("seen", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::", "2001:db8:1:2::"),
        ("2001:DB8:1:3::1", "2001:db8:1:3::"),
        ("", ""),
        ("a socket", "a socket"),
        ("fe80::1%eth0", "fe80::"),
        ("[2001:db8::1]:99", "[2001:db8::1]:99"),
    ],
)
def test_whoever_has_a_network_of_addresses_is_counted_as_one(seen, counted):
    request = RequestFactory().get("/", REMOTE_ADDR=seen)
    request.user = AnonymousUser()

    assert limits.who_asks(request) == counted


def test_from_one_network_no_more_is_asked_with_another_address_each_time(client, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"verify": "3/m"}
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"signup": "3/m/ip"}

    def asked(path, network):
        hosts = (f"{network}{number:x}" for number in range(1, 6))
        return [client.post(path, {"text": "x"}, REMOTE_ADDR=host).status_code for host in hosts]

    with clock.at(NOON):
        assert asked("/verify/", "2001:db8:1:2::") == [422, 422, 422, 429, 429]
        assert asked("/verify/", "2001:db8:1:3::")[:3] == [422, 422, 422]
    assert asked("/accounts/signup/", "2001:db8:1:2::") == [200, 200, 200, 429, 429]
    # A server that listens on both writes the one into the other: these are five neighbours.
    assert asked("/accounts/signup/", "::ffff:192.0.2.") == [200] * 5


@pytest.mark.parametrize("key", ["Bearer satchel_wrong", ""])
def test_who_may_not_ask_the_api_does_not_ask_for_ever_either(settings, key):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"api": "3/m"}
    someone = person()
    _token, secret = verbs.create_token(someone, by=someone, name="Mine", scopes=["profile:read"])
    client, elsewhere = Client(headers={"Authorization": key}), Client(headers={"Authorization": key})

    with clock.at(NOON):
        answers = [client.get("/api/v1/me/") for _time in range(5)]
        from_elsewhere = elsewhere.get("/api/v1/me/", REMOTE_ADDR="198.51.100.7")
        known = Client(headers={"Authorization": f"Bearer {secret}"}).get("/api/v1/me/")

    assert [one.status_code for one in answers] == [401, 401, 401, 429, 429]
    assert (answers[-1]["Retry-After"], answers[-1]["Content-Type"]) == ("40", "application/problem+json")
    assert (from_elsewhere.status_code, known.status_code) == (401, 200)
