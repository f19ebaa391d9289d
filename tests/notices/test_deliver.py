"""Letters on their way: what is sent, and what a mail server that refuses does not stop."""

import socketserver
import threading
from email import message_from_bytes, policy

import pytest
from django.core import mail
from django.db.models.functions import Now

from apps.core import health, outbox
from apps.core.models import Job
from apps.credentials.models import Credential
from apps.notices import verbs
from apps.notices.models import Letter
from apps.reviews.models import Decision
from tests.factories import awarded_credential, decided, notice_for, person

pytestmark = pytest.mark.django_db


class PostOffice(socketserver.ThreadingTCPServer):
    """An SMTP server on loopback. Closed, it turns every letter away; open, it takes them in."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Counter)
        self.is_open, self.taken = False, []


class Counter(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("220 loopback")
        for line in self.rfile:
            word = line.strip().upper()
            if word.startswith((b"EHLO", b"HELO", b"RSET", b"RCPT")):
                self.say("250 fine")
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
    for _try in range(outbox.MOST_ATTEMPTS):
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
