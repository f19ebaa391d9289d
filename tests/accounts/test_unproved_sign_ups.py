"""Who signs up with somebody else's address and never proves it has no part in what comes to that address."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from apps.accounts import queries, verbs
from apps.accounts.models import Consent, User
from apps.core.models import Event
from tests.factories import PASSWORD, code_sent_to, operator, person

pytestmark = pytest.mark.django_db
ADDRESS = "victim@people.example"
TYPED = {"name": "Mallory", "email": ADDRESS, "password1": PASSWORD, "agree": "on"}
TOLD = "The password that was chosen for this address before it was proved no longer works."


def stopped_at_the_code(**typed):
    browser = Client()
    assert browser.post("/accounts/signup/", TYPED | typed).headers["Location"] == "/accounts/confirm-email/"
    return browser


def came_in_by_code(browser):
    browser.post("/accounts/login/code/", {"login": ADDRESS})
    return browser.post("/accounts/login/code/confirm/", {"code": code_sent_to(ADDRESS)}, follow=True)


def opens(address=ADDRESS):
    browser = Client()
    browser.post("/accounts/login/", {"login": address, "password": PASSWORD})
    return browser.get("/accounts/profile/").status_code == 200


def test_a_password_from_before_the_address_was_proved_opens_nothing_once_its_owner_comes_by_code(client):
    waiting = stopped_at_the_code()

    page = came_in_by_code(client)

    someone = User.objects.get(email=ADDRESS)
    assert TOLD in page.content.decode()
    assert client.get("/accounts/profile/").status_code == 200
    assert (someone.has_usable_password(), someone.agreed_to, Consent.objects.count()) == (False, {}, 0)
    assert opens() is False
    assert waiting.get("/accounts/profile/").status_code == 302
    waiting.post("/accounts/confirm-email/", {"code": "BCDF-GHJK"})
    assert waiting.get("/accounts/confirm-email/", follow=True).status_code == 200
    assert waiting.get("/accounts/profile/").status_code == 302
    kinds = Event.objects.filter(subject_id=someone.public_id).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["person.registered", "consent.given", "consent.given", "password.dropped"]


def test_it_is_said_once_and_a_password_of_ones_own_stays(client):
    someone = person(email=ADDRESS)

    page = came_in_by_code(client)

    assert TOLD not in page.content.decode()
    assert (opens(), User.objects.get(pk=someone.pk).agreed_to) == (True, someone.agreed_to)


def test_who_ends_the_sign_up_where_they_began_it_keeps_the_password():
    browser = stopped_at_the_code()

    page = browser.post("/accounts/confirm-email/", {"code": code_sent_to(ADDRESS)}, follow=True).content.decode()

    assert (TOLD in page, opens()) == (False, True)


@pytest.mark.parametrize("many", [False, True])
def test_an_award_goes_to_whoever_proves_the_address_and_not_to_who_signed_up_with_it(client, many):
    keeper, waiting = operator(), stopped_at_the_code()
    squatted = User.objects.get(email=ADDRESS)

    if many:
        guests = [verbs.Guest(ADDRESS, "Vic"), verbs.Guest("other@people.example", "Other")]
        welcomed = verbs.welcome_many(guests, by=keeper)[ADDRESS]
    else:
        welcomed = verbs.welcome(ADDRESS, name="Vic", by=keeper)

    stored = User.objects.get(email=ADDRESS)
    assert (welcomed, stored, welcomed.name, stored.name) == (squatted, squatted, "Vic", "Vic")
    assert (stored.has_usable_password(), stored.agreed_to, opens()) == (False, {}, False)
    assert queries.may_move_in(stored, ADDRESS) is True
    last = Event.objects.filter(subject_id=stored.public_id).latest("pk")
    assert (last.kind, last.actor_id) == ("password.dropped", keeper.public_id)
    page = came_in_by_code(client).content.decode()
    assert (TOLD in page, client.get("/accounts/profile/").status_code) == (False, 200)
    assert waiting.get("/accounts/profile/").status_code == 302


def test_who_was_awarded_something_between_sign_up_and_code_is_told_to_set_a_password_again():
    browser = stopped_at_the_code()
    verbs.welcome(ADDRESS, name="Vic", by=operator())

    page = browser.post("/accounts/confirm-email/", {"code": code_sent_to(ADDRESS)}, follow=True).content.decode()

    assert (TOLD in page, opens()) == (True, False)
    assert browser.get("/accounts/profile/").status_code == 200


def test_a_letter_is_key_enough_to_an_account_that_nobody_proved(client):
    stopped_at_the_code()
    someone = User.objects.get(email=ADDRESS)

    moved = verbs.move_in(someone, by=someone, address=ADDRESS, name="Vic")

    assert (moved.name, moved.has_usable_password(), opens()) == ("Vic", False, False)
    assert EmailAddress.objects.get(user=moved).verified is True
    assert moved.agreed_to == {"terms": 1, "privacy": 2}


def test_who_adds_the_address_to_their_account_takes_in_what_nobody_proved(browser_of, sure):
    stopped_at_the_code()
    squatted, owner = User.objects.get(email=ADDRESS), person("Vic")
    browser = sure(browser_of(owner))

    browser.post("/accounts/email/", {"action_add": "", "email": ADDRESS})
    browser.post("/accounts/confirm-email/", {"code": code_sent_to(ADDRESS)})

    squatted.refresh_from_db()
    assert (queries.owner_of(ADDRESS), squatted.merged_into, opens()) == (owner, owner, True)


@pytest.mark.parametrize(("said", "is_minor"), [({}, False), ({"younger": "on"}, True)])
def test_who_comes_in_says_themselves_whether_they_are_young(client, said, is_minor):
    stopped_at_the_code(younger="on")

    came_in_by_code(client)
    someone = User.objects.get(email=ADDRESS)
    asked = client.get("/accounts/consent/").text
    before = someone.is_minor
    client.post("/accounts/consent/", {"agree": "on", **said})

    someone.refresh_from_db()
    assert ("I am younger than" in asked, before, someone.is_minor) == (True, True, is_minor)
    assert someone.agreed_to == {"terms": 1, "privacy": 2}
    kinds = list(Event.objects.filter(subject_id=someone.public_id).values_list("kind", flat=True))
    assert kinds.count("person.said_grown") == (not is_minor)


@pytest.mark.parametrize(("said", "is_minor"), [({}, False), ({"younger": "on"}, True)])
def test_who_comes_in_where_somebody_signed_up_for_a_passkey_says_themselves_whether_they_are_young(
    client, said, is_minor
):
    waiting = Client()
    waiting.post("/accounts/signup/passkey/", TYPED | {"password1": "", "younger": "on"})

    page = came_in_by_code(client).content.decode()
    someone = User.objects.get(email=ADDRESS)
    before = someone.agreed_to, Consent.objects.count(), someone.is_minor
    asked = client.get("/accounts/consent/").text
    client.post("/accounts/consent/", {"agree": "on", **said})

    someone.refresh_from_db()
    assert (TOLD in page, before, "I am younger than" in asked) == (False, ({}, 0, True), True)
    assert (someone.is_minor, someone.agreed_to) == (is_minor, {"terms": 1, "privacy": 2})
    waiting.post("/accounts/confirm-email/", {"code": "BCDF-GHJK"})
    assert waiting.get("/accounts/confirm-email/", follow=True).status_code == 200
    for path in ("/accounts/passkeys/signup/", "/accounts/profile/"):
        assert waiting.get(path).status_code == 302
    kinds = list(Event.objects.filter(subject_id=someone.public_id).order_by("pk").values_list("kind", flat=True))
    assert kinds[:5] == [
        *("person.registered", "consent.given", "consent.given", "person.said_minor", "sign_up.dropped"),
    ]
    assert kinds.count("person.said_grown") == (not is_minor)


@pytest.mark.parametrize("many", [False, True])
def test_an_award_makes_a_sign_up_for_a_passkey_anew_as_it_does_one_with_a_password(client, many):
    Client().post("/accounts/signup/passkey/", TYPED | {"password1": "", "younger": "on"})
    keeper = operator()

    if many:
        verbs.welcome_many([verbs.Guest(ADDRESS, "Vic")], by=keeper)
    else:
        verbs.welcome(ADDRESS, name="Vic", by=keeper)

    stored = User.objects.get(email=ADDRESS)
    last = Event.objects.filter(subject_id=stored.public_id).latest("pk")
    assert (stored.name, stored.agreed_to, stored.consents.count()) == ("Vic", {}, 0)
    assert (last.kind, last.actor_id) == ("sign_up.dropped", keeper.public_id)
    came_in_by_code(client)
    assert "I am younger than" in client.get("/accounts/consent/").text


def test_who_said_that_they_are_young_and_proved_the_address_does_not_take_it_back(client):
    browser = stopped_at_the_code(younger="on")
    browser.post("/accounts/confirm-email/", {"code": code_sent_to(ADDRESS)})
    someone = User.objects.get(email=ADDRESS)

    asked = browser.get("/accounts/consent/").text
    browser.post("/accounts/consent/", {"agree": "on"})
    verbs.consent(someone, by=someone, is_minor=False)

    someone.refresh_from_db()
    assert ("I am younger than" in asked, someone.is_minor) == (False, True)


def test_who_named_a_guardian_is_young_though_they_agreed_to_nothing_yet(client):
    someone = verbs.welcome(ADDRESS, name="Vic", by=operator())
    came_in_by_code(client)
    verbs.say_minor(someone, by=someone)
    verbs.ask_guardian(someone, by=someone, address="mum@people.example")

    client.post("/accounts/consent/", {"agree": "on"})

    someone.refresh_from_db()
    assert (someone.is_minor, someone.agreed_to) == (True, {"terms": 1, "privacy": 2})


def test_who_takes_up_an_award_by_its_letter_says_themselves_whether_they_are_young():
    stopped_at_the_code(younger="on")
    someone = verbs.welcome(ADDRESS, name="Vic", by=operator())

    moved = verbs.move_in(someone, by=someone, address=ADDRESS, name="Vic")

    assert (User.objects.get(pk=someone.pk).is_minor, moved.is_minor) == (False, False)


def test_what_somebody_said_who_never_proved_the_address_keeps_nobody_from_it(browser_of, sure):
    stopped_at_the_code(younger="on", name="evidence")
    squatted, owner = User.objects.get(email=ADDRESS), person("Vic")
    browser = sure(browser_of(owner))

    browser.post("/accounts/email/", {"action_add": "", "email": ADDRESS})
    browser.post("/accounts/confirm-email/", {"code": code_sent_to(ADDRESS)})

    squatted.refresh_from_db()
    owner.refresh_from_db()
    assert (queries.owner_of(ADDRESS), squatted.merged_into) == (owner, owner)
    assert (owner.is_minor, owner.former_names) == (False, [])


def test_an_operator_made_at_the_machine_keeps_the_password(client):
    keeper = User.objects.create_superuser(ADDRESS, PASSWORD, name="Keeper")

    welcomed = verbs.welcome(ADDRESS, name="Vic", by=operator())
    came_in_by_code(client)

    keeper.refresh_from_db()
    assert (welcomed, keeper.name, keeper.check_password(PASSWORD)) == (keeper, "Keeper", True)
