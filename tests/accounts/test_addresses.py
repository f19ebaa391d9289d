import pytest
from allauth.account.models import EmailAddress

from apps.core.models import Event
from tests.factories import PASSWORD, code_sent_to, newest_letter, person

pytestmark = pytest.mark.django_db
SECOND = "hoa.at.home@people.example"


def addresses_of(someone):
    rows = EmailAddress.objects.filter(user=someone).order_by("pk")
    return list(rows.values_list("email", "verified", "primary"))


def test_an_address_is_added_when_its_code_is_typed_and_the_old_one_is_told(browser_of, sure):
    someone = person()
    client = sure(browser_of(someone))

    asked = client.post("/accounts/email/", {"action_add": "", "email": SECOND})
    before = addresses_of(someone)
    done = client.post("/accounts/confirm-email/", {"code": code_sent_to(SECOND)})

    assert asked.headers["Location"] == "/accounts/confirm-email/"
    assert before == [(someone.email, True, True)]
    assert (done.headers["Location"], addresses_of(someone)) == ("/accounts/email/", [*before, (SECOND, True, False)])
    told = newest_letter(someone.email)
    assert (told.kind, told.subject) == ("account/email/email_added", "An address was added to your account")
    assert f"{SECOND} belongs to your account now." in told.text
    assert Event.objects.get(kind="address.added").subject_id == someone.public_id


def test_what_touches_the_account_is_asked_about_once_more_and_then_done(browser_of):
    someone = person()
    EmailAddress.objects.create(user=someone, email=SECOND, verified=True)
    client = browser_of(someone)

    asked = client.post("/accounts/email/", {"action_primary": "", "email": SECOND})
    wrong = client.post(asked.headers["Location"], {"password": "not-that-one", "next": "/accounts/email/"})
    unchanged = addresses_of(someone)
    client.post(asked.headers["Location"], {"password": PASSWORD, "next": "/accounts/email/"})

    assert asked.headers["Location"] == "/accounts/reauthenticate/?next=%2Faccounts%2Femail%2F"
    assert "That is not your password." in wrong.content.decode()
    assert unchanged == [(someone.email, True, True), (SECOND, True, False)]
    assert addresses_of(someone) == [(someone.email, True, False), (SECOND, True, True)]
    told = newest_letter(someone.email)
    assert f"Letters go to {SECOND} now, and no longer to {someone.email}." in told.text
    someone.refresh_from_db()
    assert someone.email == SECOND


def test_an_address_is_removed_but_not_the_one_that_letters_go_to(browser_of, sure):
    someone = person()
    EmailAddress.objects.create(user=someone, email=SECOND, verified=True)
    client = sure(browser_of(someone))

    kept = client.post("/accounts/email/", {"action_remove": "", "email": someone.email}, follow=True)
    gone = client.post("/accounts/email/", {"action_remove": "", "email": SECOND}, follow=True)

    assert f"Letters go to {someone.email}. Send them to another address first" in kept.content.decode()
    assert f"Removed: {SECOND}." in gone.content.decode()
    assert addresses_of(someone) == [(someone.email, True, True)]
    assert f"{SECOND} no longer belongs to your account." in newest_letter(someone.email).text
    assert Event.objects.filter(kind="address.removed").count() == 1


def test_an_unproved_address_gets_no_letters(browser_of, sure):
    someone = person()
    EmailAddress.objects.create(user=someone, email=SECOND, verified=False)
    client = sure(browser_of(someone))

    page = client.post("/accounts/email/", {"action_primary": "", "email": SECOND}, follow=True).content.decode()

    assert "Confirm the address first." in page
    assert addresses_of(someone)[0] == (someone.email, True, True)
    sent = client.post("/accounts/email/", {"action_send": "", "email": SECOND})
    assert sent.headers["Location"] == "/accounts/confirm-email/"


def test_the_address_of_another_is_not_given_away_and_not_added(browser_of, sure):
    other, someone = person(email="other@people.example"), person()
    client = sure(browser_of(someone))

    asked = client.post("/accounts/email/", {"action_add": "", "email": other.email})
    refused = client.post("/accounts/confirm-email/", {"code": code_sent_to(other.email)})

    assert asked.headers["Location"] == "/accounts/confirm-email/"
    assert "This address belongs to another account." in refused.content.decode()
    assert addresses_of(someone) == [(someone.email, True, True)]
    twice = client.post("/accounts/email/", {"action_add": "", "email": someone.email}).content.decode()
    assert "This address is yours already." in twice
