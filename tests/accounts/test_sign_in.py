import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from tests.factories import PASSWORD, code_sent_to, newest_letter, operator, person, shown_by_app

pytestmark = pytest.mark.django_db


def is_in(client):
    return client.get("/accounts/profile/").status_code == 200


def test_with_address_and_password_one_goes_on_where_one_was_going(client):
    someone = person()

    page = client.get("/accounts/login/?next=/backpack/").content.decode()
    answer = client.post("/accounts/login/", {"login": someone.email, "password": PASSWORD, "next": "/backpack/"})

    assert (answer.headers["Location"], is_in(client)) == ("/backpack/", True)
    assert page.count('name="next" value="/backpack/"') == 2  # with a password, and with a passkey
    away = Client().post(
        "/accounts/login/", {"login": someone.email, "password": PASSWORD, "next": "https://elsewhere.example/"}
    )
    assert away.headers["Location"] == "/"


def test_a_wrong_password_and_an_unknown_address_are_told_in_the_same_words(client):
    known = person(email="known@people.example")

    pages = [
        client.post("/accounts/login/", {"login": address, "password": "not-that-one"}).content.decode()
        for address in (known.email, "unknown@people.example")
    ]

    for page, address in zip(pages, (known.email, "unknown@people.example"), strict=True):
        assert "That address and password do not match." in page
        assert f'value="{address}"' in page
    assert not is_in(client)


def test_the_one_address_on_the_page_serves_for_a_code_too(client):
    someone = person()

    asked = client.post("/accounts/login/code/", {"login": someone.email, "password": "", "next": "/backpack/"})
    page = client.get(asked.headers["Location"]).content.decode()
    answer = client.post("/accounts/login/code/confirm/", {"code": code_sent_to(someone.email), "next": "/backpack/"})

    assert asked.headers["Location"] == "/accounts/login/code/confirm/?next=%2Fbackpack%2F"
    assert f"<strong>{someone.email}</strong>" in page
    assert (answer.headers["Location"], is_in(client)) == ("/backpack/", True)


def test_without_an_address_the_page_for_codes_asks_for_it(client):
    answer = client.post("/accounts/login/code/", {"login": "", "password": "typed"})

    page = answer.content.decode()
    assert (answer.status_code, "Tell us your address" in page) == (200, True)
    assert 'name="login"' in page


def test_a_code_for_an_unknown_address_is_answered_like_one_for_a_known():
    known, clients = person(email="known@people.example"), (Client(), Client())
    addresses = (known.email, "unknown@people.example")

    asked = [one.post("/accounts/login/code/", {"login": to}) for one, to in zip(clients, addresses, strict=True)]
    pages = [one.get("/accounts/login/code/confirm/").content.decode() for one in clients]

    assert [one.headers["Location"] for one in asked] == ["/accounts/login/code/confirm/"] * 2
    for page, address in zip(pages, addresses, strict=True):
        assert f"A letter is on its way to <strong>{address}</strong>." in page
    assert newest_letter("unknown@people.example").subject == "No account has this address"


def test_three_wrong_codes_end_it(client):
    someone = person()
    client.post("/accounts/login/code/", {"login": someone.email})
    code = code_sent_to(someone.email)

    answers = [client.post("/accounts/login/code/confirm/", {"code": "BBBB-CCCC"}) for _number in range(3)]
    too_late = client.post("/accounts/login/code/confirm/", {"code": code})

    assert "That is not the code. Look in the newest letter." in answers[0].content.decode()
    assert answers[2].headers["Location"] == "/accounts/login/code/"
    assert (too_late.headers["Location"], is_in(client)) == ("/accounts/login/code/", False)


def test_another_code_takes_the_place_of_the_first(client):
    someone = person()
    client.post("/accounts/login/code/", {"login": someone.email})
    first = code_sent_to(someone.email)

    client.post("/accounts/login/code/confirm/", {"action": "resend"})
    refused = client.post("/accounts/login/code/confirm/", {"code": first})
    answer = client.post("/accounts/login/code/confirm/", {"code": code_sent_to(someone.email)})

    assert (refused.status_code, answer.headers["Location"]) == (200, "/")


def test_a_forgotten_password_is_answered_the_same_for_an_unknown_address(client):
    known = person()

    answers = [
        client.post("/accounts/password/reset/", {"email": to}) for to in (known.email, "unknown@people.example")
    ]

    assert {answer.headers["Location"] for answer in answers} == {"/accounts/password/reset/done/"}
    assert newest_letter(known.email).subject == "Choose a new password"
    assert newest_letter("unknown@people.example").subject == "No account has this address"


