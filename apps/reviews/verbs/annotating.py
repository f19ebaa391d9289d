"""Write, answer and resolve notes on evidence and criteria."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.events import digest, record
from apps.core.refused import Refused
from apps.reviews import policies, queries
from apps.reviews.models import LONGEST_NOTE, MARKING, MOST_NOTES, Annotation, Review
from apps.reviews.verbs.common import cannot_judge, held, locked
from apps.reviews.verbs.leases import extend
from apps.submissions.places import NOWHERE

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.issuers.models import Criterion
    from apps.submissions.models import Attempt, EvidenceItem, Submission
    from apps.submissions.places import Place


@transaction.atomic
def annotate(
    attempt: Attempt,
    *,
    by: User,
    evidence: EvidenceItem | None = None,
    criterion: Criterion | None = None,
    place: Place = NOWHERE,
    text: str = "",
    for_learner: bool = False,
) -> Annotation:
    """Write a note on a piece, on a criterion, or on both: then it cites the piece for the criterion, and needs no
    text.

    A note for the learner reaches them with the decision; other notes never do. Writing the same note twice keeps
    one. Renews the lease.
    """
    attempt, submission = locked(attempt)
    assignment = held(attempt, by, parts=MARKING)
    extend(assignment)
    if evidence is not None and evidence.attempt_id != attempt.pk:
        raise Refused(_("That piece is not part of this attempt."))
    if criterion is not None and criterion.version_id != submission.version_id:
        raise Refused(_("That criterion is not in this rubric."))
    text = text.strip()
    _refuse_unclear(text, place, evidence=evidence, criterion=criterion)
    _refuse_full(assignment.review)
    note, is_new = Annotation.objects.get_or_create(
        review=assignment.review,
        parent=None,
        evidence=evidence,
        criterion=criterion,
        page=place.page,
        seconds=place.seconds,
        quote=place.quote,
        text=text,
        for_learner=for_learner,
        by=by,
        defaults={"written_at": clock.now()},
    )
    if is_new:
        _record("annotation.written", note, submission, by=by)
    return note


@transaction.atomic
def edit_annotation(
    note: Annotation,
    *,
    by: User,
    text: str,
    place: Place = NOWHERE,
    criterion: Criterion | None = None,
    for_learner: bool = False,
) -> Annotation:
    """Edit one's own note until the marking is sent. Only the text of an answer can change."""
    note, submission = _own(note, by)
    text = text.strip()
    if note.parent_id is not None:
        place, criterion, for_learner = NOWHERE, None, False
        _refuse_silence(text)
    else:
        if criterion is not None and criterion.version_id != submission.version_id:
            raise Refused(_("That criterion is not in this rubric."))
        _refuse_unclear(text, place, evidence=note.evidence, criterion=criterion)
    note.text, note.criterion, note.for_learner = text, criterion, for_learner
    note.page, note.seconds, note.quote = place
    note.edited_at = clock.now()
    if for_learner:
        note.resolved_at = note.resolved_by = None
    note.save(update_fields=[*("text", "criterion", "for_learner", "page", "seconds", "quote"), *_CHANGED])
    _record("annotation.edited", note, submission, by=by)
    return note


@transaction.atomic
def remove_annotation(note: Annotation, *, by: User) -> None:
    """Delete one's own note, or one that was copied into one's own marking, until the marking is sent.

    One's own note stays if others have answered it.
    """
    note, submission = _own(note, by, came_along=True)
    if note.by_id == by.pk and note.answers.exclude(by=by).exists():
        raise Refused(_("Others have answered this, so it stays. Resolve it instead."))
    _record("annotation.removed", note, submission, by=by)
    note.delete()


@transaction.atomic
def reply(note: Annotation, *, by: User, text: str) -> Annotation:
    """Answer a note. Anyone who may assess the work and read the note may answer; only assessors see answers."""
    note, submission = _readable(note, by)
    text = text.strip()
    _refuse_silence(text)
    _refuse_full(note.review)
    answer, is_new = Annotation.objects.get_or_create(
        review_id=note.review_id,
        parent_id=note.parent_id or note.pk,
        text=text,
        by=by,
        defaults={"written_at": clock.now()},
    )
    if is_new:
        _record("annotation.answered", answer, submission, by=by)
    return answer


