import re
from collections import Counter

import pytest
from allauth.account.models import EmailAddress
from allauth.core.context import request_context
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client, RequestFactory

from apps.accounts import verbs
from apps.accounts.forms import SignupForm
from apps.accounts.models import User
from apps.accounts.policies import may_share
from apps.core.models import Event
from apps.notices.models import Letter
from tests.factories import PASSWORD, code_sent_to, newest_letter, person

pytestmark = pytest.mark.django_db
ADDRESS = "hoa.nguyen@people.example"
TYPED = {"name": "Nguyễn Thị Hoa", "email": ADDRESS, "password1": PASSWORD, "agree": "on"}


def test_sign_up_makes_a_person_who_agreed_and_is_in_once_the_address_is_proved(client):
    made = client.post("/accounts/signup/", TYPED)
    before = client.get("/accounts/profile/").status_code
    confirmed = client.post("/accounts/confirm-email/", {"code": code_sent_to(ADDRESS)})

    someone = User.objects.get(email=ADDRESS)
    assert (made.headers["Location"], before, confirmed.headers["Location"]) == ("/accounts/confirm-email/", 302, "/")
    assert client.get("/accounts/profile/").status_code == 200
    assert (someone.name, someone.language, someone.agreed_to) == ("Nguyễn Thị Hoa", "en", {"terms": 1, "privacy": 2})
    assert list(EmailAddress.objects.filter(user=someone).values_list("email", "verified", "primary")) == [
        (ADDRESS, True, True)
    ]
    events = Event.objects.filter(subject_id=someone.public_id).order_by("pk")
    assert [(event.kind, event.actor_id) for event in events] == [
        (kind, someone.public_id)
        for kind in ("person.registered", "consent.given", "consent.given", "address.confirmed")
    ]


def test_with_a_passkey_no_password_is_asked_for_and_the_passkey_comes_after_the_code(client):
    made = client.post("/accounts/signup/passkey/", {**TYPED, "password1": ""})
    confirmed = client.post("/accounts/confirm-email/", {"code": code_sent_to(ADDRESS)})
    page = client.get(confirmed.headers["Location"]).content.decode()

    assert (made.status_code, confirmed.headers["Location"]) == (302, "/accounts/passkeys/signup/")
    assert User.objects.get(email=ADDRESS).has_usable_password() is False
    assert '"residentKey": "required"' in page
    assert client.get("/accounts/profile/").status_code == 302
    spoiled = client.post("/accounts/passkeys/signup/", {"name": "Phone", "credential": '{"id": "x"}'})
    assert spoiled.status_code == 200


@pytest.mark.parametrize("way", ["/accounts/signup/", "/accounts/signup/passkey/"])
@pytest.mark.parametrize("younger", [True, False])
def test_who_is_too_young_to_share_by_themselves_says_so_on_the_way_in(client, settings, way, younger):
    settings.GUARDIAN_AGE = 13
    asked = client.get(way).content.decode()

    client.post(way, {**TYPED, **({"younger": "on"} if younger else {})})

    someone = User.objects.get(email=ADDRESS)
    assert ("I am younger than 13" in asked, someone.is_minor, may_share(someone)) == (True, younger, not younger)


@pytest.mark.parametrize("way", ["/accounts/signup/", "/accounts/signup/passkey/"])
def test_without_a_yes_nobody_is_made_and_nothing_typed_is_lost(client, way):
    answer = client.post(way, {**TYPED, "agree": ""})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Nothing can be kept for you without this." in page
    assert 'value="Nguyễn Thị Hoa"' in page
    assert f'value="{ADDRESS}"' in page
    assert not User.objects.exists()
    assert client.post(way, TYPED).status_code == 302


def test_a_known_address_is_answered_like_an_unknown_one():
    known = person(email="known@people.example")
    fresh, taken = Client(), Client()

    answers = [
        (one.post("/accounts/signup/", {**TYPED, "email": email}), one.get("/accounts/confirm-email/"))
        for one, email in ((fresh, "fresh@people.example"), (taken, known.email))
    ]

    (made, page), (refused, same) = answers
    assert (made.status_code, made.headers["Location"]) == (refused.status_code, refused.headers["Location"])
    assert _without_tokens(page, "fresh") == _without_tokens(same, "known")
    letter = newest_letter(known.email)
    assert (letter.subject, letter.person) == ("You have an account already", known)
    assert User.objects.filter(email__in=["fresh@people.example", known.email]).count() == 2
    wrong = [one.post("/accounts/confirm-email/", {"code": "BCDF-GHJK"}) for one in (fresh, taken)]
    assert _without_tokens(wrong[0], "fresh") == _without_tokens(wrong[1], "known")


