"""What is written of an award: sent once more, reminded of, come back; and how the issuer reads it."""

import csv
import io
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from apps.core import clock, outbox
from apps.core.refused import Refused
from apps.credentials import queries, verbs
from apps.credentials.models import ClaimLink, Credential, Delivery
from apps.credentials.models.letters import MOST_AGAIN
from apps.notices import verbs as notices
from apps.notices.models import Letter, Notice
from config.reactions import REACTIONS
from config.schedule import SCHEDULE
from tests.credentials.letters import NEW, awarded, came_back, letters_of, link_in, newest_of, sent_to
from tests.factories import awarded_credential, browser, events_of, owner_of, person, published_version, seated

pytestmark = pytest.mark.django_db


@pytest.fixture
def credential():
    return awarded()


@pytest.fixture
def owner(credential):
    return owner_of(credential.issuer)


def later(**by):
    return clock.at(clock.now() + timedelta(**by))


def resent(credential, by):
    delivery = verbs.resend(credential, by=by)
    outbox.drain()
    return delivery


def reminded():
    count = verbs.remind_unclaimed()
    outbox.drain()
    return count


# --- the first letter -------------------------------------------------------------------------------------------------
def test_an_award_stands_in_the_ledger_with_a_link_of_its_own_that_the_database_does_not_hold(credential):
    (message,) = sent_to(NEW)
    link = link_in(message)
    letter = newest_of(credential)

    assert letters_of(credential) == [("award", 0, "sent")]
    assert link in message.alternatives[0].content
    assert link not in letter.text + letter.html
    assert "…" in letter.text
    token = link.split("/")[2]
    for row in (*Notice.objects.values(), *Letter.objects.values(), *ClaimLink.objects.values()):
        assert token not in str(row)


def test_offered_twice_it_is_one_letter(credential):
    verbs.offer([credential.pk])
    outbox.drain()

    assert (len(sent_to(NEW)), letters_of(credential)) == (1, [("award", 0, "sent")])


def test_who_stopped_letters_or_wants_them_by_the_day_is_told_so_in_the_ledger():
    version = published_version()
    here, daily = person(), person()
    notices.choose(daily, by=daily, ways={"award": "digest"})
    notices.choose(here, by=here, ways={"unclaimed": "here"})
    first, second = awarded(version, here.email), awarded(version, daily.email)

    with later(days=8):
        reminded()

    assert letters_of(first) == [("award", 0, "sent"), ("reminder", 7, "here")]
    assert letters_of(second) == [("award", 0, "queued"), ("reminder", 7, "sent")]


# --- once more --------------------------------------------------------------------------------------------------------
def test_resend_writes_a_letter_once_more_and_renews_the_link(credential, owner):
    before = ClaimLink.objects.get()
    with later(days=60):
        delivery = resent(credential, owner)

    first, second = sent_to(NEW)
    after = ClaimLink.objects.get()
    assert (delivery.kind, delivery.number, link_in(first) == link_in(second)) == ("again", 1, True)
    assert after.ends_at - before.ends_at >= timedelta(days=60)
    assert letters_of(credential) == [("award", 0, "sent"), ("again", 1, "sent")]
    assert events_of(credential)[-1] == ("credential.sent_again", owner.public_id)


def test_resend_waits_an_hour_after_the_last_letter(credential, owner):
    with pytest.raises(Refused, match="less than an hour"):
        verbs.resend(credential, by=owner)
    with later(hours=2):
        resent(credential, owner)
        with pytest.raises(Refused, match="less than an hour"):
            verbs.resend(credential, by=owner)
    assert letters_of(credential) == [("award", 0, "sent"), ("again", 1, "sent")]


def test_resend_is_done_five_times_in_all(credential, owner):
    for number in range(1, MOST_AGAIN + 1):
        with later(hours=2 * number):
            resent(credential, owner)

    with later(days=2), pytest.raises(Refused, match="5 times"):
        verbs.resend(credential, by=owner)
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.filter(number=5).update(number=6)


def test_only_who_may_award_sends_again(credential):
    issuer = credential.issuer
    elsewhere = owner_of(published_version().achievement.issuer)
    with later(hours=2):
        for somebody in (
            person(),
            credential.earner,
            elsewhere,
            seated("designer", issuer),
            seated("assessor", issuer),
        ):
            with pytest.raises(PermissionDenied):
                verbs.resend(credential, by=somebody)
        resent(credential, seated("manager", issuer))


