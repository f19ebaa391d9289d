"""Checks and steps that several review verbs share."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime, time
from functools import partial
from typing import TYPE_CHECKING, TypedDict

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from apps.accounts.policies import same_person
from apps.core import clock
from apps.core.events import record
from apps.core.questions import Question
from apps.core.refused import Refused
from apps.issuers.calendar import business_day_after
from apps.issuers.models import AchievementVersion
from apps.notices import verbs as notices
from apps.reviews import policies, queries
from apps.reviews.models import APART, Assignment, Part, Review, Turn
from apps.submissions import verbs as submissions
from apps.submissions.models import Attempt, Submission

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from datetime import date

    from django.db.models import QuerySet, Value
    from django_stubs_ext import WithAnnotations

    from apps.accounts.models import User

    Timed = WithAnnotations[Assignment, "InTime"]

    class InTime(TypedDict):
        is_in_time: bool


def locked(attempt: Attempt) -> tuple[Attempt, Submission]:
    """Lock the attempt, then its submission, and return both as they stand now."""
    attempt = _ATTEMPT.get(attempt.pk)
    submission = attempt.submission = _SUBMISSION.get(attempt.submission_id)
    submission.achievement = submission.version.achievement
    return attempt, submission


_ATTEMPT = Question(lambda pk: Attempt.objects.select_for_update(of=("self",)).filter(pk=pk))
_SUBMISSION = Question(lambda pk: Submission.objects.to_lock().filter(pk=pk))


def is_reader(by: User, submission: Submission) -> bool:
    """Whether `by` is not the learner and has, or has had, a seat here. Other obstacles are refused in words."""
    if submission.learner_id == by.pk:
        return False
    had_it = submission.attempts.filter(assignments__assessor=by)
    return had_it.exists() or Submission.objects.visible_to(by).filter(pk=submission.pk).exists()


def cannot_judge(by: User, submission: Submission) -> Exception:
    if same_person(by, submission.learner):
        return Refused(_("You cannot judge this one: the work is yours."))
    return PermissionDenied()


def refuse_barred(person: User, submission: Submission, *, part: str, attempt: Attempt) -> None:
    """Refuse a person who has a conflict, has not shown that they can judge, or already plays another part."""
    if why := queries.why_barred(person, submission, part=part, attempt=attempt):
        raise Refused(why)


@contextmanager
def asked_anew(refuse: Callable[[], None]) -> Iterator[None]:
    """Run `refuse` again if the database rejects the row, so that a change since the check is refused in words."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        refuse()
        raise


def said_in_words(person: User, submission: Submission, *, part: str, attempt: Attempt) -> AbstractContextManager[None]:
    """Guard the write after `refuse_barred`: someone may become the learner's mentor in between."""
    return asked_anew(partial(refuse_barred, person, submission, part=part, attempt=attempt))


def held(attempt: Attempt, by: User, *, parts: Sequence[str] = ()) -> Assignment:
    """Return the live lease that `by` holds, on one of `parts`. Refuse if it has ended, if another person holds it,
    or if `by` may no longer judge this work. Raises PermissionDenied for people who never could.
    """
    found = _LEASE.first(attempt.pk, by.pk)
    if found is None:
        if not is_reader(by, attempt.submission):
            raise cannot_judge(by, attempt.submission)
        others = attempt.assignments.filter(state=Assignment.State.TAKEN)
        if attempt.submission.version.policy == AchievementVersion.Policy.DOUBLE_BLIND:
            others = others.exclude(turn__part__in=APART)
        other = others.select_related("assessor").first()
        if other is not None:
            raise Refused(_("%(name)s holds this now. Take the next one?") % {"name": other.assessor})
        raise Refused(_("You don't hold this any more. Take it again; what you marked is kept."))
    found.attempt = attempt
    if not found.is_in_time:
        raise Refused(_("Your time for this ran out. Take it again; what you marked is kept."))
    if not policies.can_play(by, attempt.submission, found.turn.part):
        raise Refused(_("You may no longer judge this badge. What you marked is kept, and somebody else takes it on."))
    refuse_barred(by, attempt.submission, part=found.turn.part, attempt=attempt)
    if parts and found.turn.part not in parts:
        raise Refused(_("You hold this for a different part of the assessment."))
    if attempt.state not in PLAYED_ON[Part(found.turn.part)]:
        raise Refused(_("This does not wait to be judged any more: it was withdrawn, given back or decided."))
    return found


def _lease(attempt: Value, by: Value) -> QuerySet[Timed]:
    mine = Assignment.objects.filter(attempt=attempt, assessor=by, state=Assignment.State.TAKEN)
    return mine.select_related("assessor", "turn", "review").annotate(is_in_time=Q(until__gt=Now())).order_by("pk")


