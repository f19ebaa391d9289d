import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from apps.core import clock, outbox
from apps.core.models import Event, Job
from apps.core.refused import Refused
from apps.notices.models import Letter, Notice
from apps.submissions import manifest, queries, verbs
from apps.submissions.models import Attempt, EvidenceItem, Submission
from tests.factories import (
    assessable_attempt,
    browser,
    changed,
    nobody_in,
    open_attempt,
    person,
    png_upload,
    second_attempt,
    submitted_attempt,
)

pytestmark = pytest.mark.django_db


def test_submit_hands_in_and_leaves_its_trail():
    attempt = open_attempt()
    learner = attempt.submission.learner

    submission = verbs.submit(attempt, by=learner)

    attempt.refresh_from_db()
    assert (submission.state, attempt.state) == ("submitted", "submitted")
    assert submission.submitted_at == attempt.submitted_at is not None
    assert submission.answer_by > submission.submitted_at.date()
    event = Event.objects.get(kind="submission.submitted", subject_id=submission.public_id)
    assert (event.actor_id, event.data) == (learner.public_id, {"attempt": attempt.public_id, "number": 1})
    assert Job.objects.get(key__startswith=f"freeze:{attempt.public_id}").state == "pending"
    outbox.drain()
    letter = Letter.objects.get(person=learner)
    assert (letter.kind, letter.subject, letter.to) == (
        "handed_in",
        "We have your work: Sharpen a knife",
        learner.email,
    )


def test_submit_twice_is_refused_and_hands_in_once():
    attempt = open_attempt()
    verbs.submit(attempt, by=attempt.submission.learner)

    with pytest.raises(Refused, match="handed in"):
        verbs.submit(attempt, by=attempt.submission.learner)

    assert Event.objects.filter(kind="submission.submitted").count() == 1


def test_only_the_learner_hands_in():
    attempt = open_attempt()

    with pytest.raises(PermissionDenied):
        verbs.submit(attempt, by=person())

    attempt.refresh_from_db()
    assert attempt.state == "open"
    verbs.submit(attempt, by=attempt.submission.learner)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda one: Attempt.objects.filter(pk=one.pk).update(context_place=""), "Say where you did it"),
        (lambda one: Attempt.objects.filter(pk=one.pk).update(context_period=" "), "Say when you did it"),
        (lambda one: Attempt.objects.filter(pk=one.pk).update(context_role=""), "Say what your role was"),
        (lambda one: Attempt.objects.filter(pk=one.pk).update(declared_own=False), "Declare that it is your own work"),
        (lambda one: Attempt.objects.filter(pk=one.pk).update(overview="  "), "Write the overview"),
        (lambda one: Attempt.objects.filter(pk=one.pk).update(reflection=""), "Write the reflection"),
        (lambda one: EvidenceItem.objects.filter(attempt=one).delete(), "Add at least one piece"),
        (lambda one: one.evidence.get().criteria.clear(), "Say which evidence supports “Edge”"),
    ],
)
def test_what_is_missing_is_said_in_a_sentence(spoil, sentence):
    attempt = open_attempt()
    spoil(attempt)

    with pytest.raises(Refused, match=sentence):
        verbs.submit(attempt, by=attempt.submission.learner)


def test_freezing_writes_a_manifest_that_recomputes_and_can_run_twice():
    attempt = open_attempt()
    learner = attempt.submission.learner
    verbs.add_evidence(attempt, by=learner, kind="image", about=nobody_in("After"), upload=png_upload())
    verbs.submit(attempt, by=learner)

    outbox.drain()
    verbs.freeze(attempt.pk)

    attempt = Attempt.objects.select_related("submission").get(pk=attempt.pk)
    pieces = attempt.evidence.all()
    assert attempt.state == "assessable"
    assert manifest.sum_of(attempt.manifest) == attempt.manifest_sha256
    assert manifest.compose(attempt, pieces) == attempt.manifest
    assert [(one["kind"], one["criteria"]) for one in json.loads(attempt.manifest)["evidence"]] == [
        ("text", ["c1", "c2", "c3"]),
        ("image", []),
    ]
    assert [manifest.first_difference(piece) for piece in pieces] == [None, None]
    assert Event.objects.filter(kind="attempt.frozen").count() == 1


def change(file):
    with file.storage.open(file.name, "wb") as bytes_:
        bytes_.write(b"something else")


def take_away(file):
    file.storage.delete(file.name)


