"""The way out of letters that needs no sign-in (RFC 8058)."""

import re

import pytest
from django.core import mail
from django.core.signing import BadSignature
from django.test import Client

from apps.accounts import verbs as accounts
from apps.core.models import Event
from apps.notices import queries, tokens, verbs
from apps.notices.kinds import KINDS
from tests.factories import notice_for, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader():
    return person()


def letter_of(notice):
    verbs.deliver(notice.letter_id)
    return mail.outbox[-1]


def test_a_mail_program_stops_such_letters_with_one_click(reader):
    headers = letter_of(notice_for(reader)).extra_headers
    address = re.fullmatch(r"<http://localhost:8000(/notices/unsubscribe/\S+/)>", headers["List-Unsubscribe"])[1]
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    # As mail programs do it: no cookies, no token against forgery, a form body.
    answer = Client(enforce_csrf_checks=True).post(address, {"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert queries.ways_of(reader) == queries.ways_of(person()) | {"handed_in": "here"}
    event = Event.objects.get(kind="notices.chosen")
    assert (event.actor_id, event.data) == (reader.public_id, {"handed_in": "here"})


def test_a_person_who_follows_the_link_is_asked_first(reader):
    address = tokens.unsubscribe_url(reader, ["handed_in"]).removeprefix("http://localhost:8000")
    client = Client(enforce_csrf_checks=True)

    asked = client.get(address).content.decode()
    assert ("Stop letters like this?" in asked, "Work handed in" in asked) == (True, True)
    assert queries.ways_of(reader)["handed_in"] == "at_once"

    done = client.post(address).content.decode()

    assert "These are no longer mailed to you." in done
    assert queries.ways_of(reader)["handed_in"] == "here"
    assert reader.email not in asked + done
    assert reader.name not in asked + done


def test_asked_twice_it_stays_as_it_is(reader):
    token = tokens.unsubscribe_token(reader, ["handed_in"])

    for _time in range(2):
        verbs.unsubscribe(token)

    assert queries.ways_of(reader)["handed_in"] == "here"
    assert Event.objects.filter(kind="notices.chosen").count() == 1


def test_a_letter_of_before_two_accounts_became_one_stops_what_is_mailed_since(reader):
    address = tokens.unsubscribe_url(reader, ["handed_in"]).removeprefix("http://localhost:8000")
    taker = person()
    accounts.merge(accounts.ask_merge(taker, by=taker, address=reader.email), by=taker)
    reader.refresh_from_db()
    assert notice_for(reader).letter.person == taker

    answer = Client(enforce_csrf_checks=True).post(address, {"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert queries.ways_of(taker)["handed_in"] == "here"
    assert notice_for(reader).letter is None
    event = Event.objects.get(kind="notices.chosen")
    assert (event.actor_id, event.data) == (taker.public_id, {"handed_in": "here"})


def test_what_is_always_mailed_has_no_such_header_and_no_token_stops_it(reader):
    message = letter_of(notice_for(reader, "not_yet"))
    assert "List-Unsubscribe" not in message.extra_headers
    assert "/unsubscribe/" not in message.body

    assert verbs.unsubscribe(tokens.unsubscribe_token(reader, ["not_yet"])) == []
    assert queries.ways_of(reader)["not_yet"] == "at_once"


def _other_person(token, other):
    return other.public_id + token[token.index(".") :]


TAMPERED = {
    "another person": _other_person,
    "another kind": lambda token, _other: token.replace("handed_in", "award"),
    "one kind more": lambda token, _other: token.replace("handed_in", "handed_in.award"),
    "another signature": lambda token, _other: token[:-1] + ("A" if token[-1] != "A" else "B"),
    "no signature": lambda token, _other: token.partition(":")[0],
    "nonsense": lambda _token, _other: "nonsense",
}


@pytest.mark.parametrize("how", TAMPERED)
def test_a_token_that_was_tampered_with_does_nothing(reader, how):
    other = person()
    token = TAMPERED[how](tokens.unsubscribe_token(reader, ["handed_in"]), other)

    with pytest.raises(BadSignature):
        verbs.unsubscribe(token)
    for answer in (Client().get(f"/notices/unsubscribe/{token}/"), Client().post(f"/notices/unsubscribe/{token}/")):
        assert answer.status_code == 404

    usual = {kind.name: kind.usual for kind in KINDS.values()}
    assert (queries.ways_of(reader), queries.ways_of(other)) == (usual, usual)


def test_a_token_for_a_share_link_is_none_for_letters(reader):
    from apps.backpacks.tokens import token_of

    with pytest.raises(BadSignature):
        verbs.unsubscribe(f"{reader.public_id}.handed_in:{token_of(reader.public_id)}")


def test_old_letters_still_stop_when_the_secret_key_was_changed(reader, settings):
    token = tokens.unsubscribe_token(reader, ["handed_in"])
    settings.SECRET_KEY = "another one"

    verbs.unsubscribe(token)

    assert queries.ways_of(reader)["handed_in"] == "here"


def test_a_letter_to_somebody_who_is_gone_is_done_with(reader):
    token = tokens.unsubscribe_token(reader, ["handed_in"])
    reader.delete()

    asked, done = (getattr(Client(), way)(f"/notices/unsubscribe/{token}/") for way in ("get", "post"))

    assert (asked.status_code, done.status_code) == (200, 200)
    assert "These are no longer mailed to you." in done.content.decode()
    assert not Event.objects.filter(kind="notices.chosen").exists()


def test_a_kind_that_has_another_name_by_now_is_done_with(reader):
    token = tokens.unsubscribe_token(reader, ["of_long_ago", "handed_in"])

    asked, done = (getattr(Client(), way)(f"/notices/unsubscribe/{token}/") for way in ("get", "post"))

    assert (asked.status_code, done.status_code) == (200, 200)
    assert "Work handed in" in done.content.decode()
    assert queries.ways_of(reader)["handed_in"] == "here"


def test_a_letter_of_kinds_that_are_all_gone_has_nothing_left_to_stop(reader):
    token = tokens.unsubscribe_token(reader, ["of_long_ago"])

    for way in ("get", "post"):
        page = getattr(Client(), way)(f"/notices/unsubscribe/{token}/").content.decode()
        assert "Letters like this are no longer written." in page
        assert "Stop letters like this?" not in page
    assert not Event.objects.filter(kind="notices.chosen").exists()
