"""Letters on their way: what is sent, and what a mail server that refuses does not stop."""

import smtplib
import socketserver
import threading
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from anymail.exceptions import AnymailRecipientsRefused, AnymailRequestsAPIError
from django.core import mail
from django.db.models.functions import Now

from apps.core import clock, health, outbox
from apps.core.models import Job
from apps.credentials.models import Credential
from apps.notices import verbs
from apps.notices.models import Letter
from apps.reviews.models import Decision
from tests.factories import awarded_credential, decided, notice_for, person

pytestmark = pytest.mark.django_db


class PostOffice(socketserver.ThreadingTCPServer):
    """An SMTP server on loopback. Closed, it turns every letter away; open, it takes them in, but for those to `refused`,
    and breaks the connection over one to `broken`. `connections` says to whom letters were offered in each.
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Counter)
        self.is_open, self.taken, self.connections = False, [], []
        self.refused = self.broken = None


class Counter(socketserver.StreamRequestHandler):
    def handle(self):
        offered = []
        self.server.connections.append(offered)
        self.say("220 loopback")
        for line in self.rfile:
            word = line.strip().upper()
            if word.startswith((b"EHLO", b"HELO", b"RSET")):
                self.say("250 fine")
            elif word.startswith(b"RCPT"):
                offered.append(line.decode().partition("<")[2].partition(">")[0])
                if offered[-1] == self.server.broken:
                    return
                self.say("550 nobody here" if offered[-1] == self.server.refused else "250 fine")
            elif word.startswith(b"MAIL"):
                self.say("250 fine" if self.server.is_open else "451 come back later")
            elif word == b"DATA":
                self.say("354 go on")
                self.server.taken.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                self.say("250 taken")
            elif word == b"QUIT":
                self.say("221 bye")
                return

    def say(self, words):
        self.wfile.write(f"{words}\r\n".encode())


@pytest.fixture
def post_office(settings):
    with PostOffice() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        yield server
        server.shutdown()
        thread.join()


def again():
    """The waits between tries are over."""
    Job.objects.filter(state=Job.State.PENDING).update(next_at=Now())
    outbox.drain()


def test_a_mail_server_that_refuses_blocks_and_reverts_nothing(post_office):
    credential = awarded_credential()

    learner = credential.earner
    assert (Decision.objects.count(), credential.state, credential.backpack_item.person) == (1, "offered", learner)
    assert set(learner.notices.values_list("kind", "letter__state")) == {
        ("handed_in", "failed"),
        ("being_read", None),
        ("award", "failed"),
    }
    waiting = Job.objects.filter(state=Job.State.PENDING)
    assert [("451" in job.last_error, job.function) for job in waiting] == [(True, "apps.notices.tasks.deliver")] * 2

    post_office.is_open = True
    again()

    mailed = learner.notices.exclude(letter=None)
    assert set(mailed.values_list("kind", "letter__state")) == {("handed_in", "sent"), ("award", "sent")}
    letters = [message_from_bytes(one, policy=policy.default) for one in post_office.taken]
    assert sorted(one["Subject"] for one in letters) == [
        "We have your work: Sharpen a knife",
        "You earned it: Sharpen a knife",
    ]
    ids = {f"<{public_id}@localhost>" for public_id in Letter.objects.values_list("public_id", flat=True)}
    assert {one["Message-ID"] for one in letters} == ids
    assert not Job.objects.filter(state=Job.State.PENDING).exists()


def test_a_letter_refused_for_good_is_a_dead_letter_that_the_doctor_names_and_a_person_can_revive(post_office):
    decided(short=True)
    for _try in range(outbox.OVER_DAYS):
        again()

    assert Letter.objects.get(kind="not_yet").state == "failed"
    found = health.dead_letters()
    assert (found.result, "2 given up" in found.saw, "451" in found.saw) == (health.FAIL, True, True)
    assert Credential.objects.count() == 0

    post_office.is_open = True
    for job in Job.objects.filter(state=Job.State.DEAD):
        outbox.revive(job)
    again()

    assert Letter.objects.get(kind="not_yet").state == "sent"
    assert health.dead_letters().result == health.OK


@pytest.fixture
def letters():
    """Of three people at once: their addresses, in the order in which they were written."""
    people = [person() for _number in range(3)]
    notice = notice_for(people[0])
    tellings = [verbs.Telling(f"told {one.pk}", one, notice.address, notice.facts) for one in people]
    Letter.objects.all().delete()
    Job.objects.all().delete()
    verbs.write_many(notice.kind, tellings)
    return [one.email for one in people]


def how_they_went():
    return dict(Letter.objects.values_list("to", "state"))


def what_waits():
    return sorted(Job.objects.filter(state="pending").values_list("function", "attempts"))


def test_letters_of_many_leave_by_one_connection(post_office, letters):
    post_office.is_open = True

    outbox.drain()

    assert post_office.connections == [letters]
    assert how_they_went() == dict.fromkeys(letters, "sent")
    assert what_waits() == []


def test_a_letter_that_is_refused_for_its_reader_waits_by_itself_and_holds_up_no_other(post_office, letters):
    post_office.is_open, post_office.refused = True, letters[0]

    outbox.drain()

    assert post_office.connections == [letters, letters[:1]]
    assert how_they_went() == dict.fromkeys(letters, "sent") | {letters[0]: "failed"}
    assert what_waits() == [("apps.notices.tasks.deliver", 1)]


def test_where_the_server_itself_fails_nothing_more_is_tried_and_who_was_at_it_then_goes_last(post_office, letters):
    post_office.is_open, post_office.broken = True, letters[1]

    outbox.drain()

    assert post_office.connections == [letters[:2]]
    assert how_they_went() == dict(zip(letters, ("sent", "failed", "queued"), strict=True))
    assert what_waits() == [("apps.notices.tasks.deliver_many", 1)]

    again()
    assert post_office.connections[1:] == [[letters[2], letters[1]]]
    assert how_they_went() == dict(zip(letters, ("sent", "failed", "sent"), strict=True))

    post_office.broken = None
    again()
    assert post_office.connections[2:] == [[letters[1]]]
    assert how_they_went() == dict.fromkeys(letters, "sent")
    assert what_waits() == []


def test_a_mail_server_that_is_away_costs_many_letters_one_try_together(post_office, letters):
    outbox.drain()

    assert post_office.connections == [[]]
    assert how_they_went() == dict(zip(letters, ("failed", "queued", "queued"), strict=True))
    assert what_waits() == [("apps.notices.tasks.deliver_many", 1)]


def test_letters_of_many_let_others_pass_after_some_seconds(post_office, letters, monkeypatch):
    monkeypatch.setattr(verbs, "AT_IT", timedelta(0))
    post_office.is_open, post_office.broken = True, letters[0]
    outbox.drain()
    post_office.broken = None

    again()

    assert post_office.connections[1:] == [[letters[1]], [letters[2]], [letters[0]]]
    assert how_they_went() == dict.fromkeys(letters, "sent")
    assert what_waits() == []


@pytest.mark.parametrize(
    ("error", "speaks"),
    [
        (smtplib.SMTPRecipientsRefused({}), True),
        (smtplib.SMTPDataError(554, b"spam"), True),
        (ValueError("a line break in a header"), True),
        (AnymailRequestsAPIError(status_code=422), True),
        (AnymailRecipientsRefused(), True),
        (smtplib.SMTPSenderRefused(451, b"later", "x"), False),
        (smtplib.SMTPServerDisconnected(), False),
        (TimeoutError(), False),
        (AnymailRequestsAPIError(), False),
        (AnymailRequestsAPIError(status_code=503), False),
        (AnymailRequestsAPIError(status_code=401), False),
    ],
)
def test_what_a_mail_server_says_is_of_one_letter_or_of_all(error, speaks):
    assert verbs.speaks_of_one(error) == speaks


def test_a_letter_delivered_twice_leaves_once():
    notice = notice_for(person())

    for _time in range(2):
        verbs.deliver(notice.letter_id)

    assert len(mail.outbox) == 1
    letter = Letter.objects.get()
    assert (letter.state, letter.subject, letter.text == mail.outbox[0].body) == (
        "sent",
        "We have your work: Sharpen a knife",
        True,
    )


def test_a_letter_comes_from_the_issuer_by_us_and_says_that_nobody_typed_it():
    notice = notice_for(person(), issuer="Kōwhai,\n Ridge <x@elsewhere.example>")

    verbs.deliver(notice.letter_id)

    message = message_from_bytes(mail.outbox[0].message().as_bytes(), policy=policy.default)
    (sender,) = message["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (
        "Kōwhai, Ridge <x@elsewhere.example>, by Satchel",
        "satchel@localhost",
    )
    assert message["Auto-Submitted"] == "auto-generated"


def test_a_letter_about_an_erased_person_is_cancelled():
    notice = notice_for(person())
    Letter.objects.update(person=None)

    verbs.deliver(notice.letter_id)

    assert Letter.objects.get().state == "cancelled"
    assert mail.outbox == []


def test_a_code_to_sign_in_with_goes_before_what_nobody_waits_for():
    credential = awarded_credential()

    verbs.write_for_sign_in(kind="x", to="new@people.example", person=None, subject="S", text="T", html="")

    functions = [outbox.target(one) for one in Job.objects.order_by("pk").values_list("function", flat=True)]
    bells = {one.__name__: one.bell.name for one in functions}
    assert credential.state == "offered"
    assert {name: bells[name] for name in ("deliver", "deliver_awaited", "bake", "publish")} == {
        "deliver": "LATER",
        "deliver_awaited": "SOON",
        "bake": "SOON",
        "publish": "FIRST",
    }


def test_a_letter_whose_notice_is_there_no_more_is_cancelled(mailoutbox):
    someone = person()
    told, said_daily = notice_for(someone, "award"), notice_for(someone, "seat_given", role="owner")
    verbs.choose(someone, by=someone, ways={"seat_given": "digest"})
    daily = notice_for(someone, "seat_given", role="owner")
    digest = verbs.write_digest(someone, before=clock.now() + timedelta(days=1))
    assert (digest.notices.get(), said_daily.letter.kind) == (daily, "seat_given")
    # As when the account was merged into another that was told the same.
    for notice in (told, daily):
        notice.delete()

    outbox.drain()

    states = dict(Letter.objects.values_list("kind", "state"))
    assert states == {"award": "cancelled", "digest": "cancelled", "seat_given": "sent"}
    assert len(mailoutbox) == 1