# --- the second step --------------------------------------------------------------------------------------------------
@pytest.fixture
def protected(browser_of, sure):
    """Somebody who turned the second step on, their secret, and their recovery codes."""
    someone = person()
    client = sure(browser_of(someone))
    secret = client.get("/accounts/second-step/activate/").context["form"].secret
    client.post("/accounts/second-step/activate/", {"code": shown_by_app(secret)})
    return someone, secret, client.get("/accounts/recovery-codes/").context["unused_codes"]


def test_who_turned_it_on_is_asked_for_the_second_step_after_password_and_code(client, protected):
    someone, secret, _codes = protected

    by_password = client.post("/accounts/login/", {"login": someone.email, "password": PASSWORD})
    still_out = is_in(client)
    wrong = client.post("/accounts/second-step/", {"code": "000000"})
    right = client.post("/accounts/second-step/", {"code": shown_by_app(secret)})

    assert (by_password.headers["Location"], still_out) == ("/accounts/second-step/", False)
    assert "That code is not right." in wrong.content.decode()
    assert (right.headers["Location"], is_in(client)) == ("/", True)
    other = Client()
    other.post("/accounts/login/code/", {"login": someone.email})
    by_code = other.post("/accounts/login/code/confirm/", {"code": code_sent_to(someone.email)})
    assert (by_code.headers["Location"], is_in(other)) == ("/accounts/second-step/", False)


def test_a_recovery_code_lets_through_once(protected):
    someone, _secret, codes = protected

    def come_in(code):
        one = Client()
        one.post("/accounts/login/", {"login": someone.email, "password": PASSWORD})
        one.post("/accounts/second-step/", {"code": code})
        return is_in(one)

    assert [come_in(codes[0]), come_in(codes[0]), come_in(codes[1])] == [True, False, True]


def test_a_passkey_bars_no_other_way(client):
    someone = person()
    Authenticator.objects.create(user=someone, type="webauthn", data={"name": "A phone, lost", "credential": {}})

    answer = client.post("/accounts/login/", {"login": someone.email, "password": PASSWORD})

    assert (answer.headers["Location"], is_in(client)) == ("/", True)


# --- passkeys, as far as it goes without a browser ---------------------------------------------------------------------
def test_the_page_gives_a_browser_what_it_needs_for_a_passkey(client):
    asked = client.get("/accounts/passkeys/login/", headers={"Accept": "application/json"}).json()

    options = asked["request_options"]["publicKey"]
    assert (options["rpId"], options["userVerification"]) == ("testserver", "required")


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "no JSON",
        "[]",
        '"x"',
        "{}",
        '{"id": "x"}',
        '{"id": "eA", "rawId": "eA", "response": {}, "type": "public-key"}',
    ],
)
def test_a_spoiled_passkey_is_refused_in_words(client, answer):
    client.get("/accounts/passkeys/login/", headers={"Accept": "application/json"})

    page = client.post("/accounts/passkeys/login/", {"credential": answer}, follow=True)

    assert page.redirect_chain == [("/accounts/login/", 302)]
    assert page.content.decode().count("note s-fail") >= 1
    assert not is_in(client)


# --- doors that lead here ---------------------------------------------------------------------------------------------
def test_the_admin_has_no_door_of_its_own(client):
    keeper = operator()

    led = client.get("/admin/login/?next=/admin/")
    bypass = client.post("/admin/login/?next=/admin/", {"username": keeper.email, "password": PASSWORD})

    assert led.headers["Location"] == bypass.headers["Location"] == "/accounts/login/?next=%2Fadmin%2F"
    assert not is_in(client)
    client.force_login(person())
    assert client.get("/admin/login/").status_code == 403


def test_an_account_that_is_switched_off_stays_out(client):
    someone = person()
    client.post("/accounts/login/code/", {"login": someone.email})
    someone.is_active = False
    someone.save(update_fields=["is_active"])

    answer = client.post("/accounts/login/code/confirm/", {"code": code_sent_to(someone.email)}, follow=True)

    assert answer.redirect_chain == [("/accounts/inactive/", 302)]
    assert "This account is switched off" in answer.content.decode()
    assert not is_in(client)
