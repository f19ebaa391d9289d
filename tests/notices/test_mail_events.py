"""What a mail service tells of letters, posted as Postmark and Mailgun post it."""

import base64
import hashlib
import hmac
import json

import pytest
from django.core import mail
from django.test import Client

from apps.core import outbox
from apps.core.models import Event
from apps.core.refused import Refused
from apps.notices import queries, verbs
from apps.notices.kinds import Way
from apps.notices.models import Letter, MailEvent, Notice
from apps.notices.words import DIGEST
from tests.factories import events_of, notice_for, person

pytestmark = pytest.mark.django_db

SECRET = "satchel:a-secret-of-its-own"
SIGNING_KEY = "a-signing-key-of-the-test"


@pytest.fixture
def postmark(settings):
    settings.MAIL_EVENTS, settings.ANYMAIL = "postmark", {"WEBHOOK_SECRET": SECRET}


@pytest.fixture
def mailgun(settings):
    settings.MAIL_EVENTS, settings.ANYMAIL = "mailgun", {"MAILGUN_WEBHOOK_SIGNING_KEY": SIGNING_KEY}


def sent_letter(kind="handed_in", reader=None):
    notice = notice_for(reader or person(), kind)
    outbox.drain()
    return Letter.objects.get(notices=notice)


def post(service, body, **headers):
    return Client().post(f"/api/mail-events/{service}/", body, content_type="application/json", headers=headers)


def by_postmark(told, *, secret=SECRET):
    return post("postmark", told, Authorization=f"Basic {base64.b64encode(secret.encode()).decode()}")


def bounce(letter, **changes):
    """As Postmark's documentation has it."""
    return {
        "RecordType": "Bounce",
        "MessageStream": "outbound",
        "ID": 4323372036854775807,
        "Type": "HardBounce",
        "TypeCode": 1,
        "Name": "Hard bounce",
        "Tag": "",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Metadata": {"letter": letter.public_id if letter else "somebody-elses"},
        "ServerID": 23,
        "Description": "The server was unable to deliver your message (ex: unknown user, mailbox not found).",
        "Details": "smtp;550 5.1.1 The email account that you tried to reach does not exist.",
        "Email": letter.to if letter else "who@elsewhere.example",
        "From": "satchel@badges.example",
        "BouncedAt": "2026-11-05T16:33:54.9070259Z",
        "DumpAvailable": True,
        "Inactive": True,
        "CanActivate": True,
        "Subject": "We have your work",
    } | changes


def delivery(letter, **changes):
    return {
        "RecordType": "Delivery",
        "ServerID": 23,
        "MessageStream": "outbound",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Recipient": letter.to,
        "Tag": "",
        "DeliveredAt": "2026-11-05T16:40:54.9070259Z",
        "Details": "Test delivery webhook details",
        "Metadata": {"letter": letter.public_id},
    } | changes


def complaint(letter, **changes):
    return bounce(letter, RecordType="SpamComplaint", Type="SpamComplaint", ID=42, **changes)


def by_mailgun(event, *, key=SIGNING_KEY, **signed):
    token, timestamp = "a9e1d2f1c9e14b7d8a7b8b1f8e8c3c6f7a0d6b8c2e4f6a8b0d", "1793896434"
    signature = hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    block = {"token": token, "timestamp": timestamp, "signature": signature} | signed
    return post("mailgun", {"signature": block, "event-data": event})


def failed(letter, **changes):
    """As Mailgun's documentation has a permanent failure."""
    return {
        "id": "G9Bn5sl1TC6nu79C8C0bwg",
        "timestamp": 1793896434.121,
        "log-level": "error",
        "event": "failed",
        "severity": "permanent",
        "reason": "suppress-bounce",
        "delivery-status": {
            "attempt-no": 1,
            "message": "",
            "code": 605,
            "description": "Not delivering",
            "session-seconds": 0,
        },
        "flags": {"is-routed": False, "is-authenticated": True, "is-system-test": False, "is-test-mode": False},
        "envelope": {"sender": "satchel@badges.example", "transport": "smtp", "targets": letter.to},
        "message": {
            "headers": {"to": letter.to, "message-id": f"{letter.public_id}@localhost", "from": "x", "subject": "y"},
            "attachments": [],
            "size": 111,
        },
        "recipient": letter.to,
        "recipient-domain": "people.example",
        "storage": {"url": "https://storage.example/messages/1", "key": "1"},
        "campaigns": [],
        "tags": [],
        "user-variables": {},
    } | changes


