"""What happens at the desk: an attempt is taken, marked, decided; a lease is given back or runs out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.policies import same_person
from apps.core import clock
from apps.core.events import digest, record
from apps.core.refused import Refused
from apps.credentials import verbs as credentials
from apps.credentials.models import Credential
from apps.notices import verbs as notices
from apps.reviews import policies, queries
from apps.reviews.models import Assignment, Decision, Mark, PieceCheck, Review
from apps.reviews.snapshots import freeze
from apps.submissions import queries as work
from apps.submissions import verbs as submissions
from apps.submissions.models import Attempt, Submission

if TYPE_CHECKING:
    from collections.abc import Mapping

    from apps.issuers.models import Criterion
    from apps.submissions.models import EvidenceItem, Message

    # What is said of pieces one by one: piece -> (question -> yes, no or nothing yet; comment).
    Checks = Mapping[EvidenceItem, tuple[Mapping[str, bool | None], str]]

Outcome = Decision.Outcome


@transaction.atomic
def take(attempt: Attempt, *, by: User) -> Assignment:
    """Take an attempt to mark it. Taking what one holds already goes on with it."""
    attempt, submission = _locked(attempt)
    if not policies.can_assess(by, submission):
        raise _cannot_judge(by, submission)
    held = attempt.assignments.filter(state=Assignment.State.TAKEN).select_related("assessor").first()
    if held is not None:
        if held.assessor_id == by.pk and _still_holds(held):
            return held
        if _still_holds(held):
            raise Refused(
                _("%(name)s holds this until %(time)s. Take the next one?")
                % {"name": held.assessor, "time": time_format(timezone.localtime(held.until))}
            )
        _expire(held, submission)
    if attempt.state != Attempt.State.ASSESSABLE:
        raise Refused(_("This is not ready to be assessed: its files are being checked, or it is decided."))
    if submission.state == Submission.State.SUBMITTED:
        submission.move(Submission.State.UNDER_ASSESSMENT)
        submission.save(update_fields=["state"])
    assignment = Assignment.objects.create(
        attempt=attempt, assessor=by, taken_at=Now(), until=Now() + timedelta(hours=settings.LEASE_HOURS)
    )
    assignment.refresh_from_db()
    _begin_review(assignment)
    record("assignment.taken", submission, by=by, assignment=assignment.public_id, attempt=attempt.public_id)
    notices.write(
        "being_read",
        key=f"being_read:{attempt.public_id}",
        to=submission.learner,
        address=submission.get_absolute_url(),
        facts={**submissions.named(submission), "answer_by": submission.answer_by},
    )
    return assignment


@transaction.atomic
def take_next(*, by: User) -> Assignment | None:
    """Take the most urgent attempt that nobody holds; those that another is just taking are passed over."""
    locked = (
        Attempt.objects.filter(pk__in=queries.free_for(by).values("pk"))
        .order_by("submission__answer_by", "pk")
        .select_for_update(of=("self",), skip_locked=True)
        .first()
    )
    return take(locked, by=by) if locked else None


@transaction.atomic
def give_back(assignment: Assignment, *, by: User) -> None:
    """Give a lease back; the marks given under it are kept as void."""
    attempt, submission = _locked(assignment.attempt)
    held = _held(attempt, by)
    _end(held, Assignment.State.RELEASED)
    record("assignment.released", submission, by=by, assignment=held.public_id, attempt=attempt.public_id)


@transaction.atomic
def free_withdrawn(attempt: Attempt) -> None:
    """The lease on work that its learner took back ends, and who held it is told. Marks are kept, as void."""
    attempt, submission = _locked(attempt)
    held = attempt.assignments.filter(state=Assignment.State.TAKEN).select_related("assessor").first()
    if held is None or attempt.state != Attempt.State.WITHDRAWN:
        return
    _end(held, Assignment.State.RELEASED)
    record("assignment.released", submission, by=None, assignment=held.public_id, attempt=attempt.public_id)
    notices.write(
        "work_withdrawn",
        key=f"work_withdrawn:{held.public_id}",
        to=held.assessor,
        address=reverse("reviews:queue"),
        facts={**submissions.named(submission), "reference": submission.reference},
    )


@transaction.atomic
def return_unscored(attempt: Attempt, *, by: User, reason: str) -> Attempt:
    """Give an attempt that can't be judged as it is back to its learner, and say why. It costs them none."""
    attempt, submission = _locked(attempt)
    if not policies.can_assess(by, submission):
        raise _cannot_judge(by, submission)
    assignment = _held(attempt, by)
    if not reason.strip():
        raise Refused(_("Say why it comes back unjudged: the learner reads it."))
    _end(assignment, Assignment.State.RELEASED)
    return submissions.hand_back(attempt, reason=reason, by=by, at=clock.now())


