"""A mistake that is put right before its letters have left: nobody reads of a badge that is none any more."""

import pytest
from django.core import mail

from apps.core import outbox
from apps.core.models import Job
from apps.credentials import verbs
from apps.credentials.models import Credential
from apps.notices import verbs as notices
from apps.notices.models import Letter, Notice
from tests.credentials.letters import sent_to
from tests.factories import awarded_credential, browser, owner_of, person, published_version
from tests.factories.bulk import checked, many
from tests.together import meanwhile

pytestmark = pytest.mark.django_db
LETTERS = "apps.notices.tasks."
ANI, HEMI = "ani@people.example", "hemi@people.example"


def run_all_but_letters():
    """As where the queue of letters is long, and the others are short."""
    others = Job.objects.exclude(function__startswith=LETTERS).order_by("pk")
    while one := others.filter(pk__in=outbox.due()).first():
        assert outbox.run(one.pk)


def awarded_table(*rows):
    bulk = checked(*rows)
    verbs.award_bulk(bulk, by=bulk.by)
    run_all_but_letters()
    bulk.refresh_from_db()
    return bulk


def awarded_directly(version=None, address=ANI):
    version = version or published_version()
    made = verbs.award_directly(
        version, by=owner_of(version.achievement.issuer), address=address, name="Ani Ruru", why="Course list of 2019."
    )
    run_all_but_letters()
    return Credential.objects.get(pk=made.pk)


def letters(address=None):
    found = Letter.objects.filter(kind__in=("award", "standing"))
    found = found.filter(to=address) if address else found
    return list(found.order_by("pk").values_list("kind", "state"))


def notices_of(credential):
    return list(Notice.objects.filter(person=credential.earner).order_by("pk").values_list("kind", flat=True))


def test_a_table_that_is_taken_back_before_its_letters_have_left_writes_to_nobody():
    bulk = awarded_table(*many(3))
    verbs.undo_bulk(bulk, by=bulk.by, reason="mistake", note="The wrong table")
    run_all_but_letters()
    mail.outbox.clear()
    outbox.drain()

    assert sorted(letters()) == [("award", "cancelled")] * 3 + [("standing", "cancelled")] * 3
    assert [one.subject for one in mail.outbox if one.to != [bulk.by.email]] == []
    assert {tuple(notices_of(one)) for one in Credential.objects.all()} == {("award", "standing")}
    page = browser(bulk.by).get(bulk.get_absolute_url()).content.decode()
    assert "letters stopped in time" in page


def test_whose_letter_has_left_is_told_that_it_was_taken_back_and_the_others_are_not():
    bulk = awarded_table((ANI, "Ani"), (HEMI, "Hemi"))
    notices.deliver(Letter.objects.get(kind="award", to=ANI).pk)
    verbs.undo_bulk(bulk, by=bulk.by, reason="mistake", note="The wrong table")
    run_all_but_letters()
    outbox.drain()

    assert letters(ANI) == [("award", "sent"), ("standing", "sent")]
    assert letters(HEMI) == [("award", "cancelled"), ("standing", "cancelled")]


def test_one_badge_that_is_taken_back_at_once_is_written_of_to_nobody():
    credential = awarded_directly()
    verbs.revoke(credential, by=owner_of(credential.issuer), reason="mistake", note="")
    outbox.drain()

    assert letters() == [("award", "cancelled"), ("standing", "cancelled")]
    assert (sent_to(ANI), notices_of(credential)) == ([], ["award", "standing"])


def test_what_is_paused_before_its_letter_has_left_is_written_of():
    credential = awarded_directly()
    verbs.suspend(credential, by=owner_of(credential.issuer), note="We look again.")
    outbox.drain()

    assert letters() == [("award", "sent"), ("standing", "sent")]


def test_a_wrong_address_that_is_put_right_at_once_hears_nothing_and_the_right_one_does():
    credential = awarded_directly()
    verbs.correct(credential, by=owner_of(credential.issuer), address=HEMI, name="Hemi")
    outbox.drain()

    assert (letters(ANI), letters(HEMI)) == ([("award", "cancelled"), ("standing", "cancelled")], [("award", "sent")])


def test_a_wrong_name_that_is_put_right_at_once_is_one_letter_that_speaks_of_no_other():
    credential = awarded_directly()
    verbs.correct(credential, by=owner_of(credential.issuer), address=ANI, name="Ani Rūrū")
    outbox.drain()

    (message,) = sent_to(ANI)
    assert "Awarded to you: Sharpen a knife" in message.body
    assert "/claim/" in message.body


def test_who_heard_of_the_one_before_is_told_that_its_successor_was_taken_back():
    credential = awarded_directly()
    outbox.drain()
    anew = verbs.reissue(credential, by=owner_of(credential.issuer))
    run_all_but_letters()
    verbs.revoke(anew, by=owner_of(credential.issuer), reason="mistake", note="")
    outbox.drain()

    assert letters(ANI) == [("award", "sent"), ("standing", "sent"), ("award", "cancelled"), ("standing", "sent")]


@pytest.mark.parametrize("how", ["kept", "read under the bell"])
def test_who_knows_of_it_without_a_letter_is_told_that_it_was_taken_back(how):
    ani = person("Ani", email=ANI)
    credential = awarded_directly()
    if how == "kept":
        verbs.claim(credential, by=ani)
    else:
        notices.read_all(by=ani)
    verbs.revoke(credential, by=owner_of(credential.issuer), reason="mistake", note="")
    outbox.drain()

    assert letters(ANI) == [("award", "cancelled"), ("standing", "sent")]


def test_who_was_told_by_the_decision_is_told_that_it_was_taken_back():
    credential = awarded_credential()
    Letter.objects.filter(kind="award").update(state="queued", sent_at=None, text="")
    verbs.revoke(credential, by=owner_of(credential.issuer), reason="mistake", note="")
    outbox.drain()

    assert letters() == [("award", "queued"), ("standing", "sent")]


@pytest.mark.django_db(transaction=True)
def test_a_letter_that_is_leaving_at_this_moment_is_followed_by_the_other():
    credential = awarded_directly()
    verbs.revoke(credential, by=owner_of(credential.issuer), reason="mistake", note="")
    award, standing = (Letter.objects.get(kind=kind) for kind in ("award", "standing"))

    def leaves():
        """As where it was found to stand, just before it was taken back."""
        held = Letter.objects.select_for_update().get(pk=award.pk)
        held.move(Letter.State.SENT)
        held.sent_at = held.queued_at
        held.save(update_fields=["state", "sent_at"])

    meanwhile(leaves, lambda: notices.deliver(standing.pk))

    assert letters() == [("award", "sent"), ("standing", "sent")]
