"""Prior learning: the same rubric, each piece asked about, and the route told on the record."""

import json
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from apps.core import outbox
from apps.core.models import Event
from apps.core.refused import Refused
from apps.credentials.models import Credential
from apps.issuers import verbs as issuers
from apps.reviews import verbs as reviews
from apps.reviews.models import PieceCheck, Review
from apps.submissions import verbs
from apps.submissions.models import EvidenceItem, Submission
from tests.factories import (
    ALL_GOOD,
    OUTCOMES,
    RUBRIC,
    WORDS,
    assessable_attempt,
    assessor_of,
    browser,
    events_of,
    marks_for,
    open_attempt,
    owner_of,
    person,
    published_version,
    taken_attempt,
)

pytestmark = pytest.mark.django_db
PRIOR, WORK = Submission.Route.PRIOR_LEARNING, Submission.Route.WORK


def prior_attempt():
    """Taken, on the route of prior learning."""
    attempt = open_attempt()
    verbs.choose_route(attempt.submission, by=attempt.submission.learner, route=PRIOR)
    verbs.submit(attempt, by=attempt.submission.learner)
    verbs.freeze(attempt.pk)
    attempt.refresh_from_db()
    assessor = assessor_of(attempt.submission.achievement)
    reviews.take(attempt, by=assessor)
    return attempt, assessor


def test_a_route_is_chosen_while_it_is_a_draft():
    attempt = open_attempt()
    learner = attempt.submission.learner

    chosen = verbs.choose_route(attempt.submission, by=learner, route=PRIOR)
    verbs.choose_route(attempt.submission, by=learner, route=PRIOR)

    assert chosen.route == "prior_learning"
    assert events_of(chosen)[-1] == ("submission.route_chosen", learner.public_id)
    assert Event.objects.get(kind="submission.route_chosen").data == {"route": "prior_learning"}
    assert verbs.choose_route(attempt.submission, by=learner, route=WORK).route == "work"


def test_what_was_handed_in_keeps_its_route_and_nobody_else_chooses():
    draft, handed_in = open_attempt(), assessable_attempt()

    with pytest.raises(PermissionDenied):
        verbs.choose_route(draft.submission, by=person(), route=PRIOR)
    with pytest.raises(Refused, match="was handed in"):
        verbs.choose_route(handed_in.submission, by=handed_in.submission.learner, route=PRIOR)
    with pytest.raises(Refused, match="one of the two routes"):
        verbs.choose_route(draft.submission, by=draft.submission.learner, route="shortcut")

    assert set(Submission.objects.values_list("route", flat=True)) == {"work"}


def test_where_new_work_is_asked_for_prior_learning_is_refused():
    version = published_version(rpl_allowed=False)
    draft = open_attempt(version).submission
    learner = person()

    with pytest.raises(Refused, match="asks for new work"):
        verbs.choose_route(draft, by=draft.learner, route=PRIOR)
    with pytest.raises(Refused, match="asks for new work"):
        verbs.start(version, by=learner, route=PRIOR)

    assert Submission.objects.filter(learner=learner).count() == 0
    assert "I can do this already" not in browser(learner).get(version.achievement.get_absolute_url()).content.decode()


def test_the_achievement_page_begins_it_on_either_route():
    version, learner = published_version(), person()
    client = browser(learner)
    assert "I can do this already" in client.get(version.achievement.get_absolute_url()).content.decode()

    client.post(f"/achievements/{version.achievement.slug}/start/", {"route": "prior_learning"})

    submission = Submission.objects.get(learner=learner)
    assert submission.route == "prior_learning"
    assert Event.objects.get(kind="submission.started").data == {"version": 1, "route": "prior_learning"}


def test_each_piece_is_asked_about_before_anything_is_decided():
    attempt, assessor = prior_attempt()
    piece, marks = attempt.evidence.get(), marks_for(attempt)
    said = {"marks": marks, "answers": ALL_GOOD, "note": ""}

    with pytest.raises(Refused, match="four questions about piece 1"):
        reviews.decide(attempt, by=assessor, **said)
    with pytest.raises(Refused, match="four questions about piece 1"):
        reviews.decide(attempt, by=assessor, **said, checks={piece: ({**ALL_GOOD, "current": None}, "")})
    with pytest.raises(Refused, match="Say what is wrong with piece 1"):
        reviews.decide(attempt, by=assessor, **said, checks={piece: ({**ALL_GOOD, "current": False}, "")})
    decision = reviews.decide(
        attempt,
        by=assessor,
        **said,
        checks={piece: ({**ALL_GOOD, "current": False}, "Ten years old; the film is not.")},
    )

    check = PieceCheck.objects.get()
    assert (decision.outcome, check.answers, check.comment) == (
        "meets",
        (True, True, True, False),
        "Ten years old; the film is not.",
    )


