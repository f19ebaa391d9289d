"""A table of many jobs, two workers at it, and somebody who stops them: each row comes out once."""

from collections import Counter

import pytest
from django.db import transaction
from django.db.models.functions import Now

from apps.core import outbox
from apps.core.models import Event, Job
from apps.credentials import verbs
from apps.credentials.models import Credential, StatusEntry
from apps.credentials.verbs import bulk_awarding
from apps.notices.models import Notice
from tests.factories.bulk import checked, many
from tests.together import at_once, in_a_row, meanwhile

pytestmark = pytest.mark.django_db(transaction=True)
ROWS, A_JOB = 10, 4


@pytest.fixture(autouse=True)
def _few_at_once(monkeypatch):
    monkeypatch.setattr(bulk_awarding, "AT_ONCE", A_JOB)


@pytest.fixture
def bulk():
    found = checked(*many(ROWS))
    return verbs.award_bulk(found, by=found.by)


def jobs_of(bulk, what):
    return list(Job.objects.filter(key__startswith=f"{what}:{bulk.public_id}:").order_by("pk"))


def two_workers():
    """Until neither finds anything to do."""
    for came_of in at_once(outbox.drain, outbox.drain):
        assert isinstance(came_of, int), came_of


def state_of(bulk):
    bulk.refresh_from_db()
    return bulk.state, Counter(bulk.rows.values_list("state", flat=True))


def standing():
    return Counter(Credential.objects.values_list("status", flat=True))


def once_each(bulk):
    """How often it was told that it began, ended and was taken back; and that nobody was awarded twice."""
    earners = Counter(Credential.objects.values_list("earner", flat=True))
    places = Counter(StatusEntry.objects.values_list("credential", flat=True))
    assert max([0, *earners.values(), *places.values()]) <= 1
    kinds = Event.objects.filter(subject_id=bulk.public_id).order_by("pk").values_list("kind", flat=True)
    return list(kinds)[3:]


def test_two_workers_award_each_row_once(bulk):
    assert [(job.arguments["first"], job.arguments["last"]) for job in jobs_of(bulk, "award_rows")] == [
        (2, 5),
        (6, 9),
        (10, 11),
    ]

    two_workers()

    assert (state_of(bulk), standing()) == (("done", {"awarded": ROWS}), {"valid": ROWS})
    assert once_each(bulk) == ["bulk_award.started", "bulk_award.done"]
    assert Notice.objects.filter(kind="bulk_done").count() == 1
    assert {one.state for one in jobs_of(bulk, "award_rows")} == {"done"}


def test_what_was_awarded_until_it_was_stopped_is_taken_back_and_the_rest_is_not_awarded(bulk):
    outbox.run(jobs_of(bulk, "award_rows")[0].pk)
    before = state_of(bulk)
    verbs.undo_bulk(bulk, by=bulk.by, reason="mistake", note="The wrong table")
    two_workers()

    assert before == ("awarding", {"awarded": A_JOB, "ready": ROWS - A_JOB})
    assert (state_of(bulk), standing()) == (
        ("undone", {"undone": A_JOB, "ready": ROWS - A_JOB}),
        {"revoked": A_JOB},
    )
    assert once_each(bulk) == ["bulk_award.started", "bulk_award.undo_started", "bulk_award.undone"]


def test_who_stops_it_waits_for_the_job_that_is_under_way_and_takes_that_back_too(bulk):
    first, second, third = jobs_of(bulk, "award_rows")
    outbox.run(first.pk)
    meanwhile(
        lambda: verbs.award_rows(**second.arguments),
        lambda: verbs.undo_bulk(bulk, by=bulk.by, reason="mistake", note="The wrong table"),
    )
    verbs.award_rows(**third.arguments)
    before = state_of(bulk)
    two_workers()

    assert before == ("undoing", {"awarded": 2 * A_JOB, "ready": ROWS - 2 * A_JOB})
    assert (state_of(bulk), standing()) == (
        ("undone", {"undone": 2 * A_JOB, "ready": ROWS - 2 * A_JOB}),
        {"revoked": 2 * A_JOB},
    )


def test_who_stops_it_comes_before_the_jobs_that_begin_later(bulk):
    def worker():
        with transaction.atomic():
            return bulk_awarding._goes_on(bulk)

    first, stopped, later = in_a_row(
        worker, lambda: verbs.undo_bulk(bulk, by=bulk.by, reason="mistake", note="The wrong table"), worker
    )

    assert (first, stopped.state, later) == (True, "undoing", False)


def test_two_tables_that_welcome_one_person_at_the_same_moment_both_award():
    tables = [checked(("new@people.example", "Ani Ruru")) for _number in range(2)]
    first, second = (jobs_of(verbs.award_bulk(one, by=one.by), "award_rows")[0].arguments for one in tables)
    meanwhile(lambda: verbs.award_rows(**first), lambda: verbs.award_rows(**second))

    assert [state_of(one) for one in tables] == [("done", {"awarded": 1})] * 2
    assert Credential.objects.values("earner").distinct().count() == 1


def test_a_job_that_ended_half_way_awards_the_other_half_when_it_comes_again(bulk):
    first = jobs_of(bulk, "award_rows")[0]
    verbs.award_rows(bulk.pk, first=2, last=3)
    half = state_of(bulk)
    verbs.award_rows(**first.arguments)
    whole = state_of(bulk)
    two_workers()

    assert half == ("awarding", {"awarded": A_JOB // 2, "ready": ROWS - A_JOB // 2})
    assert whole == ("awarding", {"awarded": A_JOB, "ready": ROWS - A_JOB})
    assert (state_of(bulk), standing()) == (("done", {"awarded": ROWS}), {"valid": ROWS})
    assert once_each(bulk) == ["bulk_award.started", "bulk_award.done"]


@pytest.mark.parametrize("at", ["award_many", "copy_many", "worked"])
def test_what_dies_at_its_work_leaves_a_job_that_repeats_nothing(bulk, at, settings, tmp_path):
    for folder in (at, "taken"):
        (tmp_path / folder).mkdir()
    (tmp_path / at / "raise.1").touch()
    settings.FAULTS = tmp_path
    first = jobs_of(bulk, "award_rows")[0]
    outbox.run(first.pk)
    first.refresh_from_db()
    Job.objects.filter(pk=first.pk).update(next_at=Now())
    two_workers()

    assert (first.state, first.last_error.splitlines()[-1].startswith("apps.core.failpoints.Fault")) == (
        "pending",
        True,
    )
    assert (state_of(bulk), standing()) == (("done", {"awarded": ROWS}), {"valid": ROWS})
    assert once_each(bulk) == ["bulk_award.started", "bulk_award.done"]


def test_what_is_corrected_at_the_moment_it_is_taken_back_is_taken_back_as_it_is_then(bulk):
    two_workers()
    bulk.refresh_from_db()
    one = bulk.rows.order_by("number").first().credential
    verbs.undo_bulk(bulk, by=bulk.by, reason="mistake", note="The wrong table")
    first = jobs_of(bulk, "undo_rows")[0]
    moved, _undone = meanwhile(
        lambda: verbs.correct(one, by=bulk.by, address="right@people.example", name="Rua"),
        lambda: verbs.undo_rows(**first.arguments),
    )
    two_workers()

    assert (state_of(bulk), standing()) == (("undone", {"undone": ROWS}), {"revoked": ROWS, "superseded": 1})
    moved.refresh_from_db()
    assert moved.status == "revoked"
