"""What one person may call another in connection with a submission. Every page, answer, file and letter asks here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.submissions.models import Submission


def may_know_learner(viewer: User | None, submission: Submission) -> bool:
    """Whether `viewer` may learn through it whose work it is: in a blind version its learner alone, and for good.

    An assessor who knew after the decision would know who hands in next.
    """
    return not submission.version.blind or (viewer is not None and viewer.pk == submission.learner_id)


def public_identity(viewer: User | None, person: User, *, of: Submission) -> str:
    """What `viewer` may call `person`: their name, unless the version is judged blind."""
    if viewer is not None and viewer.pk == person.pk:
        return person.name
    if person.pk == of.learner_id:
        return person.name if may_know_learner(viewer, of) else learner_unnamed(of)
    return _assessor(viewer, person, of)


def learner_unnamed(submission: Submission) -> str:
    """The learner to those who may not know who it is. One submission is told from another, and no person."""
    return _("Learner %(reference)s") % {"reference": submission.reference}


def _assessor(viewer: User | None, assessor: User, submission: Submission) -> str:
    """Assessors know each other by name, but while two mark apart; the learner of a blind version knows none of them."""
    is_colleague = viewer is not None and viewer.pk != submission.learner_id
    is_hidden = _is_marked_apart(submission) if is_colleague else submission.version.blind
    return _("An assessor") if is_hidden else assessor.name


def _is_marked_apart(submission: Submission) -> bool:
    waits = submission.state in (submission.State.SUBMITTED, submission.State.UNDER_ASSESSMENT)
    return waits and submission.version.policy == submission.version.Policy.DOUBLE_BLIND
