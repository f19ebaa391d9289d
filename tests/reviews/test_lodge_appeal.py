"""A learner appeals: once, in time, and in words; the page says what happens and that it is final."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied

from apps.core import clock, outbox
from apps.core.events import digest
from apps.core.models import Event
from apps.core.refused import Refused
from apps.issuers.models import Issuer
from apps.notices.models import Letter
from apps.reviews import queries, verbs
from apps.reviews.models import Appeal, Turn
from apps.submissions import verbs as submissions
from apps.submissions.models import Submission
from tests.factories import ALL_GOOD, browser, decided, marks_for, moderating, person, published_version, seated
from tests.together import meanwhile

pytestmark = pytest.mark.django_db
# Late on a Tuesday evening, where the issuer is.
EVENING = datetime(2026, 6, 2, 23, 30, tzinfo=ZoneInfo("Pacific/Auckland"))
GONE_ON = "Once you start it, you can no longer appeal against this decision."
ASKED = {"ground": "evidence", "grounds": "The second picture shows the edge."}


@pytest.fixture
def answered():
    with clock.at(EVENING):
        return decided(short=True).attempt.submission


def lodged(submission, **asked):
    return verbs.lodge_appeal(submission, by=submission.learner, **(ASKED | asked))


def page_of(submission):
    return browser(submission.learner).get(submission.get_absolute_url()).content.decode()


def test_an_appeal_opens_a_turn_for_a_lead_and_leaves_its_trail(answered):
    with clock.at(EVENING + timedelta(days=1)):
        appeal = lodged(answered)
        outbox.drain()

    answered.refresh_from_db()
    attempt = answered.attempts.get()
    assert (appeal.state, answered.state, attempt.state) == ("lodged", "under_appeal", "assessable")
    assert list(Turn.objects.open().values_list("part", "due_on")) == [("appeal", answered.answer_by)]
    event = Event.objects.get(kind="appeal.lodged")
    assert (event.actor_id, event.data) == (
        answered.learner.public_id,
        {"appeal": appeal.public_id, "ground": "evidence", "grounds": digest(ASKED["grounds"])},
    )
    assert Letter.objects.get(kind="appeal_lodged").state == "sent"


def test_who_looked_at_the_decision_again_meanwhile_hears_that_it_is_appealed():
    attempt, moderator = moderating(short=True)
    held = attempt.assignments.get(assessor=moderator)

    lodged(attempt.submission)

    released = Event.objects.get(kind="assignment.released")
    assert released.data == {"assignment": held.public_id, "attempt": attempt.public_id}
    outbox.drain()
    letter = Letter.objects.get(kind="taken_over")
    assert (letter.person, "appealed while you had it" in letter.text) == (moderator, True)


def test_a_second_appeal_is_refused(answered):
    with clock.at(EVENING):
        lodged(answered)
        with pytest.raises(Refused, match="no decision here"):
            lodged(answered)

    assert Appeal.objects.count() == 1


def test_nobody_appeals_for_another(answered):
    with clock.at(EVENING):
        with pytest.raises(PermissionDenied):
            verbs.lodge_appeal(answered, by=person(), **ASKED)
        lodged(answered)


@pytest.mark.parametrize("asked", [{"ground": "luck"}, {"grounds": " \n"}])
def test_without_a_ground_or_words_it_is_refused(answered, asked):
    with clock.at(EVENING):
        with pytest.raises(Refused, match="your grounds"):
            lodged(answered, **asked)
        lodged(answered)


def test_the_last_day_counts_to_its_end_where_the_issuer_is(answered):
    last = datetime(2026, 6, 22, 23, 59, tzinfo=ZoneInfo("Pacific/Auckland"))

    with clock.at(last):
        assert queries.appealable(answered, now=clock.now()) is not None
        assert "22 June 2026" in page_of(answered)
    with clock.at(last + timedelta(minutes=1)):
        assert queries.appealable(answered, now=clock.now()) is None
        with pytest.raises(Refused, match="time for an appeal is over"):
            lodged(answered)
    with clock.at(last):
        lodged(answered)


def test_an_issuer_may_hear_none(answered):
    Issuer.objects.update(appeal_days=0)
    answered = type(answered).objects.get(pk=answered.pk)

    with clock.at(EVENING):
        with pytest.raises(Refused, match="hears no appeals"):
            lodged(answered)
        assert "Appeal" not in page_of(answered)


def test_who_goes_on_with_the_next_attempt_appeals_no_more_and_is_told_so_before(answered):
    with clock.at(EVENING):
        warned = page_of(answered)
    with clock.at(EVENING + timedelta(days=40)):
        too_late_anyway = page_of(answered)
    with clock.at(EVENING):
        submissions.try_again(answered, by=answered.learner)
        with pytest.raises(Refused, match="no decision here"):
            lodged(answered)

    assert [GONE_ON in page for page in (warned, too_late_anyway)] == [True, False]
    assert "Start attempt 2" in too_late_anyway


@pytest.mark.django_db(transaction=True)
def test_who_appeals_as_they_begin_the_badge_anew_is_told_so():
    submission = decided(short=True).attempt.submission
    Submission.objects.filter(pk=submission.pk).update(state="declined")
    submission.refresh_from_db()

    _begun, came_of = meanwhile(
        lambda: submissions.start(submission.version, by=submission.learner), lambda: lodged(submission)
    )

    assert (type(came_of), "begun this badge again" in str(came_of)) == (Refused, True)
    assert not Appeal.objects.exists()


def test_the_status_page_leads_to_the_appeal_and_tells_how_it_stands(answered):
    client, address = browser(answered.learner), f"{answered.get_absolute_url()}appeal/"
    with clock.at(EVENING):
        assert address in page_of(answered)
        asked = client.get(address).content.decode()
        unsure = client.post(address, ASKED)
        sure = client.post(address, ASKED | {"knows_final": "on"})
        again = client.post(address, ASKED | {"knows_final": "on"})
        after = page_of(answered)

    for words in ("22 June 2026", "had no part in the decision", "is final"):
        assert words in asked
    assert (unsure.status_code, sure.status_code, sure["Location"]) == (422, 302, answered.get_absolute_url())
    assert (again.status_code, "There is no decision here" in again.content.decode()) == (422, True)
    assert "Your appeal is with somebody who had no part in the decision" in after
    assert f"{address}withdraw/" in after
    assert Appeal.objects.get().grounds == ASKED["grounds"]


def test_where_nothing_can_be_appealed_the_page_leads_back(answered):
    with clock.at(EVENING + timedelta(days=40)):
        response = browser(answered.learner).get(f"{answered.get_absolute_url()}appeal/")

    assert (response.status_code, response["Location"]) == (302, answered.get_absolute_url())


def test_a_lead_hears_it_and_the_reasons_stay_on_the_learners_page(answered):
    with clock.at(EVENING):
        lodged(answered)
        attempt = answered.attempts.get()
        lead = seated("moderator", answered.achievement.issuer)
        verbs.take(attempt, by=lead)
        verbs.answer_appeal(
            attempt, by=lead, marks=marks_for(attempt), answers=ALL_GOOD, note="", reason="The picture does show it."
        )
        page = page_of(answered)

    answered.refresh_from_db()
    assert (Appeal.objects.get().state, answered.state) == ("upheld", "awarded")
    for words in (
        *("Your appeal was upheld", "The picture does show it.", "This is final.", f"Decided on your appeal by {lead}"),
        *("What you were told before", "Set the edge evenly, then show it again.", "Appeal answered"),
    ):
        assert words in page, words
    assert f"{answered.get_absolute_url()}appeal/" not in page


def test_where_it_was_judged_blind_neither_name_is_told():
    with clock.at(EVENING):
        blind = decided(short=True, version=published_version(blind=True)).attempt.submission
        lodged(blind)
        attempt = blind.attempts.get()
        lead = seated("moderator", blind.achievement.issuer)
        verbs.take(attempt, by=lead)
        verbs.answer_appeal(
            attempt, by=lead, marks=marks_for(attempt), answers=ALL_GOOD, note="", reason="The picture does show it."
        )
        page = page_of(blind)

    assert ("Decided on your appeal" in page, str(lead) in page) == (True, False)
