"""Words of letters are forgotten after their time, those that never left too."""

from datetime import timedelta

import pytest
from django.db.models import F

from apps.accounts import verbs as accounts
from apps.core import clock, erasing, outbox
from apps.core.models import Job
from apps.notices import verbs
from apps.notices.models import Letter
from config.retention import RETENTION
from tests.factories import notice_for, operator, person

pytestmark = pytest.mark.django_db


def for_sign_in(someone):
    return verbs.write_for_sign_in(
        kind="code", to=someone.email, person=someone, subject="Code", text="It is 123456.", html="<p>123456</p>"
    )


def words_of(letter):
    letter.refresh_from_db()
    return letter.subject, letter.text, letter.html, letter.state


def older_by(letter, **time):
    Letter.objects.filter(pk=letter.pk).update(queued_at=F("queued_at") - timedelta(**time))


def test_the_words_of_what_never_left_are_forgotten_a_week_later_and_with_them_the_key_in_it(settings):
    settings.EMAIL_BACKEND = "tests.notices.test_retention.Nowhere"
    failed, waiting, of_one_held = for_sign_in(person()), for_sign_in(person()), for_sign_in(held := person())
    with pytest.raises(OSError, match="away"):
        verbs.deliver(failed.pk)
    accounts.hold(held, by=operator(), reason="Case 12")
    for letter in (failed, waiting, of_one_held):
        older_by(letter, days=6, hours=23)
    assert erasing.forget_class("unsent") == 0
    for letter in (failed, waiting, of_one_held):
        older_by(letter, hours=2)

    assert erasing.forget_class("unsent") == 2
    assert erasing.forget_class("unsent") == 0

    assert [words_of(letter) for letter in (failed, waiting)] == [("", "", "", "cancelled")] * 2
    assert words_of(of_one_held)[1] == "It is 123456."
    # A dead letter that is revived then sends nothing.
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    verbs.deliver(failed.pk)
    assert failed.state == "cancelled"


class Nowhere:
    def __init__(self, **_options):
        pass

    def send_messages(self, _messages):
        raise ConnectionRefusedError("away")


def test_the_words_of_what_was_sent_stay_for_a_year(mailoutbox):
    letter = notice_for(person(), "award").letter
    outbox.drain()
    letter.refresh_from_db()
    Letter.objects.update(sent_at=F("sent_at") - timedelta(days=364), queued_at=F("queued_at") - timedelta(days=364))

    assert (erasing.forget_class("letters"), erasing.forget_class("unsent")) == (0, 0)
    Letter.objects.update(sent_at=F("sent_at") - timedelta(days=2))
    assert erasing.forget_class("letters") == 1

    assert (len(mailoutbox), words_of(letter)) == (1, ("", "", "", "sent"))


def test_each_class_has_a_function_and_a_job_a_day():
    from apps.core.tasks import forget_old

    forget_old()

    day = f"{clock.now():%Y%m%d}"
    assert set(Job.objects.values_list("key", flat=True)) == {f"forget:{kind}:{day}" for kind in RETENTION}