def test_what_does_not_wait_is_not_sent_again(owner, credential):
    version = credential.version
    kept, declined, taken_back, paused = (awarded(version, f"{name}@people.example") for name in "abcd")
    verbs.claim(kept, by=kept.earner)
    verbs.decline(declined, by=declined.earner)
    verbs.revoke(taken_back, by=owner, reason="mistake", note="")
    verbs.suspend(paused, by=owner, note="")

    with later(hours=2):
        for one in (kept, declined, taken_back, paused):
            with pytest.raises(Refused, match="waits for its earner"):
                verbs.resend(one, by=owner)
        resent(credential, owner)


# --- reminders --------------------------------------------------------------------------------------------------------
def test_reminders_go_after_a_week_and_a_month_once_each_and_no_more(credential):
    told = {}
    for day in (6, 7, 8, 29, 30, 31, 89, 91):
        with later(days=day):
            told[day] = reminded()

    assert told == {6: 0, 7: 1, 8: 0, 29: 0, 30: 1, 31: 0, 89: 0, 91: 0}
    assert letters_of(credential) == [("award", 0, "sent"), ("reminder", 7, "sent"), ("reminder", 30, "sent")]
    assert [kind for kind, _by in events_of(credential)].count("credential.reminded") == 2
    first, week, month = sent_to(NEW)
    assert week.subject == month.subject == "It waits for you: Sharpen a knife"
    assert link_in(first) == link_in(week) == link_in(month)


@pytest.mark.parametrize("days", [31, 91])
def test_who_gets_a_corrected_award_is_reminded_a_week_and_a_month_after_their_own_letter(credential, owner, days):
    right, told, stood = "right@people.example", {}, {}
    with later(days=days):
        new = verbs.correct(credential, by=owner, address=right, name="")
        outbox.drain()
        new.refresh_from_db()
    for day in (0, 6, 7, 29, 30, 89, 90):
        with later(days=days + day, hours=3):
            told[day], stood[day] = reminded(), new.standing

    assert new.awarded_at == credential.awarded_at
    assert told == {0: 0, 6: 0, 7: 1, 29: 0, 30: 1, 89: 0, 90: 0}
    assert stood == dict.fromkeys((0, 6, 7, 29, 30, 89), "offered") | {90: "unclaimed"}
    assert [one.subject for one in sent_to(right)][1:] == ["It waits for you: Sharpen a knife"] * 2


def test_a_reminder_can_be_stopped_with_one_click_and_an_award_can_not(credential):
    with later(days=7):
        reminded()
    award, reminder = sent_to(NEW)

    assert "List-Unsubscribe" not in award.extra_headers
    assert reminder.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stop = reminder.extra_headers["List-Unsubscribe"].strip("<>").removeprefix("http://localhost:8000")
    assert browser().post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    with later(days=30):
        reminded()
    assert len(sent_to(NEW)) == 2
    assert letters_of(credential)[-1] == ("reminder", 30, "here")


def test_who_is_reminded_late_is_reminded_once(credential):
    with later(days=33):
        assert (reminded(), reminded()) == (1, 0)
    assert letters_of(credential) == [("award", 0, "sent"), ("reminder", 30, "sent")]


def test_reminders_stop_with_a_yes_a_no_a_revocation_a_bounce_and_a_pause(credential, owner):
    version = credential.version
    kept, declined, taken_back, paused, lost = (awarded(version, f"{name}@people.example") for name in "abcde")
    verbs.claim(kept, by=kept.earner)
    verbs.decline(declined, by=declined.earner)
    verbs.revoke(taken_back, by=owner, reason="mistake", note="")
    verbs.suspend(paused, by=owner, note="")
    came_back(newest_of(lost))

    with later(days=8):
        assert reminded() == 1
    assert Delivery.objects.get(kind="reminder").credential == credential


def test_a_reminder_that_could_not_leave_before_the_yes_is_not_sent(credential):
    with later(days=8):
        verbs.remind_unclaimed()
        verbs.claim(credential, by=credential.earner)
        outbox.drain()

    assert letters_of(credential) == [("award", 0, "sent"), ("reminder", 7, "cancelled")]
    assert len(sent_to(NEW)) == 1


