"""A draft that nobody writes in is laid aside, after a warning; nothing in it is deleted."""

from datetime import timedelta

import pytest

from apps.accounts import verbs as accounts
from apps.core import clock
from apps.core.models import Event
from apps.submissions import verbs
from apps.submissions.models import EvidenceItem, Submission
from tests.factories import (
    assessable_attempt,
    browser,
    decided,
    events_of,
    nobody_in,
    open_attempt,
    operator,
    png_upload,
)

pytestmark = pytest.mark.django_db


def after(days, attempt):
    return clock.at(attempt.saved_at + timedelta(days=days))


def kinds_and_days(learner):
    return [(one.kind, one.facts["day"]) for one in learner.notices.filter(kind="draft_lapses").order_by("pk")]


def test_a_draft_is_warned_of_once_and_lapses_two_weeks_later():
    attempt = open_attempt()
    learner, submission = attempt.submission.learner, attempt.submission
    told = []
    for days in (165, 167, 168, 180, 182, 183):
        with after(days, attempt):
            told.append(verbs.lapse_drafts())

    submission.refresh_from_db()
    attempt.refresh_from_db()
    assert told == [0, 0, 0, 0, 1, 0]
    assert (submission.state, attempt.state, attempt.evidence.count()) == ("lapsed", "open", 1)
    day = (attempt.saved_at + timedelta(days=181)).date().isoformat()
    assert kinds_and_days(learner) == [("draft_lapses", day), ("draft_lapses", None)]
    assert events_of(submission)[-1] == ("submission.lapsed", "")


def test_where_the_job_slept_for_a_year_the_warning_still_comes_first():
    attempt = open_attempt()

    with after(400, attempt):
        first = verbs.lapse_drafts()
    with after(413, attempt):
        second = verbs.lapse_drafts()
    with after(415, attempt):
        third = verbs.lapse_drafts()

    assert (first, second, third) == (0, 0, 1)


def test_who_writes_after_the_warning_keeps_the_draft_and_is_warned_anew():
    attempt = open_attempt()
    learner = attempt.submission.learner
    with after(170, attempt):
        verbs.lapse_drafts()
        verbs.save_draft(attempt, by=learner, edition=attempt.edition, overview="Still at it.")
    with after(190, attempt):
        assert verbs.lapse_drafts() == 0
    attempt.refresh_from_db()

    with after(170, attempt):
        assert verbs.lapse_drafts() == 0

    assert Submission.objects.get().state == "draft"
    assert len(kinds_and_days(learner)) == 2


def test_a_piece_that_was_added_counts_as_writing():
    attempt = open_attempt()
    EvidenceItem.objects.update(added_at=attempt.saved_at + timedelta(days=100))

    with after(200, attempt):
        verbs.lapse_drafts()

    assert (Submission.objects.get().state, kinds_and_days(attempt.submission.learner)) == ("draft", [])


@pytest.mark.parametrize("step", ["edit", "map", "order", "remove", "replace"])
def test_so_does_whatever_is_done_to_a_piece(step):
    attempt = open_attempt()
    learner = attempt.submission.learner
    piece = verbs.add_evidence(attempt, by=learner, kind="image", upload=png_upload(), about=nobody_in("The edge"))
    acts = {
        "edit": lambda: verbs.edit_evidence(piece, by=learner, about=nobody_in("Edge"), criteria=[]),
        "map": lambda: verbs.map_evidence(piece, by=learner, criteria=[]),
        "order": lambda: verbs.order_evidence(attempt, by=learner, order=[piece.public_id]),
        "remove": lambda: verbs.remove_evidence(piece, by=learner),
        "replace": lambda: verbs.replace_file(piece, by=learner, upload=png_upload(colour="blue")),
    }
    with after(170, attempt):
        verbs.lapse_drafts()
        acts[step]()

    with after(190, attempt):
        verbs.lapse_drafts()

    assert Submission.objects.get().state == "draft"


def test_what_was_handed_in_or_answered_never_lapses():
    waiting, answered = assessable_attempt(), decided(short=True).attempt

    for days in (170, 400, 800):
        with after(days, answered):
            verbs.lapse_drafts()

    assert Submission.objects.get(pk=waiting.submission_id).state == "submitted"
    assert Submission.objects.get(pk=answered.submission_id).state == "not_yet"
    assert not Event.objects.filter(kind="submission.lapsed").exists()


@pytest.mark.parametrize("whole", [True, False], ids=["all of a person's", "one submission"])
def test_a_draft_on_hold_is_neither_warned_of_nor_lapses_until_it_is_lifted(whole):
    attempt, other = open_attempt(), open_attempt()
    learner, boss = attempt.submission.learner, operator()
    hold = (
        accounts.hold(learner, by=boss, reason="Case")
        if whole
        else verbs.hold(attempt.submission, by=boss, reason="Case")
    )
    for days in (170, 190):
        with after(days, other):
            verbs.lapse_drafts()
    held = Submission.objects.get(pk=attempt.submission_id).state, kinds_and_days(learner)
    accounts.lift_hold(hold, by=boss)
    for days in (191, 210):
        with after(days, other):
            verbs.lapse_drafts()

    assert held == ("draft", [])
    assert [one.state for one in Submission.objects.all()] == ["lapsed", "lapsed"]


def test_a_lapsed_draft_is_opened_again_and_does_not_lapse_the_next_day():
    attempt = open_attempt()
    learner, submission = attempt.submission.learner, attempt.submission
    for days in (170, 190):
        with after(days, attempt):
            verbs.lapse_drafts()
    client = browser(learner)
    page = client.get(submission.get_absolute_url()).content.decode()

    with after(191, attempt):
        verbs.reopen(submission, by=learner)
        verbs.lapse_drafts()
    with after(192, attempt):
        verbs.lapse_drafts()

    assert ("not written in it for a long time" in page, "Open it again" in page) == (True, True)
    submission.refresh_from_db()
    assert (submission.state, submission.warned_at) == ("draft", None)
