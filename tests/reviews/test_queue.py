"""The assessor's queue: which work stands in it for whom, its views, filters and pages, and what it says of learners."""

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.utils.http import urlencode

from apps.core import clock
from apps.core.refused import Refused
from apps.issuers.models import Issuer
from apps.reviews import queries, verbs
from apps.reviews.models import Conflict, SavedView, Tally, Turn
from apps.reviews.queries import VIEWS, Asked, Place, Queue
from apps.reviews.queries.pages import PAGE
from tests.factories import (
    ALL_GOOD,
    assessable_attempt,
    assessor_of,
    browser,
    issuer_with_owner,
    marks_for,
    person,
    published_version,
    seated,
    second_attempt,
    taken_attempt,
)
from tests.together import at_once

pytestmark = pytest.mark.django_db


def waiting_for(someone, **asked):
    return [turn.attempt for turn in Queue(someone).page(Asked(**asked)).rows]


def due(attempt, *, days):
    """Promised for so many days from today, where the issuer is."""
    (badge,) = queries.reach_of(assessor_of(attempt.submission.achievement))
    Turn.objects.filter(attempt=attempt).update(due_on=badge.today + timedelta(days=days))


def open_turn(attempt, part):
    """Another turn at the same work, as a policy opens it."""
    first = attempt.turns.get(part="first")
    return Turn.objects.create(
        attempt=attempt,
        part=part,
        achievement=first.achievement,
        due_on=first.due_on,
        opened_at=first.opened_at,
    )


def counted(someone):
    """What the pages of each view hold, all told."""
    queue = Queue(someone)
    waiting = {view: len(list(queue.all_of(Asked(view=view)))) for view in VIEWS}
    return waiting | {"done": len(list(queries.Done(someone, queue.badges).all_of(queries.AskedDone())))}


def test_every_view_holds_what_its_name_says_and_its_figure_is_kept():
    issuer, _owner = issuer_with_owner()
    version = published_version(issuer)
    lead, other = seated("moderator", issuer), seated("assessor", issuer)
    late, soon, later, mine = (assessable_attempt(version) for _number in range(4))
    for attempt, days in ((late, -3), (soon, 0), (later, 60), (mine, 90)):
        due(attempt, days=days)
    again = second_attempt(version)
    due(again, days=70)
    verbs.take(mine, by=lead)
    parts = {part: open_turn(later, part) for part in ("second", "grant", "adjudicate", "moderate", "appeal")}

    held = {view: [turn.pk for turn in Queue(lead).all_of(Asked(view=view))] for view in VIEWS}

    first = {attempt: attempt.turns.get(part="first").pk for attempt in (late, soon, later, mine, again)}
    assert held == {
        "all": [first[late], first[soon], first[later], *(one.pk for one in parts.values()), first[again], first[mine]],
        "mine": [first[mine]],
        "free": [first[late], first[soon], first[later], *(one.pk for one in parts.values()), first[again]],
        "soon": [first[soon]],
        "late": [first[late]],
        "again": [first[again]],
        "second": [parts["second"].pk, parts["grant"].pk],
        "adjudication": [parts["adjudicate"].pk],
        "moderation": [parts["moderate"].pk],
        "appeals": [parts["appeal"].pk],
    }
    assert Queue(lead).counts == {view: len(ids) for view, ids in held.items()} | {"done": 0}
    assert Queue(other).counts == counted(other)
    assert (Queue(other).counts["all"], Queue(other).counts["appeals"]) == (7, 0)


def test_what_is_kept_from_a_person_stands_in_no_view_and_in_no_figure():
    issuer, _owner = issuer_with_owner()
    Issuer.objects.filter(pk=issuer.pk).update(bars_colleagues=True)
    version = published_version(issuer)
    assessor, colleague = seated("assessor", issuer), seated("assessor", issuer)
    free = assessable_attempt(version)
    assessable_attempt(version, learner=assessor)
    assessable_attempt(version, learner=colleague)
    known, marked = assessable_attempt(version), assessable_attempt(version)
    Conflict.objects.create(
        submission=known.submission, assessor=assessor, kind="knows", reason="", declared_at=clock.now()
    )
    verbs.take(marked, by=assessor)
    open_turn(marked, "second")

    assert waiting_for(assessor) == [free, marked]
    assert Queue(assessor).counts == counted(assessor)
    assert Queue(assessor).counts["all"] == 2
    assert Queue(colleague).counts["all"] == 4
    verbs.give_back(marked, by=assessor)
    assert Queue(assessor).counts["all"] == 3, "who gave a part back may take the other"


