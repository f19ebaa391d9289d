"""What somebody did, as their queue shows it: how much it is, what narrows it down, and what it says of learners."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from apps.accounts.models import User
from apps.issuers.models import AchievementVersion, Seat
from apps.reviews import queries, verbs
from apps.reviews.models import Assignment, SavedView
from apps.reviews.queries import AskedDone, Done, Place, Queue
from apps.submissions import verbs as work
from tests.factories import (
    ALL_GOOD,
    assessable_attempt,
    assessor_of,
    browser,
    decided,
    issuer_with_owner,
    marks_for,
    person,
    published_version,
    seated,
    taken_attempt,
)
from tests.issuers.test_api import program

pytestmark = pytest.mark.django_db
THERE = "/reviews/?view=done"
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def done(by, version=None, *, days=0, **facts):
    """Judged by them, so many days after `NOON` of a day in March."""
    attempt = assessable_attempt(version or published_version(), **facts)
    verbs.take(attempt, by=by)
    verbs.decide(attempt, by=by, marks=marks_for(attempt), answers=ALL_GOOD, note="")
    attempt.assignments.update(ended_at=NOON + timedelta(days=days))
    return attempt


def done_by(someone, **asked):
    found = [one.attempt for one in listed(someone).page(AskedDone(**asked)).rows]
    assert listed(someone).fits(AskedDone(**asked)) == len(found)
    return found


def listed(someone):
    return Done(someone, Queue(someone).badges)


def table(client, **asked):
    text = b"".join(client.get("/reviews/queue.csv", {"view": "done"} | asked).streaming_content).decode()
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_what_was_done_stands_with_its_part_and_its_figure_and_waits_no_more():
    attempt, assessor = taken_attempt()
    verbs.decide(attempt, by=assessor, marks=marks_for(attempt), answers=ALL_GOOD, note="")

    client = browser(assessor)
    page = client.get(THERE).content.decode()

    assert (attempt.submission.reference in page, "Where it stands" in page) == (True, True)
    assert 'aria-current="page">Done by me <span class="num">1</span>' in page
    assert attempt.submission.reference not in client.get("/reviews/").content.decode()


def test_of_more_than_a_thousand_no_more_are_counted():
    assessor = decided().by
    (first,) = Assignment.objects.all()
    facts = {name: getattr(first, name) for name in ("turn", "attempt", "assessor", "state", "taken_at", "until")}
    Assignment.objects.bulk_create(Assignment(ended_at=first.ended_at, **facts) for _number in range(1001))

    counts = Queue(assessor).counts

    assert counts["done"] == queries.MOST_COUNTED + 1
    assert 'Done by me <span class="num">1000+</span>' in browser(assessor).get("/reviews/").content.decode()


def test_filters_leave_what_has_all_of_them():
    issuer, _owner = issuer_with_owner()
    one, two = (
        published_version(issuer, name="Host a kōrero"),
        published_version(issuer, name="Shear a ewe", language="mi"),
    )
    granted = published_version(issuer, policy="four_eyes")
    assessor, other = seated("assessor", issuer), seated("assessor", issuer)
    first = done(assessor, one, learner=person("Mārama Tīpene-Hoult"))
    second = done(assessor, two, days=3, learner=person("Wiremu Tane"))
    third = done(other, granted, learner=person("Wiremu Ruru"))
    verbs.take(third, by=assessor)
    verbs.grant(third, by=assessor, note="")
    Assignment.objects.filter(attempt=third, assessor=assessor).update(ended_at=NOON + timedelta(days=6))

    assert done_by(assessor) == [third, second, first]
    assert done_by(assessor, oldest_first=True) == [first, second, third]
    assert done_by(assessor, badge=one.achievement.public_id) == [first]
    assert done_by(assessor, badge="a" * 26) == []
    assert done_by(assessor, part="grant") == [third]
    assert done_by(assessor, part="first") == [second, first]
    assert done_by(assessor, language="mi") == [second]
    assert done_by(assessor, words="korero") == [first]
    assert done_by(assessor, words="wiremu") == [third, second]
    assert done_by(assessor, words="wiremu", part="first") == [second]
    assert done_by(assessor, words=second.submission.reference) == [second]
    assert done_by(assessor, words="100%") == []
    assert done_by(other, words="wiremu") == [third]
    assert done_by(other, words=first.submission.reference) == []


def test_days_begin_and_end_where_who_looks_is():
    assessor = assessor_of((version := published_version()).achievement)
    User.objects.filter(pk=assessor.pk).update(time_zone="Pacific/Auckland")
    assessor.refresh_from_db()
    midnight = datetime(2026, 3, 11, tzinfo=ZoneInfo("Pacific/Auckland"))
    late, early = done(assessor, version), done(assessor, version)
    late.assignments.update(ended_at=midnight - timedelta(seconds=1))
    early.assignments.update(ended_at=midnight)
    before, after = date(2026, 3, 10), date(2026, 3, 11)

    assert done_by(assessor, done_from=before, done_until=before) == [late]
    assert done_by(assessor, done_from=after, done_until=after) == [early]
    assert done_by(assessor, done_until=date.max) == [early, late]
    assert done_by(assessor, done_from=date.min) == [early, late]
    assert done_by(assessor, done_from=date.max) == []


def test_a_learner_is_found_by_name_only_where_the_badge_lets_their_assessors_know_it():
    issuer, _owner = issuer_with_owner()
    seen, blind = published_version(issuer), published_version(issuer, blind=True)
    learner = person("Mārama Tīpene-Hoult")
    assessor = seated("assessor", issuer)
    known, hidden = (done(assessor, version, learner=learner) for version in (seen, blind))
    client = browser(assessor)

    everything, found = (client.get(f"{THERE}{more}").content.decode() for more in ("", "&q=marama"))

    assert set(done_by(assessor)) == {known, hidden}
    assert done_by(assessor, words="marama") == done_by(assessor, words="tipene") == [known]
    assert [[one.public_id in page for one in (known, hidden)] for page in (everything, found)] == [
        [True, True],
        [True, False],
    ]
    assert everything.count("Mārama") == 1, "the other stands under its reference"
    assert [row[0] for row in table(client, q="marama")] == ["reference", known.submission.reference]
    for words in (f"{blind.name} marama", hidden.submission.reference.lower()):
        assert known not in done_by(assessor, words=words)


def test_what_was_done_at_a_badge_one_has_left_is_listed_but_no_more_to_be_followed():
    version, here = published_version(name="Shear a ewe"), published_version()
    assessor = assessor_of(here.achievement)
    seat = Seat.objects.create(
        person=assessor, issuer=version.achievement.issuer, role="assessor", given_at=NOON - timedelta(days=900)
    )
    attempt = done(assessor, version, learner=person("Mārama Tīpene-Hoult"))
    client, api = browser(assessor), program(assessor, "reviews:read")

    def told():
        page = client.get(THERE).content.decode()
        (row,) = api.get("/api/v1/reviews/?view=done").json()["results"]
        return (
            done_by(assessor) == done_by(assessor, words="shear") == [attempt],
            done_by(assessor, words="marama") == [attempt],
            "Mārama" in page,
            f'href="/reviews/{attempt.public_id}/' in page,
            row["submission_state"],
        )

    before = told()
    seat.delete()

    assert before == (True, True, True, True, "awarded")
    assert told() == (True, False, False, False, None)
    AchievementVersion.objects.create(
        **{name: getattr(version, name) for name in ("achievement", "picture_sha256", "description", "skill_sentence")},
        number=2,
        name="Crutch a wether",
        created_at=NOON,
    )
    assert done_by(assessor, words="crutch") == [], "it was not judged by this name"


def test_a_new_message_is_marked_and_found_until_it_was_read_but_not_at_a_badge_one_has_left():
    issuer, _owner = issuer_with_owner()
    version, other = published_version(issuer), published_version(issuer, blind=True)
    assessor = seated("assessor", issuer)
    asked, unasked = done(assessor, version, days=1), done(assessor, version, days=2)
    hidden = done(assessor, other, days=3, learner=person("Mārama Tīpene-Hoult"))
    work.write_message(unasked.submission, by=seated("assessor", issuer), text="Well done.")
    client = browser(assessor)

    def told():
        page, found = (client.get(f"{THERE}{more}").content.decode() for more in ("", "&news=new"))
        listed = [one.submission.reference in found for one in (asked, unasked, hidden)]
        return page.count(">New message<"), found.count(">New message<"), *listed

    before = told()
    for one in (asked, hidden):
        message = work.write_message(one.submission, by=one.submission.learner, text="When can we talk?")
    after, names = told(), client.get(f"{THERE}&news=new").content.decode().count("Mārama")
    work.read_thread(hidden.submission, by=assessor, until=message)
    read = told()
    Seat.objects.filter(person=assessor).update(achievement=other.achievement)

    assert before == (0, 0, False, False, False)
    assert (after, names) == ((2, 2, True, False, True), 0)
    assert read == (1, 1, True, False, False)
    assert told() == (0, 0, False, False, False)
    assert (done_by(assessor, news=True), len(done_by(assessor))) == ([], 3)


def test_the_filter_by_new_messages_is_drawn_and_kept_under_a_name():
    attempt = decided().attempt
    client = browser(attempt.assignments.get().assessor)

    client.post("/reviews/views/save/", {"name": "Messages", "asked": "view=done&news=new"})
    page = client.get(f"{THERE}&news=new").content.decode()

    assert '<option value="new" selected>New</option>' in page
    assert 'href="?view=done&amp;news=new" aria-current="page">Messages</a>' in page
    assert "Nothing you did matches all of these filters. Remove one." in page


def test_pages_follow_one_another_by_keys_in_both_directions():
    version = published_version()
    assessor = assessor_of(version.achievement)
    # Two of them at the same moment.
    attempts = [done(assessor, version, days=days) for days in (4, 3, 3, 2, 1)]
    attempts[1:3] = reversed(attempts[1:3])
    mine = listed(assessor)
    for asked in (AskedDone(), AskedDone(oldest_first=True), AskedDone(words="knife"), AskedDone(part="first")):
        first = mine.page(asked, most=2)
        second = mine.page(asked, Place(after=first.after), most=2)
        third = mine.page(asked, Place(after=second.after), most=2)
        last = mine.page(asked, Place(last=True), most=2)
        back = mine.page(asked, Place(before=third.before), most=2)

        ordered = attempts[::-1] if asked.oldest_first else attempts
        assert [one.attempt for one in first.rows + second.rows + third.rows] == ordered
        assert (first.before, third.after, last.after) == ("", "", "")
        assert [one.attempt for one in last.rows] == ordered[-2:]
        assert back.rows == second.rows
    stranger = assessor_of(version.achievement)
    assert listed(stranger).page(AskedDone(), Place(after=first.after)).rows == []


@pytest.mark.parametrize("rows", [1, 3])
def test_a_page_asks_9_whatever_stands_on_it(django_assert_num_queries, rows):
    issuer, _owner = issuer_with_owner()
    assessor = seated("assessor", issuer)
    for _number in range(rows):
        done(assessor, published_version(issuer))
    client = browser(assessor)
    there = Assignment.objects.first().public_id

    for more in ("", "&q=knife", "&sort=oldest", "&part=first&done_from=2026-03-01", "&last=1", f"&after={there}"):
        with django_assert_num_queries(9):
            page = client.get(f"{THERE}{more}")
        assert (page.status_code, more or len(page.context["page"].rows)) == (200, more or rows)


def test_the_table_to_take_along_holds_the_same_choice_and_nothing_that_waits():
    issuer, _owner = issuer_with_owner()
    version, other = (published_version(issuer, name=name) for name in ("Sharpen a knife", "Shear a ewe"))
    assessor = seated("assessor", issuer)
    first, second = (done(assessor, version, days=days, learner=person(f"Mārama {days}")) for days in (1, 2))
    elsewhere = done(assessor, other, days=3)
    waiting = assessable_attempt(version)
    client = browser(assessor)

    chosen = table(client, badge=version.achievement.public_id, sort="oldest")

    assert chosen == [
        ["reference", "badge", "version", "language", "attempt", "part", "done_at"],
        *(
            [one.submission.reference, "Sharpen a knife", "1", "en", "1", "first", ended.isoformat()]
            for one, ended in ((first, NOON + timedelta(days=1)), (second, NOON + timedelta(days=2)))
        ),
    ]
    everything = {row[0] for row in table(client)}
    assert (elsewhere.submission.reference in everything, waiting.submission.reference in everything) == (True, False)
    page = client.get(f"{THERE}&part=first").content.decode()
    assert 'href="/reviews/queue.csv?view=done&amp;part=first"' in page


def test_a_badge_that_one_has_left_is_offered_by_its_name_of_then_and_chosen():
    issuer, _owner = issuer_with_owner()
    here, there = (published_version(issuer, name=name) for name in ("Sharpen a knife", "Shear a ewe"))
    assessor = seated("assessor", issuer)
    stays, gone = done(assessor, here, days=1), done(assessor, there, days=2)
    published_version(issuer, name="Never judged here")
    Seat.objects.filter(person=assessor).update(achievement=here.achievement)
    client = browser(assessor)

    chosen = table(client, badge=there.achievement.public_id)
    page = client.get(f"{THERE}&badge={there.achievement.public_id}")
    waiting = client.get(f"/reviews/?badge={there.achievement.public_id}")
    unknown = client.get(f"/reviews/?badge={stays.public_id}")

    assert [row[0] for row in chosen[1:]] == [gone.submission.reference]
    assert page.context["form"].badges == {
        here.achievement.public_id: "Sharpen a knife",
        there.achievement.public_id: "Shear a ewe",
    }
    assert [one.languages for one in listed(assessor).left] == [["en"]]
    assert there.achievement.public_id not in waiting.context["form"].badges
    assert [("can’t be read" in one.text, one.context["narrows"]) for one in (page, waiting, unknown)] == [
        (False, True),
        (False, False),
        (True, False),
    ]


def test_such_a_choice_is_kept_under_a_name():
    assessor = decided().by
    client = browser(assessor)

    client.post("/reviews/views/save/", {"name": "March", "asked": "view=done&done_from=2026-03-01&part=&after=x"})

    saved = SavedView.objects.get()
    assert (saved.name, saved.asked) == ("March", "view=done&done_from=2026-03-01")
    page = client.get(f"/reviews/?{saved.asked}").content.decode()
    assert 'href="?view=done&amp;done_from=2026-03-01" aria-current="page">March</a>' in page
    assert 'name="done_from" value="2026-03-01"' in page


def test_what_only_the_queue_is_asked_for_says_nothing_here_nor_the_other_way_round():
    issuer, _owner = issuer_with_owner()
    version = published_version(issuer)
    assessor = seated("assessor", issuer)
    attempt, waiting = done(assessor, version), assessable_attempt(version)
    client = browser(assessor)

    pages = [
        client.get(f"/reviews/?view={asked}").content.decode()
        for asked in (
            "done&due_from=2999-01-01&age=20&sort=waiting",
            "all&done_from=2999-01-01&part=appeal&sort=oldest",
        )
    ]

    listed = [[one.submission.reference in page for one in (attempt, waiting)] for page in pages]
    assert listed == [[True, False], [False, True]]
    assert [["can’t be read" in page, "Take all filters away" in page] for page in pages] == [[False, False]] * 2
    assert [[f'name="{field}"' in page for field in ("due_from", "done_from")] for page in pages] == [
        [False, True],
        [True, False],
    ]


def test_filters_that_leave_nothing_say_so_and_what_can_not_be_read_is_left_out():
    attempt = decided().attempt
    client = browser(attempt.assignments.get().assessor)

    nothing, unread = (client.get(f"{THERE}{more}").content.decode() for more in ("&part=appeal", "&done_from=soon"))
    never = browser(assessor_of(attempt.submission.achievement)).get(THERE).content.decode()

    assert "Nothing you did matches all of these filters. Remove one." in nothing
    assert 'href="?view=done">Take all filters away' in nothing
    assert ("can’t be read" in unread, attempt.submission.reference in unread) == (True, True)
    assert "You have decided nothing yet." in never
