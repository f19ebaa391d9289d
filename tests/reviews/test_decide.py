import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from apps.accounts.models import User
from apps.core import outbox
from apps.core.events import digest
from apps.core.models import Event, Job
from apps.core.refused import Refused
from apps.credentials.models import Credential
from apps.notices.models import Letter
from apps.reviews import verbs
from apps.reviews.models import Assignment, Decision
from apps.submissions.models import Answer, Finding, Submission
from tests.factories import ALL_GOOD, assessor_of, browser, marks_for, person, published_version, taken_attempt

pytestmark = pytest.mark.django_db
Outcome = Decision.Outcome


def decide(attempt, by, *, short=False, marks=None, answers=ALL_GOOD, note="Thank you."):
    marks = marks_for(attempt, short=short) if marks is None else marks
    return verbs.decide(attempt, by=by, marks=marks, answers=answers, note=note)


def test_meeting_the_rubric_awards_in_the_same_step_and_leaves_its_trail():
    attempt, assessor = taken_attempt()

    decision = decide(attempt, assessor)

    attempt.refresh_from_db()
    submission = attempt.submission
    submission.refresh_from_db()
    credential = Credential.objects.get(decision_id=decision.public_id)
    assert (decision.outcome, attempt.state, submission.state) == ("meets", "closed", "awarded")
    assert (credential.earner, credential.version, credential.basis, credential.state, credential.visibility) == (
        submission.learner,
        submission.version,
        "assessed",
        "awarded",
        "private",
    )
    assert Assignment.objects.get(attempt=attempt).state == "done"
    assert list(Finding.objects.filter(attempt=attempt).values_list("criterion__name", "level", "met", "comment")) == [
        ("Edge", 2, True, "Well shown."),
        ("Safety", 3, True, "Well shown."),
        ("Care", 2, True, "Well shown."),
    ]
    assert Answer.objects.get(attempt=attempt).met is True
    made = Event.objects.get(kind="decision.made", subject_id=submission.public_id)
    assert (made.actor_id, made.data) == (
        assessor.public_id,
        {
            "decision": decision.public_id,
            "attempt": attempt.public_id,
            "outcome": "meets",
            "how": "assessed",
            "note": digest("Thank you."),
        },
    )
    assert Event.objects.filter(kind="credential.awarded", subject_id=credential.public_id).count() == 1
    assert Job.objects.filter(key=f"bake:{credential.public_id}").count() == 1


def test_not_yet_reaches_the_learner_with_what_to_change_and_awards_nothing():
    attempt, assessor = taken_attempt()

    decision = decide(attempt, assessor, short=True, note="Nearly there.")
    outbox.drain()

    attempt.submission.refresh_from_db()
    assert (decision.outcome, attempt.submission.state, Credential.objects.count()) == ("not_yet", "not_yet", 0)
    letter = Letter.objects.get(kind="not_yet")
    assert letter.subject == "Not yet: one thing to change in Sharpen a knife"
    assert letter.state == "sent"
    for words in ("Nearly there.", "Set the edge evenly, then show it again.", "Edge"):
        assert words in letter.text
        assert words in letter.html
    assert "Safety" not in letter.text


def test_an_optional_criterion_below_its_level_does_not_stand_in_the_way():
    attempt, assessor = taken_attempt()
    marks = marks_for(attempt)
    care = next(criterion for criterion in marks if not criterion.required)
    marks[care] = (1, "Oil it after use.")

    assert decide(attempt, assessor, marks=marks).outcome == "meets"


def test_what_is_declined_gets_no_further_attempt_and_the_note_says_why():
    attempt, assessor = taken_attempt()
    typed = {"c1-level": "1", "c1-comment": "Not the edge.", "c2-level": "3", "c3-level": "2", "declines": "on"}
    typed |= dict.fromkeys(ALL_GOOD, "yes") | {"decide": "yes"}
    client, there = browser(assessor), f"/reviews/{attempt.public_id}/decide/"

    wordless = client.post(there, typed)
    met = client.post(there, typed | {"c1-level": "2", "note": "Three times the same."})
    done = client.post(there, typed | {"note": "Three times the same."}, follow=True)

    assert (wordless.status_code, "Say in the note why" in wordless.content.decode()) == (422, True)
    assert (met.status_code, "Work that meets the rubric can&#x27;t be declined." in met.content.decode()) == (
        422,
        True,
    )
    assert 'id="id_declines" aria-describedby="declines_help" checked' in met.content.decode()
    assert "Decided: declined. The learner is told." in done.content.decode()
    attempt.submission.refresh_from_db()
    assert (Decision.objects.get().outcome, attempt.submission.state) == ("declined", "declined")


def test_decide_twice_is_refused_and_awards_once():
    attempt, assessor = taken_attempt()
    decide(attempt, assessor)

    with pytest.raises(Refused, match="decided already"):
        decide(attempt, assessor)

    assert Credential.objects.count() == 1
    assert Decision.objects.count() == 1


