"""What was decided where somebody leads: who finds it, by what, and that they can read it; and what it says of learners."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from apps.accounts.models import User
from apps.core.models import Event
from apps.issuers.models import Seat
from apps.reviews import verbs
from apps.reviews.models import Conflict, SavedView
from apps.reviews.queries import AskedDecided, Decided, Place, Queue
from apps.submissions.models import Submission
from tests.factories import (
    ALL_GOOD,
    appealed,
    assessable_attempt,
    browser,
    decided,
    issuer_with_owner,
    marked_apart,
    marks_for,
    person,
    published_version,
    sampled,
    seated,
    second_attempt,
)
from tests.issuers.test_api import program
from tests.reviews.test_conflicts import NEAR

pytestmark = pytest.mark.django_db
THERE = "/reviews/?view=decided"
API = "/api/v1/reviews/"
# Past noon on that day where people here are.
NOON = datetime(2026, 3, 10, 0, 34, 56, tzinfo=UTC)


@pytest.fixture
def house():
    """(an issuer, someone who assesses there, someone who leads there)."""
    issuer, _owner = issuer_with_owner()
    return issuer, seated("assessor", issuer), seated("moderator", issuer)


def settled(by, version, *, days=0, short=False, **facts):
    """An attempt that `by` decided, so many days after `NOON` of a day in March."""
    attempt = assessable_attempt(version, **facts)
    verbs.take(attempt, by=by)
    verbs.decide(attempt, by=by, marks=marks_for(attempt, short=short), answers=ALL_GOOD, note="")
    Submission.objects.filter(pk=attempt.submission_id).update(decided_at=NOON + timedelta(days=days))
    return attempt


def listed(someone):
    return Decided(someone, Queue(someone).badges)


def found_by(someone, **asked):
    found = [turn.attempt for turn in listed(someone).page(AskedDecided(**asked)).rows]
    assert listed(someone).fits(AskedDecided(**asked)) == len(found)
    return found


def table(client, **asked):
    text = b"".join(client.get("/reviews/queue.csv", {"view": "decided"} | asked).streaming_content).decode()
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_a_lead_finds_what_others_decided_and_reads_it_with_its_story_and_evidence(house):
    issuer, assessor, lead = house
    attempt = settled(assessor, published_version(issuer), learner=person("Mārama Tīpene-Hoult"))
    waiting = assessable_attempt(published_version(issuer))
    client, api = browser(lead), program(lead, "reviews:read")
    piece = attempt.evidence.first()
    events = Event.objects.count()

    page = client.get(THERE).content.decode()
    desk, story, pieces, told = (
        client.get(f"/reviews/{attempt.public_id}/{there}").content.decode()
        for there in ("", "story/", "evidence/", "story.json")
    )
    (row,) = api.get(API, {"view": "decided"}).json()["results"]

    assert ('aria-current="page">Decided</a>' in page, "Where it stands" in page) == (True, True)
    assert (attempt.submission.reference in page, waiting.submission.reference in page) == (True, False)
    assert (f'href="/reviews/{attempt.public_id}/?from=view%3Ddecided"' in page, "Mārama" in page) == (True, True)
    assert f"Decided by {assessor.name}," in desk
    assert ("Well shown." in desk, f"/reviews/{attempt.public_id}/story/" in desk) == (True, True)
    assert ("Released to the learner" in story, "decision.released" in told) == (True, True)
    assert piece.title in pieces
    assert client.get(f"/e/{piece.public_id}").status_code in {200, 302}
    assert (row["attempt"], row["part"], row["state"], row["is_free"]) == (attempt.public_id, "first", "done", False)
    assert (row["done_at"], row["submission_state"]) == ("2026-03-10T00:34:56Z", "awarded")
    assert api.get(f"{API}{attempt.public_id}/").json()["decision"]["outcome"] == "meets"
    assert Event.objects.count() == events, "as on every page of the desk, to read leaves nothing behind"


def test_who_assesses_but_leads_nothing_is_shown_no_way_there_and_finds_nothing(house):
    issuer, assessor, lead = house
    elsewhere = seated("moderator", issuer_with_owner()[0])
    attempt = settled(assessor, published_version(issuer))

    pages = [browser(who).get(THERE).content.decode() for who in (assessor, elsewhere, lead)]

    assert [attempt.submission.reference in page for page in pages] == [False, False, True]
    assert ["view=decided" in browser(who).get("/reviews/").content.decode() for who in (assessor, lead)] == [
        False,
        True,
    ]
    assert [found_by(who) for who in (assessor, elsewhere, lead)] == [[], [], [attempt]]
    assert [len(table(browser(who))) for who in (assessor, elsewhere, lead)] == [1, 1, 2]
    assert [
        len(program(who, "reviews:read").get(API, {"view": "decided"}).json()["results"])
        for who in (assessor, elsewhere, lead)
    ] == [0, 0, 1]
    Seat.objects.filter(person=lead).update(ended_at=NOON)
    assert browser(lead).get(THERE).status_code == 403


def test_filters_leave_what_has_all_of_them(house):
    issuer, assessor, lead = house
    one, two = (
        published_version(issuer, name="Host a kōrero"),
        published_version(issuer, name="Shear a ewe", language="mi"),
    )
    first = settled(assessor, one, learner=person("Mārama Tīpene-Hoult"))
    second = settled(assessor, two, days=3, learner=person("Wiremu Tane"))
    third = settled(lead, one, days=6, short=True, learner=person("Wiremu Ruru"))

    assert found_by(lead) == [third, second, first]
    assert found_by(lead, badge=one.achievement.public_id) == [third, first]
    assert found_by(lead, badge="a" * 26) == []
    assert found_by(lead, outcome="awarded") == [second, first]
    assert found_by(lead, outcome="not_yet") == [third]
    assert found_by(lead, outcome="declined") == []
    assert found_by(lead, language="mi") == [second]
    assert found_by(lead, words="korero") == [third, first]
    assert found_by(lead, words="wiremu") == [third, second]
    assert found_by(lead, words="wiremu", outcome="awarded") == [second]
    assert found_by(lead, words=second.submission.reference) == [second]
    assert found_by(lead, words=second.submission.reference.lower(), outcome="not_yet") == []
    assert found_by(lead, words="100%") == found_by(lead, words="{0} %s") == []
    assert found_by(lead, decided_from=date(2026, 3, 11)) == [third, second]
    assert found_by(lead, decided_until=date(2026, 3, 13)) == [second, first]
    assert found_by(lead, decided_from=date(2026, 3, 13), decided_until=date(2026, 3, 13)) == [second]
    assert found_by(lead, decided_from=date.min, decided_until=date.max) == [third, second, first]


def test_programs_narrow_it_down_by_the_same(house):
    issuer, assessor, lead = house
    version = published_version(issuer)
    first = settled(assessor, version, learner=person("Mārama Tīpene-Hoult"))
    second = settled(assessor, published_version(issuer), days=3, short=True)
    api = program(lead, "reviews:read")

    def told(**asked):
        return [row["attempt"] for row in api.get(API, {"view": "decided"} | asked).json()["results"]]

    both = [second.public_id, first.public_id]
    assert told() == told(due_from="2999-01-01", age=5, done_until="2001-01-01", part="appeal") == both
    assert told(outcome="not_yet") == told(decided_from="2026-03-12") == both[:1]
    assert (
        told(achievement=version.achievement.slug) == told(decided_until="2026-03-12") == told(q="marama") == both[1:]
    )
    assert api.get(API, {"view": "decided", "outcome": "under_appeal"}).status_code == 400
    page = api.get(API, {"view": "decided", "limit": 1}).json()
    assert [row["attempt"] for row in api.get(page["next"]).json()["results"]] == both[1:]


def test_days_begin_and_end_where_who_looks_is(house):
    issuer, assessor, lead = house
    User.objects.filter(pk=lead.pk).update(time_zone="Pacific/Auckland")
    lead.refresh_from_db()
    midnight = datetime(2026, 3, 11, tzinfo=ZoneInfo("Pacific/Auckland"))
    late, early = (settled(assessor, published_version(issuer)) for _number in range(2))
    for attempt, at in ((late, midnight - timedelta(seconds=1)), (early, midnight)):
        Submission.objects.filter(pk=attempt.submission_id).update(decided_at=at)

    assert found_by(lead, decided_until=date(2026, 3, 10)) == [late]
    assert found_by(lead, decided_from=date(2026, 3, 11)) == [early]
    assert [row[-2] for row in table(browser(lead))] == ["decided_on", "2026-03-11", "2026-03-10"]


def test_of_blind_work_nothing_says_whose_it_is_and_no_name_finds_it(house):
    issuer, assessor, lead = house
    seen, blind = published_version(issuer), published_version(issuer, blind=True)
    learner = person("Mārama Tīpene-Hoult")
    known, hidden = (settled(assessor, version, learner=learner) for version in (seen, blind))
    client, api = browser(lead), program(lead, "reviews:read")
    traces = ("Mārama", "Tīpene", learner.email, learner.public_id, "34:56")

    def told(work):
        asked = {"badge": work.submission.achievement.public_id}
        page = client.get("/reviews/", {"view": "decided"} | asked).content.decode()
        rows = api.get(API, {"view": "decided", "achievement": work.submission.achievement.slug}).content.decode()
        words = (page, str(table(client, **asked)), rows)
        assert [work.submission.reference in one for one in words] == [True, True, True]
        return [[trace for trace in traces if trace in one] for one in words]

    assert told(known)[0] == ["Mārama", "Tīpene"], "there is something to leak"
    assert told(known)[2] == ["34:56"]
    assert told(hidden) == [[], [], []]
    assert set(found_by(lead)) == {known, hidden}
    assert found_by(lead, words="marama") == found_by(lead, words="tipene") == [known]
    for words in (learner.email, learner.public_id, f"{blind.name} marama"):
        assert hidden not in found_by(lead, words=words)
    assert found_by(lead, words=hidden.submission.reference) == [hidden]
    page = client.get(f"{THERE}&q=marama").content.decode()
    assert [one.submission.reference in page for one in (known, hidden)] == [True, False]


@pytest.mark.parametrize("near", NEAR, ids=lambda near: near.__name__)
def test_work_that_somebody_must_not_judge_is_not_there_for_them(house, near):
    issuer, assessor, lead = house
    attempt = settled(assessor, published_version(issuer), learner=person("Hemi"))
    before = found_by(lead)

    near(attempt, lead)

    assert (before, found_by(lead)) == ([attempt], [])
    assert found_by(lead, words=attempt.submission.reference) == found_by(lead, words="hemi") == []
    assert attempt.submission.reference not in browser(lead).get(THERE).content.decode()
    assert len(table(browser(lead))) == 1
    assert found_by(seated("moderator", issuer)) == [attempt]


def test_ones_own_work_is_not_there_nor_to_be_opened(house):
    issuer, assessor, lead = house
    attempt = settled(assessor, published_version(issuer), learner=lead)

    assert found_by(lead) == found_by(lead, words=attempt.submission.reference) == []
    assert browser(lead).get(f"/reviews/{attempt.public_id}/").status_code == 403


def test_where_the_issuer_bars_colleagues_their_work_is_not_there(house):
    issuer, assessor, lead = house
    attempt = settled(assessor, published_version(issuer), learner=seated("designer", issuer))
    before = found_by(lead)

    issuer.bars_colleagues = True
    issuer.save()

    assert (before, found_by(lead)) == ([attempt], [])


def test_what_they_judged_before_and_others_judge_anew_stays_there(house):
    issuer, _assessor, lead = house
    attempt = settled(lead, published_version(issuer))
    Conflict.objects.create(submission=attempt.submission, assessor=lead, kind="marked", declared_at=NOON)

    assert found_by(lead) == [attempt]


def test_what_is_under_appeal_stands_there_so_and_by_no_outcome():
    decision = appealed().decision
    lead = seated("moderator", decision.attempt.submission.achievement.issuer)

    page = browser(lead).get(THERE).content.decode()

    assert (decision.attempt.submission.reference in page, "Under appeal" in page) == (True, True)
    assert [found_by(lead, outcome=one) for one in ("awarded", "not_yet", "declined")] == [[], [], []]


def test_what_the_learner_was_not_told_yet_is_not_there():
    waits, apart = sampled(before=True).attempt, marked_apart()

    assert [found_by(seated("moderator", one.submission.achievement.issuer)) for one in (waits, apart)] == [[], []]


def test_of_several_attempts_the_last_that_was_answered_is_the_one_to_read():
    attempt = second_attempt()
    lead = seated("moderator", attempt.submission.achievement.issuer)
    before = found_by(lead)
    assessor = seated("assessor", attempt.submission.achievement.issuer)
    verbs.take(attempt, by=assessor)
    verbs.decide(attempt, by=assessor, marks=marks_for(attempt), answers=ALL_GOOD, note="")

    assert before == [attempt.submission.attempts.get(number=1)]
    assert found_by(lead) == [attempt]


def test_a_decision_that_a_lead_changed_counts_from_then_and_stands_once():
    attempt = sampled().attempt
    lead = seated("moderator", attempt.submission.achievement.issuer)
    before = [turn.part for turn in listed(lead).page(AskedDecided()).rows]
    verbs.take(attempt, by=lead)
    verbs.change_decision(
        attempt, by=lead, reason="The edge.", marks=marks_for(attempt, short=True), answers=ALL_GOOD, note=""
    )

    (row,) = listed(lead).page(AskedDecided()).rows

    assert (before, row.part, row.attempt) == (["first"], "moderate", attempt)
    assert found_by(lead, outcome="not_yet") == [attempt]


def test_pages_follow_one_another_by_keys_in_both_directions_however_many_badges_one_leads(house, monkeypatch):
    issuer, assessor, lead = house
    one, two = published_version(issuer), published_version(issuer)
    # Two of them at the same moment.
    attempts = [
        settled(assessor, version, days=days) for version, days in ((one, 4), (two, 3), (one, 3), (two, 2), (one, 1))
    ]
    attempts[1:3] = reversed(attempts[1:3])
    for few in (40, 1):
        monkeypatch.setattr("apps.reviews.queries.decided.FEW", few)
        for asked in (AskedDecided(), AskedDecided(words="knife"), AskedDecided(outcome="awarded")):
            first = listed(lead).page(asked, most=2)
            second = listed(lead).page(asked, Place(after=first.after), most=2)
            third = listed(lead).page(asked, Place(after=second.after), most=2)
            last = listed(lead).page(asked, Place(last=True), most=2)
            back = listed(lead).page(asked, Place(before=third.before), most=2)

            assert [turn.attempt for turn in first.rows + second.rows + third.rows] == attempts
            assert (first.before, third.after, last.after) == ("", "", "")
            assert [turn.attempt for turn in last.rows] == attempts[-2:]
            assert back.rows == second.rows
    stranger = seated("moderator", issuer_with_owner()[0])
    settled(seated("assessor", (there := published_version()).achievement.issuer), there)
    assert listed(stranger).page(AskedDecided(), Place(after=first.after)).rows == []


@pytest.mark.parametrize("rows", [1, 3])
def test_a_page_asks_8_whatever_stands_on_it(django_assert_num_queries, house, rows):
    issuer, assessor, lead = house
    for _number in range(rows):
        settled(assessor, published_version(issuer))
    client = browser(lead)
    there = listed(lead).page(AskedDecided()).rows[0].public_id

    for more in ("", "&q=knife", "&outcome=awarded&decided_from=2026-03-01", "&last=1", f"&after={there}"):
        with django_assert_num_queries(8):
            page = client.get(f"{THERE}{more}")
        assert (page.status_code, more or len(page.context["page"].rows)) == (200, more or rows)


def test_the_table_to_take_along_holds_the_same_choice(house):
    issuer, assessor, lead = house
    version, other = (published_version(issuer, name=name) for name in ("Sharpen a knife", "Shear a ewe"))
    first, second = (settled(assessor, version, days=days, short=days == 1) for days in (1, 2))
    elsewhere = settled(assessor, other, days=3)
    client = browser(lead)

    chosen = table(client, badge=version.achievement.public_id)

    assert chosen == [
        ["reference", "badge", "version", "language", "attempt", "part", "decided_on", "state"],
        [second.submission.reference, "Sharpen a knife", "1", "en", "1", "first", "2026-03-12", "awarded"],
        [first.submission.reference, "Sharpen a knife", "1", "en", "1", "first", "2026-03-11", "not_yet"],
    ]
    assert [row[0] for row in table(client)[1:]] == [one.submission.reference for one in (elsewhere, second, first)]
    page = client.get(f"{THERE}&outcome=awarded").content.decode()
    assert 'href="/reviews/queue.csv?view=decided&amp;outcome=awarded"' in page


def test_only_badges_that_one_leads_are_offered_and_such_a_choice_is_kept_under_a_name(house):
    issuer, _assessor, lead = house
    led, other = published_version(issuer), published_version()
    Seat.objects.create(person=lead, issuer=other.achievement.issuer, role="assessor", given_at=NOON)
    client = browser(lead)

    client.post("/reviews/views/save/", {"name": "March", "asked": "view=decided&decided_from=2026-03-01&after=x"})
    page = client.get(f"{THERE}&decided_from=2026-03-01")
    of_another, unknown = (client.get(f"{THERE}&badge={one}") for one in (other.achievement.public_id, "a" * 26))

    assert SavedView.objects.get().asked == "view=decided&decided_from=2026-03-01"
    assert page.context["form"].badges == {led.achievement.public_id: led.name}
    assert 'href="?view=decided&amp;decided_from=2026-03-01" aria-current="page">March</a>' in page.content.decode()
    assert 'name="decided_from" value="2026-03-01"' in page.content.decode()
    assert [("can’t be read" in one.text, one.context["narrows"]) for one in (of_another, unknown)] == [
        (False, False),
        (True, False),
    ]


def test_filters_that_leave_nothing_say_so_and_what_can_not_be_read_is_left_out():
    attempt = decided().attempt
    issuer = attempt.submission.achievement.issuer
    client = browser(seated("moderator", issuer))

    nothing, unread = (client.get(f"{THERE}{more}").content.decode() for more in ("&outcome=declined", "&outcome=lost"))
    never = browser(seated("moderator", issuer_with_owner()[0])).get(THERE).content.decode()

    assert "Nothing decided matches all of these filters. Remove one." in nothing
    assert 'href="?view=decided">Take all filters away' in nothing
    assert ("can’t be read" in unread, attempt.submission.reference in unread) == (True, True)
    assert "Nothing has been decided yet." in never