@transaction.atomic
def resolve(note: Annotation, *, by: User) -> Annotation:
    """Mark a note among assessors as resolved. If it is resolved already, that stays."""
    note, submission = _readable(note, by)
    if note.for_learner or note.parent_id is not None:
        raise Refused(_("Only a note among assessors can be resolved. A note for the learner goes to them."))
    if note.resolved_at is None:
        note.resolved_at, note.resolved_by = clock.now(), by
        note.save(update_fields=["resolved_at", "resolved_by"])
        _record("annotation.resolved", note, submission, by=by)
    return note


@transaction.atomic
def unresolve(note: Annotation, *, by: User) -> Annotation:
    """Open a resolved note again."""
    note, submission = _readable(note, by)
    if note.resolved_at is not None:
        note.resolved_at = note.resolved_by = None
        note.save(update_fields=["resolved_at", "resolved_by"])
        _record("annotation.unresolved", note, submission, by=by)
    return note


_CHANGED = ("edited_at", "resolved_at", "resolved_by")


def _own(note: Annotation, by: User, *, came_along: bool = False) -> tuple[Annotation, Submission]:
    """One's own note, as it stands under the lock. A first note needs the lease it was written under; an answer, that
    its marking is not sent yet. `came_along` also allows another's first note in one's own marking.
    """
    note, submission = _readable(note, by)
    in_own_marking = note.parent_id is None and note.review.assignment.assessor_id == by.pk
    if note.by_id != by.pk and not (came_along and in_own_marking):
        raise PermissionDenied
    if note.review.state != Review.State.DRAFT:
        raise Refused(_("This was sent, so it stays as it is."))
    if note.parent_id is None:
        held(note.review.assignment.attempt, by, parts=MARKING)
    return note, submission


def _readable(note: Annotation, by: User) -> tuple[Annotation, Submission]:
    """A note that `by` may read, as it stands under the locks of the attempt and its submission."""
    attempt, submission = locked(note.review.assignment.attempt)
    if not policies.can_assess(by, submission):
        raise cannot_judge(by, submission)
    if conflict := queries.conflict_of(by, submission):
        raise Refused(conflict)
    there = Annotation.objects.filter(pk=note.pk, review__assignment__attempt=attempt)
    seen = there.visible_to(by)
    if there.exists() and not seen.exists():
        raise PermissionDenied
    current = seen.newest().select_related("review__assignment", "evidence", "criterion").first()
    if current is None:
        raise Refused(_("This note has moved since. Open the page again."))
    current.review.assignment.attempt = attempt
    return current, submission


def _refuse_unclear(text: str, place: Place, *, evidence: EvidenceItem | None, criterion: Criterion | None) -> None:
    if evidence is None and criterion is None:
        raise Refused(_("Say what the note is about: a piece, a criterion, or both."))
    if evidence is None and place != NOWHERE:
        raise Refused(_("Choose the piece in which that place is."))
    if not text and (evidence is None or criterion is None):
        raise Refused(_("Write something first, or choose the criterion that this piece is cited for."))
    _refuse_long(text)


def _refuse_silence(text: str) -> None:
    if not text:
        raise Refused(_("Write something first."))
    _refuse_long(text)


def _refuse_long(text: str) -> None:
    if len(text) > LONGEST_NOTE:
        raise Refused(_("A note has up to %(most)d characters.") % {"most": LONGEST_NOTE})


def _refuse_full(review: Review) -> None:
    if review.annotations.count() >= MOST_NOTES:
        raise Refused(
            _("A marking has up to %(most)d notes and answers, so there is no room for more.") % {"most": MOST_NOTES}
        )


def _record(kind: str, note: Annotation, submission: Submission, *, by: User) -> None:
    record(
        kind,
        submission,
        by=by,
        annotation=note.public_id,
        for_learner=note.for_learner,
        text=digest(note.text),
    )
