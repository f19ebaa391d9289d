"""An account that somebody made with an address which nobody proved ends after thirty days."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from apps.accounts import verbs
from apps.accounts.models import User
from apps.core import clock, erasing, outbox
from apps.issuers import verbs as issuers
from apps.issuers.models import Seat
from apps.notices.models import Letter
from tests.factories import PASSWORD, code_sent_to, events_of, issuer_with_owner, operator, person

pytestmark = pytest.mark.django_db
TYPED = {"name": "Mallory", "password1": PASSWORD, "agree": "on"}


def signed_up(address, way="/accounts/signup/"):
    browser = Client()
    browser.post(way, TYPED | {"email": address} | ({"password1": ""} if "passkey" in way else {}))
    return User.objects.get(email=address), browser


def after(days):
    with clock.at(clock.now() + timedelta(days=days)):
        ended = erasing.forget_class("unproved")
        outbox.drain()
    return ended


@pytest.mark.parametrize("way", ["/accounts/signup/", "/accounts/signup/passkey/"])
def test_a_sign_up_that_was_never_proved_is_erased_after_thirty_days_and_the_address_is_free(way):
    someone, _browser = signed_up("one@people.example", way)

    ended = after(29), after(31), after(32)

    someone.refresh_from_db()
    assert (ended, someone.name, someone.is_active, someone.erased_at is None) == ((0, 1, 0), "", False, False)
    assert (EmailAddress.objects.filter(user=someone).exists(), Letter.objects.count()) == (False, 0)
    assert [kind for kind, _by in events_of(someone)][-3:] == [
        *("sign_up.lapsed", "person.erasure_begun", "person.erased"),
    ]
    again, _browser = signed_up("one@people.example", way)
    assert again != someone


def test_nobody_is_told_that_they_asked_for_an_erasure_when_a_sign_up_lapses(django_capture_on_commit_callbacks):
    signed_up("one@people.example")
    outbox.drain()
    mail.outbox.clear()

    with django_capture_on_commit_callbacks(execute=True):
        ended = after(31)

    assert (ended, mail.outbox) == (1, [])


def test_what_somebody_proved_was_given_holds_or_is_kept_by_law_stays():
    keeper = operator()
    _proved, browser = signed_up("proved@people.example")
    browser.post("/accounts/confirm-email/", {"code": code_sent_to("proved@people.example")})
    signed_up("welcomed@people.example")
    verbs.welcome("welcomed@people.example", name="Vic", by=keeper)
    verbs.welcome("new@people.example", name="New", by=keeper)
    seat_holder, _browser = signed_up("seated@people.example")
    issuer, owner = issuer_with_owner()
    issuers.seat(seat_holder, issuer, Seat.Role.VIEWER, by=owner)
    held, _browser = signed_up("held@people.example")
    verbs.hold(held, by=keeper, reason="Case 12")
    User.objects.create_superuser("machine@people.example", PASSWORD, name="Keeper")
    person()

    assert (after(400), User.objects.exclude(leaving_at=None).count()) == (0, 0)


def test_whose_owner_comes_in_before_it_is_erased_stays():
    someone, _browser = signed_up("late@people.example")
    with clock.at(clock.now() + timedelta(days=31)):
        lapsed = verbs.lapse_sign_up(someone), verbs.lapse_sign_up(someone)

        verbs.move_in(someone, by=someone, address="late@people.example", name="Vic")
        outbox.drain()

    someone.refresh_from_db()
    assert (lapsed, someone.name, someone.leaving_at, someone.erased_at) == ((True, False), "Vic", None, None)
    assert verbs.lapse_sign_up(someone) is False