def test_only_who_holds_the_lease_decides():
    attempt, assessor = taken_attempt()
    other = assessor_of(attempt.submission.achievement)

    with pytest.raises(Refused, match="holds this now"):
        decide(attempt, other)

    assert decide(attempt, assessor).by == assessor


def test_a_person_without_a_seat_is_not_let_near_it():
    attempt, assessor = taken_attempt()

    with pytest.raises(PermissionDenied):
        decide(attempt, person())

    assert decide(attempt, assessor)


def test_nobody_decides_on_their_own_work_even_under_another_address():
    version = published_version()
    learner = assessor_of(version.achievement)
    alias = assessor_of(version.achievement)
    alias.emailaddress_set.create(email=learner.email, verified=False, primary=False)
    from tests.factories import assessable_attempt

    attempt = assessable_attempt(version, learner=learner)

    for one in (learner, alias):
        with pytest.raises(Refused, match="the work is yours"):
            verbs.take(attempt, by=one)

    assert verbs.take(attempt, by=assessor_of(version.achievement))


def test_an_expired_lease_cannot_decide_and_the_marks_are_kept():
    attempt, assessor = taken_attempt()
    verbs.save_marks(attempt, by=assessor, marks=marks_for(attempt), answers=ALL_GOOD, note="So far.")
    _let_lapse(attempt)

    with pytest.raises(Refused, match="ran out"):
        decide(attempt, assessor)
    review = verbs.take(attempt, by=assessor).review

    assert {mark.criterion.name: mark.level for mark in review.marks.all()} == {"Edge": 2, "Safety": 3, "Care": 2}
    assert (review.note, review.valid, review.state) == ("So far.", True, "draft")
    assert decide(attempt, assessor).outcome == "meets"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"marks": lambda all_: dict(list(all_.items())[:2])}, "Mark “Care” first"),
        ({"marks": lambda all_: dict.fromkeys(all_, (1, " "))}, "Say what to change for “Edge”"),
        ({"marks": lambda all_: dict.fromkeys(all_, (9, "x"))}, "not in this rubric"),
        ({"answers": {**ALL_GOOD, "current": None}}, "Answer the four questions"),
        ({"answers": {**ALL_GOOD, "authentic": False}}, "cannot meet the rubric"),
    ],
)
def test_a_decision_that_lacks_something_is_refused_in_words_and_changes_nothing(change, sentence):
    attempt, assessor = taken_attempt()
    marks = change["marks"](marks_for(attempt)) if "marks" in change else None

    with pytest.raises(Refused, match=sentence):
        decide(attempt, assessor, marks=marks, answers=change.get("answers", ALL_GOOD))

    attempt.refresh_from_db()
    assert (attempt.state, Decision.objects.count(), Credential.objects.count()) == ("assessable", 0, 0)
    assert decide(attempt, assessor)


def test_a_person_who_holds_the_badge_already_gets_no_second():
    version = published_version()
    attempt, assessor = taken_attempt(version)
    learner = attempt.submission.learner
    decide(attempt, assessor)
    from tests.factories import assessable_attempt

    # Work that was begun before the badge was held; nobody begins it after.
    again = assessable_attempt(version)
    Submission.objects.filter(pk=again.submission_id).update(learner=learner)
    verbs.take(again, by=assessor)

    with pytest.raises(Refused, match="holds this already"):
        decide(again, assessor)

    again.refresh_from_db()
    assert (again.state, Credential.objects.filter(earner=learner).count()) == ("assessable", 1)


def test_the_database_refuses_a_credential_without_a_decision_that_meets():
    attempt, assessor = taken_attempt()
    decision = decide(attempt, assessor, short=True)
    submission = attempt.submission

    def forge(**facts):
        with transaction.atomic():
            Credential.objects.create(
                issuer=submission.achievement.issuer,
                achievement=submission.achievement,
                version=submission.version,
                single=True,
                basis="assessed",
                snapshot={},
                awarded_at=decision.decided_at,
                valid_from=decision.decided_at,
                **facts,
            )
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    for facts in (
        {"decision_id": "nosuchdecision", "earner": submission.learner},
        {"decision_id": decision.public_id, "earner": submission.learner},
        {"decision_id": decision.public_id, "earner": User.objects.exclude(pk=submission.learner_id).first()},
    ):
        with pytest.raises(IntegrityError, match="needs a decision"):
            forge(**facts)
    with pytest.raises(IntegrityError, match="assessed_has_a_decision"):
        forge(decision_id=None, earner=submission.learner)


def test_a_decision_is_never_changed_even_by_sql():
    attempt, assessor = taken_attempt()
    decision = decide(attempt, assessor, short=True)

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(outcome="meets")


def _let_lapse(attempt):
    from datetime import timedelta

    from django.db.models.functions import Now

    Assignment.objects.filter(attempt=attempt).update(
        taken_at=Now() - timedelta(hours=9), until=Now() - timedelta(hours=1)
    )