@transaction.atomic
def tell_assessors(message: Message) -> None:
    """A learner wrote: who holds the work hears of it, and who wrote in the thread before and may still read it."""
    submission = message.submission
    newest = submission.attempts.handed_in().order_by("-number").first()
    if message.from_assessor or newest is None:
        return
    held = newest.assignments.live().values("assessor")
    wrote = submission.messages.filter(from_assessor=True, pk__lt=message.pk).values("author")
    for person in User.objects.filter(Q(pk__in=held) | Q(pk__in=wrote)).order_by("pk"):
        if policies.can_assess(person, submission):
            notices.write(
                "message",
                key=f"message:{message.public_id}",
                to=person,
                address=f"{reverse('reviews:desk', args=[newest.public_id])}#thread",
                facts={**submissions.named(submission), "reference": submission.reference, "to_learner": False},
            )


@transaction.atomic
def save_marks(
    attempt: Attempt,
    *,
    by: User,
    marks: Mapping[Criterion, tuple[int | None, str]],
    answers: Mapping[str, bool | None],
    note: str,
    checks: Checks | None = None,
) -> Review:
    """Keep what an assessor has marked so far: criterion -> (level or none yet, comment)."""
    attempt, submission = _locked(attempt)
    if not policies.can_assess(by, submission):
        raise _cannot_judge(by, submission)
    return _write(_held(attempt, by).review, marks=marks, answers=answers, note=note, checks=checks)


@transaction.atomic
def decide(
    attempt: Attempt,
    *,
    by: User,
    marks: Mapping[Criterion, tuple[int | None, str]],
    answers: Mapping[str, bool | None],
    note: str,
    checks: Checks | None = None,
) -> Decision:
    """Settle an attempt by its marks. When they meet the rubric the credential is awarded too: both, or neither."""
    attempt, submission = _locked(attempt)
    if not policies.can_assess(by, submission):
        raise _cannot_judge(by, submission)
    if attempt.state in {Attempt.State.ASSESSED, Attempt.State.CLOSED}:
        raise Refused(_("This was decided already, by %(name)s.") % {"name": attempt.decision.by})
    assignment = _held(attempt, by)
    review = _write(assignment.review, marks=marks, answers=answers, note=note, checks=checks)
    told = _findings(review)
    outcome = outcome_of(told)
    _refuse_unready(review, told)

    now = clock.now()
    attempt.move(Attempt.State.ASSESSED)
    review.move(Review.State.SUBMITTED)
    review.move(Review.State.ACCEPTED)
    review.submitted_at = now
    review.save(update_fields=["state", "submitted_at"])
    _end(assignment, Assignment.State.DONE)
    decision = Decision.objects.create(
        attempt=attempt, review=review, outcome=outcome, note=note, by=by, decided_at=now
    )
    submissions.answer(attempt, met=outcome == Outcome.MEETS, findings=told, note=note, by=by, at=now)
    record("decision.made", submission, by=by, decision=decision.public_id, outcome=outcome, note=digest(note))
    if outcome == Outcome.MEETS:
        credentials.award(
            submission.version,
            earner=submission.learner,
            basis=Credential.Basis.ASSESSED,
            decision_id=decision.public_id,
            judged=freeze(attempt, told),
            by=by,
            at=now,
        )
    return decision


def outcome_of(told: list[submissions.Told]) -> Decision.Outcome:
    """Meets if and only if every required criterion reaches its required level."""
    met = all(one.met for one in told if one.criterion.required)
    return Outcome.MEETS if met else Outcome.NOT_YET


def expire_leases() -> int:
    """Free what nobody has come back to. Marks already given are kept, as void."""
    ended = 0
    for assignment in Assignment.objects.lapsed().select_related("attempt"):
        with transaction.atomic():
            attempt, submission = _locked(assignment.attempt)
            lapsed = attempt.assignments.lapsed().select_for_update(of=("self",)).first()
            if lapsed is None:
                continue
            _expire(lapsed, submission)
            ended += 1
    return ended


def _locked(attempt: Attempt) -> tuple[Attempt, Submission]:
    """The attempt and its submission under their locks, child first."""
    attempt = Attempt.objects.locked(attempt.pk)
    submission = Submission.objects.locked(attempt.submission_id)
    attempt.submission = submission
    return attempt, submission


def _cannot_judge(by: User, submission: Submission) -> Exception:
    if same_person(by, submission.learner):
        return Refused(_("You cannot judge this one: the work is yours."))
    return PermissionDenied()


def _held(attempt: Attempt, by: User) -> Assignment:
    held = attempt.assignments.filter(state=Assignment.State.TAKEN).select_related("assessor", "review").first()
    if held is None:
        raise Refused(_("You don't hold this any more. Take it again; what you marked is kept."))
    if held.assessor_id != by.pk:
        raise Refused(_("%(name)s holds this now. Take the next one?") % {"name": held.assessor})
    if not _still_holds(held):
        raise Refused(_("Your time for this ran out. Take it again; what you marked is kept."))
    return held


