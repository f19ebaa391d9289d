"""The whole life of a submission, for who may assess it."""

import csv
import io
import json

import pytest

from apps.accounts.models import User
from apps.core import events
from apps.core.models import Event
from apps.reviews import verbs
from apps.reviews.queries.story import WORDS, story_of
from apps.submissions import verbs as submissions
from tests.factories import (
    adjudicating,
    assessor_of,
    browser,
    changed,
    decided,
    hearing,
    marked_apart,
    person,
    published_version,
    seated,
    taken_attempt,
)
from tests.issuers.test_api import program

pytestmark = pytest.mark.django_db


def told(attempt, reader, *, leads=False):
    chapters = story_of(attempt.submission, reader=reader, leads=leads)
    return [(one.attempt, one.kind, one.who, one.more) for chapter in chapters for one in chapter.entries]


def test_it_tells_what_happened_in_order_by_attempts_and_by_whom():
    decision = decided(short=True)
    attempt, assessor, learner = decision.attempt, decision.by, decision.attempt.submission.learner
    second = submissions.try_again(attempt.submission, by=learner)
    changed(second)
    submissions.submit(second, by=learner)

    assert told(attempt, assessor) == [
        (0, "submission.started", learner.name, "Work done for this badge"),
        (1, "submission.submitted", learner.name, ""),
        (1, "attempt.frozen", "Satchel", ""),
        (1, "turn.opened", "Satchel", "Marking"),
        (1, "assignment.taken", assessor.name, "Marking, said to have no conflict"),
        (1, "marking.sent", assessor.name, "Marking"),
        (1, "decision.made", assessor.name, "Not yet, One assessor"),
        (1, "submission.not_yet", assessor.name, ""),
        (1, "decision.released", assessor.name, "Not yet"),
        (2, "submission.retried", learner.name, ""),
        (2, "submission.submitted", learner.name, ""),
    ]


def test_of_blind_work_it_names_no_learner():
    attempt, assessor = taken_attempt(published_version(blind=True))
    User.objects.filter(pk=attempt.submission.learner_id).update(name="Aroha Pickering")
    client = browser(assessor)

    for kind in ("/", ".csv", ".json"):
        page = client.get(f"/reviews/{attempt.public_id}/story{kind}").content.decode()
        assert ("Aroha" in page, f"Learner {attempt.submission.reference}" in page) == (False, True)


def test_of_blind_work_no_event_has_an_id_to_guess_its_digest_by():
    attempt, assessor = taken_attempt(published_version(blind=True))
    client = browser(assessor)
    ids = Event.objects.filter(subject_id=attempt.submission.public_id).values_list("public_id", flat=True)

    page, table, body = (
        client.get(f"/reviews/{attempt.public_id}/story{kind}").content.decode() for kind in ("/", ".csv", ".json")
    )
    answer = program(assessor, "reviews:read").get(f"/api/v1/reviews/{attempt.public_id}/story/")

    rows = list(csv.DictReader(io.StringIO(table.removeprefix("\ufeff"))))
    assert len(rows) == len(json.loads(body)["events"]) == len(answer.json()) > 0
    assert {one["Event"] for one in rows} == {one["id"] for one in json.loads(body)["events"]} == {""}
    assert {one["id"] for one in answer.json()} == {""}
    assert [one for one in ids if one in page + table + body + answer.content.decode()] == []


def test_what_two_mark_apart_is_told_once_it_is_decided():
    attempt = marked_apart()
    lead = seated("moderator", attempt.submission.achievement.issuer)
    markers = [one.assessor for one in attempt.assignments.order_by("pk")]

    kinds = [kind for _n, kind, _who, _more in told(attempt, lead)]
    assert ("assignment.taken" in kinds, "marking.sent" in kinds) == (False, False)
    assert [(kind, who) for _n, kind, who, _more in told(attempt, markers[0]) if kind == "marking.sent"] == [
        ("marking.sent", markers[0].name)
    ]

    verbs.take(attempt, by=lead)
    adopted = dict.fromkeys(attempt.submission.version.criteria.all(), "first")
    first = attempt.assignments.get(turn__part="first").review
    marks = {mark.criterion: (mark.level, mark.comment) for mark in first.marks.select_related("criterion")}
    answers = dict.fromkeys(("valid", "sufficient", "authentic", "current"), True)
    verbs.decide(attempt, by=lead, marks=marks, answers=answers, note="", adopted=adopted)

    sent = [who for _n, kind, who, _more in told(attempt, markers[0]) if kind == "marking.sent"]
    assert sent == [markers[0].name, markers[1].name, lead.name]


