import re

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.test import Client

from apps.accounts import verbs
from apps.accounts.tokens import passkey_id
from apps.core.models import Event
from tests.factories import PASSWORD, newest_letter, operator, person, shown_by_app

pytestmark = pytest.mark.django_db


@pytest.fixture
def someone():
    return person()


@pytest.fixture
def client(browser_of, sure, someone):
    return sure(browser_of(someone))


def turn_on(client):
    secret = client.get("/accounts/second-step/activate/").context["form"].secret
    return secret, client.post("/accounts/second-step/activate/", {"code": shown_by_app(secret)})


def test_it_is_turned_on_with_a_picture_or_by_hand_and_shows_recovery_codes(
    client, someone, django_capture_on_commit_callbacks
):
    page = client.get("/accounts/second-step/activate/")
    secret = page.context["form"].secret
    wrong = client.post("/accounts/second-step/activate/", {"code": "000000"})
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post("/accounts/second-step/activate/", {"code": shown_by_app(secret)})
    codes = client.get(done.headers["Location"])

    assert 'src="data:image/svg+xml;base64,' in page.content.decode()
    assert f'value="{secret}"' in wrong.content.decode()  # the picture stays the same until it fits
    assert done.headers["Location"] == "/accounts/recovery-codes/"
    assert codes.content.decode().count("<code>") == 10
    assert "no-store" in client.get("/accounts/recovery-codes/download/").headers["Cache-Control"]
    assert newest_letter(someone.email).subject == "The second step is on"
    assert Event.objects.filter(kind="second_step.activated").count() == 1


def test_the_database_holds_no_secret_in_the_clear(client):
    secret, done = turn_on(client)
    codes = client.get(done.headers["Location"]).context["unused_codes"]

    kept = str(list(Authenticator.objects.values("data")))

    assert secret not in kept
    assert not any(code in kept for code in codes)


def test_it_is_turned_off_with_its_codes_and_the_person_is_told(client, someone):
    turn_on(client)
    Authenticator.objects.create(user=someone, type="webauthn", data={"name": "Phone", "credential": {}})

    done = client.post("/accounts/second-step/deactivate/", follow=True)

    assert "The second step is off." in done.content.decode()
    assert list(Authenticator.objects.values_list("type", flat=True)) == ["webauthn"]
    assert newest_letter(someone.email).subject == "The second step is off"


def test_new_codes_end_the_old(client, django_capture_on_commit_callbacks, someone):
    _secret, done = turn_on(client)
    old = client.get(done.headers["Location"]).context["unused_codes"]

    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/recovery-codes/generate/")

    assert not set(old) & set(client.get("/accounts/recovery-codes/").context["unused_codes"])
    assert newest_letter(someone.email).subject == "You have new recovery codes"


def test_without_a_second_step_there_are_no_codes_to_make(client, someone):
    Authenticator.objects.create(user=someone, type="webauthn", data={"name": "Phone", "credential": {}})

    page = client.post("/accounts/recovery-codes/generate/").content.decode()

    assert "Recovery codes belong to the second step. Turn it on first." in page
    assert client.get("/accounts/recovery-codes/").status_code == 404


def test_a_passkey_is_renamed_and_removed(client, someone):
    passkey = Authenticator.objects.create(user=someone, type="webauthn", data={"name": "Phone", "credential": {}})
    foreign = Authenticator.objects.create(user=person(), type="webauthn", data={"name": "Other", "credential": {}})

    page = client.get("/accounts/security/").content.decode()
    rename, remove = re.findall(r'href="(/accounts/passkeys/[^"]+/re\w+/)"', page)
    renamed = client.post(rename, {"name": "The blue phone"}, follow=True)
    asked = client.get(remove).content.decode()
    removed = client.post(remove, follow=True)

    assert renamed.redirect_chain == removed.redirect_chain == [("/accounts/security/", 302)]
    assert "The blue phone" in renamed.content.decode()
    assert "Remove “The blue phone”?" in asked
    assert list(Authenticator.objects.values_list("pk", flat=True)) == [foreign.pk]
    assert newest_letter(someone.email).subject == "A passkey was removed"
    key = passkey_id(foreign.pk)
    assert rename == f"/accounts/passkeys/{passkey_id(passkey.pk)}/rename/"
    assert re.fullmatch("[a-z2-7]{26}", key)
    for path in (f"{named}/{act}/" for named in (key, foreign.pk, passkey.pk) for act in ("rename", "remove")):
        assert client.post(f"/accounts/passkeys/{path}", {"name": "x"}).status_code == 404


