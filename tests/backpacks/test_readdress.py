"""An earner sees which letters about a badge went where, and has one sent to another address of theirs."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.test import Client

from apps.accounts import verbs as accounts
from apps.accounts.models import User
from apps.core import clock, outbox
from apps.core.refused import Refused
from apps.credentials import queries, verbs
from apps.credentials.models.letters import MOST_AGAIN, ClaimLink
from apps.notices.models import Notice
from tests.credentials.letters import NEW, awarded, came_back, letters_of, newest_of, sent_to
from tests.factories import browser, events_of, owner_of, person
from tests.issuers.test_api import program

pytestmark = pytest.mark.django_db
HOME = "hemi@home.example"


def later(**by):
    return clock.at(clock.now() + timedelta(**by))


@pytest.fixture
def credential():
    """Awarded directly to somebody who has since confirmed a second address."""
    made = awarded()
    EmailAddress.objects.filter(user=made.earner).update(verified=True)
    for address, verified in ((HOME, True), ("old@home.example", False)):
        EmailAddress.objects.create(user=made.earner, email=address, primary=False, verified=verified)
    return made


def readdressed(credential, *, by=None, to=HOME):
    delivery = verbs.readdress(credential, by=by or credential.earner, address=to)
    outbox.drain()
    return delivery


def page_of(credential):
    return f"/backpack/items/{credential.backpack_item.public_id}/"


def told(credential):
    return [(one.what, one.to, one.state) for one in queries.letters_to(credential.earner, credential)]


def test_the_earner_reads_where_each_letter_went_and_how_it_stands(credential):
    with later(hours=2):
        readdressed(credential)

    page = browser(credential.earner).get(page_of(credential)).content.decode()
    assert told(credential) == [("Sent where you asked", HOME, "sent"), ("The award", NEW, "sent")]
    assert [words in page for words in (HOME, NEW, "Letters", "Send it again")] == [True] * 4
    assert "old@home.example" not in page


def test_the_letter_brings_the_badge_and_no_key_and_stands_read_under_the_bell(credential):
    with later(hours=2):
        delivery = readdressed(credential)

    (message,) = sent_to(HOME)
    words = message.body + message.alternatives[0].content
    assert ("/claim/" in words, "The link in this letter" in words) == (False, False)
    assert "because you asked for it in your backpack" in words
    assert [one.get_content_type() for one in message.attachments] == ["image/png"]
    assert (delivery.kind, delivery.number, delivery.notice.read_at is not None) == ("own", 1, True)
    assert events_of(credential)[-1] == ("credential.readdressed", credential.earner.public_id)
    assert ClaimLink.objects.get(credential=credential).address == NEW


def test_it_comes_at_once_also_to_who_wants_a_digest(credential):
    from apps.notices import verbs as notices

    notices.choose(credential.earner, by=credential.earner, ways={"award": "digest"})

    with later(hours=2):
        readdressed(credential)

    assert len(sent_to(HOME)) == 1


def test_asked_twice_within_the_hour_is_refused_and_five_are_enough(credential):
    for number in range(1, MOST_AGAIN + 1):
        with later(hours=2 * number):
            readdressed(credential)
            if number < MOST_AGAIN:
                with pytest.raises(Refused, match="less than an hour old"):
                    readdressed(credential)
    with later(hours=99), pytest.raises(Refused, match=f"sent {MOST_AGAIN} times"):
        readdressed(credential)

    assert [kind for kind, _number, _state in letters_of(credential)] == ["award"] + ["own"] * MOST_AGAIN


def test_not_within_an_hour_of_the_issuers_letter(credential):
    with pytest.raises(Refused, match="less than an hour old"):
        readdressed(credential)


@pytest.mark.parametrize("to", ["stranger@people.example", "old@home.example", ""])
def test_it_goes_to_confirmed_addresses_of_ones_own_alone(credential, to):
    EmailAddress.objects.create(user=person(), email="stranger@people.example", primary=False, verified=True)

    with later(hours=2), pytest.raises(Refused, match="one of your confirmed addresses"):
        readdressed(credential, to=to)

    assert letters_of(credential) == [("award", 0, "sent")]


def test_it_is_the_earners_act_alone(credential):
    for somebody in (owner_of(credential.issuer), person()):
        with later(hours=2), pytest.raises(PermissionDenied):
            readdressed(credential, by=somebody)
        client = browser(somebody)
        assert client.post(f"{page_of(credential)}readdress/", {"address": HOME}).status_code == 404
    assert Client().post(f"{page_of(credential)}readdress/", {"address": HOME}).status_code == 302
    assert letters_of(credential) == [("award", 0, "sent")]


def test_one_that_was_taken_back_or_turned_down_is_not_sent(credential):
    verbs.decline(credential, by=credential.earner)
    declined = browser(credential.earner).get(page_of(credential)).content.decode()
    with later(hours=2), pytest.raises(Refused, match="valid badge"):
        readdressed(credential)
    verbs.revoke(credential, by=owner_of(credential.issuer), reason="mistake", note="Not theirs.")
    with later(hours=2), pytest.raises(Refused, match="valid badge"):
        readdressed(credential)

    assert "Send it again" not in declined


def test_one_that_was_kept_is_sent_too(credential):
    browser(credential.earner).post(f"{page_of(credential)}claim/")

    with later(hours=2):
        readdressed(credential)

    assert len(sent_to(HOME)) == 1


def test_after_a_bounce_it_goes_elsewhere_and_the_issuer_need_not_be_asked(credential):
    came_back(newest_of(credential))
    asked = queries.needs_address(credential)
    with later(hours=2):
        with pytest.raises(Refused, match="came back"):
            readdressed(credential, to=NEW)
        readdressed(credential)

    assert (asked, queries.needs_address(credential)) == (True, False)
    assert told(credential) == [("Sent where you asked", HOME, "sent"), ("The award", NEW, "bounced")]


def test_where_it_comes_back_from_there_the_earner_sees_it_and_nobody_asks_the_issuer(credential):
    with later(hours=2):
        readdressed(credential)
        came_back(newest_of(credential))

    assert told(credential)[0] == ("Sent where you asked", HOME, "bounced")
    assert not queries.needs_address(credential)
    assert not Notice.objects.filter(kind="address_needed").exists()


def test_the_issuer_does_not_learn_the_other_address(credential):
    with later(hours=2):
        readdressed(credential)

    desk = f"/organisations/{credential.issuer.slug}/credentials/{credential.public_id}/"
    page = browser(owner_of(credential.issuer)).get(desk).content.decode()
    assert (HOME in page, "an address of the earner’s own" in page) == (False, True)


def test_an_address_that_is_no_longer_theirs_is_not_named(credential):
    EmailAddress.objects.filter(email=NEW).delete()
    User.objects.filter(pk=credential.earner_id).update(email=HOME)
    credential.earner.refresh_from_db()

    assert told(credential) == [("The award", "", "sent")]


def test_the_page_has_it_sent(credential):
    client = browser(credential.earner)
    with later(hours=2):
        page = client.post(f"{page_of(credential)}readdress/", {"address": HOME}, follow=True).content.decode()
        again = client.post(f"{page_of(credential)}readdress/", {"address": HOME}, follow=True).content.decode()

    assert ("On its way." in page, "less than an hour old" in again) == (True, True)


def test_the_api_tells_the_letters_and_sends_one(credential):
    accounts.consent(credential.earner, by=credential.earner)
    at = f"/api/v1/backpack/items/{credential.backpack_item.public_id}/letters/"
    reads, writes = (program(credential.earner, scope) for scope in ("profile:read", "backpack:write"))

    with later(hours=2):
        made = writes.post(at, {"address": HOME}, content_type="application/json")
        outbox.drain()
        again = writes.post(at, {"address": HOME}, content_type="application/json")
    read = reads.get(at).json()

    assert (made.status_code, made.json()["to"], again.status_code) == (201, HOME, 409)
    assert [(one["to"], one["state"]) for one in read] == [(HOME, "sent"), (NEW, "sent")]
    assert (writes.get(at).status_code, reads.post(at, {"address": HOME}).status_code) == (403, 403)


def reminded():
    count = verbs.remind_unclaimed()
    outbox.drain()
    return count


def test_a_reminder_goes_where_the_badge_was_sent_and_not_where_nobody_is(credential):
    came_back(newest_of(credential))
    with later(hours=2):
        readdressed(credential)
    with later(days=7):
        counts = [reminded(), reminded()]
    came_back(newest_of(credential))
    with later(days=30):
        counts.append(reminded())

    assert counts == [1, 0, 0]
    assert [one.subject for one in sent_to(NEW)] == ["Awarded to you: Sharpen a knife"]
    _badge, reminder = sent_to(HOME)
    words = reminder.body + reminder.alternatives[0].content
    assert (reminder.subject, "/claim/" in words) == ("It waits for you: Sharpen a knife", False)
    assert f"http://localhost:8000{credential.get_absolute_url()}" in words
    assert [(kind, number) for kind, number, _state in letters_of(credential)] == [
        ("award", 0),
        ("own", 1),
        ("reminder", 7),
    ]
    kinds = [kind for kind, _by in events_of(credential)]
    assert (kinds.count("credential.address_needed"), kinds[-1]) == (1, "credential.reminded")
    assert ClaimLink.objects.get(credential=credential).address == NEW


def test_a_reminder_goes_to_no_address_that_is_no_longer_theirs(credential):
    came_back(newest_of(credential))
    with later(hours=2):
        readdressed(credential)
    EmailAddress.objects.filter(email=HOME).delete()

    with later(days=7):
        assert reminded() == 0

    assert (len(sent_to(NEW)), len(sent_to(HOME))) == (1, 1)


def test_a_reminder_that_could_not_leave_for_the_other_address_before_the_yes_is_not_sent(credential):
    came_back(newest_of(credential))
    with later(hours=2):
        readdressed(credential)

    with later(days=7):
        verbs.remind_unclaimed()
        verbs.claim(credential, by=credential.earner)
        outbox.drain()

    assert letters_of(credential)[-1] == ("reminder", 7, "cancelled")
    assert len(sent_to(HOME)) == 1