def test_what_a_conflict_is_a_lead_alone_hears():
    attempt, assessor = taken_attempt()
    verbs.recuse(attempt, by=assessor, kind="taught")

    assert told(attempt, assessor, leads=True)[-1] == (
        1,
        "conflict.declared",
        assessor.name,
        "I taught or mentored them",
    )
    assert told(attempt, assessor)[-1] == (1, "conflict.declared", assessor.name, "")


def test_the_page_the_table_and_the_json_tell_the_same():
    attempt, lead = hearing()
    client = browser(lead)

    page = client.get(f"/reviews/{attempt.public_id}/story/").content.decode()
    table = client.get(f"/reviews/{attempt.public_id}/story.csv").content.decode().removeprefix("\ufeff")
    body = client.get(f"/reviews/{attempt.public_id}/story.json").json()

    rows = list(csv.DictReader(io.StringIO(table)))
    assert [row["Code"] for row in rows] == [one["kind"] for one in body["events"]]
    assert [row["Event"] for row in rows] == [one["id"] for one in body["events"]]
    assert (body["reference"], page.count("<li><span")) == (attempt.submission.reference, len(rows))
    assert ("Appealed" in page, "Evidence was overlooked or misread" in page) == (True, True)


def test_each_event_names_the_block_that_it_is_sealed_in():
    attempt, assessor = taken_attempt()
    block = events.seal()
    verbs.give_back(attempt, by=assessor)
    client = browser(assessor)

    body = client.get(f"/reviews/{attempt.public_id}/story.json").json()
    page = client.get(f"/reviews/{attempt.public_id}/story/").content.decode()

    last = body["events"].pop()
    assert (last["kind"], last["sealed"]) == ("assignment.released", None)
    sealed = Event.objects.filter(subject_id=attempt.submission.public_id, kind__in=WORDS).exclude(block=None)
    assert [(one["id"], one["sealed"]) for one in body["events"]] == [
        (event.public_id, {"block": event.block.number, "hash": event.block.hash}) for event in sealed.order_by("pk")
    ]
    assert page.count(f"Sealed in block {block.number}<") == sealed.filter(block=block).count() > 0


def test_a_name_that_looks_like_a_formula_is_text_to_a_spreadsheet():
    attempt, assessor = taken_attempt()
    type(assessor).objects.filter(pk=assessor.pk).update(name="=1+1")

    table = browser(assessor).get(f"/reviews/{attempt.public_id}/story.csv").content.decode()

    assert (",'=1+1," in table, ",=1+1," in table) == (True, False)


def test_only_who_may_assess_it_reads_it():
    attempt, assessor = taken_attempt()

    for kind in ("/", ".csv", ".json"):
        there = f"/reviews/{attempt.public_id}/story{kind}"
        assert browser(assessor).get(there).status_code == 200
        assert browser(person()).get(there).status_code == 404
        assert browser(attempt.submission.learner).get(there).status_code == 404
        assert browser().get(there).status_code == 302


def test_everything_that_judging_writes_into_the_trail_has_words():
    adjudicating()
    attempt, lead = hearing()
    verbs.recuse(attempt, by=lead, kind="knows")
    quiet = {"evidence.added", "upload.begun"}

    kinds = set(Event.objects.filter(subject_type="submissions.submission").values_list("kind", flat=True))

    assert kinds - set(WORDS) - quiet == set()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_story_asks_as_often_for_many_events_as_for_few(django_assert_num_queries, rows):
    attempt, assessor = taken_attempt()
    for _number in range(rows - 1):
        verbs.give_back(attempt, by=attempt.assignments.latest("pk").assessor)
        verbs.take(attempt, by=assessor_of(attempt.submission.achievement))
    client = browser(assessor)
    client.get("/help/")

    with django_assert_num_queries(15):
        page = client.get(f"/reviews/{attempt.public_id}/story/").content.decode()

    assert page.count("Taken") == rows