def test_after_ninety_days_it_is_unclaimed_and_can_still_be_claimed(credential):
    with later(days=89):
        assert credential.standing == "offered"
    with later(days=91):
        assert credential.standing == "unclaimed"
        assert verbs.claim(credential, by=credential.earner).standing == "valid"


def test_somebody_asks_for_it_four_times_a_day_and_when_a_letter_came_back():
    assert SCHEDULE["remind_unclaimed"] == ("apps.credentials.tasks.remind_unclaimed", timedelta(hours=6))
    assert REACTIONS["letter.bounced"] == ("apps.credentials.tasks.ask_for_address",)


# --- what came back ---------------------------------------------------------------------------------------------------
def test_a_bounce_asks_those_who_award_for_another_address(credential, owner):
    manager, assessor = seated("manager", credential.issuer), seated("assessor", credential.issuer)

    came_back(newest_of(credential))

    assert queries.needs_address(credential)
    assert letters_of(credential) == [("award", 0, "address_needed")]
    assert events_of(credential)[-1] == ("credential.address_needed", "")
    told = Notice.objects.filter(kind="address_needed")
    assert set(told.values_list("person", flat=True)) == {owner.pk, manager.pk}
    assert not told.filter(person=assessor).exists()
    (message,) = sent_to(owner.email)
    assert (message.subject, "(hemi@people.example)" in message.body) == ("An award came back: Sharpen a knife", True)


def test_asked_twice_it_is_asked_once_and_what_arrived_later_does_not_undo_it(credential, owner):
    letter = newest_of(credential)
    came_back(letter)
    verbs.ask_for_address(letter)
    came_back(letter, event_id="another")
    came_back(letter, kind="delivered")

    assert queries.needs_address(credential)
    assert Notice.objects.filter(kind="address_needed").count() == 1


def test_a_full_mailbox_asks_for_nothing_and_what_was_kept_needs_no_letter(credential, owner):
    kept = awarded(credential.version, "a@people.example")
    verbs.claim(kept, by=kept.earner)

    came_back(newest_of(credential), kind="bounced")
    came_back(newest_of(kept))

    for one in (credential, kept):
        assert not queries.needs_address(one)
    assert (letters_of(credential), letters_of(kept)) == ([("award", 0, "bounced")], [("award", 0, "address_needed")])
    assert not Notice.objects.filter(kind="address_needed").exists()


def test_to_an_address_where_nobody_is_nothing_is_sent_again_until_it_is_another(credential, owner):
    came_back(newest_of(credential))
    with later(hours=2):
        with pytest.raises(Refused, match="Correct it first"):
            verbs.resend(credential, by=owner)

        credential.earner.email = "hemi.ruru@people.example"
        credential.earner.save()
        resent(credential, owner)

    assert not queries.needs_address(credential)
    assert len(sent_to("hemi.ruru@people.example")) == 1


def test_correcting_the_address_sends_the_link_along_and_the_old_one_opens_nothing(credential, owner):
    came_back(newest_of(credential))
    old = link_in(sent_to(NEW)[0])

    right = verbs.correct(credential, by=owner, address="right@people.example", name="Hēmi Ruru")
    outbox.drain()

    right = Credential.objects.get(pk=right.pk)
    new = link_in(sent_to("right@people.example")[0])
    assert [browser().get(link).status_code for link in (old, new)] == [404, 200]
    assert browser().get(old).content == browser().get(old[:7] + "a" * 26 + "/").content.replace(
        b"a" * 26, old[7:33].encode()
    )
    assert (queries.needs_address(right), letters_of(right)) == (False, [("award", 0, "sent")])


@pytest.fixture
def renewed(owner_of_what_ends):
    """A renewal of a direct award that its earner had kept, whose letter came back."""
    first, owner, when = owner_of_what_ends
    verbs.claim(first, by=first.earner)
    with clock.at(when):
        renewal = verbs.renew(first, by=owner)
        outbox.drain()
        came_back(newest_of(renewal))
        yield Credential.objects.get(pk=renewal.pk), owner