def test_a_hard_bounce_marks_the_letter_and_leaves_its_trail(postmark):
    letter = sent_letter()

    answer = by_postmark(bounce(letter))

    letter.refresh_from_db()
    heard = MailEvent.objects.get()
    assert (answer.status_code, letter.state, letter.bounced_for_good) == (200, "bounced", True)
    assert (heard.service, heard.event_id, heard.letter, heard.kind, heard.happened_at.isoformat()) == (
        "postmark",
        "4323372036854775807",
        letter,
        "bounced_for_good",
        "2026-11-05T16:33:54.907025+00:00",
    )
    assert events_of(letter) == [("letter.bounced", "")]
    assert letter.to not in json.dumps(list(Event.objects.filter(subject_id=letter.public_id).values_list("data")))


def test_told_twice_it_is_heard_once(postmark):
    letter = sent_letter()

    answers = [by_postmark(bounce(letter)).status_code for _again in range(2)]

    assert answers == [200, 200]
    assert (MailEvent.objects.count(), events_of(letter)) == (1, [("letter.bounced", "")])


def test_what_arrived_later_does_not_undo_it_and_what_arrived_is_heard_once(postmark):
    letter = sent_letter()
    by_postmark(bounce(letter))

    for _again in range(2):
        assert by_postmark(delivery(letter)).status_code == 200

    letter.refresh_from_db()
    assert letter.state == "bounced"
    assert list(MailEvent.objects.values_list("kind", flat=True)) == ["bounced_for_good", "delivered"]


def test_a_full_mailbox_is_a_bounce_that_says_nothing_of_the_address_until_another_does(postmark):
    letter = sent_letter()

    by_postmark(bounce(letter, Type="SoftBounce", TypeCode=4096, ID=1))
    letter.refresh_from_db()
    soft = (letter.state, letter.bounced_for_good)
    by_postmark(bounce(letter, ID=2))
    letter.refresh_from_db()

    assert (soft, letter.state, letter.bounced_for_good) == (("bounced", False), "bounced", True)
    assert events_of(letter) == [("letter.bounced", "")] * 2


def test_what_is_put_off_or_opened_changes_nothing(postmark):
    letter = sent_letter()

    assert by_postmark(bounce(letter, Type="Transient")).status_code == 200
    opened = {"RecordType": "Open", "MessageID": "1", "Recipient": letter.to, "Metadata": {"letter": letter.public_id}}
    assert by_postmark(opened).status_code == 200

    letter.refresh_from_db()
    assert (letter.state, list(MailEvent.objects.values_list("kind", flat=True))) == ("sent", ["put_off"])


def test_a_letter_of_somebody_else_is_answered_and_written_down_nowhere(postmark):
    before = Event.objects.count()

    answer = by_postmark(bounce(None))

    assert (answer.status_code, MailEvent.objects.count(), Event.objects.count()) == (200, 0, before)


def test_without_the_secret_nothing_is_heard(postmark):
    letter = sent_letter()

    wrong = by_postmark(bounce(letter), secret="satchel:guessed").status_code
    none = post("postmark", bounce(letter)).status_code

    letter.refresh_from_db()
    assert (wrong, none, letter.state, MailEvent.objects.count()) == (400, 400, "sent", 0)


def test_mailgun_signs_what_it_tells_and_names_the_letter_by_its_message_id(mailgun):
    letter = sent_letter()

    answer = by_mailgun(failed(letter))

    letter.refresh_from_db()
    assert (answer.status_code, letter.state, letter.bounced_for_good) == (200, "bounced", True)
    assert MailEvent.objects.get().event_id == "G9Bn5sl1TC6nu79C8C0bwg"


@pytest.mark.parametrize(
    "signed", [{"signature": "0" * 64}, {"token": "another"}, {"timestamp": "1"}, {"token": "Ā"}, {"signature": None}]
)
def test_a_wrong_signature_of_mailguns_is_refused(mailgun, signed):
    letter = sent_letter()

    answer = by_mailgun(failed(letter), **signed)

    letter.refresh_from_db()
    assert (answer.status_code, letter.state) == (400, "sent")


