"""A second look at a decision: agreed, changed, or judged again."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from apps.core import clock, outbox
from apps.core.events import digest
from apps.core.models import Event
from apps.core.refused import Refused
from apps.credentials.models import Credential
from apps.issuers import verbs as issuers
from apps.notices.models import Letter
from apps.reviews import verbs
from apps.reviews.models import Conflict, Consequence, Decision, Moderation
from apps.submissions import verbs as submissions
from apps.submissions.models import Submission
from tests.factories import (
    ALL_GOOD,
    assessor_of,
    browser,
    changed,
    decided,
    drafted_version,
    marked_apart,
    marks_for,
    moderating,
    owner_of,
    person,
    sampled,
    seated,
)
from tests.factories.work import waiting
from tests.reviews.noted import taken_by
from tests.together import meanwhile

pytestmark = pytest.mark.django_db
MARCH = datetime(2026, 3, 3, 10, tzinfo=UTC)
WHY = "The second film shows an even edge."


def change(attempt, by, **words):
    facts = {"marks": marks_for(attempt), "answers": ALL_GOOD, "note": "Changed.", "reason": WHY}
    return verbs.change_decision(attempt, by=by, **facts | words)


def again(attempt, by, reason=WHY):
    return verbs.ask_again(attempt, by=by, reason=reason)


def agree(attempt, by):
    return verbs.agree(attempt, by=by)


ACTS = [agree, change, again]


def test_agreed_it_stands_and_what_waited_for_that_is_released():
    attempt, moderator = moderating(before=True)
    assert (attempt.submission.state, Credential.objects.count()) == ("awaiting_decision", 0)

    moderation = verbs.agree(attempt, by=moderator, reason="As I would.")

    attempt.submission.refresh_from_db()
    decision = Decision.objects.get()
    assert (moderation.verdict, moderation.reason, moderation.decision) == ("agreed", "As I would.", decision)
    assert (attempt.submission.state, Credential.objects.get().decision_id) == ("awarded", decision.public_id)
    assert Event.objects.get(kind="decision.moderated").data == {
        "decision": decision.public_id,
        "verdict": "agreed",
        "reason": digest("As I would."),
    }


def test_changed_it_is_decided_anew_and_the_learner_is_told_why():
    attempt, moderator = moderating(short=True)

    moderation = change(attempt, moderator)
    outbox.drain()

    attempt.submission.refresh_from_db()
    first, second = Decision.objects.order_by("pk")
    assert (moderation.verdict, moderation.decision, second.replaces) == ("changed", first, first)
    assert (second.how, second.outcome, second.differs, second.reason) == ("moderated", "meets", False, WHY)
    assert (attempt.submission.state, attempt.answer.reason, attempt.former_answers.count()) == ("awarded", WHY, 1)
    assert WHY in Letter.objects.get(kind="decided_anew").text


def test_changed_against_the_levels_it_differs_and_a_badge_that_went_out_waits_for_a_human():
    attempt, moderator = moderating()
    marks = marks_for(attempt)

    change(attempt, moderator, marks=marks, outcome="not_yet")

    newest = Decision.objects.latest("pk")
    assert (newest.outcome, newest.differs, newest.review.outcome) == ("not_yet", True, "meets")
    assert (Credential.objects.get().status, Consequence.objects.get().decision) == ("valid", newest)


def test_evidence_that_is_not_authentic_is_decided_against_the_levels_and_never_meets():
    attempt, moderator = moderating()
    doubted = ALL_GOOD | {"authentic": False}

    with pytest.raises(Refused, match="cannot meet the rubric"), transaction.atomic():
        change(attempt, moderator, answers=doubted)
    with pytest.raises(Refused, match="cannot meet the rubric"), transaction.atomic():
        change(attempt, moderator, marks=marks_for(attempt, short=True), answers=doubted, outcome="meets")
    change(attempt, moderator, answers=doubted, outcome="not_yet")

    newest = Decision.objects.latest("pk")
    assert (newest.outcome, newest.differs, newest.review.authentic) == ("not_yet", True, False)


def test_what_changes_nothing_is_no_change():
    attempt, moderator = moderating()

    with pytest.raises(Refused, match="Agree, or change something"):
        change(attempt, moderator, note="Thank you.")

    assert (Decision.objects.count(), change(attempt, moderator).verdict) == (1, "changed")


def test_where_two_agreed_it_begins_with_the_words_of_both():
    draft = drafted_version(policy="double_blind", moderation_percent=100)
    attempt = marked_apart(issuers.publish(draft, by=owner_of(draft.achievement.issuer)), agreed=True)
    decision, moderator = Decision.objects.get(), seated("moderator", attempt.submission.achievement.issuer)

    review = verbs.take(attempt, by=moderator).review

    assert (review.note, decision.note) == ("The first.\n\nThe second.", "The first.\n\nThe second.")
    words = {mark.criterion: (mark.level, mark.comment) for mark in review.marks.all()}
    with pytest.raises(Refused, match="Agree, or change something"):
        change(attempt, moderator, marks=words, note=review.note)


def test_judged_again_it_goes_to_somebody_who_did_not_judge_it():
    attempt, moderator = moderating()
    before = Decision.objects.get()

    moderation = again(attempt, moderator)

    attempt.refresh_from_db()
    attempt.submission.refresh_from_db()
    assert (moderation.verdict, attempt.state, attempt.submission.state) == ("again", "assessable", "under_assessment")
    conflict = Conflict.objects.get()
    assert (conflict.assessor, conflict.kind) == (before.by, "marked")
    with pytest.raises(Refused, match="judged this before"):
        verbs.take(attempt, by=before.by)
    fresh = assessor_of(attempt.submission.achievement)
    verbs.take(attempt, by=fresh)
    newest = verbs.decide(attempt, by=fresh, marks=marks_for(attempt, short=True), answers=ALL_GOOD, note="")
    assert (newest.replaces, newest.outcome, Credential.objects.count()) == (before, "not_yet", 1)


@pytest.mark.parametrize("act", ACTS)
def test_done_twice_it_is_done_once(act):
    attempt, moderator = moderating()
    act(attempt, moderator)

    with pytest.raises(Refused, match="don't hold this"):
        act(attempt, moderator)

    assert Moderation.objects.count() == 1


@pytest.mark.parametrize("act", ACTS)
def test_only_a_moderator_who_took_it_looks_again(act):
    decision = sampled()
    attempt, issuer = decision.attempt, decision.attempt.submission.achievement.issuer

    with pytest.raises(PermissionDenied):
        act(attempt, person())
    with pytest.raises(Refused, match="waits for a lead"):
        verbs.take(attempt, by=assessor_of(attempt.submission.achievement))
    with pytest.raises(Refused, match="don't hold this"):
        act(attempt, seated("moderator", issuer))

    moderator = seated("moderator", issuer)
    verbs.take(attempt, by=moderator)
    assert act(attempt, moderator)


@pytest.mark.parametrize("act", ACTS)
def test_what_is_not_in_the_sample_is_not_looked_at_again(act):
    attempt = decided().attempt

    with pytest.raises(Refused, match="don't hold this"):
        act(attempt, seated("moderator", attempt.submission.achievement.issuer))

    assert not attempt.turns.filter(part="moderate").exists()


@pytest.mark.parametrize("act", [change, again])
def test_without_a_reason_nothing_is_changed(act):
    attempt, moderator = moderating()

    with pytest.raises(Refused, match="Say why"):
        act(attempt, moderator, reason=" ")

    assert not Moderation.objects.exists()


def test_the_database_wants_the_reason_and_lets_nobody_change_what_was_said():
    attempt, moderator = moderating()
    moderation = verbs.agree(attempt, by=moderator)

    with pytest.raises(IntegrityError, match="moderation_says_why"), transaction.atomic():
        Moderation.objects.bulk_create(
            [
                Moderation(
                    turn=attempt.turns.first(),
                    decision=moderation.decision,
                    verdict="changed",
                    by=moderator,
                    at=moderation.at,
                )
            ]
        )
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Moderation.objects.update(verdict="again", reason="x")


@pytest.mark.parametrize(
    ("before", "heard"), [(True, "The learner has not been told yet"), (False, "The learner has been told already")]
)
def test_the_desk_shows_the_decision_whether_the_learner_heard_and_three_acts(before, heard):
    attempt, moderator = moderating(before=before)

    page = browser(moderator).get(f"/reviews/{attempt.public_id}/").content.decode()

    said = (
        heard,
        "What was decided",
        "Well shown.",
        "Have it judged again",
        ">Change the decision</button>",
        ">Agree</button>",
    )
    assert [words for words in said if words not in page] == []
    assert page.count("btn btn-primary") == 1
    assert 'value="2" checked' in page


CHANGED = {
    "c1-level": "2",
    "c2-level": "3",
    "c3-level": "2",
    "note": "Changed.",
    "reason": WHY,
    "decide": "yes",
    **dict.fromkeys(("valid", "sufficient", "authentic", "current"), "yes"),
}


@pytest.mark.parametrize(
    ("path", "typed", "said"),
    [
        ("agree", {"agree-reason": ""}, "Agreed. The decision stands."),
        ("ask-again", {"again-reason": WHY}, "It waits to be judged again"),
        ("change", CHANGED, "Changed. The learner is told, with your reasons."),
    ],
)
def test_on_the_page_each_of_the_three_is_done(path, typed, said):
    attempt, moderator = moderating()

    page = browser(moderator).post(f"/reviews/{attempt.public_id}/{path}/", typed, follow=True).content.decode()

    assert said in page
    assert Moderation.objects.get().by == moderator


def test_on_the_page_a_refused_act_loses_nothing_that_was_typed():
    attempt, moderator = moderating()
    client = browser(moderator)

    empty = client.post(f"/reviews/{attempt.public_id}/ask-again/", {"again-reason": ""})
    change = client.post(
        f"/reviews/{attempt.public_id}/change/",
        {"c1-level": "1", "note": "So far.", "against": "not_yet", "decide": "yes"},
    )

    assert (empty.status_code, 'id="again" open' in empty.content.decode()) == (422, True)
    page = change.content.decode()
    assert (change.status_code, "So far." in page, 'value="not_yet" checked' in page) == (422, True, True)
    assert not Moderation.objects.exists()


def test_the_reasons_so_far_are_kept_with_the_marks():
    attempt, moderator = moderating()
    client = browser(moderator)
    typed = {"c1-level": "1", "reason": "Not even yet.", "against": "not_yet"}

    saved = client.post(f"/reviews/{attempt.public_id}/decide/", typed, headers={"accept": "application/json"})
    page = client.get(f"/reviews/{attempt.public_id}/").content.decode()

    assert (saved.status_code, saved.json()["edition"]) == (200, 1)
    assert ("Not even yet." in page, 'value="not_yet" checked' in page) == (True, True)


@pytest.mark.parametrize("act", [change, again])
@pytest.mark.parametrize("gone_on", ["the next attempt", "the badge again"])
def test_where_the_learner_has_gone_on_a_decision_is_only_agreed_with(act, gone_on):
    attempt, moderator = moderating(short=True)
    submission = attempt.submission
    if gone_on == "the next attempt":
        submissions.try_again(submission, by=submission.learner)
    else:
        Submission.objects.filter(pk=submission.pk).update(state="declined")
        submissions.start(submission.version, by=submission.learner)

    with pytest.raises(Refused, match="has gone on since"), transaction.atomic():
        act(attempt, moderator)

    assert (agree(attempt, moderator).verdict, Decision.objects.get().outcome) == ("agreed", "not_yet")


def test_a_second_look_at_the_first_attempt_says_nothing_of_the_second():
    attempt = sampled(short=True).attempt
    learner = attempt.submission.learner
    second = changed(submissions.try_again(attempt.submission, by=learner))
    submissions.submit(second, by=learner)

    verbs.take(attempt, by=seated("moderator", attempt.submission.achievement.issuer))

    page = browser(learner).get(attempt.submission.get_absolute_url()).content.decode()
    assert Submission.objects.get().state == "submitted"
    assert "is reading it" not in page
    waiting(second)
    verbs.take(second, by=assessor_of(attempt.submission.achievement))
    assert Submission.objects.get().state == "under_assessment"


def test_judged_again_the_learner_is_promised_another_day_and_hears_so():
    with clock.at(MARCH):
        attempt = sampled(short=True).attempt
    promised = Submission.objects.get().answer_by
    with clock.at(MARCH + timedelta(days=60)):
        again(attempt, taken_by(attempt, "moderator"))

    outbox.drain()

    answer_by = Submission.objects.get().answer_by
    assert (answer_by - promised).days in range(55, 65)
    assert attempt.turns.open().get().due_on == answer_by
    told = attempt.submission.learner.notices.get(kind="judged_again")
    letter = Letter.objects.get(kind="judged_again")
    assert told.facts["answer_by"] == str(answer_by)
    assert f"You hear by {answer_by:%-d %B %Y}" in letter.text
    assert WHY not in letter.text


def test_judged_again_before_the_learner_heard_what_they_were_promised_stands():
    attempt, moderator = moderating(before=True)
    promised = attempt.submission.answer_by

    again(attempt, moderator)

    assert (Submission.objects.get().answer_by, attempt.turns.open().get().due_on) == (promised, promised)
    assert not attempt.submission.learner.notices.filter(kind="judged_again").exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", [change, again])
def test_who_changes_it_as_the_learner_begins_the_badge_anew_hears_so(act):
    attempt, moderator = moderating(short=True)
    submission = attempt.submission
    Submission.objects.filter(pk=submission.pk).update(state="declined")

    _begun, came_of = meanwhile(
        lambda: submissions.start(submission.version, by=submission.learner),
        lambda: act(attempt, moderator, **({"marks": marks_for(attempt, short=True)} if act is change else {})),
    )

    assert (type(came_of), "has gone on since" in str(came_of)) == (Refused, True)
    assert (Decision.objects.count(), Moderation.objects.count()) == (1, 0)


def test_a_second_look_at_the_second_decision_begins_with_that_one():
    attempt, moderator = moderating(short=True)
    verbs.save_marks(attempt, by=moderator, marks=marks_for(attempt, short=True), answers=ALL_GOOD, note="The old one.")
    again(attempt, moderator)
    fresh = assessor_of(attempt.submission.achievement)
    verbs.take(attempt, by=fresh)
    verbs.decide(attempt, by=fresh, marks=marks_for(attempt), answers=ALL_GOOD, note="The new one.")

    review = verbs.take(attempt, by=moderator).review

    assert (review.note, [mark.level for mark in review.marks.order_by("criterion")]) == (
        "The new one.",
        [level for level, _comment in marks_for(attempt).values()],
    )