@pytest.mark.parametrize("break_it", [change, take_away])
def test_a_file_that_changed_on_the_disk_or_is_gone_gives_the_attempt_back(break_it):
    attempt = open_attempt()
    learner = attempt.submission.learner
    piece = verbs.add_evidence(
        attempt, by=learner, kind="image", about=nobody_in("After"), upload=png_upload(colour="red")
    )
    verbs.submit(attempt, by=learner)
    break_it(piece.file)

    outbox.drain()

    attempt.refresh_from_db()
    assert (attempt.state, Submission.objects.get(pk=attempt.submission_id).state) == ("open", "draft")
    assert Letter.objects.filter(person=learner, kind="file_broken").count() == 1


def test_handed_in_once_more_it_is_told_once_more_with_the_new_day():
    attempt = open_attempt()
    learner = attempt.submission.learner
    piece = verbs.add_evidence(attempt, by=learner, kind="image", about=nobody_in("After"), upload=png_upload())
    verbs.submit(attempt, by=learner)
    take_away(piece.file)
    outbox.drain()
    verbs.remove_evidence(piece, by=learner)

    with clock.at(clock.now() + timedelta(days=40)):
        again = verbs.submit(attempt, by=learner)
        outbox.drain()

    told = Notice.objects.filter(person=learner, kind="handed_in").order_by("pk")
    assert [one.facts["answer_by"] == again.answer_by.isoformat() for one in told] == [False, True]
    assert Letter.objects.filter(person=learner, kind="handed_in").count() == 2


def test_a_disk_that_cannot_be_read_just_now_leaves_the_attempt_until_it_can():
    attempt = open_attempt()
    learner = attempt.submission.learner
    piece = verbs.add_evidence(
        attempt, by=learner, kind="image", upload=png_upload(colour="plum"), about=nobody_in("A")
    )
    verbs.submit(attempt, by=learner)
    place = Path(piece.file.path)
    aside = place.rename(f"{place}.aside")
    place.mkdir()  # neither gone nor to be read

    outbox.drain()

    job = Job.objects.get(key__startswith=f"freeze:{attempt.public_id}")
    attempt.refresh_from_db()
    assert (attempt.state, Submission.objects.get(pk=attempt.submission_id).state) == ("checking", "submitted")
    assert (job.state, job.attempts, "IsADirectoryError" in job.last_error) == ("pending", 1, True)
    assert not Letter.objects.filter(person=learner, kind="file_broken").exists()
    assert queries.as_they_are({piece.public_id: piece.sha256}) == {piece.public_id: None}
    place.rmdir()
    aside.rename(place)
    Job.objects.filter(pk=job.pk).update(next_at=Now())
    outbox.drain()
    attempt.refresh_from_db()
    assert attempt.state == "assessable"
    assert queries.as_they_are({piece.public_id: piece.sha256}) == {piece.public_id: True}


def test_what_was_handed_in_cannot_be_changed_by_any_verb():
    attempt = submitted_attempt()
    learner, piece = attempt.submission.learner, attempt.evidence.get()

    for act in (
        lambda: verbs.save_draft(attempt, by=learner, overview="x", reflection="y", edition=attempt.edition),
        lambda: verbs.add_evidence(attempt, by=learner, kind="text", text="x"),
        lambda: verbs.map_evidence(piece, by=learner, criteria=[]),
        lambda: verbs.remove_evidence(piece, by=learner),
    ):
        with pytest.raises(Refused, match="stays as it is"):
            act()


def test_what_was_handed_in_cannot_be_changed_even_by_sql():
    attempt = assessable_attempt()
    piece = attempt.evidence.get()

    for act in (
        lambda: Attempt.objects.filter(pk=attempt.pk).update(overview="other"),
        lambda: Attempt.objects.filter(pk=attempt.pk).update(manifest="{}"),
        lambda: EvidenceItem.objects.filter(pk=piece.pk).update(text="other"),
        lambda: EvidenceItem.objects.filter(pk=piece.pk).delete(),
        piece.criteria.clear,
    ):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            act()


def test_what_is_looked_over_first_holds_all_that_the_assessor_reads():
    attempt = second_attempt()
    verbs.withdraw(attempt.submission, by=attempt.submission.learner)
    verbs.reopen(attempt.submission, by=attempt.submission.learner)
    changed(attempt.submission.attempts.latest("number"))

    page = browser(attempt.submission.learner).get(f"{attempt.submission.get_absolute_url()}submit/").content.decode()

    assert ("A woolshed near Gore" in page, "I ground it anew." in page) == (True, True)


def test_a_double_click_on_handing_in_ends_where_one_click_does():
    attempt = open_attempt()
    client, there = browser(attempt.submission.learner), attempt.submission.get_absolute_url()

    answers = [client.post(f"{there}submit/") for _ in range(2)]

    assert [(one.status_code, one.headers["Location"]) for one in answers] == [(302, there)] * 2
    page = client.get(there).content.decode()
    assert (page.count("Handed in. You hear by"), "so it stays as it is" in page) == (1, False)