def test_kept_figures_follow_every_change_and_adding_them_up_changes_none():
    attempt, assessor = taken_attempt()
    assessable_attempt(attempt.submission.version)
    before = Queue(assessor).counts
    verbs.decide(attempt, by=assessor, marks=marks_for(attempt), answers=ALL_GOOD, note="")
    rows = Tally.objects.count()

    gone = verbs.add_up_tallies()

    assert (before["all"], before["mine"], before["free"], before["done"]) == (2, 1, 1, 0)
    assert (gone > 0, Tally.objects.count()) == (True, rows - gone)
    assert Queue(assessor).counts == counted(assessor)
    assert Queue(assessor).counts["done"] == 1


def test_pages_follow_one_another_by_keys_in_both_directions():
    version = published_version()
    assessor = assessor_of(version.achievement)
    attempts = [assessable_attempt(version) for _number in range(5)]
    queue = Queue(assessor)
    for asked in (Asked(), Asked(sort="waiting"), Asked(view="free")):
        first = queue.page(asked, most=2)
        second = queue.page(asked, Place(after=first.after), most=2)
        third = queue.page(asked, Place(after=second.after), most=2)
        last = queue.page(asked, Place(last=True), most=2)
        back = queue.page(asked, Place(before=third.before), most=2)

        assert [one.attempt for one in first.rows + second.rows + third.rows] == attempts
        assert (first.before, third.after, last.after) == ("", "", "")
        assert [one.attempt for one in last.rows] == attempts[-2:]
        assert back.rows == second.rows


def test_filters_leave_what_has_all_of_them():
    issuer, _owner = issuer_with_owner()
    one, two = (
        published_version(issuer, name="Host a kōrero"),
        published_version(issuer, name="Shear a ewe", language="mi"),
    )
    assessor = seated("assessor", issuer)
    first, second = assessable_attempt(one), assessable_attempt(two)
    Turn.objects.filter(attempt=second).update(opened_at=clock.now() - timedelta(days=6))
    day = first.turns.get().due_on
    Turn.objects.filter(attempt=second).update(due_on=day + timedelta(days=9))

    assert waiting_for(assessor, badge=one.achievement.public_id) == [first]
    assert waiting_for(assessor, waiting=timedelta(days=5)) == [second]
    assert waiting_for(assessor, due_until=day) == [first]
    assert waiting_for(assessor, due_from=day + timedelta(days=1)) == [second]
    assert waiting_for(assessor, language="mi") == [second]
    assert waiting_for(assessor, words="korero") == [first]
    assert waiting_for(assessor, words=second.submission.reference) == [second]
    assert waiting_for(assessor, words="100%") == []
    assert waiting_for(assessor, sort="waiting") == [second, first]


def test_a_learner_is_found_by_name_only_where_the_badge_lets_their_assessors_know_it():
    issuer, _owner = issuer_with_owner()
    seen, blind = published_version(issuer), published_version(issuer, blind=True)
    learner = person("Mārama Tīpene-Hoult")
    attempt = assessable_attempt(seen, learner=learner)
    hidden = assessable_attempt(blind, learner=learner)
    assessor = seated("assessor", issuer)

    assert waiting_for(assessor) == [attempt, hidden]
    assert waiting_for(assessor, words="marama") == [attempt]
    page = browser(assessor).get("/reviews/?q=marama").content.decode()
    assert (attempt.public_id in page, hidden.public_id in page) == (True, False)


def test_many_badges_are_walked_along_the_due_dates_and_few_one_by_one_with_the_same_outcome(monkeypatch):
    issuer, _owner = issuer_with_owner()
    lead = seated("moderator", issuer)
    for _number in range(3):
        open_turn(assessable_attempt(published_version(issuer)), "second")
    few = {asked: list(Queue(lead).all_of(asked)) for asked in _every_sort_of_question()}
    monkeypatch.setattr(queries.finding, "FEW", 2)

    assert {asked: list(Queue(lead).all_of(asked)) for asked in _every_sort_of_question()} == few
    assert any(few.values())


