"""Where a piece of work is: who has it, by when to expect an answer, and what happens next."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from apps.core import clock, outbox
from apps.issuers.models import AchievementVersion, Issuer
from apps.notices import verbs as notices
from apps.notices.models import Letter
from apps.reviews import verbs as reviews
from apps.submissions import queries, verbs
from apps.submissions.models import Answer, Submission
from tests.factories import (
    ALL_GOOD,
    assessable_attempt,
    assessor_of,
    browser,
    issuer_with_owner,
    marked_apart,
    marks_for,
    open_attempt,
    published_version,
    recommended,
    sampled,
    second_attempt,
    submitted_attempt,
    taken_attempt,
)

pytestmark = pytest.mark.django_db
# A Tuesday, at work.
NOON = datetime(2026, 6, 2, 12, tzinfo=ZoneInfo("Pacific/Auckland"))


@pytest.fixture
def version():
    with clock.at(NOON - timedelta(days=90)):
        issuer, _owner = issuer_with_owner()
        return published_version(issuer, service_days=10)


def answered(version, days_ago):
    """Handed in, judged and answered on one day."""
    with clock.at(NOON - timedelta(days=days_ago)):
        attempt = assessable_attempt(version)
        assessor = assessor_of(version.achievement)
        reviews.take(attempt, by=assessor)
        reviews.decide(attempt, by=assessor, marks=marks_for(attempt), answers=ALL_GOOD, note="")


def test_with_few_answers_the_promise_is_all_there_is(version):
    for days in (3, 10, 20, 30):
        answered(version, days)
    with clock.at(NOON):
        mine = submitted_attempt(version).submission

        assert queries.expected_by(mine, clock.now()) == (mine.answer_by, 0, False)


def test_the_pace_of_the_last_two_months_says_when(version):
    for days in (3, 10, 20, 30, 40, 80):
        answered(version, days)
    with clock.at(NOON):
        for _number in range(2):
            submitted_attempt(version)
        mine = submitted_attempt(version).submission
        later = submitted_attempt(version).submission
        draft = open_attempt(version).submission

        found = [queries.expected_by(one, clock.now()) for one in (mine, later, draft)]

    # Five answers in 42 working days; two wait before mine, three before the next, four before a draft.
    assert [(one.ahead, one.measured) for one in found] == [(2, True), (3, True), (4, True)]
    # ceil(3 * 42 / 5) = 26 working days on from a Tuesday; then 34, then 42.
    assert [one.day for one in found] == [date(2026, 7, 8), date(2026, 7, 20), date(2026, 7, 30)]


def test_public_holidays_are_no_days_on_which_the_pace_is_measured(version):
    Issuer.objects.update(country="NZ")
    version = AchievementVersion.objects.get(pk=version.pk)
    for days in (3, 10, 20, 30, 40):
        answered(version, days)
    with clock.at(NOON):
        mine = submitted_attempt(version).submission

        found = queries.expected_by(mine, clock.now())

    # Of 42 weekdays Easter Monday, Anzac Day and the King's Birthday are free: ceil(39 / 5) = 8 days on from a Tuesday.
    assert found == (date(2026, 6, 12), 0, True)


def test_of_what_is_being_read_nothing_waits_before_it(version):
    with clock.at(NOON):
        submitted_attempt(version)
        attempt = assessable_attempt(version)
        reviews.take(attempt, by=assessor_of(version.achievement))
        attempt.submission.refresh_from_db()

        assert queries.expected_by(attempt.submission, clock.now()).ahead == 0


def test_answers_that_came_later_and_of_other_badges_are_not_counted(version):
    for days in (1, 2, 3, 4, 5):
        answered(published_version(version.achievement.issuer), days)
    for days in (-1, -2, -3, -4, -5):
        answered(version, days)
    with clock.at(NOON):
        mine = submitted_attempt(version).submission

        assert queries.expected_by(mine, clock.now()).measured is False
    assert Answer.objects.count() == 10


def test_the_page_tells_how_many_wait_and_both_days(version):
    for days in (3, 10, 20, 30, 40):
        answered(version, days)
    with clock.at(NOON):
        submitted_attempt(version)
        mine = submitted_attempt(version).submission

        page = browser(mine.learner).get(mine.get_absolute_url()).content.decode()

    assert "1 piece of work waits before yours." in page
    assert ("Expect an answer by" in page, "promised by" in page) == (True, True)
    assert "What happens next" in page


def test_the_form_tells_what_to_expect_before_anything_is_handed_in(version):
    with clock.at(NOON):
        draft = open_attempt(version).submission
        client = browser(draft.learner)
        promised = client.get(draft.get_absolute_url()).content.decode()
    for days in (3, 10, 20, 30, 40):
        answered(version, days)
    with clock.at(NOON):
        submitted_attempt(version)
        measured = client.get(draft.get_absolute_url()).content.decode()

    assert ("Handed in today, you hear by" in promised, "expect an answer by" in promised) == (True, False)
    assert ("1 piece of work waits before yours." in measured, "expect an answer by" in measured) == (True, True)


def test_the_page_tells_who_reads_it_and_since_when():
    attempt, assessor = taken_attempt()
    client = browser(attempt.submission.learner)

    held = client.get(attempt.submission.get_absolute_url()).content.decode()
    reviews.give_back(attempt, by=assessor)
    free = client.get(attempt.submission.get_absolute_url()).content.decode()

    assert (f"{assessor.name} is reading it" in held, "Each criterion gets a level" in held) == (True, True)
    assert (assessor.name in free, "any assessor can now continue" in free) == (False, True)


def test_being_read_is_told_once_under_the_bell():
    attempt, assessor = taken_attempt()
    reviews.give_back(attempt, by=assessor)
    reviews.take(attempt, by=assessor)

    (told,) = attempt.submission.learner.notices.filter(kind="being_read")

    assert (told.way, told.facts["answer_by"]) == ("here", attempt.submission.answer_by.isoformat())


WAITING = {
    "to be granted by another": lambda: recommended().assignment.attempt,
    "to be decided between two": marked_apart,
    "to be looked at by a moderator": lambda: sampled(before=True).attempt,
}


@pytest.mark.parametrize("why", WAITING)
def test_that_it_is_marked_and_not_decided_is_told_under_the_bell_and_says_nothing_of_the_marks(why):
    attempt = WAITING[why]()
    submission = Submission.objects.get(pk=attempt.submission_id)

    (told,) = submission.learner.notices.filter(kind="marked")
    page = browser(submission.learner).get("/notices/").content.decode()

    assert (submission.state, told.way, told.letter, told.address) == (
        *("awaiting_decision", "here", None),
        submission.get_absolute_url(),
    )
    assert told.facts == {
        "badge": submission.version.name,
        "issuer": submission.version.achievement.issuer.name,
        "answer_by": submission.answer_by.isoformat(),
    }
    assert f"Marked, and looked at once more: {submission.version.name}" in page


@pytest.mark.parametrize(("version", "count"), [("single", 0), ("four_eyes", 1)])
def test_it_is_told_once_however_often_it_is_marked_and_by_mail_to_who_wants_that(version, count):
    attempt, assessor = taken_attempt(published_version(policy=version))
    learner = attempt.submission.learner
    notices.choose(learner, by=learner, ways={"marked": "at_once"})
    said = {"marks": marks_for(attempt), "answers": ALL_GOOD, "note": "Well done."}

    reviews.decide(attempt, by=assessor, **said)
    if count:
        granter = assessor_of(attempt.submission.achievement)
        reviews.take(attempt, by=granter)
        reviews.pass_back(attempt, by=granter, reason="Look at the film again.")
        reviews.take(attempt, by=assessor)
        reviews.decide(attempt, by=assessor, **said)
    outbox.drain()

    letters = Letter.objects.filter(person=learner, kind="marked")
    assert (learner.notices.filter(kind="marked").count(), letters.count()) == (count, count)
    assert all("Before it is decided, it is looked at once more." in one.text for one in letters)


def test_while_files_are_checked_the_page_says_so():
    attempt = submitted_attempt()
    client = browser(attempt.submission.learner)

    before = client.get(attempt.submission.get_absolute_url()).content.decode()
    verbs.freeze(attempt.pk)
    after = client.get(attempt.submission.get_absolute_url()).content.decode()

    assert ["Your files are being checked" in page for page in (before, after)] == [True, False]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_as_often_for_many_pieces_and_messages_as_for_one(django_assert_num_queries, rows):
    attempt = open_attempt()
    learner, assessor = attempt.submission.learner, assessor_of(attempt.submission.achievement)
    for number in range(1, rows):
        verbs.add_evidence(attempt, by=learner, kind="text", title=f"More {number}", text=f"{number} knives.")
    verbs.submit(attempt, by=learner)
    verbs.freeze(attempt.pk)
    for number in range(rows):
        newest = verbs.write_message(attempt.submission, by=assessor, text=f"Word {number}.")
    verbs.read_thread(attempt.submission, by=learner, until=newest)
    client = browser(learner)

    with django_assert_num_queries(22):
        page = client.get(attempt.submission.get_absolute_url()).content.decode()
    assert (page.count('class="ev"'), page.count("Word ")) == (rows, rows)


def test_what_was_written_of_the_context_and_the_change_is_shown_to_both():
    attempt = second_attempt()
    assessor = assessor_of(attempt.submission.achievement)

    pages = [
        browser(attempt.submission.learner).get(attempt.submission.get_absolute_url()).content.decode(),
        browser(assessor).get(f"/reviews/{attempt.public_id}/").content.decode(),
    ]

    assert [("A woolshed near Gore" in page, "The edge." in page) for page in pages] == [(True, True), (True, True)]


def test_once_it_is_marked_it_says_since_when_and_can_still_be_taken_back():
    with clock.at(NOON):
        attempt, assessor = taken_attempt(published_version(policy="four_eyes"))
    with clock.at(NOON + timedelta(days=2)):
        reviews.decide(attempt, by=assessor, marks=marks_for(attempt), answers=ALL_GOOD, note="Well done.")
    submission = Submission.objects.get(pk=attempt.submission_id)
    client = browser(submission.learner)

    page = client.get(submission.get_absolute_url()).content.decode()

    since = page[page.index("<dt>Since</dt>") :][:120]
    assert (submission.state, "4 June" in since, f"{submission.get_absolute_url()}withdraw/" in page) == (
        *("awaiting_decision", True, True),
    )
    client.post(f"{submission.get_absolute_url()}withdraw/")
    submission.refresh_from_db()
    assert submission.state == "withdrawn"


def test_whether_it_may_serve_as_a_sample_is_said_and_taken_back_on_its_page():
    attempt = submitted_attempt()
    submission = attempt.submission
    client = browser(submission.learner)

    pages = [client.get(submission.get_absolute_url()).content.decode()]
    client.post(f"{submission.get_absolute_url()}lend-sample/", {"lent": "yes"})
    pages.append(client.get(submission.get_absolute_url()).content.decode())

    assert [("Yes, it may" in page, "Take it back" in page) for page in pages] == [(True, False), (False, True)]
