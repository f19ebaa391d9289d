"""Whether the letter of an answer reached its learner is seen at the desk, and it is sent once more from there."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.utils.formats import date_format
from django.utils.html import strip_tags

from apps.accounts.models import User
from apps.core import clock, outbox
from apps.core.models import Event
from apps.core.refused import Refused
from apps.issuers import verbs as issuers
from apps.notices.models import Letter
from apps.reviews import queries, verbs
from apps.reviews.queries.story import story_of
from tests.credentials.letters import came_back
from tests.factories import (
    ALL_GOOD,
    assessable_attempt,
    assessor_of,
    browser,
    decided,
    marks_for,
    moderating,
    owner_of,
    person,
    published_version,
    seated,
    second_attempt,
    taken_attempt,
)
from tests.issuers.test_api import program

pytestmark = pytest.mark.django_db
SOON = "The first film can't be opened. Add it anew."


def not_yet(**facts):
    """Answered, and its letter has left. The attempt, and an assessor."""
    decision = decided(short=True, **facts)
    outbox.drain()
    return decision.attempt, decision.by


def letter_of(attempt):
    return queries.letter_about(attempt).notice.letter


def standing(attempt):
    """How its newest letter stands, and why it is not to be sent again."""
    found = queries.letter_about(attempt)
    return found.posted.state, found.why_not


def line_on(page):
    """The words of the line at the desk; empty where there is none."""
    found = re.search(r'id="letter">(.*?)</div>', page.content.decode(), re.DOTALL)
    return " ".join(strip_tags(found[1]).split()) if found else ""


def test_a_letter_that_came_back_is_seen_at_the_desk_and_sent_again():
    attempt, assessor = not_yet()
    learner, first = attempt.submission.learner, letter_of(attempt)
    client, desk = browser(assessor), f"/reviews/{attempt.public_id}/"
    came_back(first, kind="bounced")
    before = line_on(client.get(desk))
    mail.outbox.clear()

    answer = client.post(f"{desk}send-again/")
    queued = line_on(client.get(desk))
    outbox.drain()

    first.refresh_from_db()
    second = letter_of(attempt)
    day = date_format(first.bounced_at.astimezone(ZoneInfo(assessor.time_zone)), "j F Y")
    assert (answer.status_code, answer["Location"]) == (302, desk)
    assert before == f"The letter to the learner Came back {day} Send it again"
    assert queued == f"The letter to the learner Waiting to go {day} The letter has not left yet."
    assert (first.state, second.state, second.to, second.person) == ("bounced", "sent", learner.email, learner)
    assert [one.to for one in mail.outbox] == [[learner.email]]
    event = Event.objects.get(kind="submission.sent_again")
    assert (event.actor_id, event.subject_id) == (assessor.public_id, attempt.submission.public_id)
    assert event.data == {"attempt": attempt.public_id, "letter": second.public_id}
    told = [
        (chapter.attempt, str(one.what), one.who)
        for chapter in story_of(attempt.submission, reader=assessor, leads=False)
        for one in chapter.entries
    ]
    assert told[-1] == (1, "The letter sent again", assessor.name)


def test_it_says_the_same_as_the_first_and_nothing_new_is_told_under_the_bell():
    attempt, assessor = not_yet()
    first = letter_of(attempt)
    came_back(first, kind="bounced")

    second = verbs.send_again(attempt, by=assessor)
    outbox.drain()

    first.refresh_from_db()
    second.refresh_from_db()
    assert (second.kind, second.subject, second.text) == (first.kind, first.subject, first.text)
    assert attempt.submission.learner.notices.filter(kind="not_yet").count() == 1


def test_asked_twice_one_letter_goes():
    attempt, assessor = not_yet()
    came_back(letter_of(attempt), kind="bounced")
    verbs.send_again(attempt, by=assessor)

    with pytest.raises(Refused, match="has not left yet"):
        verbs.send_again(attempt, by=assessor)

    outbox.drain()
    with pytest.raises(Refused, match="less than an hour old"):
        verbs.send_again(attempt, by=assessor)
    assert Letter.objects.filter(kind="not_yet").count() == 2


def test_one_that_was_sent_goes_again_after_an_hour_and_five_times_in_all():
    attempt, assessor = not_yet()
    now = clock.now()

    for hour in range(1, 6):
        with clock.at(now + timedelta(hours=hour, minutes=hour)):
            verbs.send_again(attempt, by=assessor)
            outbox.drain()

    with clock.at(now + timedelta(hours=9)), pytest.raises(Refused, match="sent again 5 times"):
        verbs.send_again(attempt, by=assessor)
    assert Letter.objects.filter(kind="not_yet").count() == 6


def test_where_nobody_is_at_the_address_it_waits_for_another():
    attempt, assessor = not_yet()
    learner = attempt.submission.learner
    came_back(letter_of(attempt))

    refused = standing(attempt)
    with pytest.raises(Refused, match="Nobody is at that address"):
        verbs.send_again(attempt, by=assessor)
    User.objects.filter(pk=learner.pk).update(email="elsewhere@people.example")
    letter = verbs.send_again(attempt, by=assessor)
    outbox.drain()

    letter.refresh_from_db()
    assert refused == ("bounced", "Nobody is at that address, and there is no other yet.")
    assert (letter.to, letter.state) == ("elsewhere@people.example", "sent")


def test_who_may_judge_or_lead_there_sends_it_and_nobody_else():
    attempt, _assessor = not_yet()
    came_back(letter_of(attempt), kind="bounced")
    submission = attempt.submission
    elsewhere = assessor_of(published_version().achievement)
    for one in (person(), submission.learner, elsewhere, owner_of(submission.achievement.issuer)):
        with pytest.raises((PermissionDenied, Refused)):
            verbs.send_again(attempt, by=one)
        assert browser(one).post(f"/reviews/{attempt.public_id}/send-again/").status_code in (403, 404)
    assert Letter.objects.filter(kind="not_yet").count() == 1

    lead = seated("moderator", submission.achievement.issuer)
    assert verbs.send_again(attempt, by=lead).kind == "not_yet"


def test_of_blind_work_the_line_tells_the_state_alone():
    attempt, assessor = not_yet(version=published_version(blind=True))
    learner = attempt.submission.learner
    User.objects.filter(pk=learner.pk).update(name="Aroha Pickering")
    came_back(letter_of(attempt))

    page = browser(assessor).get(f"/reviews/{attempt.public_id}/")

    assert "The letter to the learner Came back" in line_on(page)
    told = page.content.decode()
    assert [words for words in (learner.email, "Aroha", "Pickering") if words in told] == []


def test_what_came_back_unjudged_has_a_letter_too():
    attempt, assessor = taken_attempt()
    verbs.return_unscored(attempt, by=assessor, reason=SOON)
    outbox.drain()
    came_back(letter_of(attempt), kind="bounced")

    page = browser(assessor).get(f"/reviews/{attempt.public_id}/")
    letter = verbs.send_again(attempt, by=assessor)

    assert line_on(page).startswith("The letter to the learner Came back")
    assert letter.kind == "returned"


def test_decided_anew_the_newest_letter_counts():
    attempt, moderator = moderating(short=True)
    outbox.drain()
    came_back(letter_of(attempt), kind="bounced")
    verbs.change_decision(attempt, by=moderator, marks=marks_for(attempt), answers=ALL_GOOD, note="", reason="Even.")
    outbox.drain()

    found = queries.letter_about(attempt)

    assert (found.notice.kind, found.posted.state) == ("decided_anew", "sent")


def test_nothing_is_sent_of_what_was_not_answered_nor_of_an_award():
    waiting = assessable_attempt()
    awarded = decided().attempt
    outbox.drain()

    for attempt in (waiting, awarded):
        assert queries.letter_about(attempt) is None
        with pytest.raises(Refused, match="no letter with an answer"):
            verbs.send_again(attempt, by=assessor_of(attempt.submission.achievement))


def test_while_it_is_judged_anew_and_once_the_learner_went_on_it_is_not_sent():
    attempt, assessor = not_yet()
    submission = attempt.submission
    came_back(letter_of(attempt), kind="bounced")
    verbs.lodge_appeal(submission, by=submission.learner, ground="evidence", grounds="Nobody watched it.")
    outbox.drain()
    following = second_attempt()
    first = following.submission.attempts.get(number=1)
    outbox.drain()

    page = browser(assessor).get(f"/reviews/{attempt.public_id}/")

    assert line_on(page) == ""
    with pytest.raises(Refused, match="judged again"):
        verbs.send_again(attempt, by=assessor)
    with pytest.raises(Refused, match="handed in another attempt"):
        verbs.send_again(first, by=assessor_of(first.submission.achievement))
    assert Event.objects.filter(kind="submission.sent_again").count() == 0


# --- for programs -----------------------------------------------------------------------------------------------------
BOTH = ("reviews:read", "reviews:write")


def told(api, attempt):
    """The letter, as the desk tells a program of it."""
    return api.get(f"/api/v1/reviews/{attempt.public_id}/").json()["letter"]


def again(api, attempt):
    return api.post(f"/api/v1/reviews/{attempt.public_id}/send-again/")


def test_a_program_reads_how_the_letter_stands_and_sends_it_again():
    attempt, assessor = not_yet()
    api, first = program(assessor, *BOTH), letter_of(attempt)
    sent = told(api, attempt)
    came_back(first, kind="bounced")
    before = told(api, attempt)
    mail.outbox.clear()

    answer = again(api, attempt)
    outbox.drain()

    first.refresh_from_db()
    second = letter_of(attempt)
    assert sent == {
        "state": "sent",
        "at": sent["at"],
        "why_not": "The last letter is less than an hour old. Give it time.",
    }
    assert before == {"state": "bounced", "at": before["at"], "why_not": ""}
    assert (answer.status_code, answer.json()) == (
        200,
        {"state": "queued", "at": answer.json()["at"], "why_not": "The letter has not left yet."},
    )
    assert (second.pk != first.pk, told(api, attempt)["state"]) == (True, "sent")
    assert [one.to for one in mail.outbox] == [[attempt.submission.learner.email]]
    event = Event.objects.get(kind="submission.sent_again")
    assert (event.actor_id, event.data["letter"]) == (assessor.public_id, second.public_id)


def test_a_program_is_refused_what_its_person_is():
    attempt, assessor = not_yet()
    submission = attempt.submission
    issuer = submission.achievement.issuer
    strangers = (person(), submission.learner, assessor_of(published_version().achievement), owner_of(issuer))
    early = again(program(assessor, *BOTH), attempt)
    came_back(letter_of(attempt), kind="bounced")

    refused = [again(program(one, *BOTH), attempt) for one in strangers]
    reading = again(program(assessor, "reviews:read"), attempt)
    untold = again(program(assessor, *BOTH), waiting := assessable_attempt(submission.version))
    lead = seated("moderator", issuer)
    issuers.seat(submission.learner, issuer, "assessor", by=owner_of(issuer))
    by_learner = again(program(submission.learner, *BOTH), attempt)

    assert (early.status_code, early["Content-Type"]) == (409, "application/problem+json")
    assert early.json()["detail"] == "The last letter is less than an hour old. Give it time."
    assert [one.status_code for one in refused] == [404] * 4
    assert (reading.status_code, by_learner.status_code) == (403, 403)
    assert (untold.status_code, untold.json()["detail"]) == (409, "There is no letter with an answer to send again.")
    assert told(program(assessor, *BOTH), waiting) is None
    assert Letter.objects.filter(kind="not_yet").count() == 1
    assert again(program(lead, *BOTH), attempt).status_code == 200


def test_a_program_is_told_of_the_letter_where_the_page_tells_of_it():
    """Not while its work is judged again, nor while somebody is at it or may take it."""
    appealed, assessor = not_yet()
    held, moderator = moderating(short=True)
    sampled, lead = not_yet(version=held.submission.version)[0], seated("moderator", held.submission.achievement.issuer)
    outbox.drain()
    reader = assessor_of(held.submission.achievement)
    everyone = [(appealed, assessor), (held, moderator), (held, reader), (sampled, lead), (sampled, reader)]
    before = [told(program(one, *BOTH), attempt) is not None for attempt, one in everyone]
    submission = appealed.submission
    verbs.lodge_appeal(submission, by=submission.learner, ground="evidence", grounds="Nobody watched it.")

    after = [told(program(one, *BOTH), attempt) is not None for attempt, one in everyone]

    shown = [line_on(browser(one).get(f"/reviews/{attempt.public_id}/")) != "" for attempt, one in everyone]
    assert (before, after) == ([True, False, False, False, True], [False, False, False, False, True])
    assert after == shown
    refused = again(program(assessor, *BOTH), appealed)
    assert (refused.status_code, "judged again" in refused.json()["detail"]) == (409, True)


def test_of_blind_work_a_program_reads_neither_address_nor_name_of_who_gets_the_letter():
    attempt, assessor = not_yet(version=published_version(blind=True))
    learner = attempt.submission.learner
    User.objects.filter(pk=learner.pk).update(name="Aroha Pickering")
    came_back(letter_of(attempt), kind="bounced")
    api = program(assessor, *BOTH)

    answers = [api.get(f"/api/v1/reviews/{attempt.public_id}/").content.decode(), again(api, attempt).content.decode()]

    assert ['"state":"bounced"' in answers[0], '"state":"queued"' in answers[1]] == [True, True]
    assert [words for words in (learner.email, "Aroha", "Pickering") for one in answers if words in one] == []