def test_a_choice_says_how_many_fit_it_and_counts_no_further_than_it_has_to(monkeypatch):
    issuer, _owner = issuer_with_owner()
    knives, eels = published_version(issuer), published_version(issuer, name="Smoke eels", language="mi")
    for version in (knives, knives, knives, eels):
        assessable_attempt(version)
    assessor = seated("assessor", issuer)
    client = browser(assessor)

    def said(asked):
        return [one for one in FITS if f">{one}<" in client.get(f"/reviews/{asked}").content.decode()]

    assert (said(""), said("?q=eels"), said("?language=mi"), said("?q=knife")) == (
        [],
        ["1 fits."],
        ["1 fits."],
        ["3 fit."],
    )
    monkeypatch.setattr(queries, "MOST_FITTING", 2)
    assert said("?q=knife") == ["More than 2 fit."]
    every = [*_every_sort_of_question(), Asked(language="mi"), Asked(waiting=timedelta(days=1))]
    assert [Queue(assessor).fits(asked) for asked in every] == [
        len(list(Queue(assessor).all_of(asked))) for asked in every
    ]
    page = client.get("/reviews/?language=mi").content.decode()
    assert ("· Māori</span>" in page, "· English</span>" in page) == (True, False)


FITS = ("1 fits.", "3 fit.", "4 fit.", "More than 2 fit.")


def _every_sort_of_question():
    return [
        Asked(view=view, sort=sort, words=words)
        for view in VIEWS
        for sort in ("due", "waiting")
        for words in ("", "knife")
    ]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_page_asks_8_whatever_stands_on_it(django_assert_num_queries, rows):
    issuer, _owner = issuer_with_owner()
    lead = seated("moderator", issuer)
    for _number in range(rows):
        assessable_attempt(published_version(issuer))
    client = browser(lead)
    client.get("/reviews/")

    for address in ("", "?view=late", "?last=1", "?view=appeals", "?q=knife", "?sort=waiting"):
        with django_assert_num_queries(8):
            page = client.get(f"/reviews/{address}")
        assert (page.status_code, address or len(page.context["page"].rows)) == (200, address or rows)


def test_another_order_leaves_as_many_as_the_view_says_and_asks_no_more(django_assert_num_queries):
    issuer, _owner = issuer_with_owner()
    lead = seated("moderator", issuer)
    version = published_version(issuer)
    for _number in range(PAGE + 1):
        assessable_attempt(version)
    client = browser(lead)
    client.get("/reviews/")

    for address, asks, fits in (("?sort=waiting", 8, None), ("?sort=waiting&q=knife", 9, PAGE + 1)):
        with django_assert_num_queries(asks):
            page = client.get(f"/reviews/{address}")
        told = page.context
        assert (len(told["page"].rows), told["page"].after != "", told["fits"]) == (PAGE, True, fits)