@pytest.mark.parametrize("way", ["/accounts/signup/", "/accounts/signup/passkey/"])
def test_a_known_address_takes_as_many_password_sums_as_an_unknown_one(way, monkeypatch):
    known, sums = person(email="known@people.example"), Counter()
    encode = MD5PasswordHasher.encode

    def counted(self, *args, **kwargs):
        sums[asked] += 1
        return encode(self, *args, **kwargs)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    for asked in ("fresh@people.example", known.email):
        Client().post(way, {**TYPED, "email": asked})

    assert dict(sums) == ({"fresh@people.example": 1, known.email: 1} if way == "/accounts/signup/" else {})


def test_two_windows_at_the_same_moment_make_one_person(rf: RequestFactory):
    request = rf.post("/accounts/signup/", TYPED)
    request.session, request._messages, request.user = SessionStore(), CookieStorage(request), User()
    with request_context(request):
        form = SignupForm(TYPED)
        assert form.is_valid()
        verbs.register(email=ADDRESS, name="Hoa, in the other window", password=None)

        made, answer = form.try_save(request)

    assert (made, answer.headers["Location"]) == (None, "/accounts/confirm-email/")
    assert User.objects.get(email=ADDRESS).name == "Hoa, in the other window"


def test_a_robot_in_the_trap_is_answered_and_forgotten(client):
    answer = client.post("/accounts/signup/", {**TYPED, "website": "https://spam.example/"})

    assert (answer.status_code, User.objects.count(), Letter.objects.count()) == (302, 0, 0)


def test_who_mistyped_the_address_begins_again(client):
    client.post("/accounts/signup/", {**TYPED, "email": "hoa.ngyuen@people.example"})

    page = client.get("/accounts/confirm-email/").content.decode()
    back = client.post("/accounts/logout/", {"next": "/accounts/signup/"})
    client.post("/accounts/signup/", TYPED)
    confirmed = client.post("/accounts/confirm-email/", {"code": code_sent_to(ADDRESS)})

    assert "The address is wrong: start again" in page
    assert (back.headers["Location"], confirmed.headers["Location"]) == ("/accounts/signup/", "/")


def test_a_weak_password_is_told_apart_in_words(client):
    page = client.post("/accounts/signup/", {**TYPED, "password1": "password"}).content.decode()

    assert "too short" in page
    assert "too common" in page


def _without_tokens(answer, who):
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
    return answer.status_code, re.sub(r"\s+", " ", page.replace(who, "…"))


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("Asia/Calcutta", "Asia/Calcutta"),
        ("", "America/Lima"),
        ("Mars/Olympus", "America/Lima"),
        ("../../etc/passwd", "America/Lima"),
        ("x" * 5000, "America/Lima"),
    ],
)
@pytest.mark.parametrize("way", ["/accounts/signup/", "/accounts/signup/passkey/"])
def test_days_and_times_are_told_where_the_browser_is_and_else_where_the_installation_is(
    client, settings, way, told, kept
):
    settings.TIME_ZONE_DEFAULT = "America/Lima"
    page = client.get(way).content.decode()

    made = client.post(way, {**TYPED, "time_zone": told})

    assert '<input type="hidden" name="time_zone" data-time-zone' in page
    assert (made.status_code, User.objects.get(email=ADDRESS).time_zone) == (302, kept)


def test_who_is_made_at_the_machine_lives_where_the_installation_is(settings):
    settings.TIME_ZONE_DEFAULT = "America/Lima"

    made = [
        verbs.register(email="a@people.example", name="A", password=None),
        User.objects.create_superuser("b@people.example", PASSWORD, name="B"),
    ]

    assert [one.time_zone for one in made] == ["America/Lima"] * 2