@pytest.fixture
def owner_of_what_ends():
    first = awarded(published_version(valid_for_days=365))
    return first, owner_of(first.issuer), first.valid_until - timedelta(days=20)


def test_a_renewal_that_came_back_is_given_to_the_address_that_was_meant(renewed):
    renewal, owner = renewed
    told = Notice.objects.get(kind="address_needed").facts
    assert (told["to"], told["direct"]) == (NEW, True)

    right = verbs.correct(renewal, by=owner, address="right@people.example", name="Hēmi Ruru")
    outbox.drain()

    right.refresh_from_db()
    renewal.refresh_from_db()
    first = renewal.renews
    assert (right.basis, right.why, right.sent_to, right.supersedes) == (
        "direct",
        first.why,
        right.earner.email,
        renewal,
    )
    assert (right.valid_until, right.state, renewal.status) == (renewal.valid_until, "offered", "superseded")
    assert (first.renewed_at, first.status, first.state) == (None, "valid", "claimed")
    assert len(sent_to("right@people.example")) == 1


def test_another_address_of_the_same_person_leaves_it_a_renewal(renewed):
    renewal, owner = renewed
    EmailAddress.objects.create(user=renewal.earner, email="other@people.example", verified=True)

    right = verbs.correct(renewal, by=owner, address="other@people.example", name="Hēmi Ruru")

    assert (right.basis, right.earner, right.sent_to) == ("renewal", renewal.earner, "other@people.example")


def test_a_renewal_that_was_kept_stays_with_who_kept_it(renewed):
    renewal, owner = renewed
    verbs.claim(renewal, by=renewal.earner)

    with pytest.raises(Refused, match="has kept this renewal"):
        verbs.correct(renewal, by=owner, address="right@people.example", name="Hēmi Ruru")

    page = browser(owner).get(queries.desk_path(renewal)).content.decode()
    assert "Correct the address" not in page


def test_a_renewal_of_assessed_work_is_not_given_to_another_address():
    first = awarded_credential(version=published_version(valid_for_days=365))
    owner = owner_of(first.issuer)
    with clock.at(first.valid_until - timedelta(days=20)):
        renewal = verbs.renew(first, by=owner)
        outbox.drain()

        with pytest.raises(Refused, match="earned with work that was handed in"):
            verbs.correct(renewal, by=owner, address="right@people.example", name="Hēmi Ruru")


def test_the_desk_offers_to_correct_the_address_of_a_renewal_that_came_back(renewed):
    renewal, owner = renewed
    desk, base = browser(owner), f"/organisations/{renewal.issuer.slug}/credentials/"

    for path in ("", "unclaimed/", f"{renewal.public_id}/"):
        page = desk.get(base + path).content.decode()
        assert ("Correct the address" in page, "in another way" in page) == (True, False), path


# --- at the desk ------------------------------------------------------------------------------------------------------
def test_the_desk_lists_by_letter_and_shows_the_ledger(credential, owner):
    lost = awarded(credential.version, "lost@people.example", "Lost One")
    came_back(newest_of(lost))
    desk, base = browser(owner), f"/organisations/{credential.issuer.slug}/credentials/"

    for letter, found in {"": (1, 1), "sent": (1, 0), "address_needed": (0, 1), "queued": (0, 0), "x": (1, 1)}.items():
        for path in (f"{base}?letter={letter}", f"{base}unclaimed/?letter={letter}"):
            page = desk.get(path).content.decode()
            assert tuple(int(f"/credentials/{one.public_id}/" in page) for one in (credential, lost)) == found, path
    one = desk.get(f"{base}{lost.public_id}/").content.decode()
    assert ("nobody is at lost@people.example" in one, "Correct the address" in one, "Address needed" in one) == (
        1,
        1,
        1,
    )