def test_a_spoiled_passkey_is_not_added(client):
    page = client.get("/accounts/passkeys/add/").content.decode()
    answer = client.post("/accounts/passkeys/add/", {"name": "Phone", "credential": '{"id": "x"}'})

    assert '"userVerification": "required"' in page
    assert "That passkey did not work." in answer.content.decode()
    assert not Authenticator.objects.exists()


def test_all_of_it_asks_first_whether_it_is_you(browser_of, someone):
    unsure = browser_of(someone)

    for path in ("second-step/activate/", "passkeys/add/", "recovery-codes/generate/"):
        answer = unsure.get(f"/accounts/{path}")
        assert answer.headers["Location"].startswith("/accounts/reauthenticate/?next="), path


# --- another SHARE_LINK_KEY -------------------------------------------------------------------------------------------
LOST = "This installation can no longer check your codes."


def at_the_second_step(someone):
    browser = Client()
    assert browser.post("/accounts/login/", {"login": someone.email, "password": PASSWORD}).status_code == 302
    return browser


def test_under_another_key_no_code_fits_and_it_is_said_what_helps(client, someone, settings):
    secret, done = turn_on(client)
    (code, *_more) = client.get(done.headers["Location"]).context["unused_codes"]
    browser = at_the_second_step(someone)
    wrong = browser.post("/accounts/second-step/", {"code": "000000"}).content.decode()

    settings.SHARE_LINK_KEY = "another"
    answers = [browser.post("/accounts/second-step/", {"code": one}) for one in (shown_by_app(secret), code)]

    assert LOST not in wrong
    assert [(one.status_code, LOST in one.content.decode()) for one in answers] == [(200, True)] * 2
    assert browser.get("/accounts/profile/").status_code == 302


def test_who_is_in_sees_no_codes_that_fit_nothing_and_turns_it_off_and_on(client, settings):
    turn_on(client)

    settings.SHARE_LINK_KEY = "another"
    shown, taken = (
        client.get("/accounts/recovery-codes/", follow=True),
        client.get("/accounts/recovery-codes/download/"),
    )

    assert (shown.redirect_chain, taken.status_code) == ([("/accounts/security/", 302)], 302)
    assert "These codes are lost." in shown.content.decode()
    client.post("/accounts/second-step/deactivate/")
    _secret, done = turn_on(client)
    assert client.get(done.headers["Location"]).content.decode().count("<code>") == 10


@pytest.mark.parametrize("way", ["admin", "command"])
def test_an_operator_takes_it_away_and_its_owner_reads_of_it(client, someone, settings, way):
    turn_on(client)
    passkey = Authenticator.objects.create(user=someone, type="webauthn", data={"name": "Phone", "credential": {}})
    keeper = operator()
    settings.SHARE_LINK_KEY = "another"

    if way == "admin":
        desk = Client()
        desk.force_login(keeper)
        chosen = {"action": "reset_second_step", "_selected_action": [someone.pk], "index": "0"}
        desk.post("/admin/accounts/user/", chosen)
    else:
        call_command("reset_second_step", someone.email, by=keeper.email)

    browser = at_the_second_step(someone)
    assert browser.get("/accounts/profile/").status_code == 200
    assert list(Authenticator.objects.filter(user=someone)) == [passkey]
    letter = newest_letter(someone.email)
    assert (letter.subject, letter.person) == ("Your second step was removed", someone)
    assert "http://localhost:8000/accounts/security/" in letter.text
    last = Event.objects.get(kind="second_step.reset")
    assert (last.actor_id, last.subject_id) == (keeper.public_id, someone.public_id)


def test_only_an_operator_takes_it_away_and_twice_is_once(client, someone):
    turn_on(client)
    keeper = operator()

    for by in (someone, person()):
        with pytest.raises(PermissionDenied):
            verbs.reset_second_step(someone, by=by)
    with pytest.raises(CommandError, match="no operator"):
        call_command("reset_second_step", someone.email, by=someone.email)
    with pytest.raises(CommandError, match="Nobody here has proved x@"):
        call_command("reset_second_step", "x@people.example", by=keeper.email)

    assert [verbs.reset_second_step(someone, by=keeper) for _time in range(2)] == [True, False]
    assert Event.objects.filter(kind="second_step.reset").count() == 1