_LEASE = Question(_lease)
# The attempt states in which each part is judged. A job closes the turns of a withdrawn attempt; until it has run,
# nobody may act on them either.
PLAYED_ON = {
    Part.FIRST: (Attempt.State.ASSESSABLE,),
    Part.SECOND: (Attempt.State.ASSESSABLE,),
    Part.GRANT: (Attempt.State.ASSESSED,),
    Part.ADJUDICATE: (Attempt.State.ASSESSED,),
    Part.MODERATE: (Attempt.State.ASSESSED, Attempt.State.CLOSED),
    Part.APPEAL: (Attempt.State.ASSESSABLE,),
}


def still_holds(assignment: Assignment) -> bool:
    return Assignment.objects.live().filter(pk=assignment.pk).exists()


def held_by_another(assignment: Assignment, submission: Submission) -> Refused:
    """Return the refusal for someone who tries to take what another person has."""
    if submission.version.policy == AchievementVersion.Policy.DOUBLE_BLIND and assignment.turn.part in APART:
        return Refused(_("Others are marking this. Take the next one?"))
    if assignment.state == Assignment.State.OFFERED or assignment.until is None:
        return Refused(_("%(name)s was asked to take this. Take the next one?") % {"name": assignment.assessor})
    return Refused(
        _("%(name)s holds this until %(time)s. Take the next one?")
        % {"name": assignment.assessor, "time": time_format(timezone.localtime(assignment.until))}
    )


def end(assignment: Assignment, state: str) -> None:
    """End a lease or an offer. A review begun under it is kept: void, unless it was sent."""
    assignment.move(state)
    Assignment.objects.filter(pk=assignment.pk).update(state=state, ended_at=Now())
    if state == Assignment.State.DONE:
        return
    review = Review.objects.filter(assignment=assignment).first()
    if review is not None:
        review.move(Review.State.VOID)
        review.save(update_fields=["state"])


def expire(lapsed: Assignment, submission: Submission) -> None:
    """End a lease that ran out, or one whose assessor may no longer judge; an offer is released."""
    end(lapsed, Assignment.State.EXPIRED if lapsed.state == Assignment.State.TAKEN else Assignment.State.RELEASED)
    record("assignment.expired", submission, by=None, assignment=lapsed.public_id, attempt=lapsed.attempt.public_id)


def offer(turn: Turn, attempt: Attempt, *, to: User, by: User) -> Assignment:
    """Keep a turn for someone until the end of the last business day of an offer. The caller holds the locks and has
    checked that they may judge it.
    """
    zone = clock.zone(attempt.submission.version.achievement.issuer.time_zone)
    until = datetime.combine(last_day_of_offer(attempt.submission), time.max, zone)
    return Assignment.objects.create(
        turn=turn, attempt=attempt, assessor=to, offered_by=by, state=Assignment.State.OFFERED, until=until
    )


def promised_now(submission: Submission) -> date:
    """The day, in the issuer's time zone, by which a learner promised an answer now receives it."""
    version = submission.version
    return business_day_after(clock.now(), days=version.service_days, issuer=version.achievement.issuer)


def last_day_of_offer(submission: Submission) -> date:
    """The last day, in the issuer's time zone, of an offer made now."""
    issuer = submission.version.achievement.issuer
    return business_day_after(clock.now(), days=settings.OFFER_DAYS, issuer=issuer)


def lapse(unanswered: Assignment, submission: Submission) -> None:
    """End an offer whose last day is over. The turn is free again; the assessor and whoever offered it are told."""
    end(unanswered, Assignment.State.EXPIRED)
    assessor, attempt = unanswered.assessor, unanswered.attempt
    record(
        "assignment.offer_lapsed",
        submission,
        by=None,
        assignment=unanswered.public_id,
        attempt=attempt.public_id,
    )
    for person in {one.pk: one for one in (unanswered.offered_by, assessor) if one is not None}.values():
        notices.write(
            "offer_lapsed",
            key=f"offer_lapsed:{unanswered.public_id}:{person.public_id}",
            to=person,
            address=reverse("reviews:desk", args=[attempt.public_id]),
            facts={
                **submissions.with_reference(submission),
                "part": named_part(unanswered.turn),
                "asked": "" if person == assessor else assessor.name,
            },
        )


def named_part(turn: Turn) -> str:
    """The part's name in English, for a notice that is translated when it is read."""
    with translation.override("en"):
        return str(turn.get_part_display())


def close(turn: Turn, state: str) -> None:
    """Close a turn as done or dropped, so that nobody holds it."""
    turn.move(state)
    turn.closed_at = clock.now()
    turn.holder = None
    turn.save(update_fields=["state", "closed_at", "holder"])


def finish(assignment: Assignment) -> None:
    """End the lease as done, and close its turn."""
    end(assignment, Assignment.State.DONE)
    close(_TURN.get(assignment.turn_id), Turn.State.DONE)


_TURN = Question(lambda pk: Turn.objects.select_for_update(of=("self",)).filter(pk=pk))


def joined(*said: str) -> str:
    """The texts as paragraphs, without blank or repeated ones."""
    return "\n\n".join(dict.fromkeys(one.strip() for one in said if one.strip()))
