"""What several verbs of the desk ask first."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime, time
from functools import partial
from typing import TYPE_CHECKING

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

    from apps.accounts.models import User


def locked(attempt: Attempt) -> tuple[Attempt, Submission]:
    """The attempt and its submission under their locks, child first."""
    attempt = Attempt.objects.locked(attempt.pk)
    submission = Submission.objects.locked(attempt.submission_id)
    attempt.submission = submission
    return attempt, submission


def cannot_judge(by: User, submission: Submission) -> Exception:
    if same_person(by, submission.learner):
        return Refused(_("You cannot judge this one: the work is yours."))
    return PermissionDenied()


def refuse_barred(person: User, submission: Submission, *, part: str, attempt: Attempt) -> None:
    """Whoever judges has no conflict, has shown that they can, and plays one part only."""
    if why := queries.why_barred(person, submission, part=part, attempt=attempt):
        raise Refused(why)


@contextmanager
def asked_anew(refuse: Callable[[], None]) -> Iterator[None]:
    """What came between a question and the row the database refuses: why is told as it would have been a moment later."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        refuse()
        raise


def said_in_words(person: User, submission: Submission, *, part: str, attempt: Attempt) -> AbstractContextManager[None]:
    """For what comes after `refuse_barred`, as somebody may become the learner's mentor just then."""
    return asked_anew(partial(refuse_barred, person, submission, part=part, attempt=attempt))


def held(attempt: Attempt, by: User, *, parts: Sequence[str] = ()) -> Assignment:
    """The lease under which `by` acts, on one of these parts; refused where it has ended, is another's, or `by` may no
    longer judge this.
    """
    mine = attempt.assignments.filter(state=Assignment.State.TAKEN, assessor=by)
    found = mine.select_related("assessor", "turn", "review").annotate(is_in_time=Q(until__gt=Now())).first()
    if found is None:
        others = attempt.assignments.filter(state=Assignment.State.TAKEN)
        if attempt.submission.version.policy == AchievementVersion.Policy.DOUBLE_BLIND:
            others = others.exclude(turn__part__in=APART)
        other = others.select_related("assessor").first()
        if other is not None:
            raise Refused(_("%(name)s holds this now. Take the next one?") % {"name": other.assessor})
        raise Refused(_("You don't hold this any more. Take it again; what you marked is kept."))
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


# In which states an attempt is judged in each part. A job closes the turns of one that its learner took back; until then
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
    """For who would take what somebody else has."""
    if submission.version.policy == AchievementVersion.Policy.DOUBLE_BLIND and assignment.turn.part in APART:
        return Refused(_("Others are marking this. Take the next one?"))
    if assignment.state == Assignment.State.OFFERED or assignment.until is None:
        return Refused(_("%(name)s was asked to take this. Take the next one?") % {"name": assignment.assessor})
    return Refused(
        _("%(name)s holds this until %(time)s. Take the next one?")
        % {"name": assignment.assessor, "time": time_format(timezone.localtime(assignment.until))}
    )


def end(assignment: Assignment, state: str) -> None:
    """End a lease or an offer; what was marked under it is kept, as void unless it was sent."""
    assignment.move(state)
    Assignment.objects.filter(pk=assignment.pk).update(state=state, ended_at=Now())
    if state == Assignment.State.DONE:
        return
    review = Review.objects.filter(assignment=assignment).first()
    if review is not None:
        review.move(Review.State.VOID)
        review.save(update_fields=["state"])


def expire(lapsed: Assignment, submission: Submission) -> None:
    """End what ran out, or what its assessor may no longer judge; an offer is simply given back."""
    end(lapsed, Assignment.State.EXPIRED if lapsed.state == Assignment.State.TAKEN else Assignment.State.RELEASED)
    record("assignment.expired", submission, by=None, assignment=lapsed.public_id, attempt=lapsed.attempt.public_id)


def offer(turn: Turn, attempt: Attempt, *, to: User, by: User) -> Assignment:
    """Keep a turn for somebody, through the last of so many business days. The caller holds the locks, and has asked
    whether they may.
    """
    zone = clock.zone(attempt.submission.version.achievement.issuer.time_zone)
    until = datetime.combine(last_day_of_offer(attempt.submission), time.max, zone)
    return Assignment.objects.create(
        turn=turn, attempt=attempt, assessor=to, offered_by=by, state=Assignment.State.OFFERED, until=until
    )


def promised_now(submission: Submission) -> date:
    """By which day of the issuer's its learner is answered, who is promised that now."""
    version = submission.version
    return business_day_after(clock.now(), days=version.service_days, issuer=version.achievement.issuer)


def last_day_of_offer(submission: Submission) -> date:
    """Through which day of the issuer's an offer stands that is made now."""
    issuer = submission.version.achievement.issuer
    return business_day_after(clock.now(), days=settings.OFFER_DAYS, issuer=issuer)


def lapse(unanswered: Assignment, submission: Submission) -> None:
    """End an offer whose last day is over: it is free again, and who was asked and who asked are told."""
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
                **submissions.named(submission),
                "reference": submission.reference,
                "part": named_part(unanswered.turn),
                "asked": "" if person == assessor else assessor.name,
            },
        )


def named_part(turn: Turn) -> str:
    """As it is told to somebody: in English here, and translated where it is read."""
    with translation.override("en"):
        return str(turn.get_part_display())


def close(turn: Turn, state: str) -> None:
    """Done, or dropped. Whoever held it holds it no more."""
    turn.move(state)
    turn.closed_at = clock.now()
    turn.holder = None
    turn.save(update_fields=["state", "closed_at", "holder"])


def finish(assignment: Assignment) -> None:
    """The part was played."""
    end(assignment, Assignment.State.DONE)
    close(Turn.objects.locked(assignment.turn_id), Turn.State.DONE)


def joined(*said: str) -> str:
    """The words of several, each said once."""
    return "\n\n".join(dict.fromkeys(one.strip() for one in said if one.strip()))