def test_the_table_to_take_along_holds_the_same_choice_with_references_and_no_names():
    issuer, _owner = issuer_with_owner()
    version = published_version(issuer, name="=SUM(A1)")
    attempt = assessable_attempt(version, learner=person("Mārama Tīpene-Hoult"))
    other = assessable_attempt(published_version(issuer))
    assessor = seated("assessor", issuer)

    answer = browser(assessor).get("/reviews/queue.csv", {"badge": version.achievement.public_id})
    text = b"".join(answer.streaming_content).decode()

    (row,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    assert (row["reference"], row["badge"], row["part"]) == (attempt.submission.reference, "'=SUM(A1)", "first")
    assert "Mārama" not in text
    assert other.submission.reference not in text


def test_a_view_is_kept_under_a_name_and_forgotten_again():
    attempt = assessable_attempt()
    assessor = assessor_of(attempt.submission.achievement)
    client = browser(assessor)

    client.post("/reviews/views/save/", {"name": "Old ones", "asked": "view=free&age=5&after=x&q="})
    saved = SavedView.objects.get()
    page = client.get("/reviews/").content.decode()
    stranger = browser(assessor_of(attempt.submission.achievement)).post(f"/reviews/views/{saved.public_id}/forget/")
    client.post(f"/reviews/views/{saved.public_id}/forget/")

    assert (saved.person, saved.name, saved.asked) == (assessor, "Old ones", urlencode({"view": "free", "age": 5}))
    assert 'href="?view=free&amp;age=5"' in page
    assert stranger.status_code == 404
    assert not SavedView.objects.exists()


def test_a_person_keeps_a_dozen_views_and_each_has_a_name():
    someone = person()
    for number in range(12):
        verbs.save_view(by=someone, name=f"View {number}", asked="view=free")

    verbs.save_view(by=someone, name="View 3", asked="view=late")
    for name, asked, why in (("One more", "view=all", "12 saved"), (" ", "view=all", "a name"), ("Bare", "", "Choose")):
        with pytest.raises(Refused, match=why):
            verbs.save_view(by=someone, name=name, asked=asked)

    assert SavedView.objects.get(name="View 3").asked == "view=late"


@pytest.mark.django_db(transaction=True)
def test_forty_press_next_on_twenty_pieces_and_twenty_get_one_each():
    issuer, _owner = issuer_with_owner()
    version = published_version(issuer)
    for _number in range(20):
        assessable_attempt(version)
    assessors = [seated("assessor", issuer) for _number in range(40)]

    came = at_once(*(lambda one=one: verbs.take_next(by=one) for one in assessors))

    taken = [one.turn_id for one in came if one is not None]
    assert (len(taken), len(set(taken)), came.count(None)) == (20, 20, 20)
    assert Turn.objects.filter(holder=None).count() == 0
    connection.close()


def test_next_keeps_to_the_view_it_is_asked_in_and_to_its_order():
    issuer, _owner = issuer_with_owner()
    assessor = seated("assessor", issuer)
    sharp, blunt = published_version(issuer), published_version(issuer)
    first, older, newest = assessable_attempt(sharp), assessable_attempt(blunt), assessable_attempt(blunt)
    due(first, days=-1)
    due(older, days=30)
    due(newest, days=20)
    Turn.objects.filter(attempt=older).update(opened_at=clock.now() - timedelta(days=9))
    of_blunt = Asked(badge=blunt.achievement.public_id)

    assert verbs.take_next(by=assessor, asked=replace(of_blunt, view="late")) is None
    assert verbs.take_next(by=assessor, asked=replace(of_blunt, view="mine", sort="waiting")).attempt == older
    assert verbs.take_next(by=assessor, asked=of_blunt).attempt == newest
    assert verbs.take_next(by=assessor, asked=of_blunt) is None
    assert verbs.take_next(by=assessor).attempt == first


def test_next_in_a_view_takes_what_was_offered_only_if_it_stands_there():
    issuer, _owner = issuer_with_owner()
    assessor, lead = seated("assessor", issuer), seated("moderator", issuer)
    sharp, blunt = published_version(issuer), published_version(issuer)
    offered, free = assessable_attempt(sharp), assessable_attempt(blunt)
    verbs.assign(offered.turns.get(), to=assessor, by=lead)

    taken = [verbs.take_next(by=assessor, asked=Asked(badge=one.achievement.public_id)) for one in (blunt, sharp)]

    assert [one.attempt for one in taken] == [free, offered]


def test_the_button_of_a_view_takes_its_next_one_and_says_if_there_is_none():
    issuer, _owner = issuer_with_owner()
    sharp, blunt = published_version(issuer), published_version(issuer)
    assessable_attempt(sharp)
    wanted = assessable_attempt(blunt)
    client = browser(seated("assessor", issuer))
    view = f"view=free&badge={blunt.achievement.public_id}"
    button = f"/reviews/next/?{urlencode({'from': view})}"

    assert f'action="{button}"' in client.get(f"/reviews/?{view}").content.decode()
    assert client.post(button)["Location"] == f"/reviews/{wanted.public_id}/?{urlencode({'from': view})}"
    response = client.post(button)
    assert response["Location"] == f"/reviews/?{view}"
    assert "Nothing in this view is free to take just now." in client.get(response["Location"]).content.decode()
    elsewhere = client.post(f"/reviews/next/?{urlencode({'from': f'{view}&next=//evil.example&after=x'})}")
    assert elsewhere["Location"] == f"/reviews/?{view}"
