"""Whoever is a minor shares nothing until a guardian agrees, and from when they take it back."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied

from apps.accounts import verbs
from apps.accounts.tokens import guardian_token
from apps.backpacks import verbs as backpacks
from apps.core import clock, outbox
from apps.core.refused import Refused
from apps.notices.models import Letter
from tests.factories import awarded_credential, browser, events_of, operator, person

pytestmark = pytest.mark.django_db
GUARDIAN = "mother@reid.example"


@pytest.fixture
def held():
    return awarded_credential()


def shared(held):
    """All that shows something to others, each tried."""
    one = held.earner
    collection = one.collections.first() or backpacks.make_collection(by=one, title="Blades")
    if not collection.blocks.exists():
        backpacks.collect(collection, held.backpack_item, by=one)
    backpacks.edit_profile(one, by=one, handle="hana", headline="", about="")
    acts = (
        lambda: backpacks.share(collection, by=one),
        lambda: backpacks.publish_collection(collection, by=one),
        lambda: backpacks.show_credential(held, by=one, visibility="public"),
        lambda: backpacks.turn_on_profile(one, by=one),
    )
    done = []
    for act in acts:
        try:
            act()
        except Refused:
            done.append(False)
        else:
            done.append(True)
    return done


def seen_by_strangers(held):
    client = browser()
    return client.get(f"/c/{held.public_id}").status_code, client.get("/p/hana").status_code


def minor(held):
    verbs.say_minor(held.earner, by=held.earner)
    outbox.drain()
    held.earner.refresh_from_db()
    return held.earner


def test_what_a_minor_shared_is_hidden_and_nothing_more_is_shared(held):
    before = shared(held), seen_by_strangers(held)

    verbs.say_minor(held.earner, by=held.earner)
    at_once = seen_by_strangers(held)
    one = minor(held)

    assert (before, at_once) == (([True] * 4, (200, 200)), (404, 404))
    assert (seen_by_strangers(held), shared(held)) == ((404, 404), [False] * 4)
    assert set(one.collections.values_list("visibility", flat=True)) == {"private"}
    assert ("person.said_minor", one.public_id) in events_of(one)


def test_a_guardian_agrees_by_the_link_in_the_letter_and_takes_it_back(held):
    one = minor(held)
    asked = verbs.ask_guardian(one, by=one, address=GUARDIAN)
    again = verbs.ask_guardian(one, by=one, address=GUARDIAN.upper())
    mail.outbox.clear()
    outbox.drain()
    (letter,) = mail.outbox
    path = re.search(r"/accounts/guardian/[^/\s]+/", letter.body)[0]
    guardian = browser()

    page = guardian.get(path)
    not_yet = shared(held)
    guardian.post(path, {"answer": "yes"})
    agreed = shared(held), seen_by_strangers(held)
    guardian.post(path, {"answer": "no"})
    outbox.drain()

    assert (asked, letter.to, one.name in page.text) == (again, [GUARDIAN], True)
    assert (not_yet, agreed) == ([False] * 4, ([True] * 4, (200, 200)))
    assert (seen_by_strangers(held), shared(held)) == ((404, 404), [False] * 4)
    assert events_of(asked) == [("guardian.asked", one.public_id), ("guardian.consented", ""), ("guardian.ended", "")]
    with pytest.raises(Refused, match="was withdrawn"):
        verbs.give_guardian_consent(asked)


def test_asking_another_guardian_ends_what_the_first_agreed_to(held):
    one = minor(held)
    first = verbs.ask_guardian(one, by=one, address=GUARDIAN)
    verbs.give_guardian_consent(first)

    verbs.ask_guardian(one, by=one, address="uncle@reid.example")

    assert shared(held) == [False] * 4
    assert browser().get(f"/accounts/guardian/{guardian_token(first)}/").status_code == 200


def test_a_letter_to_a_guardian_that_was_lost_is_sent_again_a_day_later_and_ends_nothing(held):
    one = minor(held)
    inside = browser(one)
    asked = verbs.ask_guardian(one, by=one, address=GUARDIAN)
    verbs.give_guardian_consent(asked)
    outbox.drain()

    def again():
        page = inside.post("/accounts/guardian/", {"address": GUARDIAN}, follow=True).text
        outbox.drain()
        return "A letter is on its way" in page, "We wrote to them less than a day ago" in page, "letter again" in page

    at_once = again(), Letter.objects.filter(to=GUARDIAN).count()
    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        later = again(), Letter.objects.filter(to=GUARDIAN).count()
        twice = again(), Letter.objects.filter(to=GUARDIAN).count()

    assert (at_once, later, twice) == (
        ((False, True, True), 1),
        ((True, False, True), 2),
        ((False, True, True), 2),
    )
    (kept,) = one.guardian_consents.all()
    assert (kept.pk, kept.given_at is not None, kept.ended_at) == (asked.pk, True, None)
    first, second = (re.search(r"/accounts/guardian/[^/\s]+/", letter.body)[0] for letter in mail.outbox[-2:])
    assert first == second


def test_nobody_is_their_own_guardian_and_nobody_acts_for_another(held):
    one, other = minor(held), person()

    with pytest.raises(Refused, match="an address of yours"):
        verbs.ask_guardian(one, by=one, address=one.email)
    with pytest.raises(Refused, match="don't need anyone's consent"):
        verbs.ask_guardian(other, by=other, address=GUARDIAN)
    for act in (
        lambda: verbs.ask_guardian(one, by=other, address=GUARDIAN),
        lambda: verbs.say_minor(one, by=other),
        lambda: verbs.come_of_age(one, by=one),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert browser().get("/accounts/guardian/aaaa:bbbb/").status_code == 404


def test_who_has_come_of_age_shares_by_themselves(held):
    one = minor(held)
    verbs.say_minor(one, by=one)
    verbs.come_of_age(one, by=(boss := operator()))
    verbs.come_of_age(one, by=boss)
    held.refresh_from_db()

    assert shared(type(held).objects.get(pk=held.pk)) == [True] * 4
    assert [kind for kind, _by in events_of(one) if "minor" in kind or "age" in kind] == [
        *("person.said_minor", "person.came_of_age"),
    ]


def test_who_has_come_of_age_has_no_guardian_who_could_take_it_back(held):
    one = minor(held)
    asked = verbs.ask_guardian(one, by=one, address=GUARDIAN)
    verbs.give_guardian_consent(asked)

    verbs.come_of_age(one, by=operator())
    outbox.drain()

    page = browser().get(f"/accounts/guardian/{guardian_token(asked)}/").content.decode()
    assert ("You no longer need to answer" in page, "they are old enough by now" in page) == (True, True)
    assert shared(type(held).objects.get(pk=held.pk)) == [True] * 4
    assert [kind for kind, _by in events_of(asked)] == ["guardian.asked", "guardian.consented", "guardian.ended"]


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_a_guardian_who_presses_on_a_page_from_before_is_told_that_they_are_of_age(held, answer):
    one = minor(held)
    asked = verbs.ask_guardian(one, by=one, address=GUARDIAN)
    verbs.give_guardian_consent(asked)
    verbs.come_of_age(one, by=operator())
    shared(type(held).objects.get(pk=held.pk))
    ended_at, guardian = type(asked).objects.get(pk=asked.pk).ended_at, browser()

    page = guardian.post(f"/accounts/guardian/{guardian_token(asked)}/", {"answer": answer}, follow=True).text
    outbox.drain()

    said = "They are of age now, and decide themselves what they show. Nothing was changed."
    assert (said in page, "Nothing of theirs" in page, "They can share now" in page) == (True, False, False)
    assert seen_by_strangers(held) == (200, 200)
    assert (type(asked).objects.get(pk=asked.pk).ended_at, len(events_of(asked))) == (ended_at, 3)


def test_the_pages_take_it_in(held):
    inside = browser(held.earner)

    said = inside.post("/accounts/guardian/minor/")
    own = inside.post("/accounts/guardian/", {"address": held.earner.email})
    asked = inside.post("/accounts/guardian/", {"address": GUARDIAN})

    assert (said.status_code, own.status_code, asked.status_code) == (302, 422, 302)
    assert GUARDIAN in inside.get("/accounts/guardian/").text


def test_a_letter_to_a_guardian_bears_no_more_of_a_name_than_a_name_needs(held):
    one = minor(held)
    one.name = "Buy at https://shop.example " * 10
    one.save(update_fields=["name"])

    verbs.ask_guardian(one, by=one, address=GUARDIAN)
    outbox.drain()

    letter = Letter.objects.get(to=GUARDIAN)
    assert letter.subject == f"{one.name[:39]}… asks whether they may share their badges"
    assert mail.outbox[-1].body.count("shop.example") == 1


def test_an_address_is_written_to_as_a_guardians_three_times_a_day_whoever_asks(held):
    one, *siblings, stranger = minor(held), *(person(f"Child {number}") for number in range(3))
    for child in (*siblings, stranger):
        verbs.say_minor(child, by=child)
        child.refresh_from_db()
    first = verbs.ask_guardian(one, by=one, address=GUARDIAN)
    assert verbs.ask_guardian(one, by=one, address=f" {GUARDIAN} ") == first
    for child in siblings:
        verbs.ask_guardian(child, by=child, address=GUARDIAN)
    outbox.drain()

    with pytest.raises(Refused, match="Three letters went there within a day"):
        verbs.ask_guardian(stranger, by=stranger, address=GUARDIAN)
    assert Letter.objects.filter(to=GUARDIAN).count() == 3

    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        verbs.ask_guardian(stranger, by=stranger, address=GUARDIAN)
    outbox.drain()
    assert Letter.objects.filter(to=GUARDIAN).count() == 4


def test_nobody_has_strangers_written_to_one_after_the_other(held):
    one = minor(held)
    for number in range(3):
        verbs.ask_guardian(one, by=one, address=f"stranger{number}@people.example")

    with pytest.raises(Refused, match="You asked three people within a day"):
        verbs.ask_guardian(one, by=one, address="stranger3@people.example")