def test_another_key_of_mailguns_is_refused_and_what_is_no_event_too(mailgun):
    letter = sent_letter()

    assert by_mailgun(failed(letter), key="another").status_code == 400
    for body in ("[]", "nonsense", '{"signature": 1}', '"x"'):
        assert post("mailgun", body).status_code == 400, body


def test_only_the_service_that_was_set_is_listened_to(postmark):
    letter = sent_letter()

    assert by_mailgun(failed(letter)).status_code == 404
    assert post("nobody", "{}").status_code == 404
    assert post("none", "{}").status_code == 404
    assert Client().get("/api/mail-events/postmark/").status_code == 405
    assert Client().head("/api/mail-events/postmark/").status_code == 200


def test_what_is_told_before_the_letter_has_left_is_asked_for_again(postmark):
    letter = Letter.objects.get(notices=notice_for(person()))

    answer = by_postmark(bounce(letter))

    assert (answer.status_code, answer["Retry-After"], MailEvent.objects.count()) == (503, "60", 0)
    with pytest.raises(Refused, match="not left yet"):
        verbs.hear_back(verbs.Heard("postmark", "1", "bounced", letter.public_id, "", letter.queued_at))


def test_who_reports_a_letter_as_spam_gets_no_more_of_its_kind_until_they_choose_anew(postmark):
    reader = person()
    letter = sent_letter("award", reader)

    by_postmark(complaint(letter))
    told_here = notice_for(reader, "award")
    other = notice_for(reader, "not_yet")

    letter.refresh_from_db()
    assert (letter.state, queries.ways_of(reader)["award"]) == ("sent", Way.HERE)
    assert (told_here.letter, other.letter is not None) == (None, True)
    assert events_of(letter) == [("letter.complained", "")]

    client = Client()
    client.force_login(reader)
    assert "You reported one of these as spam" in client.get("/notices/preferences/").content.decode()
    verbs.choose(reader, by=reader, ways={"award": "here"})
    assert queries.ways_of(reader)["award"] == Way.HERE
    verbs.choose(reader, by=reader, ways={"award": "at_once"})
    assert queries.ways_of(reader)["award"] == Way.AT_ONCE
    with pytest.raises(Refused, match="always mailed"):
        verbs.choose(reader, by=reader, ways={"award": "here"})


def test_of_a_digest_each_kind_in_it_stops(postmark):
    reader = person()
    verbs.choose(reader, by=reader, ways={"handed_in": "digest", "message": "digest"})
    letter = Letter.objects.create(
        kind=DIGEST,
        dedupe_key="digest:1",
        person=reader,
        to=reader.email,
        state="sent",
        queued_at="2026-11-05T00:00Z",
        sent_at="2026-11-05T00:00Z",
    )
    for kind in ("handed_in", "message"):
        notice_for(reader, kind)
    Notice.objects.filter(person=reader).update(letter=letter)
    waiting = notice_for(reader, "message")

    by_postmark(complaint(letter))

    waiting.refresh_from_db()
    ways = queries.ways_of(reader)
    assert (ways["handed_in"], ways["message"], waiting.way) == (Way.HERE, Way.HERE, "here")


def test_a_letter_of_the_sign_in_pages_has_no_kind_to_stop(postmark):
    letter = verbs.write_for_sign_in(kind="x", to="new@people.example", person=None, subject="S", text="T", html="")
    outbox.drain()

    assert by_postmark(complaint(letter)).status_code == 200
    assert events_of(letter) == [("letter.complained", "")]


@pytest.mark.usefixtures("postmark")
@pytest.mark.parametrize(("told", "state"), [(delivery, "sent"), (bounce, "bounced")])
def test_what_a_service_tells_of_a_letter_that_it_took_and_we_gave_up_on_says_that_it_left(told, state):
    letter = verbs.write_for_sign_in(
        kind="code", to="ani@people.example", person=None, subject="Code", text="123456", html="<p>123456</p>"
    )
    # As when its answer was lost on the way.
    Letter.objects.update(state="failed")

    assert by_postmark(told(letter)).status_code == 200
    outbox.drain()

    letter.refresh_from_db()
    assert (letter.state, letter.sent_at is not None, letter.text, letter.html) == (state, True, "", "")
    assert (letter.mail_id, mail.outbox) == ("883953f4-6105-42a2-a16a-77a8eac79483", [])
    assert MailEvent.objects.get().letter == letter
