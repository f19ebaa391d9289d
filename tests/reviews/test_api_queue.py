"""The queue for programs: the views, filters and pages that people have, what one did among them, and no name more."""

from datetime import timedelta

import pytest

from apps.core import clock
from apps.reviews import verbs
from apps.reviews.models import Assignment, Turn
from apps.reviews.queries import VIEWS, Asked, Queue
from apps.submissions import verbs as work
from tests.factories import (
    assessable_attempt,
    assessor_of,
    issuer_with_owner,
    owner_of,
    person,
    published_version,
    seated,
    second_attempt,
)
from tests.issuers.test_api import program
from tests.reviews.test_done import NOON, done
from tests.reviews.test_queue import due, open_turn

pytestmark = pytest.mark.django_db
LIST = "/api/v1/reviews/"
READ = "reviews:read"


def listed(api, **asked):
    return [row["attempt"] for row in api.get(LIST, asked).json()["results"]]


def test_every_view_holds_what_its_page_does():
    issuer, _owner = issuer_with_owner()
    version = published_version(issuer)
    lead, assessor = seated("moderator", issuer), seated("assessor", issuer)
    late, soon, later, mine = (assessable_attempt(version) for _number in range(4))
    for attempt, days in ((late, -3), (soon, 0), (later, 60), (mine, 90)):
        due(attempt, days=days)
    due(second_attempt(version), days=70)
    verbs.take(mine, by=lead)
    for part in ("second", "grant", "adjudicate", "moderate", "appeal"):
        open_turn(later, part)
    done(lead, version)

    for someone in (lead, assessor):
        api = program(someone, READ)
        told = {view: [row["id"] for row in api.get(LIST, {"view": view}).json()["results"]] for view in VIEWS}
        shown = {view: [turn.public_id for turn in Queue(someone).all_of(Asked(view=view))] for view in VIEWS}

        assert told == shown
        assert {view for view in VIEWS if not told[view]} == (
            set()
            if someone is lead
            else {
                "mine",
                "adjudication",
                "moderation",
                "appeals",
            }
        )


def test_what_waits_is_narrowed_down_and_ordered_as_on_the_page():
    issuer, _owner = issuer_with_owner()
    one, two = (
        published_version(issuer, name="Host a kōrero"),
        published_version(issuer, name="Shear a ewe", language="mi"),
    )
    first, second = assessable_attempt(one), assessable_attempt(two, learner=person("Mārama Tīpene-Hoult"))
    Turn.objects.filter(attempt=second).update(opened_at=clock.now() - timedelta(days=6))
    api = program(seated("assessor", issuer), READ)

    assert listed(api) == listed(api, view="all", sort="due") == [first.public_id, second.public_id]
    assert listed(api, sort="waiting") == [second.public_id, first.public_id]
    assert listed(api, age=5) == listed(api, q="marama") == listed(api, language="mi") == [second.public_id]
    assert listed(api, q="korero") == listed(api, q=first.submission.reference) == [first.public_id]
    assert listed(api, achievement=one.achievement.slug, view="free") == [first.public_id]
    assert listed(api, achievement="not-there") == listed(api, again="true") == listed(api, part="second") == []
    assert len(listed(api, again="false")) == len(listed(api, part="first", view="")) == 2


def test_what_one_did_is_a_view_with_filters_of_its_own():
    issuer, _owner = issuer_with_owner()
    version, granted = published_version(issuer), published_version(issuer, policy="four_eyes")
    assessor, other = seated("assessor", issuer), seated("assessor", issuer)
    first, second = done(assessor, version), done(other, granted)
    verbs.take(second, by=assessor)
    verbs.grant(second, by=assessor, note="")
    mine = Assignment.objects.filter(attempt=second, assessor=assessor)
    mine.update(ended_at=NOON + timedelta(days=3))
    waiting = assessable_attempt(version)
    api = program(assessor, READ)

    rows = api.get(LIST, {"view": "done"}).json()["results"]

    turn = mine.get().turn
    assert rows[0] == {
        "id": turn.public_id,
        "attempt": second.public_id,
        "reference": second.submission.reference,
        "achievement": granted.achievement.slug,
        "version": 1,
        "number": 1,
        "part": "grant",
        "state": "done",
        "due_on": turn.due_on.isoformat(),
        "again": False,
        "opened_at": rows[0]["opened_at"],
        "is_mine": False,
        "is_free": False,
        "done_at": "2026-03-13T12:00:00Z",
        "submission_state": "awarded",
    }
    both = [second.public_id, first.public_id]
    assert listed(api, view="done") == listed(api, view="done", due_from="2999-01-01", age=5, sort="waiting") == both
    assert listed(api, view="done", sort="oldest") == both[::-1]
    assert listed(api, view="done", part="grant") == listed(api, view="done", done_from="2026-03-12") == both[:1]
    assert listed(api, view="done", achievement=version.achievement.slug) == both[1:]
    assert listed(api, view="done", done_until="2026-03-12", language="en") == both[1:]
    assert listed(api, view="done", q=second.submission.reference) == both[:1]
    work.write_message(first.submission, by=first.submission.learner, text="Which edge?")
    assert listed(api, view="done", news=True) == both[1:]
    assert listed(api, view="done", news=False) == both
    assert listed(api, done_until="2001-01-01") == listed(api) == [waiting.public_id]
    assert listed(program(other, READ), view="done") == [second.public_id]