def _begin_review(assignment: Assignment) -> None:
    """A fresh review; what the same assessor marked under an ended lease comes along."""
    review = Review.objects.create(assignment=assignment, saved_at=clock.now())
    earlier = (
        Review.objects.filter(
            assignment__attempt=assignment.attempt, assignment__assessor=assignment.assessor, state=Review.State.VOID
        )
        .order_by("-pk")
        .first()
    )
    if earlier is None:
        return
    for field in (*Review.Question, "note"):
        setattr(review, field, getattr(earlier, field))
    review.save(update_fields=[*Review.Question, "note"])
    PieceCheck.objects.bulk_create(
        PieceCheck(
            review=review,
            evidence_id=check.evidence_id,
            comment=check.comment,
            **{question.value: getattr(check, question) for question in Review.Question},
        )
        for check in earlier.piece_checks.all()
    )
    Mark.objects.bulk_create(
        Mark(review=review, criterion_id=mark.criterion_id, level=mark.level, comment=mark.comment)
        for mark in earlier.marks.all()
    )


def _still_holds(assignment: Assignment) -> bool:
    return Assignment.objects.live().filter(pk=assignment.pk).exists()


def _end(assignment: Assignment, state: str) -> None:
    assignment.move(state)
    Assignment.objects.filter(pk=assignment.pk).update(state=state, ended_at=Now())
    if state != Assignment.State.DONE:
        review = Review.objects.get(assignment=assignment)
        review.move(Review.State.VOID)
        review.save(update_fields=["state"])


def _expire(lapsed: Assignment, submission: Submission) -> None:
    _end(lapsed, Assignment.State.EXPIRED)
    record("assignment.expired", submission, by=None, assignment=lapsed.public_id, attempt=lapsed.attempt.public_id)


def _write(
    review: Review,
    *,
    marks: Mapping[Criterion, tuple[int | None, str]],
    answers: Mapping[str, bool | None],
    note: str,
    checks: Checks | None,
) -> Review:
    attempt = review.assignment.attempt
    version_id = attempt.submission.version_id
    locked = work.met_before(attempt)
    for criterion, (level, comment) in marks.items():
        steps = {one.position for one in criterion.levels.all()}
        if criterion.version_id != version_id or (level is not None and level not in steps):
            raise Refused(_("That level is not in this rubric."))
        if criterion in locked:
            raise Refused(_("“%(criterion)s” was met before, so it stays as it is.") % {"criterion": criterion})
        Mark.objects.update_or_create(review=review, criterion=criterion, defaults={"level": level, "comment": comment})
    for piece, (said, comment) in (checks or {}).items():
        if piece.attempt_id != attempt.pk:
            raise Refused(_("That piece is not part of this attempt."))
        held = {question.value: said.get(question) for question in Review.Question}
        PieceCheck.objects.update_or_create(review=review, evidence=piece, defaults={**held, "comment": comment})
    for question in Review.Question:
        setattr(review, question, answers.get(question))
    review.note = note
    review.saved_at = clock.now()
    review.save(update_fields=[*Review.Question, "note", "saved_at"])
    return review


def _findings(review: Review) -> list[submissions.Told]:
    """A finding for each criterion: by its mark, or, where it was met before, as it was."""
    given = {mark.criterion_id: mark for mark in review.marks.all()}
    locked = work.met_before(review.assignment.attempt)
    told = []
    for criterion in review.assignment.attempt.submission.version.criteria.all():
        before = locked.get(criterion)
        if before is not None:
            told.append(submissions.Told(criterion, before.level, True, before.comment, first_met_in=before.origin))
            continue
        mark = given.get(criterion.pk)
        if mark is None or mark.level is None:
            raise Refused(_("Mark “%(criterion)s” first.") % {"criterion": criterion})
        met = mark.level >= criterion.required_level
        told.append(submissions.Told(criterion=criterion, level=mark.level, met=met, comment=mark.comment))
    return told


def _refuse_unready(review: Review, told: list[submissions.Told]) -> None:
    for one in told:
        if not one.met and not one.comment.strip():
            raise Refused(
                _("Say what to change for “%(criterion)s”: the learner reads it.") % {"criterion": one.criterion}
            )
    _refuse_unchecked(review)
    unanswered = [question for question in Review.Question if getattr(review, question) is None]
    if unanswered:
        raise Refused(_("Answer the four questions about the evidence first."))
    if outcome_of(told) == Outcome.MEETS and not all(getattr(review, question) for question in Review.Question):
        raise Refused(_("Evidence that isn't valid, sufficient, authentic and current cannot meet the rubric."))


def _refuse_unchecked(review: Review) -> None:
    """Where prior learning is recognised, each piece is asked about; a “no” is explained."""
    attempt = review.assignment.attempt
    if attempt.submission.route != Submission.Route.PRIOR_LEARNING:
        return
    checks = {check.evidence_id: check for check in review.piece_checks.all()}
    for piece in attempt.evidence.all():
        check = checks.get(piece.pk)
        if check is None or None in check.answers:
            raise Refused(_("Answer the four questions about piece %(n)d first.") % {"n": piece.position})
        if False in check.answers and not check.comment.strip():
            raise Refused(_("Say what is wrong with piece %(n)d.") % {"n": piece.position})
