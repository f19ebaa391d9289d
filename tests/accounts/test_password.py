import re

import pytest
from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from apps.accounts import verbs
from apps.accounts.models import User
from apps.core.models import Event
from tests.factories import PASSWORD, code_sent_to, newest_letter, operator, person

pytestmark = pytest.mark.django_db
NEW = {"password1": "three-rams-in-the-rain", "password2": "three-rams-in-the-rain"}


def is_in(client):
    return client.get("/accounts/profile/").status_code == 200


def test_a_new_password_signs_everybody_else_out_and_tells_the_person(browser_of):
    someone = person()
    here, elsewhere = browser_of(someone), browser_of(someone)

    answer = here.post("/accounts/password/change/", {"oldpassword": PASSWORD, **NEW}, follow=True)

    assert "Your new password is set." in answer.content.decode()
    assert (is_in(here), is_in(elsewhere)) == (True, False)
    assert UserSession.objects.filter(user=someone).count() == 1
    told = newest_letter(someone.email)
    assert (told.kind, told.subject) == ("account/email/password_changed", "Your password was changed")
    kinds = Event.objects.filter(subject_id=someone.public_id).values_list("kind", flat=True)
    assert list(kinds)[-2:] == ["password.changed", "person.signed_out_elsewhere"]


def test_who_was_switched_off_while_the_new_password_was_hashed_stays_so():
    someone = person()
    as_it_was_read = User.objects.get(pk=someone.pk)
    verbs.switch_off(someone, by=operator())

    get_adapter().set_password(as_it_was_read, NEW["password1"])

    someone.refresh_from_db()
    assert (someone.is_active, someone.check_password(NEW["password1"])) == (False, True)


def test_the_old_password_must_be_right(browser_of):
    someone = person()
    client = browser_of(someone)

    page = client.post("/accounts/password/change/", {"oldpassword": "not-that-one", **NEW}).content.decode()

    assert "That is not your password now." in page
    someone.refresh_from_db()
    assert someone.check_password(PASSWORD)


def test_a_forgotten_password_is_replaced_by_a_link_that_works_once(client, browser_of):
    someone = person()
    elsewhere = browser_of(someone)
    client.post("/accounts/password/reset/", {"email": someone.email})
    link = re.search(r"^http://localhost:8000(\S+key\S+)$", newest_letter(someone.email).text, re.MULTILINE)[1]

    form = client.get(link).headers["Location"]
    done = client.post(form, NEW, follow=True)

    assert "Password changed" in done.content.decode()
    assert is_in(elsewhere) is False
    assert newest_letter(someone.email).subject == "You have a new password"
    someone.refresh_from_db()
    assert someone.check_password(NEW["password1"])
    assert "This link has run out or was used already." in client.get(link).content.decode()


def test_who_comes_in_without_a_password_can_set_one(client):
    someone = verbs.register(email="hoa@people.example", name="Hoa", password=None)
    verbs.consent(someone, by=someone)
    client.post("/accounts/login/code/", {"login": someone.email})
    client.post("/accounts/login/code/confirm/", {"code": code_sent_to(someone.email)})

    led = client.get("/accounts/password/change/")
    page = client.post("/accounts/password/set/", NEW, follow=True).content.decode()

    assert led.headers["Location"] == "/accounts/password/set/"
    assert "Your password is set." in page
    someone.refresh_from_db()
    assert someone.check_password(NEW["password1"])
    assert newest_letter(someone.email).subject == "Your account has a password"
    assert Session.objects.count() == 1