def test_the_four_answers_on_the_whole_rule_as_ever():
    attempt, assessor = prior_attempt()
    checks = {attempt.evidence.get(): (ALL_GOOD, "")}

    with pytest.raises(Refused, match="cannot meet the rubric"):
        reviews.decide(
            attempt,
            by=assessor,
            marks=marks_for(attempt),
            answers={**ALL_GOOD, "authentic": False},
            note="",
            checks=checks,
        )

    assert Review.objects.get().state == "draft"


def test_a_piece_of_other_work_is_not_asked_about():
    attempt, assessor = prior_attempt()
    other = assessable_attempt().evidence.get()

    with pytest.raises(Refused, match="not part of this attempt"):
        reviews.save_marks(attempt, by=assessor, marks={}, answers={}, note="", checks={other: (ALL_GOOD, "")})


def test_the_desk_asks_and_keeps_what_was_answered():
    attempt, assessor = prior_attempt()
    piece, client = attempt.evidence.get(), browser(assessor)
    desk = client.get(f"/reviews/{attempt.public_id}/").content.decode()

    client.post(
        f"/reviews/{attempt.public_id}/decide/",
        {"save": "yes", f"{piece.public_id}-valid": "yes", f"{piece.public_id}-comment": "Signed by the guild."},
    )
    kept = client.get(f"/reviews/{attempt.public_id}/").content.decode()

    assert ("Each piece of prior learning" in desk, "Recognition of prior learning" in desk) == (True, True)
    assert "Signed by the guild." in kept
    assert PieceCheck.objects.get().answers == (True, None, None, None)


def test_the_record_and_the_manifest_tell_the_route():
    attempt, assessor = prior_attempt()
    decision = reviews.decide(
        attempt,
        by=assessor,
        marks=marks_for(attempt),
        answers=ALL_GOOD,
        note="",
        checks={attempt.evidence.get(): (ALL_GOOD, "")},
    )
    outbox.drain()
    credential = Credential.objects.get(decision_id=decision.public_id)
    client = browser(credential.earner)

    record = client.get(f"/c/{credential.public_id}/record.json").json()

    assert record["basis"] == "Prior learning, judged against the rubric"
    assert "Prior learning, judged" in client.get(f"/c/{credential.public_id}/record").content.decode()
    assert json.loads(attempt.manifest)["route"] == "prior_learning"


def test_work_that_is_older_than_its_beginning_is_marked_at_the_desk():
    attempt = open_attempt()
    began = attempt.submission.started_at.date()
    EvidenceItem.objects.update(made_on=began - timedelta(days=400))
    verbs.add_evidence(attempt, by=attempt.submission.learner, kind="text", title="Since", text="New.")
    EvidenceItem.objects.filter(title="Since").update(made_on=date(2999, 1, 1))
    verbs.submit(attempt, by=attempt.submission.learner)
    verbs.freeze(attempt.pk)

    page = browser(assessor_of(attempt.submission.achievement)).get(f"/reviews/{attempt.public_id}/").content.decode()

    note = page.partition("Made before the learner began:")[2].partition("</p>")[0]
    assert ("Log" in note, "Since" in note) == (True, False)


def test_on_the_route_of_work_no_piece_is_asked_about():
    attempt, assessor = taken_attempt()

    decision = reviews.decide(attempt, by=assessor, marks=marks_for(attempt), answers=ALL_GOOD, note="")

    assert (decision.outcome, PieceCheck.objects.count()) == ("meets", 0)


def test_on_a_newer_version_that_recognises_no_prior_learning_it_is_work_done_for_the_badge():
    attempt = open_attempt(published_version(rpl_allowed=True))
    learner, achievement = attempt.submission.learner, attempt.submission.achievement
    verbs.choose_route(attempt.submission, by=learner, route=PRIOR)
    owner = owner_of(achievement.issuer)
    words = WORDS | {"rpl_allowed": False}
    draft = issuers.draft_next(achievement, by=owner, words=words, rubric=RUBRIC, outcomes=OUTCOMES)
    issuers.publish(draft, by=owner)
    page = browser(learner).get(f"/submissions/{attempt.submission.public_id}/change-version/").content.decode()

    moved = verbs.change_version(attempt.submission, by=learner)

    assert "Version 2 doesn’t recognise prior learning, so there it is work done for this badge." in page
    assert (moved.version.number, moved.route) == (2, WORK)
    assert Event.objects.filter(kind="submission.route_chosen").latest("pk").data == {"route": "work"}


def test_what_is_on_a_route_that_its_version_does_not_have_is_not_handed_in_and_leaves_it_by_a_button():
    attempt = open_attempt(published_version(rpl_allowed=False))
    learner, there = attempt.submission.learner, attempt.submission.get_absolute_url()
    Submission.objects.filter(pk=attempt.submission_id).update(route=PRIOR)

    with pytest.raises(Refused, match="what was learnt before is not recognised here"):
        verbs.submit(attempt, by=learner)

    assert 'value="route:work"' in browser(learner).get(there).content.decode()
    verbs.choose_route(attempt.submission, by=learner, route=WORK)
    assert verbs.submit(attempt, by=learner).route == "work"