def test_nobody_is_found_by_a_name_that_is_hidden_from_their_assessors():
    issuer, _owner = issuer_with_owner()
    seen, blind = published_version(issuer), published_version(issuer, blind=True)
    learner = person("Mārama Tīpene-Hoult")
    assessor = seated("assessor", issuer)
    judged = {version: done(assessor, version, learner=learner) for version in (seen, blind)}
    other = person("Mārama Ruru")
    waiting = {version: assessable_attempt(version, learner=other) for version in (seen, blind)}
    api = program(assessor, READ)

    assert set(listed(api)) == {one.public_id for one in waiting.values()}
    assert set(listed(api, view="done")) == {one.public_id for one in judged.values()}
    assert listed(api, q="marama") == [waiting[seen].public_id]
    assert listed(api, view="done", q="marama") == [judged[seen].public_id]
    for asked in ({}, {"view": "done"}, {"view": "done", "q": "marama"}):
        told = api.get(LIST, asked).content.decode()
        assert [word for word in ("Mārama", "Ruru", learner.public_id, learner.email) if word in told] == []


@pytest.mark.parametrize("asked", ["", "sort=waiting", "view=free", "view=done", "view=done&sort=oldest&q=knife"])
def test_pages_follow_one_another_to_the_end_and_back(asked):
    version = published_version()
    assessor = assessor_of(version.achievement)
    for days in range(5):
        done(assessor, version, days=days)
        assessable_attempt(version)
    api = program(assessor, READ)

    pages = [api.get(f"{LIST}?limit=2&{asked}").json()]
    while pages[-1]["next"]:
        pages.append(api.get(pages[-1]["next"]).json())
    back = api.get(pages[2]["previous"]).json()

    whole = api.get(f"{LIST}?{asked}").json()
    assert [len(page["results"]) for page in pages] == [2, 2, 1]
    assert [row for page in pages for row in page["results"]] == whole["results"]
    assert (pages[0]["previous"], whole["next"], whole["previous"]) == (None, None, None)
    assert back == pages[1]


@pytest.mark.parametrize("rows", [1, 3])
def test_what_one_did_asks_the_same_however_much_it_is(django_assert_max_num_queries, rows):
    issuer, _owner = issuer_with_owner()
    assessor = seated("assessor", issuer)
    for _number in range(rows):
        done(assessor, published_version(issuer))
    api = program(assessor, READ)
    api.get(LIST)

    with django_assert_max_num_queries(5):
        assert len(api.get(f"{LIST}?view=done&q=knife").json()["results"]) == rows


@pytest.mark.parametrize(
    "asked",
    [
        *("view=lost", "part=lost", "sort=lost", "due_from=soon", "done_from=soon", "done_until=2026-02-30", "age=0"),
        *("age=x", "age=99999999999", "again=perhaps", "q=%00", "language=%00", "achievement=%00"),
    ],
)
def test_what_can_not_be_asked_is_a_problem_at_its_name(asked):
    api = program(assessor_of(assessable_attempt().submission.achievement), READ)

    answer = api.get(f"{LIST}?{asked}")

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    name = asked.partition("=")[0]
    assert {one["pointer"] for one in answer.json()["errors"]} == {f"#/{name}"}
    assert len(api.get(f"{LIST}?{name}=").json()["results"]) == 1


@pytest.mark.parametrize("cursor", ["x", "after-", "after-x", "before-%00", "cD0yMDI2", "last-" + "a" * 26])
def test_a_place_that_is_none_is_not_found(cursor):
    api = program(assessor_of(assessable_attempt().submission.achievement), READ)

    assert [api.get(f"{LIST}?view={view}&cursor={cursor}").status_code for view in ("all", "done")] == [404, 404]


def test_who_holds_no_seat_to_assess_reads_neither_what_waits_nor_what_was_done():
    version = published_version()
    assessor = assessor_of(version.achievement)
    done(assessor, version)
    issuer = version.achievement.issuer

    for view in ("all", "done"):
        for nobody in (owner_of(issuer), seated("viewer", issuer), person()):
            answer = program(nobody, READ).get(LIST, {"view": view})
            assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
        assert program(assessor, READ).get(LIST, {"view": view}).status_code == 200
        assert program(assessor, "submissions:read").get(LIST, {"view": view}).status_code == 403