@pytest.mark.parametrize(("came_from", "path"), [("issued", ""), ("unclaimed", "unclaimed/")])
def test_in_the_list_a_wrong_address_is_corrected_and_the_badge_sent_there_in_one_act(
    credential, owner, came_from, path
):
    base = f"/organisations/{credential.issuer.slug}/credentials/"
    desk, act = browser(owner), f"{base}{credential.public_id}/correct/"
    typed = {"from": came_from, "name": credential.recipient_name, "address": "right@people.example"}
    well = desk.get(f"{base}{path}").content.decode()
    came_back(newest_of(credential))

    needed = desk.get(f"{base}{path}?letter=address_needed").content.decode()
    wrong = desk.post(act, typed | {"address": "right@"})
    done = desk.post(act, typed, follow=True)
    outbox.drain()

    assert (act in well, act in needed, f'name="from" value="{came_from}"' in needed) == (False, True, True)
    assert (wrong.status_code, 'value="right@"' in wrong.content.decode()) == (422, True)
    assert done.redirect_chain == [(f"{base}{path}", 302)]
    assert "Replaced. The badge is on its way to right@people.example." in done.content.decode()
    right = Credential.objects.get(supersedes=credential)
    assert (letters_of(right), queries.needs_address(right)) == ([("award", 0, "sent")], False)
    assert (len(sent_to("right@people.example")), act in done.content.decode()) == (1, False)


def test_what_somebody_earned_with_work_is_sent_again_once_they_have_another_address_and_never_moved():
    earned = awarded_credential()
    outbox.drain()
    desk = browser(owner_of(earned.issuer))
    page, acts = f"/organisations/{earned.issuer.slug}/credentials/unclaimed/", ("correct", "resend")
    came_back(newest_of(earned))

    seen = []
    for address in (earned.earner.email, "moved@people.example"):
        earned.earner.email = address
        earned.earner.save()
        words = desk.get(page).content.decode()
        seen.append([f"/{earned.public_id}/{act}/" in words for act in acts] + ["in another way" in words])

    assert seen == [[False, False, True], [False, True, False]]


def test_the_desk_sends_again_from_the_page_and_from_the_list(credential, owner):
    desk, base = browser(owner), f"/organisations/{credential.issuer.slug}/credentials/"
    path = f"{base}{credential.public_id}/resend/"

    early = desk.post(path, follow=True).content.decode()
    with later(hours=2):
        done = desk.post(path, {"from": "unclaimed"}, follow=True)

    assert "less than an hour" in early
    assert (done.redirect_chain[-1][0], f"Sent again to {NEW}." in done.content.decode()) == (f"{base}unclaimed/", True)


def test_the_unclaimed_as_a_table_say_who_and_how_the_letter_stands_and_begin_no_formula(owner, credential):
    awarded(credential.version, "other@people.example", "=cmd()")
    kept = awarded(credential.version, "kept@people.example")
    verbs.claim(kept, by=kept.earner)

    with later(days=3):
        answer = browser(owner).get(f"/organisations/{credential.issuer.slug}/credentials/unclaimed.csv")

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["Earner", "Address", "Badge", "Awarded", "Days", "Letter", "Last letter"]
    assert [(row[0], row[1], row[4], row[5]) for row in rows[1:]] == [
        ("Hēmi Ruru", NEW, "3", "Sent"),
        ("'=cmd()", "other@people.example", "3", "Sent"),
    ]


def test_an_assessor_and_another_issuer_read_no_letters(credential):
    base = f"/organisations/{credential.issuer.slug}/credentials/"
    for somebody in (seated("assessor", credential.issuer), owner_of(published_version().achievement.issuer)):
        for path in ("unclaimed/", "unclaimed.csv", f"{credential.public_id}/"):
            assert browser(somebody).get(base + path).status_code == 404
        assert browser(somebody).post(f"{base}{credential.public_id}/resend/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_unclaimed_ask_as_often_for_one_row_as_for_three(django_assert_num_queries, rows):
    version = published_version()
    for number in range(rows):
        awarded(version, f"n{number}@people.example")
    desk = browser(owner_of(version.achievement.issuer))
    path = f"/organisations/{version.achievement.issuer.slug}/credentials/unclaimed/"
    desk.get(path)

    with django_assert_num_queries(7):
        assert desk.get(path).content.decode().count("Send again") == rows


def test_what_is_said_of_a_code_and_a_letter_is_said_of_no_other(credential):
    assert queries.came_back_from(credential, NEW) is False
    came_back(newest_of(credential))
    assert (queries.came_back_from(credential, NEW.upper()), queries.came_back_from(credential, "x@y.example")) == (
        1,
        0,
    )
